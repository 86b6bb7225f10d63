import type { IndexWriter } from '../src/index/port.ts';
import type { ForRun } from '../workflows/activity-contract.ts';
import { type WorkerDeps, withIndex } from './deps.ts';
import type { Refresh } from './membership.ts';
import type { Asking } from './selections.ts';

/** Opens the index for an activity of a run that has begun, and closes it afterwards. */
export type WithRunIndex = <T>(input: ForRun, asking: Asking, work: (index: IndexWriter) => Promise<T>) => Promise<T>;

/**
 * An index that was upgraded since the run began has no membership, and refuses searches: it is made first, for the run that
 * goes on may not come to it again.
 */
export function createWithRunIndex(deps: WorkerDeps, refresh: Refresh): WithRunIndex {
  return (input, asking, work) =>
    withIndex(deps, async (index) => {
      if ((await index.membershipReadings()) === null) {
        const { indexId, backfill } = await index.state();
        // Another index is refused by the work itself.
        if (indexId === input.indexId)
          await refresh({ ...input, backfillStart: backfill?.start ?? null }, index, asking);
      }
      return work(index);
    });
}
