import { setImmediate as breathe } from 'node:timers/promises';
import type { ContactSharing, RecordFacts } from '../../../access/types.ts';
import type { FieldLists, IndexedFields, ObjectName } from '../../../objects/index.ts';
import { IndexUnavailableError } from '../../errors.ts';
import { isSameSecond } from '../../model/order.ts';
import type { RecordWrite, Removal, WriteBatch, WriteResult } from '../../port/documents.ts';
import { readIndexed } from '../engine/columns.ts';
import type { Database } from '../file/database.ts';
import { text } from '../file/stored.ts';
import { type Moves, moveCounts } from './counters.ts';
import { Derivation } from './derivation.ts';
import {
  addContent,
  type DocumentRow,
  loadDocument,
  loadStrings,
  removeContent,
  renewRow,
  type Strings,
  saveRow,
  stringsHash,
  tombstone,
} from './documents.ts';
import { forgetShares, hasOlderShares, saveShares, shareVersion } from './parents.ts';
import type { Principals } from './principals.ts';
import { RowNumbers } from './row-numbers.ts';
import { list, unlist } from './unindexed.ts';

/** The number of documents between two yields to the event loop: some 100 ms if all of them change. */
const CHUNK = 500;

/** The same limit in indexed characters: Salesforce's longest texts take a hundred times as long. */
const CHUNK_CHARACTERS = 2_000_000;

type Counts = { -readonly [Key in Exclude<keyof WriteResult, 'sharesUnknown'>]: number };

/** What a batch says about one document, and what the index had before. */
interface Touched {
  readonly stored: DocumentRow | null;
  /** The newest part that was accepted. Null: only share rows, or only its account's, were accepted. */
  part: { readonly record: RecordWrite } | { readonly removal: Removal } | null;
  /** A part of the document itself was accepted, so it gets new versions. */
  moved: boolean;
}

interface Change {
  readonly old: DocumentRow | null;
  readonly next: DocumentRow;
  readonly strings: Strings;
}

/** One batch in one write transaction. Used once. */
export class Batch {
  readonly #db: Database;
  readonly #run: number;
  readonly #isBroken: (removal: Removal) => void;
  readonly #indexed: IndexedFields;
  readonly #derivation: Derivation;
  readonly #touched = new Map<string, Touched>();
  readonly #counts: Counts = { added: 0, changed: 0, renewed: 0, removed: 0, outdated: 0 };
  readonly #sharesUnknown: string[] = [];
  readonly #moves: Moves = {};
  readonly #rows: RowNumbers;

  /**
   * @param isBroken called with the removal to write instead, before an error caused by one record's content is thrown
   */
  constructor(
    db: Database,
    principals: Principals,
    contacts: ContactSharing | null,
    run: number,
    isBroken: (removal: Removal) => void = () => {},
  ) {
    this.#db = db;
    this.#run = run;
    this.#isBroken = isBroken;
    this.#indexed = readIndexed(db);
    this.#derivation = new Derivation(db, principals, contacts, (id) => pendingOwner(this.#touched.get(id)));
    this.#rows = new RowNumbers(db);
  }

