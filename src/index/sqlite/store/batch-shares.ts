import type { ShareRow } from '../../../access/types.ts';
import type { ShareWrite } from '../../port/documents.ts';
import type { Database } from '../file/database.ts';
import { codeOf } from '../file/layout.ts';
import {
  forgetParent,
  hasOlderRows,
  loadParents,
  parentOf,
  renewParents,
  rowsIn,
  type StoredParent,
  saveParent,
} from './parents.ts';
import { forgetLedger } from './remembered-ledger.ts';

interface Known extends StoredParent {
  /** The rows of `text`, once they are known. */
  rows: readonly ShareRow[] | null;
}

/**
 * The share rows of one batch, in its write transaction. Keeps what was read and written, because the batch needs most
 * of it several times, and a statement for each parent takes as long as the writing.
 */
export class BatchShares {
  readonly #db: Database;
  readonly #known = new Map<string, Known | null>();
  /** Versions of parents whose rows stay. `flush` writes them. */
  readonly #renewed = new Map<string, number>();
  /** The objects whose ledger has changed, by their numbers in the file. */
  readonly #changed = new Set<number>();

  constructor(db: Database) {
    this.#db = db;
  }

  /** Reads the share rows of these parents in one statement. */
  readAhead(ids: readonly string[]): void {
    for (const id of ids) this.#known.set(id, null);
    for (const parent of loadParents(this.#db, ids)) this.#known.set(parent.id, { ...parent, rows: null });
  }

  rowsOf(id: string): readonly ShareRow[] {
    const known = this.#of(id);
    if (known === null) return [];
    known.rows ??= rowsIn(known.text);
    return known.rows;
  }

  /** Returns a parent's share rows as stored (JSON): equal texts are equal rows. */
  textOf(id: string): string {
    return this.#of(id)?.text ?? '[]';
  }

  /** Returns the version of a parent's share rows. Null: none are known. */
  versionOf(id: string): number | null {
    return this.#of(id)?.version ?? null;
  }

  /** Reports whether the ledger has rows of the parent that were read before `version`. */
  hasOlder(id: string, version: number): boolean {
    const known = this.#known.get(id);
    // A sweep asks about each document once, and there may be millions: they are not kept.
    if (known === undefined) return hasOlderRows(this.#db, id, version);
    return known !== null && known.rowCount > 0 && known.version < version;
  }

  /** Replaces a parent's share rows. Returns false, and changes nothing, if newer ones are stored. */
  save(shares: ShareWrite): boolean {
    const stored = this.#of(shares.parentId);
    if (stored !== null && shares.version < stored.version) return false;
    const rows = shares.rows
      .map(({ grantee, cause, opens }): ShareRow => ({ grantee, cause, opens: opens.toSorted() }))
      .sort(byGranteeAndCause);
    const next: Known = {
      id: shares.parentId,
      obj: codeOf(shares.object),
      version: shares.version,
      rowCount: shares.rowCount,
      newest: shares.newest == null ? null : Date.parse(shares.newest),
      text: JSON.stringify(rows),
      rows,
    };
    this.#known.set(next.id, next);
    if (stored !== null && isAlike(stored, next)) {
      if (next.version > stored.version) this.#renewed.set(next.id, next.version);
      return true;
    }
    this.#change(next.obj);
    saveParent(this.#db, next);
    this.#renewed.delete(next.id);
    return true;
  }

  /** Deletes a parent from the ledger. */
  forget(id: string): void {
    const known = this.#of(id);
    if (known === null) return;
    this.#change(known.obj);
    forgetParent(this.#db, id);
    this.#known.set(id, null);
    this.#renewed.delete(id);
  }

  /** Writes the versions that have changed alone. Call it before the transaction ends. */
  flush(): void {
    const byVersion = new Map<number, string[]>();
    for (const [id, version] of this.#renewed) {
      const ids = byVersion.get(version);
      if (ids === undefined) byVersion.set(version, [id]);
      else ids.push(id);
    }
    for (const [version, ids] of byVersion) renewParents(this.#db, ids, version);
    this.#renewed.clear();
  }

  #change(obj: number): void {
    if (this.#changed.has(obj)) return;
    forgetLedger(this.#db, obj);
    this.#changed.add(obj);
  }

  #of(id: string): Known | null {
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    const parent = parentOf(this.#db, id);
    const read = parent === null ? null : { ...parent, rows: null };
    this.#known.set(id, read);
    return read;
  }
}

/** Reports whether only the version differs. */
function isAlike(one: StoredParent, other: StoredParent): boolean {
  return (
    one.text === other.text && one.rowCount === other.rowCount && one.newest === other.newest && one.obj === other.obj
  );
}

function byGranteeAndCause(one: ShareRow, other: ShareRow): number {
  if (one.grantee !== other.grantee) return one.grantee < other.grantee ? -1 : 1;
  return one.cause < other.cause ? -1 : one.cause > other.cause ? 1 : 0;
}
