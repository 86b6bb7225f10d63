import type { RunStore } from '../src/index/port/run-store.ts';
import type { ForRun } from '../workflows/activity-contract.ts';
import { type WorkerDeps, withIndex } from './deps.ts';
import type { Refresh } from './membership.ts';
import type { Asking } from './schema-resolver.ts';

/** Opens the index for an activity of a run that has begun, and then closes it. */
export type WithRunIndex = <T>(input: ForRun, asking: Asking, work: (index: RunStore) => Promise<T>) => Promise<T>;

/**
 * If the index was upgraded since the run began, it has no membership, and refuses searches. Then the membership is
 * made first, because the run may not do it again.
 */
export function createWithRunIndex(deps: WorkerDeps, refresh: Refresh): WithRunIndex {
  return (input, asking, work) =>
    withIndex(deps, async (index) => {
      if ((await index.membershipReadings()) === null) {
        const { indexId, backfill } = await index.state();
        // The work itself refuses another index.
        if (indexId === input.indexId)
          await refresh({ ...input, backfillStart: backfill?.start ?? null }, index, asking);
      }
      return work(index);
    });
}
