import { OBJECTS, type ObjectName } from '../../objects/index.ts';
import { SelectionChangedError } from '../errors.ts';
import type { BackfillOpening, BackfillPosition, IndexState, Ticket, WriteBatch } from '../port.ts';
import { missedObjects, staleObjects } from '../staleness.ts';
import { reshape } from './columns.ts';
import type { Database } from './database.ts';
import { checkTicket, fenced } from './fence.ts';
import { codeOf, objectOf } from './layout.ts';
import { readMeta, writeMeta } from './meta.ts';
import { readUnindexed } from './unindexed.ts';

export function readState(db: Database): Promise<IndexState> {
  return db.readingInTurn(() => {
    const meta = readMeta(db);
    const positions: Partial<Record<ObjectName, BackfillPosition>> = {};
    const watermarks: Partial<Record<ObjectName, string>> = {};
    for (const [obj, watermark, after, done, recordsRead] of db.all<
      [number, string | null, string | null, number | null, number]
    >('select obj, watermark, after_id, done, records_read from progress')) {
      const object = objectOf(obj);
      if (watermark !== null) watermarks[object] = watermark;
      if (done !== null) positions[object] = { after, done: done === 1, recordsRead };
    }
    const documents = Object.fromEntries(OBJECTS.map((object) => [object.name, 0])) as Record<ObjectName, number>;
    for (const [obj, count] of db.all<[number, number]>('select obj, count(*) from doc where live = 1 group by obj'))
      documents[objectOf(obj)] = count;
    return {
      indexId: meta.indexId,
      organizationId: meta.organizationId,
      refusedOrganizationId: meta.refusedOrganizationId,
      highestRun: meta.highestRun,
      watermarks,
      selection: meta.selection,
      backfill:
        meta.backfillStart === null ? null : { start: meta.backfillStart, positions, unguarded: meta.unguarded },
      contacts: meta.contactsMixed ? 'mixed' : meta.contacts,
      documents,
      unindexed: readUnindexed(db),
      stale: staleObjects(meta.staleness),
      missed: missedObjects(meta.staleness),
    };
  });
}

/** See `IndexWriter.begin`. */
export function begin(db: Database, ticket: Ticket, backfill: BackfillOpening | null): Promise<void> {
  return db.writing(async () => {
    const meta = readMeta(db);
    checkTicket(meta, ticket);
    writeMeta(db, { highestRun: ticket.run, organizationId: ticket.organizationId, refusedOrganizationId: null });
    if (backfill === null) return;
    if (backfill.start !== meta.backfillStart) {
      forgetPositions(db);
      // What an unfinished backfill was to take away is still there.
      const before = meta.backfillStart === null ? [] : meta.unguarded;
      writeMeta(db, { unguarded: [...new Set([...before, ...backfill.unguarded])] });
      await reshape(db, backfill.indexed);
    } else if (backfill.selection !== meta.selection) {
      throw new SelectionChangedError();
    }
    const isOther = meta.contacts !== null && meta.contacts !== backfill.contacts;
    writeMeta(db, {
      backfillStart: backfill.start,
      selection: backfill.selection,
      contacts: backfill.contacts,
      contactsMixed: meta.contactsMixed || isOther,
    });
  });
}

export function refuse(db: Database, organizationId: string): Promise<void> {
  return db.writing(() => writeMeta(db, { refusedOrganizationId: organizationId }));
}

/** See `IndexWriter.endBackfill`. Once it has ended, ending it again changes nothing. */
export function endBackfill(db: Database, ticket: Ticket, contactsMixed: boolean): Promise<void> {
  return fenced(db, ticket, (meta) => {
    const start = meta.backfillStart;
    if (start === null) return;
    for (const [obj, done] of db.all<[number, number]>('select obj, done from progress where done is not null')) {
      if (done !== 1) throw new Error(`The backfill cannot end: ${objectOf(obj)} is not read to its end.`);
      raiseWatermark(db, objectOf(obj), start);
    }
    db.run(
      `delete from parent where version < ?1
       and id in (select id from doc where live = 0 and version < ?1)`,
      Date.parse(start),
    );
    db.run('delete from doc where live = 0 and version < ?', Date.parse(start));
    forgetPositions(db);
    writeMeta(db, { backfillStart: null, unguarded: [], contactsMixed: meta.contactsMixed && contactsMixed });
  });
}

/** Notes how far the open backfill is. Of one that has ended it shows nowhere, and the next begin forgets it. */
export function savePosition(db: Database, given: NonNullable<WriteBatch['position']>): void {
  const { after, done, recordsRead } = given.position;
  // Two attempts of one activity share a run: the slower one must not open again what is read to its end.
  db.run(
    'update progress set after_id = ?, done = ?, records_read = ? where obj = ? and (done is null or done <= ?)',
    after,
    done ? 1 : 0,
    recordsRead,
    codeOf(given.object),
    done ? 1 : 0,
  );
}

export function raiseWatermark(db: Database, object: ObjectName, at: string): void {
  const [stored] = db.get<[string | null]>('select watermark from progress where obj = ?', codeOf(object)) ?? [null];
  if (stored !== null && Date.parse(stored) >= Date.parse(at)) return;
  db.run('update progress set watermark = ? where obj = ?', at, codeOf(object));
}

function forgetPositions(db: Database): void {
  db.run('update progress set after_id = null, done = null, records_read = null');
}
