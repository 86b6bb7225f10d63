import {
  CancelledFailure,
  type Client,
  type ScheduleExecutionActionResult,
  TerminatedFailure,
  type WorkflowExecutionDescription,
  WorkflowFailedError,
} from '@temporalio/client';
import type { ForceRequest, RunMemo, SyncInput, SyncResult } from '../../workflows/contract.ts';
import { SYNC_WORKFLOW, scheduleIdOf } from '../../workflows/contract.ts';
import { UserError } from '../errors.ts';
import { type ConnectionStateReader, connectionState, forceCompleteBackfill } from './connection-workflow.ts';
import { isAtWork, type Retry, retryOf } from './running-run.ts';
import { triggerRun } from './schedule.ts';

const POLL_MS = 200;
/** Nobody is waiting for the run of a tick. */
const IDLE_POLL_MS = 1_000;
/** Several triggers within one second start only one run. */
const BETWEEN_TRIGGERS_MS = 1_500;
/** A trigger that started no run within this time is repeated. */
const TRIGGER_PATIENCE_MS = 15_000;
/**
 * After this many failed tries, the trouble will last longer. The tries take about three seconds if no connection is
 * made.
 */
const FEW_TRIES = 2;

/** A run that has begun. */
export interface BegunRun {
  readonly workflowId: string;
  /** The run id of its first execution: the run's key. */
  readonly runId: string;
  /**
   * Waits until the run's kind is decided, or until it waits for a limit before that. Returns its memo; null: it ended
   * before.
   */
  planned(): Promise<RunMemo | null>;
  /**
   * Waits until the run has failed at something repeatedly, mostly because the org does not answer. If all goes well,
   * rejects once the signal fires.
   */
  stuck(signal: AbortSignal): Promise<Retry>;
  /** Reports whether a worker is executing one of its activities, or retries one. */
  isAtWork(): Promise<boolean>;
  /**
   * Waits until the run has ended.
   *
   * @throws RunFailedError with the run's own message
   */
  ended(): Promise<EndedRun>;
}

/** A run that has ended. */
export interface EndedRun {
  readonly result: SyncResult;
  readonly seconds: number;
}

