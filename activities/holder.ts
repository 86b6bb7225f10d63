import {
  type Client,
  isGrpcServiceError,
  type WorkflowExecutionDescription,
  WorkflowNotFoundError,
} from '@temporalio/client';
import { SYNC_WORKFLOW } from '../src/temporal/names.ts';
import type { Holder } from '../workflows/contract.ts';

/** What became of the run that holds the connection: at work, dead, or done with its finish on the way. */
export type HolderFate = 'running' | 'dead' | 'completed';

/** A run tells its finish before it completes. One that has not arrived by then will not come. */
const FINISH_ARRIVES_MS = 60_000;

/** gRPC's INVALID_ARGUMENT. */
const INVALID_ARGUMENT = 3;

/**
 * Describes the holder by workflow id and run id, in its latest continuation. Workflow ids end in whole seconds, so a
 * later run may have the same one: only an execution of the holder's own chain speaks for it.
 *
 * @param now milliseconds since 1970
 */
export async function fateOf(client: Client, holder: Holder, now: number = Date.now()): Promise<HolderFate> {
  try {
    const first = await client.workflow.getHandle(holder.workflowId, holder.key).describe();
    // A workflow of another type is no run, even if somebody named it as one.
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

/** Whether Temporal refused the holder's key, which somebody made up: no run has it. */
function isNoRunId(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return isGrpcServiceError(cause) && cause.code === INVALID_ARGUMENT;
}
