import { ApplicationFailure, CancelledFailure, Context } from '@temporalio/activity';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import type { z } from 'zod';
import { UserError } from '../src/errors.ts';
import {
  BackfillUnreadError,
  ClockSetBackError,
  EngineUnavailableError,
  IndexReplacedError,
  IndexUnavailableError,
  NotAdmittedError,
  OrganizationChangedError,
  SelectionChangedError,
  StaleMembershipError,
  StaleRunError,
} from '../src/index/port/errors.ts';
import type { Salesforce } from '../src/salesforce/client.ts';
import { LimitError, SalesforceError, TransientError } from '../src/salesforce/errors.ts';
import { textWithoutContent } from '../src/salesforce/message-text.ts';
import { Meter } from '../src/salesforce/meter.ts';
import type { FailureDetails, ForConnection, Heartbeat, OrgUsage } from '../workflows/activity-contract.ts';
import type { ActivityDeps } from './deps.ts';
import { engineAway } from './engine-away.ts';
import { failureFacts } from './failure-facts.ts';
import { checkedInput } from './inputs.ts';
import { budgetReached, limitReached } from './limit-reached.ts';

/** Twice this would still satisfy the workflows' heartbeat timeout. The SDK throttles more frequent ones. */
const BEAT_MS = 5_000;

/** What an activity's work can use. */
export interface Work {
  /** Counts calls through it as this activity's. */
  readonly salesforce: Salesforce;
  /** Fires when the run was cancelled or has ended, or when the worker stops. */
  readonly signal: AbortSignal;
  /** Sets the cursor that the next heartbeats report. */
  progress(details: unknown): void;
  /** Returns the usage of the org since the activity began. */
  asked(): OrgUsage;
}

/** Runs an activity's work on an argument that satisfies the schema; see `runActivity`. */
export async function runChecked<Input extends ForConnection, Output>(
  deps: ActivityDeps,
  schema: z.ZodType<Input>,
  given: unknown,
  work: (input: Input, work: Work) => Promise<Output>,
): Promise<Output> {
  const input = checkedInput(schema, given);
  return runActivity(deps, input, (how) => work(input, how));
}

/**
 * Runs an activity's work. Refuses another connection's work, sends heartbeats, and turns errors into retryable or
 * final failures.
 */
export async function runActivity<T>(
  { config, salesforce, watch }: ActivityDeps,
  { connection }: ForConnection,
  work: (work: Work) => Promise<T>,
): Promise<T> {
  if (connection !== config.connection) {
    throw ApplicationFailure.nonRetryable(
      `this worker serves the connection '${config.connection}', but was given work for '${connection}': give each connection its own task queue`,
      'WrongConnection',
    );
  }
  const context = Context.current();
  // Other activities use the same client at the same time.
  const meter = new Meter();
  const asked = (): OrgUsage => {
    const apiCalls = meter.calls;
    // If it has made no call itself, an activity knows only what the previous one knew, perhaps a whole tick ago.
    const apiUsage = apiCalls === 0 ? null : salesforce.usage;
    const limit = budgetReached(apiUsage, config.apiBudgetPercent);
    return { apiCalls, ...(apiUsage && { apiUsage }), ...(limit && { limit }) };
  };
  let heard: Heartbeat = { details: null, progressAt: null };
  let answeredAt = salesforce.clock.lastDate;
  const moved = (details: unknown): Heartbeat => ({ details, progressAt: new Date().toISOString() });
  const send = (): void => context.heartbeat({ ...heard, request: salesforce.waiting } satisfies Heartbeat);
  const beat = setInterval(() => {
    // In a later attempt, a reply may be the error of the previous one. So only progress that the work itself reports
    // counts there.
    if (salesforce.clock.lastDate !== answeredAt && context.info.attempt === 1) heard = moved(heard.details);
    answeredAt = salesforce.clock.lastDate;
    send();
  }, BEAT_MS);
  try {
    const output = await work({
      salesforce: salesforce.metered(meter),
      signal: context.cancellationSignal,
      progress: (details) => {
        heard = moved(details);
        send();
      },
      asked,
    });
    if (meter.calls + meter.tokenRequests > 0) watch?.orgAnswered();
    return output;
  } catch (error) {
    // What an aborted request throws is not a separate failure.
    if (context.cancellationSignal.aborted) throw new CancelledFailure('the activity was cancelled');
    if (error instanceof EngineUnavailableError) watch?.engineUnavailable(error);
    if (isSilence(error)) watch?.orgSilent();
    else if (error instanceof SalesforceError && error.status !== null) watch?.orgAnswered();
    throw failure(error, asked(), context.info.attempt);
  } finally {
    watch?.asked(asked());
    clearInterval(beat);
  }
}

