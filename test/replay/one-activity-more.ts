import { activities } from '../../workflows/activity-options.ts';
import type { SyncInput } from '../../workflows/contract.ts';
import { SyncWorkflow as released } from '../../workflows/sync.ts';

/** SyncWorkflow with a change that must not be made: one more activity at its beginning, and no patch. */
export async function SyncWorkflow(input: SyncInput): Promise<unknown> {
  await activities.requestCompleteBackfill({ connection: input.connection });
  return released(input);
}
