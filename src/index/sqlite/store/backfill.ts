import { OBJECTS, type ObjectName } from '../../../objects/index.ts';
import { backfillClosed, mayStayMixed, openBackfill } from '../../model/backfill.ts';
import { backfillEnded, isUnreadBy } from '../../model/blocked.ts';
import { checkAdmitted, checkFence } from '../../model/fence.ts';
import type { FencingToken } from '../../port/admission.ts';
import type { BackfillOpening } from '../../port/backfill.ts';
import type { WriteBatch } from '../../port/documents.ts';
import { BackfillUnreadError } from '../../port/errors.ts';
import type { Database } from '../file/database.ts';
import { codeOf, objectOf } from '../file/layout.ts';
import { integer } from '../file/stored.ts';
import { cursorText } from './cursor-column.ts';
import { fenced } from './fence.ts';
import { replaceIndexed, saveEverHeld } from './indexed-fields.ts';
import { type Meta, readMeta, writeBlocked, writeMeta, writeShareLooks } from './meta.ts';
import type { OpenStore } from './publication.ts';
import { forgetLedgers } from './remembered-ledger.ts';
import { raiseWatermark } from './streams.ts';
import { hasUnseenDocuments } from './unseen.ts';

/** See `Backfills.begin`. */
export function begin(
  { db, publication }: OpenStore,
  fence: FencingToken,
  backfill: BackfillOpening | null,
): Promise<void> {
  return db.writing(async () => {
    const meta = readMeta(db);
    checkFence(meta, fence);
    checkAdmitted(meta, fence);
    const opened = openBackfill(meta, fence.run, backfill);
    writeMeta(db, { highestRun: fence.run, organizationId: fence.organizationId, refusedOrganizationId: null });
    publication.changeOrganization();
    if (backfill === null || opened === null) return;
    writeMeta(db, opened.notes);
    if (!opened.isNew) return;
    forgetPositions(db);
    saveEverHeld(db, backfill.everHeld);
    if (await replaceIndexed(db, backfill.indexed)) await publication.reshape(backfill.indexed);
  });
}

export function refuse({ db, publication }: OpenStore, organizationId: string): Promise<void> {
  return db.writing(() => {
    writeMeta(db, { refusedOrganizationId: organizationId });
    publication.changeOrganization();
  });
}

/** Ends the open backfill. See `Backfills.endBackfill`. Calling it again changes nothing. */
export function endBackfill(db: Database, fence: FencingToken, contactsMixed: boolean): Promise<void> {
  return fenced(db, fence, async (meta) => {
    const start = meta.backfillStart;
    if (start === null) return;
    checkReadToEnd(db, meta);
    // If contacts of the old kind are left, the run's claim that there are none would give access to them.
    const staysMixed =
      mayStayMixed(meta, contactsMixed) ||
      (meta.contactsMixed && (await hasUnseenDocuments(db, 'Contact', Date.parse(start))));
    for (const { name: object } of OBJECTS.filter(({ name }) => meta.backfillObjects?.includes(name) ?? true))
      for (const of of ['records', 'shares'] as const)
        if (!isUnreadBy(meta.blocked, { object, of }, start)) raiseWatermark(db, { object, of }, start);
    writeBlocked(db, backfillEnded(meta.blocked, meta.backfillObjects, start));
    // Queries by date may be fast again.
    const unread = OBJECTS.filter(({ name }) => meta.backfillObjects?.includes(name) === false).map(({ name }) => name);
    writeShareLooks(
      db,
      Object.fromEntries(Object.entries(meta.shareLooks).filter(([name]) => unread.includes(name as ObjectName))),
    );
    db.run(
      `delete from parent where version < ?1
       and id in (select id from doc where live = 0 and version < ?1)`,
      Date.parse(start),
    );
    forgetLedgers(db);
    db.run('delete from doc where live = 0 and version < ?', Date.parse(start));
    forgetPositions(db);
    writeMeta(db, backfillClosed(start, staysMixed));
  });
}

/** Throws unless the open backfill has read each of its objects completely, by the positions in the index. */
export function checkReadToEnd(db: Database, { backfillObjects }: Meta): void {
  for (const obj of db.values(integer('obj'), 'from progress where done is not 1 order by obj')) {
    const object = objectOf(obj);
    if (backfillObjects === null || backfillObjects.includes(object))
      throw new BackfillUnreadError(`${object} has not been read completely`);
  }
}

/**
 * Notes the progress of the open backfill. After a backfill has ended, the note is never shown, and the next `begin`
 * deletes it.
 */
export function savePosition(db: Database, given: NonNullable<WriteBatch['position']>): void {
  const { cursor, done, recordsRead } = given.position;
  // Two attempts of one activity share a run. The slower one must not reopen what is read completely.
  db.run(
    'update progress set after_id = ?, done = ?, records_read = ? where obj = ? and (done is null or done <= ?)',
    cursorText(cursor),
    done ? 1 : 0,
    recordsRead,
    codeOf(given.object),
    done ? 1 : 0,
  );
}

export function forgetPositions(db: Database): void {
  db.run('update progress set after_id = null, done = null, records_read = null');
}
