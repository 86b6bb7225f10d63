import { ApplicationFailure, CancelledFailure, Context } from '@temporalio/activity';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import type { z } from 'zod';
import {
  BackfillUnreadError,
  ClockSetBackError,
  IndexReplacedError,
  IndexUnavailableError,
  NotAdmittedError,
  OrganizationChangedError,
  SelectionChangedError,
  StaleMembershipError,
  StaleRunError,
} from '../src/index/errors.ts';
import type { Salesforce } from '../src/salesforce/client.ts';
import { LimitError, SalesforceError, TransientError } from '../src/salesforce/errors.ts';
import { textWithoutContent } from '../src/salesforce/message-text.ts';
import { Meter } from '../src/salesforce/meter.ts';
import { UserError } from '../src/user-error.ts';
import type { Asked, FailureDetails, ForConnection, Heartbeat } from '../workflows/activity-contract.ts';
import type { ActivityDeps } from './deps.ts';
import { failureFacts } from './failure-facts.ts';
import { checkedInput } from './inputs.ts';
import { budgetReached, limitReached } from './org-limits.ts';

/** Half of the workflows' heartbeat timeout would still do; the SDK thins out what comes too often. */
const BEAT_MS = 5_000;

/** What an activity's work is given. */
export interface Work {
  /** Counts what is asked through it as this activity's. */
  readonly salesforce: Salesforce;
  /** Fires when the run was cancelled or has ended, or the worker stops. */
  readonly signal: AbortSignal;
  /** What the next heartbeats say: a cursor. */
  progress(details: unknown): void;
  /** What was asked of the org since the activity began. */
  asked(): Asked;
}

/** Runs an activity's work on an argument that has the schema's form; see `runActivity`. */
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
 * Runs an activity's work: refuses another connection's, beats while it goes on, and turns errors into what Temporal
 * retries, or does not.
 */
export async function runActivity<T>(
  { config, salesforce, watch }: ActivityDeps,
  { connection }: ForConnection,
  work: (work: Work) => Promise<T>,
): Promise<T> {
  if (connection !== config.connection) {
    throw ApplicationFailure.nonRetryable(
      `this worker serves the connection '${config.connection}', and was given work of '${connection}': give each connection its own task queue`,
      'WrongConnection',
    );
  }
  const context = Context.current();
  // Other activities are at work on the same client.
  const meter = new Meter();
  const asked = (): Asked => {
    const apiCalls = meter.calls;
    // Without a call of its own an activity knows no more than the one before, of which a whole tick may lie between.
    const apiUsage = apiCalls === 0 ? null : salesforce.usage;
    const limit = budgetReached(apiUsage, config.apiBudgetPercent);
    return { apiCalls, ...(apiUsage && { apiUsage }), ...(limit && { limit }) };
  };
  let heard: Heartbeat = { details: null, progressAt: null };
  let answeredAt = salesforce.clock.lastDate;
  const moved = (details: unknown): Heartbeat => ({ details, progressAt: new Date().toISOString() });
  const send = (): void => context.heartbeat({ ...heard, request: salesforce.waiting } satisfies Heartbeat);
  const beat = setInterval(() => {
    // In a later attempt a reply may be the error of the one before: there only the work's own word counts.
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
    // What an aborted request throws is no failure of its own.
    if (context.cancellationSignal.aborted) throw new CancelledFailure('the activity was cancelled');
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

/** Whether the org did not answer at all. */
function isSilence(error: unknown): boolean {
  if (!(error instanceof TransientError) || error.remedy !== 'same-request') return false;
  return error.status === null || NOT_THE_ORG.includes(error.status);
}

/** Errors that the same activity will meet again, however often it is tried. */
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

/** A mistake of this program seldom passes; it is tried again twice for the few that do. */
const MOST_UNEXPECTED = 3;

function failure(error: unknown, asked: Asked, attempt: number): ApplicationFailure {
  if (error instanceof ApplicationFailure) return error;
  // What the connection's workflow refuses it says in words of its own.
  if (error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure) {
    const { message, type } = error.cause;
    return ApplicationFailure.nonRetryable(message, type);
  }
  const limit = limitReached(error, asked.apiUsage ?? null);
  if (error instanceof SalesforceError) {
    return ApplicationFailure.create({
      message: sentence(error.message, error.hint),
      type: error.name,
      // A long wait is the run's, by a timer: an activity that is tried again for hours would hide it.
      nonRetryable: error.retry === 'give-up' || limit !== null,
      details: [{ ...(limit && { ...asked, limit }), error: failureFacts(error) } satisfies FailureDetails],
      ...(error instanceof LimitError && limit === null ? { nextRetryDelay: jittered(error.waitMs) } : {}),
    });
  }
  if (error instanceof Error) {
    const unavailable = error instanceof IndexUnavailableError;
    const final = unavailable ? !error.mayPass : FINAL.some((kind) => error instanceof kind);
    // A worker that has just started knows the org's time to the second: it may be behind another's.
    const known = final || unavailable || error instanceof StaleMembershipError;
    return ApplicationFailure.create({
      message: known ? error.message : `unexpected ${error.name}: ${textWithoutContent(error.message)}`,
      type: error.name,
      details: [{ error: failureFacts(error) } satisfies FailureDetails],
      nonRetryable: final || (!known && attempt >= MOST_UNEXPECTED),
    });
  }
  return ApplicationFailure.create({
    type: 'Unknown',
    message: `unexpected: ${textWithoutContent(String(error))}`,
    nonRetryable: attempt >= MOST_UNEXPECTED,
  });
}

/** From half of it to all of it, so that several workers do not come back at once. */
function jittered(ms: number): number {
  return Math.round(ms * (0.5 + Math.random() / 2));
}

function sentence(message: string, hint: string): string {
  return `${message.replace(/\.$/, '')}. ${hint}`;
}
