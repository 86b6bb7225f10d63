import { type Client, isGrpcServiceError, type WorkflowHandle } from '@temporalio/client';
import { scheduleIdOf } from '../src/temporal/names.ts';
import { triggerRun } from '../src/temporal/schedule.ts';
import type { ConnectionWorkflow } from '../workflows/connection.ts';
import {
  type ConnectionState,
  connectionStatusQuery,
  connectionWorkflowId,
  forceCompleteBackfillSignal,
  type RunMemo,
  taskQueueOf,
} from '../workflows/contract.ts';
import { waitFor } from './wait.ts';

/** A run as Temporal shows it: by its last execution. */
export interface ShownRun {
  readonly status: string;
  readonly memo: Partial<RunMemo>;
}

export interface StartedRun {
  readonly workflowId: string;
  show(): Promise<ShownRun>;
  terminate(): Promise<void>;
  cancel(): Promise<void>;
  /** Takes the run out of Temporal, history and all. */
  delete(): Promise<void>;
  /** The messages with which its activities last failed, while they are tried again. */
  failures(): Promise<string[]>;
}

/** The connection's runs, asked of Temporal. */
export interface Runs {
  /** Has the Schedule start a run. */
  trigger(): Promise<StartedRun>;
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
      // Workflow ids end in whole seconds: triggers of one second make one run between them.
      await waitFor('the next second', async () => Date.now() - triggeredAt > 1_100);
      await triggerRun(client, connection);
      triggeredAt = Date.now();
      const { workflowId } = await waitFor('the triggered run', async () => {
        const last = await lastAction();
        return last?.firstExecutionRunId === before?.firstExecutionRunId ? null : last;
      });
      return startedRun(client, workflowId);
    },
    async force() {
      await client.workflow.signalWithStart<typeof ConnectionWorkflow, []>('ConnectionWorkflow', {
        workflowId: connectionWorkflowId(connection),
        taskQueue: taskQueueOf(connection),
        signal: forceCompleteBackfillSignal.name,
        signalArgs: [],
      });
    },
    state: () =>
      client.workflow
        .getHandle<typeof ConnectionWorkflow>(connectionWorkflowId(connection))
        .query(connectionStatusQuery),
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
        // The server may be away for a moment.
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
    async failures() {
      const { raw } = await handle.describe();
      return (raw.pendingActivities ?? []).flatMap(({ lastFailure }) => lastFailure?.message ?? []);
    },
  };
}
