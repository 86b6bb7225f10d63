import { setImmediate as breathe } from 'node:timers/promises';
import { type ObjectName, objectNamed } from '../../../objects/index.ts';
import type { Database } from '../file/database.ts';
import { codeOf } from '../file/layout.ts';
import { Damage, text } from '../file/stored.ts';
import { documentRanges } from './row-numbers.ts';

// Not seen: the document's version is below the start of the complete backfill.

/** The number of rows between two yields to the event loop: some 50 ms. */
const RANGE = 50_000;

/** See `Backfills.hasUnseen`. */
export function hasUnseen(db: Database, object: ObjectName, before: number): Promise<boolean> {
  return db.readingInTurn(async () => {
    if (await hasUnseenDocuments(db, object, before)) return true;
    for await (const ids of unseenParents(db, object, before)) if (ids.length > 0) return true;
    return false;
  });
}

export async function hasUnseenDocuments(db: Database, object: ObjectName, before: number): Promise<boolean> {
  for await (const ids of unseenDocuments(db, object, before)) if (ids.length > 0) return true;
  return false;
}

/** Yields ids of live documents. */
export async function* unseenDocuments(db: Database, object: ObjectName, before: number): AsyncGenerator<string[]> {
  for (const [after, upTo] of documentRanges(db, RANGE)) {
    yield db.values(
      text('id'),
      'from doc where did > ? and did <= ? and +obj = ? and live = 1 and version < ?',
      after,
      upTo,
      codeOf(object),
      before,
    );
    await breathe();
  }
}

/** Yields ids of parents that have no document, or one that will be removed. */
export async function* unseenParents(db: Database, object: ObjectName, before: number): AsyncGenerator<string[]> {
  const { keyPrefix } = objectNamed(object);
  // After all ids with this prefix.
  const end = `${keyPrefix}~`;
  for (let after = keyPrefix; after !== end; ) {
    const upTo =
      db.value(
        text('id'),
        'from parent where id > ? and id < ? order by id limit 1 offset ?',
        after,
        end,
        BigInt(RANGE - 1),
      ) ?? end;
    if (upTo <= after) throw new Damage('its parents are out of order');
    yield db.values(
      text('id'),
      `from parent where id > ?1 and id <= ?2 and obj = ?3 and version < ?4 and not exists (
         select 1 from doc where doc.id = parent.id and live = 1 and version >= ?4)`,
      after,
      upTo,
      codeOf(object),
      before,
    );
    after = upTo;
    await breathe();
  }
}
