import {
  CancelledFailure,
  type Client,
  type ScheduleExecutionActionResult,
  TerminatedFailure,
  type WorkflowExecutionDescription,
  WorkflowFailedError,
} from '@temporalio/client';
import type { ForceRequest, RunMemo, SyncInput, SyncResult } from '../../workflows/contract.ts';
import { UserError } from '../user-error.ts';
import { type ConnectionStateReader, connectionState, forceCompleteBackfill } from './connection-workflow.ts';
import { SYNC_WORKFLOW, scheduleIdOf } from './names.ts';
import { isAtWork, type Retry, retryOf } from './running-run.ts';
import { triggerRun } from './schedule.ts';

const POLL_MS = 200;
/** Nobody waits for the run of a tick. */
const IDLE_POLL_MS = 1_000;
/** Triggers of one second make one run between them. */
const BETWEEN_TRIGGERS_MS = 1_500;
/** A trigger that made no run in this time is made again. */
const TRIGGER_PATIENCE_MS = 15_000;
/** What still fails after so many passes by itself only later. They take some three seconds where no connection is made. */
const FEW_TRIES = 2;

/** A run that has begun. */
export interface BegunRun {
  readonly workflowId: string;
  /** Of its first execution: the run's key. */
  readonly runId: string;
  /** What it shows of itself once its kind is decided, or it waits for a limit before that; null: it ended before. */
  planned(): Promise<RunMemo | null>;
  /**
   * Waits until it has failed at something again and again, mostly because the org does not answer. Where all goes well: until
   * the signal rejects it.
   */
  stuck(signal: AbortSignal): Promise<Retry>;
  /** Whether a worker is at one of its activities, or tries it again. */
  isAtWork(): Promise<boolean>;
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
  /** Told what a run shows of itself, several times a second. */
  readonly show: (memo: Partial<RunMemo>, startedAt: Date) => void;
  /** Told what a run tries again, once for each cause. */
  readonly say: (line: string) => void;
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
  /** As `next`, however long the Schedule takes: triggers none. */
  nextByItself(): Promise<EndedRun>;
}

/**
 * Follows the Schedule's runs of one connection one after the other, those that were under way before included.
 * Starts none but by the Schedule's own trigger.
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

    /** Once for each cause. */
    function sayTrouble(described: WorkflowExecutionDescription): void {
      const message = retryOf(described)?.message ?? '';
      if (message !== '' && message !== trouble) say(`${workflowId} tries again, and goes on by itself: ${message}`);
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
