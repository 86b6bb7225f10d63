import {
  CancelledFailure,
  type Client,
  type ScheduleExecutionActionResult,
  TerminatedFailure,
  WorkflowFailedError,
} from '@temporalio/client';
import type { ForceRequest, RunMemo, SyncInput, SyncResult } from '../../workflows/contract.ts';
import { UserError } from '../user-error.ts';
import { type ConnectionStateReader, connectionState, forceCompleteBackfill } from './connection-workflow.ts';
import { SYNC_WORKFLOW, scheduleIdOf } from './names.ts';
import { triggerRun } from './schedule.ts';

const POLL_MS = 200;
/** Triggers of one second make one run between them. */
const BETWEEN_TRIGGERS_MS = 1_500;
/** A trigger that made no run in this time is made again. */
const TRIGGER_PATIENCE_MS = 15_000;

/** A run that has begun. */
export interface BegunRun {
  readonly workflowId: string;
  /** Of its first execution: the run's key. */
  readonly runId: string;
  /** What it shows of itself once its kind is decided, or it waits for a limit before that; null: it ended before. */
  planned(): Promise<RunMemo | null>;
  /**
   * Waits for its end.
   *
   * @throws RunFailedError with the run's own message
   */
  ended(): Promise<EndedRun>;
}

/** A run as it ended. */
export interface EndedRun {
  readonly result: SyncResult;
  readonly seconds: number;
}

export interface FollowOptions {
  /** Told what a run shows of itself, whenever it changes. */
  readonly show: (headline: string) => void;
  readonly signal: AbortSignal;
}

/** The runs of one connection, as `followRuns` gives them. */
export interface Runs {
  /** Leaves out the runs that have ended already; answers whether one is under way. */
  passOver(): Promise<boolean>;
  /** Asks for a complete backfill, and has the Schedule start it as soon as it may. */
  forceComplete(request?: ForceRequest): Promise<void>;
  /** Has the Schedule start a run, right after the present one where one is under way. */
  trigger(): Promise<void>;
  /** Whether every complete backfill that was asked for has been made. */
  isServed(): Promise<boolean>;
  /** Waits for the next run to begin; triggers again where none does. */
  begun(): Promise<BegunRun>;
  /** Waits for the next run to begin and to end; see `BegunRun.ended`. */
  next(): Promise<EndedRun>;
}

/**
 * Follows the Schedule's runs of one connection one after the other, those that were under way before included.
 * Starts none but by the Schedule's own trigger.
 */
export function followRuns(client: Client, connection: string, { show, signal }: FollowOptions): Runs {
  const schedule = client.schedule.getHandle(scheduleIdOf(connection));
  const state: ConnectionStateReader = connectionState(client, connection);
  const followed = new Set<string>();
  let triggeredAt = 0;

  return { passOver, forceComplete, trigger, isServed, begun, next };

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

  async function trigger(): Promise<void> {
    await pause(triggeredAt + BETWEEN_TRIGGERS_MS - Date.now(), signal);
    await triggerRun(client, connection);
    triggeredAt = Date.now();
  }

  async function begun(): Promise<BegunRun> {
    const since = Date.now();
    for (;;) {
      const { recentActions, runningActions } = (await schedule.describe()).info;
      const actions = [...runningActions, ...recentActions.map(({ action }) => action)];
      const next = actions.find((action) => !followed.has(runIdOf(action)));
      if (next) {
        followed.add(runIdOf(next));
        return begunRun(next);
      }
      if (Date.now() - Math.max(since, triggeredAt) > TRIGGER_PATIENCE_MS) await trigger();
      await pause(POLL_MS, signal);
    }
  }

  function begunRun({ workflow: { workflowId, firstExecutionRunId } }: ScheduleExecutionActionResult): BegunRun {
    const first = client.workflow.getHandle<(input: SyncInput) => Promise<SyncResult>>(workflowId, firstExecutionRunId);
    const latest = client.workflow.getHandle(workflowId);

    async function planned(): Promise<RunMemo | null> {
      for (;;) {
        const { memo, status } = await latest.describe();
        const shown = (memo ?? {}) as Partial<RunMemo>;
        if (shown.kind || shown.waiting) return shown as RunMemo;
        if (status.name !== 'RUNNING') return null;
        await pause(POLL_MS, signal);
      }
    }

    async function ended(): Promise<EndedRun> {
      let isOver = false;
      const result = first.result().finally(() => {
        isOver = true;
      });
      result.catch(() => {});
      const { startTime } = await first.describe();
      let shown = '';
      while (!isOver) {
        const { headline, failure } = ((await latest.describe()).memo ?? {}) as Partial<RunMemo>;
        // The error that follows says it.
        if (headline !== undefined && headline !== shown && failure === undefined) show(headline);
        shown = headline ?? shown;
        await pause(POLL_MS, signal);
      }
      try {
        return { result: await result, seconds: (Date.now() - startTime.getTime()) / 1000 };
      } catch (error) {
        if (error instanceof WorkflowFailedError) throw new RunFailedError(workflowId, error);
        throw error;
      }
    }

    return { workflowId, runId: firstExecutionRunId, planned, ended };
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
  if (cause instanceof CancelledFailure) return 'was cancelled; the next run goes on from its checkpoint.';
  if (cause instanceof TerminatedFailure) return 'was terminated; the next run goes on from its checkpoint.';
  return `failed: ${cause?.message ?? message}`;
}

/** Waits; rejects with the signal's reason as soon as it is aborted. */
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
