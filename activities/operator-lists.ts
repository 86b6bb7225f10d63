import type { IndexHealth } from '../src/index/port/state.ts';
import { OBJECT_NAMES } from '../src/objects/index.ts';
import { withUnindexedText } from '../src/sentences/unindexed.ts';
import type { OperatorLists } from '../workflows/activity-contract.ts';

/** Returns what the index lists for an operator. */
export function operatorLists({
  unindexed,
  stale,
  blocked,
  missed,
  lastBackfill,
  ...health
}: IndexHealth): OperatorLists {
  const slowShares = OBJECT_NAMES.filter((object) => health.shareLooks[object] !== undefined).map((object) => ({
    object,
    since: health.shareWatermarks[object] ?? null,
  }));
  return {
    unindexed: withUnindexedText(unindexed),
    stale,
    slowShares,
    blocked,
    missed,
    refilling: lastBackfill === null,
  };
}
