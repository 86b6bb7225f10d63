import type { ShareRow } from '../../../access/types.ts';
import type { Database } from '../file/database.ts';
import { SHARE_ROWS } from '../file/forms.ts';
import { integer, jsonOf, optional, type RowOf, text, time } from '../file/stored.ts';

/** A parent in the ledger, with its share rows. */
export interface StoredParent {
  readonly id: string;
  /** The object's number in the file. */
  readonly obj: number;
  readonly version: number;
  readonly rowCount: number;
  /** Milliseconds since 1970. Null: unknown. */
  readonly newest: number | null;
  /** The share rows, JSON. */
  readonly text: string;
}

const COLUMNS = [
  text('id'),
  integer('obj'),
  time('version'),
  integer('row_count'),
  optional(time('newest')),
  text('rows'),
] as const;

/** Reads a parent. Null: no share rows of it are known. */
export function parentOf(db: Database, id: string): StoredParent | null {
  const row = db.get(COLUMNS, 'from parent where id = ?', id);
  return row === undefined ? null : storedParent(row);
}

/** Reads those of the parents that the ledger has. */
export function loadParents(db: Database, ids: readonly string[]): StoredParent[] {
  return db
    .all(COLUMNS, 'from parent where id in (select value from json_each(?))', JSON.stringify(ids))
    .map(storedParent);
}

function storedParent([id, obj, version, rowCount, newest, rows]: RowOf<typeof COLUMNS>): StoredParent {
  return { id, obj, version, rowCount, newest, text: rows };
}

/** Reports whether the ledger has rows of the parent that were read before `version`. */
export function hasOlderRows(db: Database, id: string, version: number): boolean {
  return db.has('from parent where id = ? and row_count > 0 and version < ?', id, version);
}

/** Parses stored share rows. Throws `Damage`. */
export function rowsIn(stored: string): readonly ShareRow[] {
  return jsonOf(stored, SHARE_ROWS);
}

/** Writes a parent, new or in place of an older one. */
export function saveParent(db: Database, { id, obj, version, rowCount, newest, text: rows }: StoredParent): void {
  db.run(
    `insert into parent (id, obj, version, row_count, newest, rows) values (?, ?, ?, ?, ?, ?)
     on conflict (id) do update set obj = excluded.obj, version = excluded.version,
       row_count = excluded.row_count, newest = excluded.newest, rows = excluded.rows`,
    id,
    obj,
    version,
    rowCount,
    newest,
    rows,
  );
}

/** Gives parents whose rows stay a new version. */
export function renewParents(db: Database, ids: readonly string[], version: number): void {
  db.run('update parent set version = ? where id in (select value from json_each(?))', version, JSON.stringify(ids));
}

/** Deletes a parent from the ledger. */
export function forgetParent(db: Database, id: string): void {
  db.run('delete from parent where id = ?', id);
}
