import type { ShareRow } from '../../access/types.ts';
import type { ShareWrite } from '../port.ts';
import type { Database } from './database.ts';
import { codeOf } from './layout.ts';

/** Version of what is known of a parent's share rows; null: nothing is. */
export function shareVersion(db: Database, id: string): number | null {
  return db.get<[number]>('select version from parent where id = ?', id)?.[0] ?? null;
}

/** Whether the ledger has rows of the parent that were read before `version`. */
export function hasOlderShares(db: Database, id: string, version: number): boolean {
  return db.get('select 1 from parent where id = ? and row_count > 0 and version < ?', id, version) !== undefined;
}

/** A parent's share rows as they are stored (JSON): two equal texts are equal rows. */
export function shareText(db: Database, id: string): string {
  return db.get<[string]>('select rows from parent where id = ?', id)?.[0] ?? '[]';
}

export function shareRows(db: Database, id: string): ShareRow[] {
  return JSON.parse(shareText(db, id)) as ShareRow[];
}

/** Replaces a parent's share rows. False, and nothing changed, where newer ones are there. */
export function saveShares(db: Database, shares: ShareWrite): boolean {
  const rows = shares.rows
    .map(({ grantee, cause, opens }): ShareRow => ({ grantee, cause, opens: opens.toSorted() }))
    .sort(byGranteeAndCause);
  return (
    db.run(
      `insert into parent (id, obj, version, row_count, rows) values (?, ?, ?, ?, ?)
       on conflict (id) do update set obj = excluded.obj, version = excluded.version,
         row_count = excluded.row_count, rows = excluded.rows
       where excluded.version >= version`,
      shares.parentId,
      codeOf(shares.object),
      shares.version,
      shares.rowCount,
      JSON.stringify(rows),
    ) > 0
  );
}

/** Takes a parent out of the ledger. */
export function forgetShares(db: Database, id: string): void {
  db.run('delete from parent where id = ?', id);
}

function byGranteeAndCause(one: ShareRow, other: ShareRow): number {
  if (one.grantee !== other.grantee) return one.grantee < other.grantee ? -1 : 1;
  return one.cause < other.cause ? -1 : one.cause > other.cause ? 1 : 0;
}
