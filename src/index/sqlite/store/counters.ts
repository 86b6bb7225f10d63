import { OBJECT_NAMES, type ObjectName } from '../../../objects/index.ts';
import type { DocumentCounts } from '../../port/state.ts';
import type { Database } from '../file/database.ts';
import { DOCUMENT_COUNTS } from '../file/forms.ts';
import { codeOf, objectOf } from '../file/layout.ts';
import { integer, json } from '../file/stored.ts';

/**
 * The number of live documents of each object. The transaction that adds or removes documents also updates this note,
 * because counting millions blocks the event loop for hundreds of milliseconds.
 */
const KEY = 'documents';

const STORED = json('value', DOCUMENT_COUNTS);

/** By how much the counts change. */
export type Moves = Partial<Record<ObjectName, number>>;

/** Reads the counts, in a transaction. See `StateReader.counts`. */
export function readCounts(db: Database): DocumentCounts {
  return storedCounts(db) ?? countAll(db);
}

/**
 * Updates the counts in the write transaction that changed the documents. An index of an earlier version has no counts,
 * so its first write counts all. So does a write that would make a count negative: an earlier version has written in
 * between.
 */
export function moveCounts(db: Database, moves: Moves): void {
  const stored = storedCounts(db);
  const moved = stored && countsOf((object) => stored[object] + (moves[object] ?? 0));
  if (moved === null || OBJECT_NAMES.some((object) => moved[object] < 0)) saveCounts(db, countAll(db));
  else if (OBJECT_NAMES.some((object) => moves[object])) saveCounts(db, moved);
}

/** Counts an object's live documents, and corrects its count, in a write transaction. */
export function recount(db: Database, object: ObjectName): number {
  const count = db.count('from doc where obj = ? and live = 1', codeOf(object));
  const stored = storedCounts(db);
  if (stored !== null && stored[object] !== count) saveCounts(db, { ...stored, [object]: count });
  return count;
}

export function saveCounts(db: Database, counts: Partial<DocumentCounts>): void {
  db.run('insert or replace into meta (key, value) values (?, ?)', KEY, JSON.stringify(counts));
}

/** Reads the stored counts. Null: nothing was counted yet. */
export function storedCounts(db: Database): DocumentCounts | null {
  const stored = db.value(STORED, 'from meta where key = ?', KEY);
  return stored === undefined ? null : countsOf((object) => stored[object] ?? 0);
}

function countAll(db: Database): DocumentCounts {
  const rows = db.all([integer('obj'), integer('count(*)')], 'from doc where live = 1 group by obj');
  const counted = new Map(rows.map(([obj, count]) => [objectOf(obj), count]));
  return countsOf((object) => counted.get(object) ?? 0);
}

function countsOf(countOf: (object: ObjectName) => number): DocumentCounts {
  return Object.fromEntries(OBJECT_NAMES.map((object) => [object, countOf(object)])) as DocumentCounts;
}
