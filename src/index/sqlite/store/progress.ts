import type { Stream } from '../../../facts/warnings.ts';
import { OBJECTS, type ObjectName } from '../../../objects/index.ts';
import { BackfillUnreadError } from '../../errors.ts';
import { backfillClosed, mayStayMixed, openBackfill } from '../../model/backfill.ts';
import {
  backfillEnded,
  includesStream,
  isSameStream,
  isUnreadBy,
  staleByBlocks,
  streamsNoted,
} from '../../model/blocked.ts';
import { checkAdmitted, checkFence } from '../../model/fence.ts';
import { missedObjects, staleObjects } from '../../model/staleness.ts';
import type { FencingToken } from '../../port/admission.ts';
import type { BackfillOpening, BackfillPosition } from '../../port/backfill.ts';
import type { WriteBatch } from '../../port/documents.ts';
import type { ShareLook } from '../../port/ledger.ts';
import type { StreamNotes } from '../../port/progress.ts';
import type { IndexHealth, IndexState } from '../../port/state.ts';
import type { Stale } from '../../port/visibility.ts';
import type { Database } from '../file/database.ts';
import { codeOf, objectOf } from '../file/layout.ts';
import { flag, integer, isoTime, optional } from '../file/stored.ts';
import { AFTER_ID, cursorText } from './cursor-column.ts';
import { fenced } from './fence.ts';
import { replaceIndexed, saveEverHeld } from './held-fields.ts';
import { type Meta, readMeta, writeBlocked, writeMeta, writeShareLooks } from './meta.ts';
import type { OpenStore } from './open-store.ts';
import { readUnindexed } from './unindexed.ts';
import { hasUnseenDocuments } from './unseen.ts';

const PROGRESS = [
  integer('obj'),
  optional(isoTime('watermark')),
  optional(isoTime('shares_watermark')),
  optional(AFTER_ID),
  optional(flag('done')),
  optional(integer('records_read')),
] as const;

/** See `RunStore.state`. */
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

/** See `RunStore.health`. */
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

/** Merges the two lists. An object that is stale for both reasons is listed once. */
function withBlocks(stale: readonly Stale[], byBlocks: readonly Stale[]): Stale[] {
  const blockOf = (object: ObjectName) => byBlocks.find((note) => note.object === object)?.blockedBy;
  return [
    ...stale.map((note) => {
      const blockedBy = blockOf(note.object);
      return blockedBy === undefined ? note : { ...note, blockedBy };
    }),
    ...byBlocks.filter(({ object }) => stale.every((note) => note.object !== object)),
  ];
}

/** See `RunStore.begin`. */
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

/** Ends the open backfill. See `RunStore.endBackfill`. Calling it again changes nothing. */
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

function watermarkColumn({ of }: Stream): string {
  return of === 'records' ? 'watermark' : 'shares_watermark';
}

function watermarkOf(db: Database, stream: Stream): string | null {
  const column = optional(isoTime(watermarkColumn(stream)));
  return db.value(column, 'from progress where obj = ?', codeOf(stream.object)) ?? null;
}

function raiseWatermark(db: Database, stream: Stream, at: string): void {
  const stored = watermarkOf(db, stream);
  if (stored !== null && Date.parse(stored) >= Date.parse(at)) return;
  db.run(`update progress set ${watermarkColumn(stream)} = ? where obj = ?`, at, codeOf(stream.object));
}

/** Notes how far streams are read, in the transaction that writes what was read. */
export function saveWatermarks(db: Database, { blocked }: Meta, given: NonNullable<WriteBatch['watermarks']>): void {
  for (const { at, ...stream } of given) raiseWatermark(db, stream, at);
  if (given.some((stream) => includesStream(blocked, stream)))
    writeBlocked(
      db,
      blocked.filter((note) => !includesStream(given, note)),
    );
}

/** See `RunStore.noteStreams`. */
export function noteStreams(db: Database, fence: FencingToken, notes: StreamNotes): Promise<void> {
  return fenced(db, fence, ({ blocked, backfillStart, shareLooks }) => {
    const { slowShares = [] } = notes;
    const begun = Object.fromEntries(slowShares.map((object) => [object, { began: null, after: null }]));
    if (slowShares.length > 0) writeShareLooks(db, { ...begun, ...shareLooks });
    writeBlocked(
      db,
      streamsNoted(blocked, notes, {
        run: fence.run,
        backfillStart,
        since: (stream) => watermarkOf(db, stream),
      }),
    );
  });
}

/** See `RunStore.noteLook`. */
export function noteLook(
  db: Database,
  fence: FencingToken,
  object: ObjectName,
  look: ShareLook,
  upTo: string | null,
): Promise<void> {
  return fenced(db, fence, ({ shareLooks, blocked }) => {
    // A backfill may have ended the round in between.
    if (shareLooks[object] === undefined) return;
    writeShareLooks(db, { ...shareLooks, [object]: look });
    const stream: Stream = { object, of: 'shares' };
    if (includesStream(blocked, stream))
      writeBlocked(
        db,
        blocked.filter((note) => !isSameStream(note, stream)),
      );
    if (upTo !== null) raiseWatermark(db, { object, of: 'shares' }, upTo);
  });
}

export function forgetPositions(db: Database): void {
  db.run('update progress set after_id = null, done = null, records_read = null');
}
