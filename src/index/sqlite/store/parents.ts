import type { ShareRow } from '../../../access/types.ts';
import type { ShareFacts } from '../../model/derivation.ts';
import type { ShareWrite } from '../../port/documents.ts';
import type { Database } from '../file/database.ts';
import { SHARE_ROWS } from '../file/forms.ts';
import { codeOf } from '../file/layout.ts';
import { json, optional, text, time } from '../file/stored.ts';

const ROWS = json('rows', SHARE_ROWS);
const ROWS_TEXT = text('rows');
const OWNER = optional(text('owner'));

/** Reads the version of a parent's share rows. Null: none are known. */
export function shareVersion(db: Database, id: string): number | null {
  return db.value(time('version'), 'from parent where id = ?', id) ?? null;
}

/** Reports whether the ledger has rows of the parent that were read before `version`. */
export function hasOlderShares(db: Database, id: string, version: number): boolean {
  return db.has('from parent where id = ? and row_count > 0 and version < ?', id, version);
}

/** Reads a parent's share rows as stored (JSON): equal texts are equal rows. */
function shareText(db: Database, id: string): string {
  return db.value(ROWS_TEXT, 'from parent where id = ?', id) ?? '[]';
}

export function shareRows(db: Database, id: string): readonly ShareRow[] {
  return db.value(ROWS, 'from parent where id = ?', id) ?? [];
}

/** Returns the store's share rows and owners, as a derivation needs them. */
export function shareFacts(db: Database): ShareFacts {
  return {
    shareRows: (id) => shareRows(db, id),
    shareText: (id) => shareText(db, id),
    ownerOf: (id) => db.value(OWNER, 'from doc where id = ? and live = 1', id) ?? null,
  };
}

/** Replaces a parent's share rows. Returns false, and changes nothing, if newer ones are stored. */
export function saveShares(db: Database, shares: ShareWrite): boolean {
  const rows = shares.rows
    .map(({ grantee, cause, opens }): ShareRow => ({ grantee, cause, opens: opens.toSorted() }))
    .sort(byGranteeAndCause);
  return (
    db.run(
      `insert into parent (id, obj, version, row_count, newest, rows) values (?, ?, ?, ?, ?, ?)
       on conflict (id) do update set obj = excluded.obj, version = excluded.version,
         row_count = excluded.row_count, newest = excluded.newest, rows = excluded.rows
       where excluded.version >= version`,
      shares.parentId,
      codeOf(shares.object),
      shares.version,
      shares.rowCount,
      shares.newest == null ? null : Date.parse(shares.newest),
      JSON.stringify(rows),
    ) > 0
  );
}

/** Deletes a parent from the ledger. */
export function forgetShares(db: Database, id: string): void {
  db.run('delete from parent where id = ?', id);
}

function byGranteeAndCause(one: ShareRow, other: ShareRow): number {
  if (one.grantee !== other.grantee) return one.grantee < other.grantee ? -1 : 1;
  return one.cause < other.cause ? -1 : one.cause > other.cause ? 1 : 0;
}
