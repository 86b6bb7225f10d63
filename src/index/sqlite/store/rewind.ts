import { setImmediate as breathe } from 'node:timers/promises';
import { latestBlock, rewoundBlocks } from '../../model/blocked.ts';
import { latestIn, rewound } from '../../model/staleness.ts';
import type { Database } from '../file/database.ts';
import { READING } from '../file/forms.ts';
import { Damage, integer, isoTime, json, LAST_TIME, text, time } from '../file/stored.ts';
import { forgetPositions } from './backfill.ts';
import { type Meta, writeBlocked, writeMeta, writePass, writeShareLooks, writeStaleness } from './meta.ts';
import { forgetLedgers } from './remembered-ledger.ts';
import { documentRanges } from './row-numbers.ts';

/** The number of rows between two yields to the event loop: some 50 ms. */
const RANGE = 50_000;

/** Returns the latest of all times in the index, ms. */
export function latestTime(db: Database, meta: Meta): number {
  const readings = readingTimes(db);
  const watermarks = watermarkTimes(db);
  const notes = [meta.backfillStart, meta.lastBackfill, latestIn(meta.staleness), latestBlock(meta.blocked)];
  const times = [...watermarks, ...notes.filter((time) => time !== null)];
  return Math.min(LAST_TIME, Math.max(meta.highestVersion, ...readings, ...times.map((time) => Date.parse(time))));
}

const WATERMARKS = ['watermark', 'shares_watermark'] as const;

/** Returns all watermarks in the index, ISO. */
export function watermarkTimes(db: Database): string[] {
  return WATERMARKS.flatMap((column) => db.values(isoTime(column), `from progress where ${column} is not null`));
}

/** Returns when memberships and the tables behind them were read, as versions. */
function readingTimes(db: Database): number[] {
  const readings = db.values(json('reading', READING), 'from org_table where reading is not null');
  return [...db.values(time('as_of'), 'from generation'), ...readings.map(({ at }) => at)];
}

/**
 * Deletes the readings of all tables if any is after `now`, so that the next refresh reads all. Call it in a write
 * transaction.
 */
export function forgetLaterReadings(db: Database, now: string): void {
  const limit = Date.parse(now);
  if (readingTimes(db).every((at) => at <= limit)) return;
  db.run('update generation set as_of = 0 where as_of > ?', limit);
  db.run('update org_table set reading = null');
}

/** Takes back everything after `now`, in a write transaction. */
export async function rewind(db: Database, meta: Meta, now: string): Promise<void> {
  const limit = Date.parse(now);
  for (const [after, upTo] of documentRanges(db, RANGE)) {
    db.run('update doc set version = 0 where did > ? and did <= ? and version > ?', after, upTo, limit);
    // With 1, share rows of any version satisfy what is due.
    db.run('update doc set shares_due = 1 where did > ? and did <= ? and shares_due > ?', after, upTo, limit);
    await breathe();
  }
  for (const [after, upTo] of parentRanges(db)) {
    db.run('update parent set version = 0 where id > ? and id <= ? and version > ?', after, upTo, limit);
    await breathe();
  }
  db.run('update unindexed set version = 0 where version > ?', limit);
  for (const column of WATERMARKS)
    for (const [obj, watermark] of db.all(
      [integer('obj'), isoTime(column)],
      `from progress where ${column} is not null`,
    ))
      if (Date.parse(watermark) > limit) db.run(`update progress set ${column} = null where obj = ?`, obj);
  forgetPositions(db);
  const lastBackfill = meta.lastBackfill !== null && Date.parse(meta.lastBackfill) > limit ? null : meta.lastBackfill;
  writeMeta(db, { backfillStart: null, backfillObjects: null, lastBackfill, highestVersion: limit });
  writePass(db, null);
  writeBlocked(db, rewoundBlocks(meta.blocked, now));
  writeShareLooks(db, {});
  db.run('update parent set newest = null where newest > ?', limit);
  forgetLedgers(db);
  writeStaleness(db, rewound(meta.staleness, now));
}

function* parentRanges(db: Database): Generator<[after: string, upTo: string]> {
  let after = '';
  for (;;) {
    const last = db.value(text('id'), 'from parent where id > ? order by id limit 1 offset ?', after, RANGE - 1);
    if (last !== undefined && last <= after) throw new Damage('its parents are out of order');
    yield [after, last ?? '~'];
    if (last === undefined) return;
    after = last;
  }
}