  /** See `RunStore.write`. */
  async apply({ records = [], removals = [], shares = [] }: WriteBatch): Promise<WriteResult> {
    for (const record of records) checkFields(record, this.#indexed.fields);
    for (const { id, object } of [...records, ...removals]) this.#note(id, object);
    for (const { parentId, object } of shares) this.#note(parentId, object);
    for (const record of records) this.#take(record, { record });
    for (const removal of removals) this.#take(removal, { removal });
    for (const each of shares) {
      if (saveShares(this.#db, each)) this.#touch(each.parentId).moved = true;
      else this.#counts.outdated++;
    }
    return this.#settle();
  }

  /** Turns `documents` into tombstones of that version, and deletes the share rows of `parents`. */
  async sweep(
    object: ObjectName,
    documents: readonly string[],
    parents: readonly string[],
    version: number,
  ): Promise<WriteResult> {
    for (const id of [...documents, ...parents]) this.#note(id, object);
    for (const id of documents) {
      const removal = { id, object, version };
      this.#take(removal, { removal });
    }
    for (const id of parents) forgetShares(this.#db, id);
    return this.#settle();
  }

  #note(id: string, object: ObjectName): void {
    if (object === 'Account') this.#derivation.noteAccount(id);
  }

  #take(given: RecordWrite | Removal, part: NonNullable<Touched['part']>): void {
    const touched = this.#touch(given.id);
    if (given.version < versionOf(touched)) {
      this.#counts.outdated++;
      return;
    }
    touched.part = part;
    touched.moved = true;
  }

  #touch(id: string): Touched {
    const known = this.#touched.get(id);
    if (known !== undefined) return known;
    const touched: Touched = { stored: loadDocument(this.#db, id), part: null, moved: false };
    this.#touched.set(id, touched);
    return touched;
  }

  async #settle(): Promise<WriteResult> {
    const children = 'from doc where account = ? and live = 1';
    const ids = new Set(this.#touched.keys());
    for (const account of this.#derivation.changedAccounts())
      for (const id of this.#db.values(text('id'), children, account)) ids.add(id);

    let changes: Change[] = [];
    let seen = 0;
    let characters = 0;
    for (const id of ids) {
      const change = this.#changeOf(id, this.#touched.get(id) ?? this.#child(id));
      if (change !== null) changes.push(change);
      for (const text of Object.values(change?.strings ?? {})) characters += text.length;
      if (++seen % CHUNK !== 0 && characters < CHUNK_CHARACTERS) continue;
      this.#write(changes);
      changes = [];
      characters = 0;
      await breathe();
    }
    this.#write(changes);
    moveCounts(this.#db, this.#moves);
    return { ...this.#counts, sharesUnknown: this.#sharesUnknown };
  }

  #child(id: string): Touched {
    return { stored: loadDocument(this.#db, id), part: null, moved: false };
  }

  /**
   * Writes all removals in ascending order, then all additions in ascending order, because FTS5 flushes whenever a
   * rowid decreases.
   */
  #write(changes: readonly Change[]): void {
    const old = changes.flatMap((change) => (change.old?.live === true ? [change.old] : []));
    for (const row of old.sort((one, other) => one.rowNumber - other.rowNumber))
      removeContent(this.#db, this.#indexed, row);
    for (const { old: before, next } of changes) {
      const save = (): void => saveRow(this.#db, next, before?.rowNumber ?? null);
      if (next.live) this.#ofRecord(next, save);
      else save();
      if (before?.live === true) this.#move(before, -1);
      if (next.live) this.#move(next, 1);
    }
    const added = changes
      .filter(({ next }) => next.live)
      .sort((one, other) => one.next.rowNumber - other.next.rowNumber);
    for (const { next, strings } of added)
      this.#ofRecord(next, () => addContent(this.#db, this.#indexed, next, strings));
  }

  #move({ facts: { object } }: DocumentRow, by: number): void {
    this.#moves[object] = (this.#moves[object] ?? 0) + by;
  }

  /** Does work that can fail only because of this live document's content. */
  #ofRecord({ id, version, facts: { object } }: DocumentRow, work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof IndexUnavailableError))
        this.#isBroken({ id, object, version, cause: { code: 'engine_refused', engineCode: kindOf(error) } });
      throw error;
    }
  }

  /** Returns the change if words must be written again. Null: at most the row changes, and that is done. */
  #changeOf(id: string, touched: Touched): Change | null {
    const { stored, part } = touched;
    if (part !== null && 'removal' in part) {
      if (stored?.live === true) this.#counts.removed++;
      const { object, version, cause } = part.removal;
      if (cause !== undefined) list(this.#db, part.removal, cause, this.#run);
      else if (stored?.live !== true) unlist(this.#db, id);
      if (hasOlderShares(this.#db, id, version)) this.#sharesUnknown.push(id);
      const rowNumber = stored?.rowNumber ?? this.#rows.numberFor(0, id);
      return { old: stored, next: tombstone(rowNumber, id, object, version), strings: {} };
    }
    const live = stored?.live === true ? stored : null;
    const next = this.#nextRow(id, live, part?.record);
    if (next === null) return null;
    if (part !== null && next.sharesDue > 0) this.#sharesUnknown.push(id);
    const stays = live !== null && isSameSecond(live.modified, next.modified);
    if (live !== null && live.hash === next.hash && sameNumbers(live.principalNumbers, next.principalNumbers)) {
      if (!touched.moved) return null;
      this.#counts.renewed++;
      if (stays && sameMarks(live.facts, next.facts)) {
        this.#renew(live, next);
        return null;
      }
    } else if (live === null) {
      this.#counts.added++;
      unlist(this.#db, id);
    } else this.#counts.changed++;
    const strings = part?.record.fields ?? loadStrings(this.#db, next);
    const rowNumber = stays ? next.rowNumber : this.#rows.numberFor(next.modified, id, stored?.rowNumber ?? null);
    return { old: stored, next: { ...next, rowNumber }, strings };
  }

  #renew(live: DocumentRow, next: DocumentRow): void {
    // Writing the indexed columns costs four times as much as the others.
    if (live.modified === next.modified) renewRow(this.#db, next);
    else this.#ofRecord(next, () => saveRow(this.#db, next, live.rowNumber));
  }

  /**
   * Returns the row that a live document has now, under its old row number. Null: share rows of a record that is not in
   * the index (yet).
   */
  #nextRow(id: string, live: DocumentRow | null, record: RecordWrite | undefined): DocumentRow | null {
    if (record === undefined)
      return live === null
        ? null
        : {
            ...live,
            sharesDue: this.#stillDue(id, live.sharesDue),
            principalNumbers: this.#derivation.principalNumbersOf(id, live.facts),
          };
    const facts = recordFacts(record);
    const isMoved = live === null || live.facts.ownerId !== facts.ownerId || live.facts.accountId !== facts.accountId;
    return {
      rowNumber: live?.rowNumber ?? 0,
      id,
      live: true,
      version: record.version,
      sharesDue: this.#stillDue(id, isMoved ? record.version : live.sharesDue),
      hash: stringsHash(id, record.fields),
      modified: Date.parse(record.modified),
      facts,
      principalNumbers: this.#derivation.principalNumbersOf(id, facts),
    };
  }

  #stillDue(id: string, due: number): number {
    return due > 0 && (shareVersion(this.#db, id) ?? 0) >= due ? 0 : due;
  }
}

function checkFields({ object, fields }: RecordWrite, known: FieldLists): void {
  const unknown = Object.keys(fields).find((field) => !known[object].includes(field));
  if (unknown !== undefined) throw new Error(`${object}.${unknown} is not an indexed field.`);
}

function pendingOwner(touched: Touched | undefined): string | null | undefined {
  if (touched === undefined || touched.part === null) return undefined;
  return 'record' in touched.part ? touched.part.record.ownerId : null;
}

function versionOf({ stored, part }: Touched): number {
  if (part === null) return stored?.version ?? Number.NEGATIVE_INFINITY;
  return 'record' in part ? part.record.version : part.removal.version;
}

function recordFacts({ object, ownerId, accountId, isPrivate, isPersonAccount }: RecordWrite): RecordFacts {
  return { object, ownerId, accountId, isPrivate, isPersonAccount };
}

/** Returns only the kind of the error: its message may quote record content. */
function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}

/** Compares the facts that are indexed in addition to the principals derived from them. */
function sameMarks(one: RecordFacts, other: RecordFacts): boolean {
  return one.ownerId === other.ownerId && one.accountId === other.accountId;
}

function sameNumbers(one: readonly number[], other: readonly number[]): boolean {
  return one.length === other.length && one.every((value, at) => value === other[at]);
}
