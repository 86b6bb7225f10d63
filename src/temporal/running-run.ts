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

/** The run under way, seen without its worker. */
export interface RunningRun {
  readonly workflowId: string;
  readonly startedAt: Date;
  readonly memo: Partial<RunMemo>;
  /** When an activity last ended or moved; null: not once. */
  readonly progressAt: Date | null;
  /** A request to the org that has no reply yet; null: there is none, or it has taken longer than it may. */
  readonly request: OpenRequest | null;
  /** Until when it waits for a limit of the org, by a timer; null: it does not. */
  readonly waitsUntil: Date | null;
  /** What it tries again, and why; null: nothing went wrong. */
  readonly retry: Retry | null;
}

export interface OpenRequest {
  readonly what: string;
  readonly since: Date;
  /** It is given up then. */
  readonly until: Date;
}

export interface Retry {
  readonly attempt: number;
  readonly message: string;
  /** The same as a value; null: an older worker, or Temporal itself, told a text alone. */
  readonly error: FailureFacts | null;
  /** When it is tried next; null: it is being tried now. */
  readonly nextAt: Date | null;
  /** It waits because a limit of the org is used up, which passes by itself. */
  readonly isLimit: boolean;
}

/** What a run that was described tries again, and why; null: nothing went wrong. */
export function retryOf({ raw }: WorkflowExecutionDescription): Retry | null {
  return (raw.pendingActivities ?? []).map(failedTry).find((retry) => retry !== null) ?? null;
}

/** Whether a worker is at one of the run's activities, or has failed at it and tries again. */
export function isAtWork({ raw }: WorkflowExecutionDescription): boolean {
  return (raw.pendingActivities ?? []).some(({ state, lastFailure }) => state === STARTED || lastFailure);
}

/** temporal.api.enums.v1.PendingActivityState. */
const STARTED = 2;

/** Events that are looked at for the last progress; a slice has about a dozen. */
const EVENTS = 100;

/** The run that is under way; of several the one that was admitted. */
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

/** What the heartbeats of the activities under way say: when one last moved, and a request to the org that has no reply yet. */
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
    error: factsOf(lastFailure.applicationFailureInfo?.details?.payloads?.[0]),
    nextAt: timeOf(nextAttemptScheduleTime),
    isLimit: lastFailure.applicationFailureInfo?.type === 'LimitError',
  };
}

const isFailure: Form<FailureFacts> = coded();

function factsOf(details: Payload | undefined): FailureFacts | null {
  const told = details && defaultPayloadConverter.fromPayload<Partial<FailureDetails> | null>(details);
  return isFailure(told?.error) ? told.error : null;
}

function timeOf(stamp: { seconds?: unknown } | null | undefined): Date | null {
  const seconds = Number(stamp?.seconds ?? 0);
  return seconds === 0 ? null : new Date(seconds * 1000);
}
