import { type Client, isGrpcServiceError, type WorkflowHandle } from '@temporalio/client';
import { connectionState, forceCompleteBackfill } from '../../src/temporal/connection-workflow.ts';
import { type Retry, retryOf } from '../../src/temporal/running-run.ts';
import { triggerRun } from '../../src/temporal/schedule.ts';
import {
  type ConnectionState,
  connectionWorkflowId,
  type RunMemo,
  type SyncInput,
  scheduleIdOf,
} from '../../workflows/contract.ts';
import { waitFor } from './wait.ts';

/** No run of these worlds takes so long. */
const LONG_TICK_SECONDS = 3_600;

/** A run as Temporal shows it, by its last execution. */
export interface ShownRun {
  readonly status: string;
  readonly memo: Partial<RunMemo>;
}

export interface StartedRun {
  readonly workflowId: string;
  show(): Promise<ShownRun>;
  terminate(): Promise<void>;
  cancel(): Promise<void>;
  /** Deletes the run from Temporal, including its history. */
  delete(): Promise<void>;
  /** Returns what it retries, and why. Null: nothing went wrong. */
  retry(): Promise<Retry | null>;
}

/** The connection's runs, through Temporal. */
export interface Runs {
  /** Has the Schedule start a run. */
  trigger(): Promise<StartedRun>;
  /**
   * Decides for later runs how much an activity of a complete backfill reads: one slice, because a pass is due after
   * each; or all that it can, reading ahead.
   */
  readAhead(doesReadAhead: boolean): Promise<void>;
  force(): Promise<void>;
  state(): Promise<ConnectionState>;
  terminateConnection(): Promise<void>;
}

export function runsOf(client: Client, connection: string): Runs {
  const schedule = client.schedule.getHandle(scheduleIdOf(connection));
  let triggeredAt = 0;

  async function lastAction(): Promise<{ workflowId: string; firstExecutionRunId: string } | null> {
    return (await schedule.describe()).info.recentActions.at(-1)?.action.workflow ?? null;
  }

  return {
    async trigger() {
      const before = await lastAction();
      // Workflow ids end in whole seconds, so triggers within one second start only one run.
      await waitFor('the next second', async () => Date.now() - triggeredAt > 1_100);
      await triggerRun(client, connection);
      triggeredAt = Date.now();
      const { workflowId } = await waitFor('the triggered run', async () => {
        const last = await lastAction();
        return last?.firstExecutionRunId === before?.firstExecutionRunId ? null : last;
      });
      return startedRun(client, workflowId);
    },
    async readAhead(doesReadAhead) {
      const tickSeconds = doesReadAhead ? LONG_TICK_SECONDS : 0;
      await schedule.update(({ action, ...rest }) => {
        const [input] = (action.args ?? []) as SyncInput[];
        return { ...rest, action: { ...action, args: [{ ...input, tickSeconds }] } };
      });
    },
    async force() {
      await forceCompleteBackfill(client, connection, {});
    },
    state: connectionState(client, connection),
    terminateConnection: async () =>
      void (await client.workflow.getHandle(connectionWorkflowId(connection)).terminate('by the harness')),
  };
}

function startedRun(client: Client, workflowId: string): StartedRun {
  const handle: WorkflowHandle = client.workflow.getHandle(workflowId);
  return {
    workflowId,
    async show() {
      try {
        const { status, memo } = await handle.describe();
        return { status: status.name, memo: (memo ?? {}) as Partial<RunMemo> };
      } catch (error) {
        if (error instanceof Error && error.name === 'WorkflowNotFoundError') return { status: 'DELETED', memo: {} };
        // The server may be down for a moment.
        if (isGrpcServiceError(error)) return { status: 'UNKNOWN', memo: {} };
        throw error;
      }
    },
    terminate: async () => void (await handle.terminate('by the harness')),
    cancel: async () => void (await handle.cancel()),
    async delete() {
      await client.workflowService.deleteWorkflowExecution({
        namespace: client.options.namespace,
        workflowExecution: { workflowId },
      });
    },
    retry: async () => retryOf(await handle.describe()),
  };
}
