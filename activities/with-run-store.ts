import type { RunStore } from '../src/index/port/run-store.ts';
import type { ForRun } from '../workflows/activity-contract.ts';
import { type WorkerDeps, withStore } from './deps.ts';
import type { Refresh } from './membership.ts';
import type { Asking } from './schema-resolver.ts';

/** Opens the index for an activity of a run that has begun, and then closes it. */
export type WithRunStore = <T>(input: ForRun, asking: Asking, work: (store: RunStore) => Promise<T>) => Promise<T>;

/**
 * If the index was upgraded since the run began, it has no membership, and refuses searches. Then the membership is
 * made first, because the run may not do it again.
 */
export function createWithRunStore(deps: WorkerDeps, refresh: Refresh): WithRunStore {
  return (input, asking, work) =>
    withStore(deps, async (store) => {
      if ((await store.membershipReadings()) === null) {
        const { indexId, backfill } = await store.state();
        // The work itself refuses another index.
        if (indexId === input.indexId)
          await refresh({ ...input, backfillStart: backfill?.start ?? null }, store, asking);
      }
      return work(store);
    });
}
