import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { Holder } from '../workflows/contract.ts';

/** What became of the run that holds the connection: at work, dead, or done with its finish on the way. */
export type HolderFate = 'running' | 'dead' | 'completed';

/**
 * Describes the holder by workflow id and run id, in its latest continuation. Workflow ids end in whole seconds, so a
 * later run may have the same one: only an execution of the holder's own chain speaks for it.
 */
export async function fateOf(client: Client, holder: Holder): Promise<HolderFate> {
  try {
    const first = await client.workflow.getHandle(holder.workflowId, holder.key).describe();
    if (first.status.name !== 'CONTINUED_AS_NEW') return fate(first.status.name);
    const latest = await client.workflow.getHandle(holder.workflowId).describe();
    return latest.raw.workflowExecutionInfo?.firstRunId === holder.key ? fate(latest.status.name) : 'dead';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return 'dead';
    throw error;
  }
}

function fate(status: string): HolderFate {
  if (status === 'RUNNING' || status === 'PAUSED') return 'running';
  return status === 'COMPLETED' ? 'completed' : 'dead';
}