export interface FollowOptions {
  /** Called with a run's memo, several times a second. */
  readonly show: (memo: Partial<RunMemo>, startedAt: Date) => void;
  /** Called with what a run retries, once per cause. */
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/** The runs of one connection: see `followRuns`. */
export interface Runs {
  /** Skips the runs that have already ended. Returns whether one is under way. */
  passOver(): Promise<boolean>;
  /** Requests a complete backfill, and has the Schedule start it as soon as possible. */
  forceComplete(request?: ForceRequest): Promise<void>;
  /** Has the Schedule start a run; right after the current one if one is under way. */
  trigger(): Promise<void>;
  /** Reports whether every requested complete backfill is done. */
  isServed(): Promise<boolean>;
  /** Waits for the next run to begin. Triggers again if none does. */
  begun(): Promise<BegunRun>;
  /** Waits for the next run to begin and to end; see `BegunRun.ended`. */
  next(): Promise<EndedRun>;
  /** Waits like `next`, however long the Schedule takes, and triggers no run. */
  nextByItself(): Promise<EndedRun>;
}

/**
 * Follows the Schedule's runs of one connection in sequence, including those that are already under way. Starts runs
 * only by the Schedule's own trigger.
 */
export function followRuns(client: Client, connection: string, { say, show, signal }: FollowOptions): Runs {
  const schedule = client.schedule.getHandle(scheduleIdOf(connection));
  const state: ConnectionStateReader = connectionState(client, connection);
  const followed = new Set<string>();
  let triggeredAt = 0;

  return { passOver, forceComplete, trigger, isServed, begun, next, nextByItself };

  async function passOver(): Promise<boolean> {
    const { recentActions, runningActions } = (await schedule.describe()).info;
    const running = new Set(runningActions.map(runIdOf));
    for (const { action } of recentActions) if (!running.has(runIdOf(action))) followed.add(runIdOf(action));
    return running.size > 0;
  }

  async function forceComplete(request: ForceRequest = {}): Promise<void> {
    await forceCompleteBackfill(client, connection, request);
    await trigger();
  }

  async function isServed(): Promise<boolean> {
    const { forceRequests, forceRequestsServed } = await state();
    return forceRequestsServed >= forceRequests;
  }

  async function next(): Promise<EndedRun> {
    return (await begun()).ended();
  }

  async function nextByItself(): Promise<EndedRun> {
    for (;;) {
      const run = await newRun();
      if (run !== null) return run.ended();
      await pause(IDLE_POLL_MS, signal);
    }
  }

  async function trigger(): Promise<void> {
    await pause(triggeredAt + BETWEEN_TRIGGERS_MS - Date.now(), signal);
    await triggerRun(client, connection);
    triggeredAt = Date.now();
  }

  async function begun(): Promise<BegunRun> {
    const since = Date.now();
    for (;;) {
      const run = await newRun();
      if (run !== null) return run;
      if (Date.now() - Math.max(since, triggeredAt) > TRIGGER_PATIENCE_MS) await trigger();
      await pause(POLL_MS, signal);
    }
  }

  async function newRun(): Promise<BegunRun | null> {
    const { recentActions, runningActions } = (await schedule.describe()).info;
    const actions = [...runningActions, ...recentActions.map(({ action }) => action)];
    const next = actions.find((action) => !followed.has(runIdOf(action)));
    if (next === undefined) return null;
    followed.add(runIdOf(next));
    return begunRun(next);
  }

  function begunRun({ workflow: { workflowId, firstExecutionRunId } }: ScheduleExecutionActionResult): BegunRun {
    const first = client.workflow.getHandle<(input: SyncInput) => Promise<SyncResult>>(workflowId, firstExecutionRunId);
    const latest = client.workflow.getHandle(workflowId);
    let trouble = '';

    async function planned(): Promise<RunMemo | null> {
      for (;;) {
        const described = await latest.describe();
        const shown = (described.memo ?? {}) as Partial<RunMemo>;
        if (shown.kind || shown.waiting) return shown as RunMemo;
        if (described.status.name !== 'RUNNING') return null;
        sayTrouble(described);
        await pause(POLL_MS, signal);
      }
    }

    async function stuck(until: AbortSignal): Promise<Retry> {
      for (;;) {
        const retry = retryOf(await latest.describe());
        if (retry !== null && !retry.isLimit && retry.attempt > FEW_TRIES) return retry;
        await pause(POLL_MS, until);
      }
    }

    /** Reports each cause once. */
    function sayTrouble(described: WorkflowExecutionDescription): void {
      const message = retryOf(described)?.message ?? '';
      if (message !== '' && message !== trouble) say(`${workflowId} is retrying: ${message}`);
      trouble = message;
    }

    async function ended(): Promise<EndedRun> {
      let isOver = false;
      const result = first.result().finally(() => {
        isOver = true;
      });
      result.catch(() => {});
      const { startTime } = await first.describe();
      while (!isOver) {
        const described = await latest.describe();
        show((described.memo ?? {}) as Partial<RunMemo>, startTime);
        sayTrouble(described);
        await pause(POLL_MS, signal);
      }
      try {
        return { result: await result, seconds: (Date.now() - startTime.getTime()) / 1000 };
      } catch (error) {
        if (error instanceof WorkflowFailedError) throw new RunFailedError(workflowId, error);
        throw error;
      }
    }

    return {
      workflowId,
      runId: firstExecutionRunId,
      planned,
      stuck,
      isAtWork: async () => isAtWork(await latest.describe()),
      ended,
    };
  }
}

/** A run failed, was cancelled or was terminated. */
export class RunFailedError extends UserError {
  override name = 'RunFailedError';

  constructor(workflowId: string, error: WorkflowFailedError) {
    super(`${SYNC_WORKFLOW} ${workflowId} ${howItEnded(error)}`);
  }
}

function howItEnded({ cause, message }: WorkflowFailedError): string {
  if (cause instanceof CancelledFailure) return 'was cancelled; the next run resumes at its checkpoint.';
  if (cause instanceof TerminatedFailure) return 'was terminated; the next run resumes at its checkpoint.';
  return `failed: ${cause?.message ?? message}`;
}

/** Waits. Rejects with the signal's reason as soon as it is aborted. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  if (ms <= 0) return;
  await new Promise<void>((done, stopped) => {
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      done();
    }, ms);
    const stop = () => {
      clearTimeout(timer);
      stopped(signal.reason);
    };
    signal.addEventListener('abort', stop, { once: true });
  });
}

function runIdOf({ workflow }: ScheduleExecutionActionResult): string {
  return workflow.firstExecutionRunId;
}
