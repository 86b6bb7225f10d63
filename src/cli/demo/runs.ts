import { type Client, type ScheduleExecutionActionResult, WorkflowFailedError } from '@temporalio/client';
import {
  type ConnectionState,
  connectionStatusQuery,
  connectionWorkflowId,
  forceCompleteBackfillSignal,
  type RunMemo,
  type SyncInput,
  type SyncResult,
  taskQueueOf,
} from '../../../workflows/contract.ts';
import { CONNECTION_WORKFLOW, SYNC_WORKFLOW, scheduleIdOf } from '../../temporal/names.ts';
import { triggerRun } from '../../temporal/schedule.ts';
import { UserError } from '../../user-error.ts';

const POLL_MS = 200;
/** Triggers of one second make one run between them. */
const BETWEEN_TRIGGERS_MS = 1_500;
/** A trigger that made no run in this time is made again. */
const TRIGGER_PATIENCE_MS = 15_000;

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
  forceComplete(): Promise<void>;
  /** Has the Schedule start a run, right after the present one where one is under way. */
  trigger(): Promise<void>;
  /** Whether every complete backfill that was asked for has been made. */
  isServed(): Promise<boolean>;
  /**
   * Waits for the next run to begin and to end; triggers again where none begins.
   *
   * @throws RunFailedError with the run's own message
   */
  next(): Promise<EndedRun>;
}

/**
 * Follows the Schedule's runs of one connection one after the other, those that were under way before included.
 * Starts none but by the Schedule's own trigger.
 */
export function followRuns(client: Client, connection: string, { show, signal }: FollowOptions): Runs {
  const schedule = client.schedule.getHandle(scheduleIdOf(connection));
  const followed = new Set<string>();
  let triggeredAt = 0;

  return { passOver, forceComplete, trigger, isServed, next };

  async function passOver(): Promise<boolean> {
    const { recentActions, runningActions } = (await schedule.describe()).info;
    const running = new Set(runningActions.map(runIdOf));
    for (const { action } of recentActions) if (!running.has(runIdOf(action))) followed.add(runIdOf(action));
    return running.size > 0;
  }

  async function forceComplete(): Promise<void> {
    await client.workflow.signalWithStart(CONNECTION_WORKFLOW, {
      workflowId: connectionWorkflowId(connection),
      taskQueue: taskQueueOf(connection),
      args: [],
      signal: forceCompleteBackfillSignal,
    });
    await trigger();
  }

  async function isServed(): Promise<boolean> {
    const handle = client.workflow.getHandle(connectionWorkflowId(connection));
    const { forceRequests, forceRequestsServed } = await handle.query<ConnectionState, []>(connectionStatusQuery);
    return forceRequestsServed >= forceRequests;
  }

  async function next(): Promise<EndedRun> {
    const run = await begun();
    followed.add(runIdOf(run));
    return end(run);
  }

  async function trigger(): Promise<void> {
    await pause(triggeredAt + BETWEEN_TRIGGERS_MS - Date.now());
    await triggerRun(client, connection);
    triggeredAt = Date.now();
  }

  async function begun(): Promise<ScheduleExecutionActionResult> {
    const since = Date.now();
    for (;;) {
      const { recentActions, runningActions } = (await schedule.describe()).info;
      const actions = [...runningActions, ...recentActions.map(({ action }) => action)];
      const next = actions.find((action) => !followed.has(runIdOf(action)));
      if (next) return next;
      if (Date.now() - Math.max(since, triggeredAt) > TRIGGER_PATIENCE_MS) await trigger();
      await pause(POLL_MS);
    }
  }

  async function end({
    workflow: { workflowId, firstExecutionRunId },
  }: ScheduleExecutionActionResult): Promise<EndedRun> {
    const first = client.workflow.getHandle<(input: SyncInput) => Promise<SyncResult>>(workflowId, firstExecutionRunId);
    let isOver = false;
    const result = first.result().finally(() => {
      isOver = true;
    });
    result.catch(() => {});
    const latest = client.workflow.getHandle(workflowId);
    const { startTime } = await first.describe();
    let shown = '';
    while (!isOver) {
      const { headline } = ((await latest.describe()).memo ?? {}) as Partial<RunMemo>;
      if (headline !== undefined && headline !== shown) show(headline);
      shown = headline ?? shown;
      await pause(POLL_MS);
    }
    try {
      return { result: await result, seconds: (Date.now() - startTime.getTime()) / 1000 };
    } catch (error) {
      if (error instanceof WorkflowFailedError) throw new RunFailedError(workflowId, error);
      throw error;
    }
  }

  async function pause(ms: number): Promise<void> {
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
}

/** A run failed, was cancelled or was terminated. */
export class RunFailedError extends UserError {
  override name = 'RunFailedError';

  constructor(workflowId: string, error: WorkflowFailedError) {
    super(`${SYNC_WORKFLOW} ${workflowId} failed: ${error.cause?.message ?? error.message}`);
  }
}

function runIdOf({ workflow }: ScheduleExecutionActionResult): string {
  return workflow.firstExecutionRunId;
}
