import {
  type Client,
  type ScheduleDescription,
  type WorkflowExecutionDescription,
  WorkflowNotFoundError,
} from '@temporalio/client';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import type { FailureDetails, Heartbeat } from '../../workflows/activity-contract.ts';
import type { RunMemo } from '../../workflows/contract.ts';
import { coded, type Form } from '../../workflows/form.ts';
import { readRunMemo } from '../../workflows/message-forms.ts';
import type { FailureFacts } from '../facts/failures.ts';

/** The run under way, as seen without its worker. */
export interface RunningRun {
  readonly workflowId: string;
  readonly startedAt: Date;
  readonly memo: Partial<RunMemo>;
  /** When an activity last ended or progressed. Null: never. */
  readonly progressAt: Date | null;
  /** A request to the org without a reply yet. Null: none, or it is overdue. */
  readonly request: OpenRequest | null;
  /** Until when the run waits, by a timer, for a limit of the org or for the search engine. Null: it does not wait. */
  readonly waitsUntil: Date | null;
  /** What the run retries, and why. Null: nothing went wrong. */
  readonly retry: Retry | null;
}

export interface OpenRequest {
  readonly what: string;
  readonly since: Date;
  /** When the request times out. */
  readonly until: Date;
}

export interface Retry {
  readonly attempt: number;
  readonly message: string;
  /** The message as a value. Null: an older worker or Temporal itself gave only a text. */
  readonly error: FailureFacts | null;
  /** When the next try begins. Null: it is running now. */
  readonly nextAt: Date | null;
  /** The wait is for a limit of the org that is used up. Limits recover without help. */
  readonly isLimit: boolean;
}

/** Returns what a described run retries, and why. Null: nothing went wrong. */
export function retryOf({ raw }: WorkflowExecutionDescription): Retry | null {
  return (raw.pendingActivities ?? []).map(failedTry).find((retry) => retry !== null) ?? null;
}

/** Reports whether a worker is executing one of the run's activities, or has failed at it and retries. */
export function isAtWork({ raw }: WorkflowExecutionDescription): boolean {
  return (raw.pendingActivities ?? []).some(({ state, lastFailure }) => state === STARTED || lastFailure);
}

/** A value of temporal.api.enums.v1.PendingActivityState. */
const STARTED = 2;

/** The number of events to search for the last progress. A slice has about a dozen. */
const EVENTS = 100;

/** Returns the run under way. If there are several, returns the one that was admitted. */
export async function runningRun(client: Client, { info }: ScheduleDescription): Promise<RunningRun | null> {
  const runs: RunningRun[] = [];
  for (const { workflow } of info.runningActions) {
    const run = await describe(client, workflow.workflowId, workflow.firstExecutionRunId);
    if (run !== null) runs.push(run);
  }
  return runs.find(({ memo }) => typeof memo.run === 'number') ?? runs[0] ?? null;
}

async function describe(client: Client, workflowId: string, firstRunId: string): Promise<RunningRun | null> {
  try {
    const first = await client.workflow.getHandle(workflowId, firstRunId).describe();
    const latest = await client.workflow.getHandle(workflowId).describe();
    if (latest.status.name !== 'RUNNING') return null;
    const { history } = await client.workflowService.getWorkflowExecutionHistoryReverse({
      namespace: client.options.namespace,
      execution: { workflowId, runId: latest.runId },
      maximumPageSize: EVENTS,
    });
    const ended = history?.events?.find(
      (event) =>
        event.activityTaskCompletedEventAttributes ||
        event.workflowExecutionStartedEventAttributes?.continuedExecutionRunId,
    );
    const { movedAt, request } = progressOf(latest);
    const times = [timeOf(ended?.eventTime), movedAt].filter((time) => time !== null);
    const progressAt = times.toSorted((a, b) => b.getTime() - a.getTime())[0] ?? null;
    const memo = readRunMemo(latest.memo);
    return {
      workflowId,
      startedAt: first.startTime,
      memo,
      progressAt,
      request,
      waitsUntil: memo.waiting ? new Date(memo.waiting.until) : null,
      retry: retryOf(latest),
    };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}

/**
 * Reads the heartbeats of the activities under way: when one last progressed, and a request to the org without a reply
 * yet.
 */
export function progressOf({ raw }: WorkflowExecutionDescription): {
  readonly movedAt: Date | null;
  readonly request: OpenRequest | null;
} {
  const pending = raw.pendingActivities ?? [];
  const moved = pending.map(movedAt).filter((time) => time !== null);
  return {
    movedAt: moved.toSorted((a, b) => b.getTime() - a.getTime())[0] ?? null,
    request: pending.map(requestOf).find((request) => request !== null) ?? null,
  };
}

type Pending = NonNullable<WorkflowExecutionDescription['raw']['pendingActivities']>[number];

function movedAt(pending: Pending): Date | null {
  const { progressAt } = heartbeatOf(pending);
  return typeof progressAt === 'string' ? new Date(progressAt) : null;
}

function requestOf(pending: Pending): OpenRequest | null {
  const { request } = heartbeatOf(pending);
  if (!request) return null;
  const since = new Date(request.since);
  const until = new Date(since.getTime() + request.limitMs);
  return until > new Date() ? { what: request.what, since, until } : null;
}

function heartbeatOf({ heartbeatDetails }: Pending): Partial<Heartbeat> {
  const payload = heartbeatDetails?.payloads?.[0];
  return payload ? ((defaultPayloadConverter.fromPayload(payload) ?? {}) as Partial<Heartbeat>) : {};
}

function failedTry({ attempt, lastFailure, nextAttemptScheduleTime }: Pending): Retry | null {
  if (!lastFailure) return null;
  return {
    attempt: attempt ?? 1,
    message: lastFailure.message ?? '',
    error: failureIn(lastFailure.applicationFailureInfo?.details?.payloads?.[0]),
    nextAt: timeOf(nextAttemptScheduleTime),
    isLimit: lastFailure.applicationFailureInfo?.type === 'LimitError',
  };
}

const isFailure: Form<FailureFacts> = coded();

function failureIn(details: Payload | undefined): FailureFacts | null {
  const failure = details && defaultPayloadConverter.fromPayload<Partial<FailureDetails> | null>(details);
  return isFailure(failure?.error) ? failure.error : null;
}

function timeOf(stamp: { seconds?: unknown } | null | undefined): Date | null {
  const seconds = Number(stamp?.seconds ?? 0);
  return seconds === 0 ? null : new Date(seconds * 1000);
}
