import { OBJECTS, type ObjectName } from '../../../objects/index.ts';
import type { LedgerRange } from '../../port/ledger.ts';
import type { Database } from '../file/database.ts';
import { LEDGER } from '../file/forms.ts';
import { codeOf } from '../file/layout.ts';
import { json } from '../file/stored.ts';

/**
 * An object's whole ledger in pieces, as it was counted last. Every run asks for it, and counting takes a second for some
 * million parents. The transaction that changes the ledger deletes the note.
 */
const STORED = json('value', LEDGER);

/** Returns the object's ledger in pieces of about `rows` rows. Null: it has changed since it was counted. */
export function rememberedLedger(db: Database, object: ObjectName, rows: number): readonly LedgerRange[] | null {
  const stored = db.value(STORED, 'from meta where key = ?', keyOf(codeOf(object)));
  return stored?.rows === rows ? stored.pieces : null;
}

/** Notes the ledger, in the write transaction that counted it. */
export function rememberLedger(db: Database, object: ObjectName, rows: number, pieces: readonly LedgerRange[]): void {
  const value = JSON.stringify({ rows, pieces });
  db.run('insert or replace into meta (key, value) values (?, ?)', keyOf(codeOf(object)), value);
}

/** Deletes an object's note, in the write transaction that changes share rows. */
export function forgetLedger(db: Database, obj: number): void {
  db.run('delete from meta where key = ?', keyOf(obj));
}

export function forgetLedgers(db: Database): void {
  for (const { name } of OBJECTS) forgetLedger(db, codeOf(name));
}

function keyOf(obj: number): string {
  return `ledger_${obj}`;
}
