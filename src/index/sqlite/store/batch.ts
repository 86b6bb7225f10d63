import { setImmediate as breathe } from 'node:timers/promises';
import type { ContactSharing } from '../../../access/types.ts';
import type { FieldLists, ObjectName } from '../../../objects/index.ts';
import { Derivation } from '../../model/derivation.ts';
import {
  charactersOf,
  differenceOf,
  isFilteredAlike,
  ownerIn,
  type Part,
  tombstone,
  versionToReach,
  withShares,
  written,
} from '../../model/merge.ts';
import { isSameSecond } from '../../model/order.ts';
import type { RecordWrite, Removal, WriteBatch, WriteResult } from '../../port/documents.ts';
import { DocumentsRefusedError } from '../../port/errors.ts';
import type { Database } from '../file/database.ts';
import { text } from '../file/stored.ts';
import { BatchShares } from './batch-shares.ts';
import { type Moves, moveCounts } from './counters.ts';
import {
  addContent,
  type DocumentRow,
  freeNumber,
  loadDocument,
  loadDocuments,
  loadStrings,
  removeContent,
  renewRows,
  saveRow,
} from './documents.ts';
import { readIndexed } from './indexed-fields.ts';
import type { OpenStore, RowChange } from './publication.ts';
import { storing } from './refusal.ts';
import { RowNumbers } from './row-numbers.ts';
import { hasUnindexed, list, unlist } from './unindexed.ts';

/** The number of documents between two yields to the event loop: some 100 ms if all of them change. */
const CHUNK = 500;

/** The same limit in indexed characters: Salesforce's longest texts take a hundred times as long. */
const CHUNK_CHARACTERS = 2_000_000;

/** The number of documents that one statement reads. */
const AHEAD = 1_000;

type Counts = { -readonly [Key in Exclude<keyof WriteResult, 'sharesUnknown'>]: number };

/** What a batch says about one document, and what the index had before. */
interface Touched {
  readonly stored: DocumentRow | null;
  /** The newest part that was accepted. */
  part: Part;
  /** A part of the document itself was accepted, so it gets new versions. */
  moved: boolean;
}

/** One batch in one write transaction. Used once. */
export class Batch {
  readonly #store: OpenStore;
  readonly #db: Database;
  readonly #run: number;
  readonly #fields: FieldLists;
  readonly #derivation: Derivation;
  readonly #touched = new Map<string, Touched>();
  /** Documents as the file has them. Null: it has none. */
  readonly #stored = new Map<string, DocumentRow | null>();
  readonly #shares: BatchShares;
  readonly #counts: Counts = { added: 0, changed: 0, renewed: 0, removed: 0, outdated: 0 };
  readonly #sharesUnknown: string[] = [];
  readonly #moves: Moves = {};
  readonly #rows: RowNumbers;
  /** Documents that only get new versions, and are not written yet. */
  #renewed: DocumentRow[] = [];
  /** The number of the next new document. */
  #number: number;
  #hasUnindexed: boolean;

  constructor(store: OpenStore, { contacts, run }: { readonly contacts: ContactSharing | null; readonly run: number }) {
    this.#store = store;
    this.#db = store.db;
    this.#run = run;
    this.#fields = readIndexed(store.db).fields;
    this.#shares = new BatchShares(store.db);
    const known = {
      shareRows: (id: string) => this.#shares.rowsOf(id),
      shareText: (id: string) => this.#shares.textOf(id),
      ownerOf: (id: string) => this.#liveOwner(id),
    };
    this.#derivation = new Derivation(known, contacts, (id) => ownerIn(this.#touched.get(id)?.part ?? null));
    this.#rows = new RowNumbers(store.db);
    this.#number = freeNumber(store.db);
    this.#hasUnindexed = hasUnindexed(store.db);
  }

