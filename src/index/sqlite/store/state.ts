import type { ObjectName } from '../../../objects/index.ts';
import { staleByBlocks, withBlocks } from '../../model/blocked.ts';
import { missedObjects, staleObjects } from '../../model/staleness.ts';
import type { BackfillPosition } from '../../port/backfill.ts';
import type { IndexHealth, IndexState } from '../../port/state.ts';
import type { Database } from '../file/database.ts';
import { objectOf } from '../file/layout.ts';
import { flag, integer, isoTime, optional } from '../file/stored.ts';
import { AFTER_ID } from './cursor-column.ts';
import { readMeta } from './meta.ts';
import { readUnindexed } from './unindexed.ts';

const PROGRESS = [
  integer('obj'),
  optional(isoTime('watermark')),
  optional(isoTime('shares_watermark')),
  optional(AFTER_ID),
  optional(flag('done')),
  optional(integer('records_read')),
] as const;

/** See `StateReader.state`. */
export function readState(db: Database): Promise<IndexState> {
  return db.readingInTurn(() => {
    const meta = readMeta(db);
    const { positions, watermarks, shareWatermarks } = readProgress(db);
    return {
      indexId: meta.indexId,
      organizationId: meta.organizationId,
      refusedOrganizationId: meta.refusedOrganizationId,
      highestRun: meta.highestRun,
      watermarks,
      shareWatermarks,
      blocked: meta.blocked,
      shareLooks: meta.shareLooks,
      schema: meta.schema,
      backfill:
        meta.backfillStart === null
          ? null
          : { start: meta.backfillStart, positions, unguarded: meta.unguarded, objects: meta.backfillObjects },
      lastBackfill: meta.lastBackfill,
      pass: meta.pass,
      contacts: meta.contactsMixed ? 'mixed' : meta.contacts,
    };
  });
}

/** See `StateReader.health`. */
export function readHealth(db: Database): Promise<IndexHealth> {
  return db.readingInTurn(() => {
    const { staleness, blocked, shareLooks, lastBackfill } = readMeta(db);
    return {
      unindexed: readUnindexed(db),
      stale: withBlocks(staleObjects(staleness), staleByBlocks(blocked)),
      missed: missedObjects(staleness),
      blocked,
      shareLooks,
      shareWatermarks: readProgress(db).shareWatermarks,
      lastBackfill,
    };
  });
}

function readProgress(db: Database) {
  const positions: Partial<Record<ObjectName, BackfillPosition>> = {};
  const watermarks: Partial<Record<ObjectName, string>> = {};
  const shareWatermarks: Partial<Record<ObjectName, string>> = {};
  for (const [obj, watermark, sharesWatermark, cursor, done, recordsRead] of db.all(PROGRESS, 'from progress')) {
    const object = objectOf(obj);
    if (watermark !== null) watermarks[object] = watermark;
    if (sharesWatermark !== null) shareWatermarks[object] = sharesWatermark;
    if (done !== null) positions[object] = { cursor, done, recordsRead: recordsRead ?? 0 };
  }
  return { positions, watermarks, shareWatermarks };
}
