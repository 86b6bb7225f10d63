import type { Unindexed, UnindexedCause, UnindexedRecord } from '../../../facts/unindexed.ts';
import { OBJECT_NAMES, type ObjectName } from '../../../objects/index.ts';
import type { Removal } from '../../port/documents.ts';
import type { Database } from '../file/database.ts';
import { UNINDEXED_CAUSE } from '../file/forms.ts';
import { codeOf, objectOf } from '../file/layout.ts';
import { integer, type RowOf, text } from '../file/stored.ts';

/** The list of records that could not be indexed. Each has a tombstone of the same version. */

/** The number of records in `IndexHealth`. */
const MOST_LISTED = 20;

const COLUMNS = [text('id'), integer('obj'), text('cause')] as const;

/** Lists the record, or notes that it was tried again with this version. */
export function list(db: Database, { id, object, version }: Removal, cause: UnindexedCause, run: number): void {
  db.run(
    `insert into unindexed (id, obj, version, cause, since) values (?, ?, ?, ?, ?)
     on conflict (id) do update set obj = excluded.obj, version = excluded.version, cause = excluded.cause`,
    id,
    codeOf(object),
    version,
    JSON.stringify(cause),
    run,
  );
}

/** Reports whether any record is listed. */
export function hasUnindexed(db: Database): boolean {
  return db.has('from unindexed');
}

export function unlist(db: Database, id: string): void {
  db.run('delete from unindexed where id = ?', id);
}

/** Removes the object's records that were last tried before that version from the list. */
export function unlistBefore(db: Database, object: ObjectName, version: number): void {
  db.run('delete from unindexed where obj = ? and version < ?', codeOf(object), version);
}

export function readUnindexed(db: Database): Unindexed {
  const count = db.count('from unindexed');
  return {
    count,
    records: db.all(COLUMNS, `from unindexed order by id limit ${MOST_LISTED}`).map(recordOf),
  };
}

/** See `Documents.unindexed`. */
export function longestUntried(
  db: Database,
  objects: readonly ObjectName[],
  limit: number,
): Promise<UnindexedRecord[]> {
  const codes = OBJECT_NAMES.filter((name) => objects.includes(name)).map(codeOf);
  return db.readingInTurn(() =>
    db
      .all(COLUMNS, `from unindexed where obj in (${codes.join(', ')}) order by version, id limit ?`, limit)
      .map(recordOf),
  );
}

function recordOf([id, obj, cause]: RowOf<typeof COLUMNS>): UnindexedRecord {
  return { id, object: objectOf(obj), cause: causeOf(cause) };
}

/** Parses a cause. A plain text is from an earlier version. */
function causeOf(stored: string): UnindexedCause {
  const read = UNINDEXED_CAUSE.safeParse(jsonOrNull(stored));
  return read.success ? read.data : { code: 'earlier_version', text: stored };
}

function jsonOrNull(stored: string): unknown {
  try {
    return JSON.parse(stored);
  } catch {
    return null;
  }
}