  /** See `Documents.write`. Throws a `DocumentsRefusedError` for a document that the index cannot store. */
  async apply({ records = [], removals = [], shares = [] }: WriteBatch): Promise<WriteResult> {
    for (const record of records) checkFields(record, this.#fields);
    checkTexts(records);
    const ids = [
      ...[...records, ...removals].map(({ id }) => id),
      ...shares.map(({ parentId }) => parentId),
      ...records.flatMap(({ accountId }) => accountId ?? []),
    ];
    this.#readDocuments(ids);
    this.#shares.readAhead([...new Set(ids)]);
    for (const { id, object } of [...records, ...removals]) this.#note(id, object);
    for (const { parentId, object } of shares) this.#note(parentId, object);
    for (const record of records) this.#take(record, { record });
    for (const removal of removals) this.#take(removal, { removal });
    for (const each of shares) {
      if (this.#shares.save(each)) this.#touch(each.parentId).moved = true;
      else this.#counts.outdated++;
    }
    this.#rows.lookAhead(this.#newInOrder());
    return this.#settle();
  }

  /** Turns `documents` into tombstones of that version, and deletes the share rows of `parents`. */
  async sweep(
    object: ObjectName,
    documents: readonly string[],
    parents: readonly string[],
    version: number,
  ): Promise<WriteResult> {
    this.#readDocuments([...documents, ...parents]);
    for (const id of [...documents, ...parents]) this.#note(id, object);
    for (const id of documents) {
      const removal = { id, object, version };
      this.#take(removal, { removal });
    }
    for (const id of parents) this.#shares.forget(id);
    return this.#settle();
  }

  #note(id: string, object: ObjectName): void {
    if (object === 'Account') this.#derivation.noteAccount(id);
  }

  #take({ id, version }: RecordWrite | Removal, part: NonNullable<Part>): void {
    const touched = this.#touch(id);
    if (version < versionToReach(touched.stored, touched.part)) {
      this.#counts.outdated++;
      return;
    }
    touched.part = part;
    touched.moved = true;
  }

