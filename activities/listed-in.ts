import type { IndexHealth } from '../src/index/port.ts';
import { OBJECT_NAMES } from '../src/objects/index.ts';
import { tellUnindexed } from '../src/sentences/unindexed.ts';
import type { Listed } from '../workflows/activity-contract.ts';

/** What the index lists for an operator. */
export function listedIn({ unindexed, stale, blocked, missed, lastBackfill, ...health }: IndexHealth): Listed {
  const slowShares = OBJECT_NAMES.filter((object) => health.shareLooks[object] !== undefined).map((object) => ({
    object,
    since: health.shareWatermarks[object] ?? null,
  }));
  return { unindexed: tellUnindexed(unindexed), stale, slowShares, blocked, missed, refilling: lastBackfill === null };
}
