import {
  type Client,
  isGrpcServiceError,
  type WorkflowExecutionDescription,
  WorkflowNotFoundError,
} from '@temporalio/client';
import type { Holder } from '../workflows/contract.ts';
import { SYNC_WORKFLOW } from '../workflows/contract.ts';

/** The fate of the run that holds the connection: running, dead, or completed with its finish on the way. */
export type HolderFate = 'running' | 'dead' | 'completed';

/** A run sends its finish before it completes. If the finish has not arrived after this time, it never will. */
const FINISH_ARRIVES_MS = 60_000;

/** gRPC's INVALID_ARGUMENT. */
const INVALID_ARGUMENT = 3;

/**
 * Describes the holder by workflow id and run id, in its latest continuation. Workflow ids end in whole seconds, so a
 * later run may have the same one. Only an execution in the holder's own chain counts.
 *
 * @param now milliseconds since 1970
 */
export async function fateOf(client: Client, holder: Holder, now: number = Date.now()): Promise<HolderFate> {
  try {
    const first = await client.workflow.getHandle(holder.workflowId, holder.key).describe();
    // A workflow of another type is not a run, even if somebody gave it a run's id.
    if (first.type !== SYNC_WORKFLOW) return 'dead';
    if (first.status.name !== 'CONTINUED_AS_NEW') return fate(first, now);
    const latest = await client.workflow.getHandle(holder.workflowId).describe();
    return latest.raw.workflowExecutionInfo?.firstRunId === holder.key ? fate(latest, now) : 'dead';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError || isNoRunId(error)) return 'dead';
    throw error;
  }
}

function fate({ status, closeTime }: WorkflowExecutionDescription, now: number): HolderFate {
  if (status.name === 'RUNNING' || status.name === 'PAUSED') return 'running';
  if (status.name !== 'COMPLETED') return 'dead';
  return closeTime !== undefined && now - closeTime.getTime() > FINISH_ARRIVES_MS ? 'dead' : 'completed';
}

/** Reports whether Temporal refused the holder's key because it was invented. No run has it. */
function isNoRunId(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return isGrpcServiceError(cause) && cause.code === INVALID_ARGUMENT;
}