  #touch(id: string): Touched {
    const known = this.#touched.get(id);
    if (known !== undefined) return known;
    const touched = this.#untouched(id);
    this.#touched.set(id, touched);
    return touched;
  }

  #untouched(id: string): Touched {
    return { stored: this.#storedDocument(id), part: null, moved: false };
  }

  #readDocuments(ids: readonly string[]): void {
    for (let at = 0; at < ids.length; at += AHEAD) {
      const some = ids.slice(at, at + AHEAD);
      for (const id of some) this.#stored.set(id, null);
      for (const row of loadDocuments(this.#db, some)) this.#stored.set(row.id, row);
    }
  }

  #storedDocument(id: string): DocumentRow | null {
    return this.#stored.get(id) ?? (this.#stored.has(id) ? null : loadDocument(this.#db, id));
  }

  #liveOwner(id: string): string | null {
    const stored = this.#storedDocument(id);
    return stored?.live === true ? stored.facts.ownerId : null;
  }

  /** Returns the accepted records that need a row number. */
  #newInOrder(): { readonly id: string; readonly modified: number }[] {
    const found: { id: string; modified: number }[] = [];
    for (const [id, { stored, part }] of this.#touched) {
      if (part === null || 'removal' in part) continue;
      const modified = Date.parse(part.record.modified);
      if (stored?.live !== true || !isSameSecond(stored.modified, modified)) found.push({ id, modified });
    }
    return found;
  }

  async #settle(): Promise<WriteResult> {
    const children = 'from doc where account = ? and live = 1';
    const ids = new Set(this.#touched.keys());
    for (const account of this.#derivation.changedAccounts())
      for (const id of this.#db.values(text('id'), children, account)) ids.add(id);

    let changes: RowChange[] = [];
    let seen = 0;
    let characters = 0;
    for (const id of ids) {
      const change = this.#changeOf(id, this.#touched.get(id) ?? this.#untouched(id));
      if (change !== null) changes.push(change);
      if (change !== null) characters += charactersOf(change.strings);
      if (++seen % CHUNK !== 0 && characters < CHUNK_CHARACTERS) continue;
      this.#write(changes);
      changes = [];
      characters = 0;
      await breathe();
    }
    this.#write(changes);
    this.#shares.flush();
    moveCounts(this.#db, this.#moves);
    return { ...this.#counts, sharesUnknown: this.#sharesUnknown };
  }

  #write(changes: readonly RowChange[]): void {
    renewRows(this.#db, this.#renewed);
    this.#renewed = [];
    if (changes.length === 0) return;
    this.#store.publication.change(changes);
    for (const { old, next } of changes) {
      if (old?.live !== true) continue;
      removeContent(this.#db, old, next);
      this.#move(old, -1);
    }
    for (const { old, next, strings } of changes) {
      const save = (): void => saveRow(this.#db, next, old === null);
      if (!next.live) save();
      else {
        storing(next.id, () => {
          save();
          addContent(this.#db, old?.live === true ? old : null, next, strings);
        });
        this.#move(next, 1);
      }
    }
  }

  #move({ facts: { object } }: DocumentRow, by: number): void {
    this.#moves[object] = (this.#moves[object] ?? 0) + by;
  }

  /** Returns the change of a document. Null: at most its row changes, and that is done. */
  #changeOf(id: string, touched: Touched): RowChange | null {
    const { stored, part } = touched;
    if (part !== null && 'removal' in part) return this.#removed(stored, part.removal);
    const live = stored?.live === true ? stored : null;
    const next = this.#next(live, part?.record);
    // Share rows of a record that is not in the index (yet).
    if (next === null) return null;
    if (part !== null && next.sharesDue > 0) this.#sharesUnknown.push(id);
    const difference = differenceOf(live, next);
    if (difference === 'renewed' && !touched.moved) return null;
    this.#counts[difference]++;
    if (difference === 'added') this.#unlist(id);
    const stays = live !== null && isSameSecond(live.modified, next.modified);
    if (difference === 'renewed' && stays && isFilteredAlike(live, next)) {
      this.#renew(live, next);
      return null;
    }
    const strings = part?.record.fields ?? loadStrings(this.#db, next);
    const rowNumber = stays ? next.rowNumber : this.#rows.numberFor(next.modified, id, stored?.rowNumber ?? null);
    const number = stored?.number ?? this.#number++;
    const { prepared } = part?.record ?? {};
    return { old: stored, next: { ...next, number, rowNumber }, strings, prepared };
  }

  #removed(stored: DocumentRow | null, removal: Removal): RowChange {
    const { id, object, version, cause } = removal;
    if (stored?.live === true) this.#counts.removed++;
    if (cause !== undefined) {
      list(this.#db, removal, cause, this.#run);
      this.#hasUnindexed = true;
    } else if (stored?.live !== true) this.#unlist(id);
    if (this.#shares.hasOlder(id, version)) this.#sharesUnknown.push(id);
    const number = stored?.number ?? this.#number++;
    const rowNumber = stored?.rowNumber ?? this.#rows.numberFor(0, id);
    return {
      old: stored,
      next: { ...tombstone(id, object, version), number, rowNumber },
      strings: {},
      prepared: undefined,
    };
  }

  #unlist(id: string): void {
    if (this.#hasUnindexed) unlist(this.#db, id);
  }

  /** Returns the row that a live document has now, under its old numbers. Null: there is no live document. */
  #next(live: DocumentRow | null, record: RecordWrite | undefined): DocumentRow | null {
    // V8 copies one object quickly, if it comes first.
    const state =
      record === undefined
        ? live
        : { ...written(record, live), number: live?.number ?? 0, rowNumber: live?.rowNumber ?? 0 };
    if (state === null) return null;
    const { id, facts, sharesDue } = state;
    const names = this.#derivation.principalsOf(id, facts);
    const next = { ...state, principalNumbers: this.#store.principals.numbersOf(names) };
    return sharesDue > 0 ? withShares(next, this.#shares.versionOf(id)) : next;
  }

  #renew(live: DocumentRow, next: DocumentRow): void {
    // Writing the indexed columns costs four times as much as the others.
    if (live.modified === next.modified) {
      this.#renewed.push(next);
      return;
    }
    storing(next.id, () => saveRow(this.#db, next, false));
    this.#store.publication.renew(next);
  }
}

function checkFields({ object, fields }: RecordWrite, known: FieldLists): void {
  const unknown = Object.keys(fields).find((field) => !known[object].includes(field));
  if (unknown !== undefined) throw new Error(`${object}.${unknown} is not an indexed field.`);
}

/** Refuses records with a value that is not text: no engine can find words in it. */
function checkTexts(records: readonly RecordWrite[]): void {
  const refused = records.filter(({ fields }) => Object.values(fields).some((value) => typeof value !== 'string'));
  if (refused.length > 0) throw new DocumentsRefusedError(refused.map(({ id }) => ({ id, engineCode: 'TypeError' })));
}