/** HTTP's Bad Gateway, Service Unavailable and Gateway Timeout: something answers, but not the org. */
const NOT_THE_ORG: readonly (number | null)[] = [502, 503, 504];

/** Reports whether the org did not answer at all. */
function isSilence(error: unknown): boolean {
  if (!(error instanceof TransientError) || error.remedy !== 'same-request') return false;
  return error.status === null || NOT_THE_ORG.includes(error.status);
}

/** Errors that every retry of the activity would repeat. */
const FINAL = [
  BackfillUnreadError,
  ClockSetBackError,
  IndexReplacedError,
  NotAdmittedError,
  OrganizationChangedError,
  SelectionChangedError,
  StaleRunError,
  UserError,
];

/** A bug in this program seldom goes away. Two more tries are for the few that do. */
const MOST_UNEXPECTED = 3;

function failure(error: unknown, asked: OrgUsage, attempt: number): ApplicationFailure {
  if (error instanceof ApplicationFailure) return error;
  // The connection's workflow explains its refusals itself.
  if (error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure) {
    const { message, type } = error.cause;
    return ApplicationFailure.nonRetryable(message, type);
  }
  const limit = limitReached(error, asked.apiUsage ?? null);
  if (error instanceof SalesforceError) {
    return ApplicationFailure.create({
      message: sentence(error.message, error.hint),
      type: error.name,
      // The run itself waits out a long wait, by a timer. An activity that is retried for hours would hide it.
      nonRetryable: error.retry === 'give-up' || limit !== null,
      details: [{ ...(limit && { ...asked, limit }), error: failureFacts(error) } satisfies FailureDetails],
      ...(error instanceof LimitError && limit === null ? { nextRetryDelay: jittered(error.waitMs) } : {}),
    });
  }
  if (error instanceof Error) {
    const engine = engineAway(error);
    const unavailable = error instanceof IndexUnavailableError;
    const final = unavailable ? !error.mayPass : FINAL.some((kind) => error instanceof kind);
    // A worker that has just started knows the org's time only to the second, and may be behind another worker.
    const known = final || unavailable || error instanceof StaleMembershipError;
    return ApplicationFailure.create({
      message: known ? error.message : `unexpected ${error.name}: ${textWithoutContent(error.message)}`,
      type: error.name,
      details: [{ ...(engine && { ...asked, engine }), error: failureFacts(error) } satisfies FailureDetails],
      // The run itself waits for the engine, as for a limit.
      nonRetryable: final || engine !== null || (!known && attempt >= MOST_UNEXPECTED),
    });
  }
  return ApplicationFailure.create({
    type: 'Unknown',
    message: `unexpected: ${textWithoutContent(String(error))}`,
    nonRetryable: attempt >= MOST_UNEXPECTED,
  });
}

/** Returns half to all of it at random, so that several workers do not return at once. */
function jittered(ms: number): number {
  return Math.round(ms * (0.5 + Math.random() / 2));
}

function sentence(message: string, hint: string): string {
  return `${message.replace(/\.$/, '')}. ${hint}`;
}
