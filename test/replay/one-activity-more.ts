import { activities } from '../../workflows/activity-options.ts';
import type { SyncInput } from '../../workflows/contract.ts';
import { SyncWorkflow as released } from '../../workflows/sync.ts';

/** SyncWorkflow as it must not be changed: an activity more at its beginning, and no patch. */
export async function SyncWorkflow(input: SyncInput): Promise<unknown> {
  await activities.requestCompleteBackfill({ connection: input.connection });
  return released(input);
}
