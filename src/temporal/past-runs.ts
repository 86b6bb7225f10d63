import { type Client, WorkflowFailedError } from '@temporalio/client';
import { type RunMemo, SYNC_WORKFLOW, taskQueueOf } from '../../workflows/contract.ts';
import { readRunMemo } from '../../workflows/message-forms.ts';
import type { FailureFacts } from '../facts/failures.ts';

/** How a run ended. `skipped`: another run was under way. */
export type RunOutcome = 'completed' | 'skipped' | 'failed' | 'cancelled' | 'terminated';

/** A run that has ended, as Temporal stores it until its retention ends. Reading it needs no worker. */
export interface PastRun {
  readonly workflowId: string;
  /** The run id of its last execution. */
  readonly runId: string;
  readonly outcome: RunOutcome;
  readonly endedAt: Date;
  /** Empty if no worker ever took the run. */
  readonly memo: Partial<RunMemo>;
}

const OUTCOMES: Readonly<Record<string, RunOutcome>> = {
  COMPLETED: 'completed',
  FAILED: 'failed',
  TIMED_OUT: 'failed',
  CANCELLED: 'cancelled',
  TERMINATED: 'terminated',
};

/** Additions to the query, in Temporal's visibility language. */
export const RUN_FILTERS = {
  all: '',
  failed: " AND ExecutionStatus IN ('Failed', 'TimedOut')",
  completed: " AND ExecutionStatus = 'Completed'",
} as const;

/**
 * Yields the connection's ended runs, the last begun first. A run that continued as new is its last execution, whose
 * memo has the sums of all.
 */
export async function* pastRuns(
  client: Client,
  connection: string,
  filter: keyof typeof RUN_FILTERS,
): AsyncGenerator<PastRun, void, undefined> {
  const query = `WorkflowType = '${SYNC_WORKFLOW}' AND TaskQueue = '${taskQueueOf(connection)}'${RUN_FILTERS[filter]}`;
  for await (const { workflowId, runId, status, closeTime, memo } of client.workflow.list({ query, pageSize: 100 })) {
    const outcome = OUTCOMES[status.name];
    if (outcome === undefined || closeTime === undefined) continue;
    const shown = readRunMemo(memo);
    const isSkipped = outcome === 'completed' && typeof shown.run !== 'number';
    yield { workflowId, runId, outcome: isSkipped ? 'skipped' : outcome, endedAt: closeTime, memo: shown };
  }
}

/** Why a run failed. If a run could not continue at all, its memo does not say. */
export interface PastFailure {
  readonly message: string;
  /** Null: an older worker or Temporal itself gave only a text. */
  readonly error: FailureFacts | null;
}

export async function failureOf(client: Client, { workflowId, runId, memo }: PastRun): Promise<PastFailure> {
  const error = memo.error ?? null;
  try {
    await client.workflow.getHandle(workflowId, runId, { followRuns: false }).result();
  } catch (thrown) {
    if (thrown instanceof WorkflowFailedError) return { message: thrown.cause?.message ?? thrown.message, error };
    throw thrown;
  }
  return { message: memo.headline ?? '', error };
}
