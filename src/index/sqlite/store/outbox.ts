import { OBJECT_NAMES, type ObjectName } from '../../../objects/index.ts';
import { charactersOf } from '../../model/merge.ts';
import { DocumentsRefusedError, IndexReplacedError } from '../../port/errors.ts';
import type { DocumentChange, EngineFence, SearchEngine } from '../../port/search-engine.ts';
import type { Database } from '../file/database.ts';
import { ACCESS } from '../file/forms.ts';
import { json } from '../file/stored.ts';
import { Batch } from './batch.ts';
import { type DocumentRow, loadDocuments, loadStrings } from './documents.ts';
import { Due, EVERYTHING, MEMBERSHIP, REFRESH, SETTINGS } from './due.ts';
import { readIndexed } from './indexed-fields.ts';
import { readMeta } from './meta.ts';
import { principalNames } from './principals.ts';
import type { OpenStore, Publication, RowChange } from './publication.ts';
import { publishedMembership } from './published-membership.ts';
import { checkFew, removalsFor } from './refusal.ts';

/** The most documents, and the most characters of them, that are sent at once. */
const SENT = 1_000;
const SENT_CHARACTERS = 4_000_000;

/** How many sendings the engine works on at the same time. */
const IN_FLIGHT = 2;

/** A refresh costs the engine as much as some thousand documents, so it may wait while nobody waits for it. */
const REFRESH_MS = 10_000;

/** The most names of principals that are kept. */
const MOST_PRINCIPALS = 100_000;

/** Writes wait while more documents are due. */
const MOST_DUE = 50_000;

const OBJECTS_OPEN = json('objects', ACCESS);

export interface OutboxOptions {
  /** Writes wait while more documents are due. 0: a write returns once searches see it. */
  readonly mostDue?: number;
}

/**
 * The way to an engine that is not in the store's file. The transaction that changes something also notes it as due.
 * After the commit the outbox sends everything that is due as it is now, while the store writes more. So a crash
 * loses nothing. The engine refuses an older state that comes after a newer one.
 */
export class Outbox implements Publication {
  readonly #db: Database;
  readonly #due: Due;
  readonly #engine: SearchEngine;
  readonly #mostDue: number;
  /** The sending that is in progress. Null: none. */
  #sending: Promise<void> | null = null;
  /** What made the last sending end, if nobody was waiting for it. */
  #failure: { readonly error: unknown } | null = null;
  /** The number of calls that wait until searches see everything. */
  #settling = 0;
  /** When the engine was last refreshed, by `performance.now()`. */
  #refreshedAt = Number.NEGATIVE_INFINITY;
  #isChecked = false;
  #isClosed = false;
  #onNews: () => void = () => {};
  /** Names by number. A number never gets another name, unless its transaction is rolled back. */
  readonly #principals = new Map<number, string>();
  /** Calls to wake after each step of a sending. */
  #waiting: (() => void)[] = [];

  constructor(db: Database, engine: SearchEngine, { mostDue = MOST_DUE }: OutboxOptions = {}) {
    this.#db = db;
    this.#engine = engine;
    this.#mostDue = mostDue;
    this.#due = new Due(db);
    db.onRollback(() => this.#principals.clear());
  }

  change(changes: readonly RowChange[]): void {
    for (const { next } of changes) this.#due.add(next.id);
  }

  renew({ id }: DocumentRow): void {
    this.#due.add(id);
  }

  /** Sends every document again: the words that the engine has depend on the fields. */
  async reshape(): Promise<void> {
    this.#due.add(SETTINGS);
    this.#due.addDocuments();
  }

  changeOrganization(): void {
    this.#due.add(SETTINGS);
  }

  changeMembership(): void {
    this.#due.add(MEMBERSHIP);
  }

  async countCarrying(principalNumbers: readonly number[], upTo: number): Promise<number> {
    return this.#engine.countCarrying(principalNames(this.#db, principalNumbers), upTo);
  }

  async claim(store: OpenStore): Promise<number> {
    const db = this.#db;
    await this.#stop();
    const sequences = { highest: this.#due.given, acknowledged: this.#due.acknowledged };
    const held = await this.#engine.claim(this.#fence(), sequences);
    // Noted before the wipe. Otherwise, after a crash, the first things sent would look like the whole content.
    if (held !== 'this') await db.writing(() => this.#due.add(EVERYTHING));
    const sentAgain = await db.writing(async () => {
      if (!this.#due.has(EVERYTHING)) return 0;
      await this.#engine.wipe(this.#fence());
      return this.#due.addAll();
    });
    this.#isChecked = true;
    await this.flush(store);
    return sentAgain;
  }

  /**
   * Compares the engine's sequence with the store's before the store gives new ones: a store that was restored from a
   * copy gives sequences that the engine already has.
   */
  async check(): Promise<void> {
    if (this.#isChecked || readMeta(this.#db).admittedRun === null) return;
    this.#checkWriter(await this.#engine.apply(this.#fence(), []));
    this.#isChecked = true;
  }

  async flush(store: OpenStore): Promise<void> {
    if (this.#mostDue === 0) return this.settle(store);
    this.#send(store);
    await this.#until(() => !this.#due.hasMoreThan(this.#mostDue));
  }

  async settle(store: OpenStore): Promise<void> {
    this.#settling++;
    try {
      do {
        this.#send(store);
        await this.#until(() => false);
        // More may have become due while the last documents were sent.
      } while (this.#canSend());
    } finally {
      this.#settling--;
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#stop();
    await this.#engine.close();
  }

  async #stop(): Promise<void> {
    const wasClosed = this.#isClosed;
    this.#isClosed = true;
    await this.#sending;
    this.#isClosed = wasClosed;
    this.#failure = null;
  }

  /** Waits until it is reached, or nothing is being sent. Throws what made the sending end. */
  async #until(isReached: () => boolean): Promise<void> {
    for (;;) {
      this.#checkClaimed();
      const failure = this.#failure;
      this.#failure = null;
      if (failure !== null) throw failure.error;
      if (this.#sending === null || isReached()) return;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** Reports whether anything is due that may be sent now. */
  #canSend(): boolean {
    if (this.#isClosed || this.#due.isEmpty) return false;
    // The run that claims the engine first sends everything.
    return readMeta(this.#db).admittedRun !== null && !this.#due.has(EVERYTHING);
  }

  /** Throws if another call has found the engine without this store's content, and has not sent it yet. */
  #checkClaimed(): void {
    if (readMeta(this.#db).admittedRun === null || !this.#due.has(EVERYTHING)) return;
    throw new IndexReplacedError(
      'The search engine lost the content of this connection during the run. The next run sends everything again.',
    );
  }

  /** Begins to send, or lets the sending in progress look for what is new. */
  #send(store: OpenStore): void {
    this.#onNews();
    if (this.#sending !== null || !this.#canSend()) return;
    // What the one before failed on is still due.
    this.#failure = null;
    this.#sending = this.#sendAll(store)
      .catch((error: unknown) => {
        this.#failure = { error };
      })
      .finally(() => {
        this.#sending = null;
        this.#wake();
      });
  }

  async #sendAll(store: OpenStore): Promise<void> {
    const inFlight = new Set<Promise<void>>();
    const failures: unknown[] = [];
    const send = (due: readonly DocumentChange[]): void => {
      const sent: Promise<void> = this.#sendBatch(store, due)
        .catch((error: unknown) => void failures.push(error))
        .finally(() => inFlight.delete(sent));
      inFlight.add(sent);
    };
    let after = 0;
    while (!this.#isClosed && failures.length === 0) {
      const next = await this.#db.readingInTurn(() => this.#next(after, inFlight.size < IN_FLIGHT));
      if (Array.isArray(next)) {
        after = next.at(-1)?.sequence ?? after;
        send(next);
      } else if (next === MEMBERSHIP) await this.#sendNote(next);
      // Documents on their way have the fields of the old settings, and are not visible yet.
      else if (inFlight.size > 0) await Promise.race([...inFlight, this.#news()]);
      else if (next === SETTINGS) await this.#sendNote(next);
      else if (after > 0) after = 0;
      else if (next === REFRESH) await this.#refresh();
      else break;
    }
    await Promise.all(inFlight);
    if (failures.length > 0) throw failures[0];
  }

  /** Resolves when a transaction of this store has made something due. */
  #news(): Promise<void> {
    return new Promise((resolve) => {
      this.#onNews = resolve;
    });
  }

  /**
   * Returns what must be sent next: a note, a refresh, or documents with higher sequences. Null: nothing, or nothing
   * yet.
   */
  #next(
    after: number,
    maySend: boolean,
  ): typeof SETTINGS | typeof MEMBERSHIP | typeof REFRESH | DocumentChange[] | null {
    if (this.#due.has(SETTINGS)) return SETTINGS;
    const membership = this.#due.sequenceOf(MEMBERSHIP);
    if (membership !== undefined && this.#mayPublish(membership)) return MEMBERSHIP;
    if (!maySend) return null;
    const documents = this.#nextDue(after);
    if (documents.length > 0) return documents;
    const mayWait = this.#settling === 0 && this.#mostDue > 0 && membership === undefined;
    if (mayWait && performance.now() - this.#refreshedAt < REFRESH_MS) return null;
    return this.#due.has(REFRESH) ? REFRESH : null;
  }

  /**
   * Reports whether the membership may be sent before the documents that are due. If it opens an object that nobody
   * without View All could read, each document that was due before it comes first: the engine's old state of that
   * document may have other principals. To an engine without content it comes last, so that nobody finds half of it.
   */
  #mayPublish(membership: number): boolean {
    const { open } = this.#due;
    const opensNothing = this.#openObjects().every((object) => open.includes(object));
    // While it waits, each of these finds one of the first rows. Both read all rows only once it may go.
    return (opensNothing || !this.#due.isAnyOlder(membership)) && !this.#due.isAnyMissing;
  }

  /**
   * Runs in a write transaction, because a note has no sequence in the engine. Otherwise this process could replace a
   * newer note that another process sends meanwhile.
   */
  #sendNote(what: typeof SETTINGS | typeof MEMBERSHIP): Promise<void> {
    const db = this.#db;
    return db.writing(async () => {
      const sequence = this.#due.sequenceOf(what);
      if (sequence === undefined) return;
      const { organizationId, refusedOrganizationId, generation } = readMeta(db);
      if (what === SETTINGS)
        await this.#engine.configure(
          this.#fence(),
          { organizationId, refusedOrganizationId, indexed: readIndexed(db) },
          sequence,
        );
      else if (generation !== null) {
        await this.#engine.publishMembership(this.#fence(), publishedMembership(db, generation), sequence);
        this.#due.open = this.#openObjects();
      }
      if (what === SETTINGS || generation !== null) this.#due.acknowledge(sequence);
      this.#due.remove(what);
    });
  }

  /** Returns the objects that the current membership opens to users without View All. */
  #openObjects(): ObjectName[] {
    const { generation } = readMeta(this.#db);
    if (generation === null) return [];
    const all = this.#db.values(OBJECTS_OPEN, 'from access where gen = ?', generation);
    return OBJECT_NAMES.filter((name) =>
      all.some((objects) => ['principals', 'bare'].includes(objects[name]?.reach ?? '')),
    );
  }

  async #refresh(): Promise<void> {
    const db = this.#db;
    const sequence = await db.readingInTurn(() => this.#due.sequenceOf(REFRESH));
    if (sequence === undefined) return;
    await this.#engine.refresh();
    this.#refreshedAt = performance.now();
    await db.writing(() => this.#due.forget(sequence));
  }

  /** Reads documents that are due, the ones that were due first at first. */
  #nextDue(after: number): DocumentChange[] {
    const rows = [...this.#due.documents(after, SENT)];
    const documents = loadDocuments(
      this.#db,
      rows.map(([, id]) => id),
    );
    const byId = new Map(documents.map((row) => [row.id, row]));
    const due: DocumentChange[] = [];
    let characters = 0;
    for (const [sequence, id] of rows) {
      const document = this.#documentOf(byId.get(id));
      due.push({ id, sequence, document });
      characters += document === null ? 0 : charactersOf(document.strings);
      if (characters > SENT_CHARACTERS) break;
    }
    return due;
  }

  async #sendBatch(store: OpenStore, due: readonly DocumentChange[]): Promise<void> {
    const db = this.#db;
    let highest = 0;
    try {
      highest = await this.#engine.apply(this.#fence(), due);
    } catch (error) {
      if (!(error instanceof DocumentsRefusedError)) throw error;
      const removed = new Set(due.filter(({ document }) => document === null).map(({ id }) => id));
      if (error.refused.some(({ id }) => removed.has(id))) throw new Error('The search engine refuses a removal.');
      checkFew(error.refused);
      await this.#remove(store, due, error);
    }
    await db.writing(() => {
      this.#checkWriter(highest);
      this.#due.add(REFRESH);
      const [first, last] = [due.at(0)?.sequence ?? 0, due.at(-1)?.sequence ?? 0];
      this.#due.forgetDocuments(first, last);
      this.#due.acknowledge(last);
    });
    this.#wake();
  }

  /** @param row undefined: there is no document, not even a tombstone */
  #documentOf(row: DocumentRow | undefined): DocumentChange['document'] {
    if (row === undefined || !row.live) return null;
    const { object, ownerId, accountId } = row.facts;
    return {
      id: row.id,
      object,
      modified: row.modified,
      order: row.rowNumber,
      ownerId,
      accountId,
      principals: row.principalNumbers.map((principalNumber) => this.#principalName(principalNumber)),
      strings: loadStrings(this.#db, row),
    };
  }

  #principalName(principalNumber: number): string {
    const known = this.#principals.get(principalNumber);
    if (known !== undefined) return known;
    const [name = ''] = principalNames(this.#db, [principalNumber]);
    if (this.#principals.size >= MOST_PRINCIPALS) this.#principals.clear();
    this.#principals.set(principalNumber, name);
    return name;
  }

  /** Removes documents that the engine refused, and lists their records as unindexed. */
  #remove(store: OpenStore, sent: readonly DocumentChange[], { refused }: DocumentsRefusedError): Promise<unknown> {
    const sequences = new Map(sent.map(({ id, sequence }) => [id, sequence]));
    return this.#db.writing(() => {
      const { contacts, admittedRun } = readMeta(this.#db);
      // What has changed since may have another content.
      const current = refused.filter(({ id }) => this.#due.sequenceOf(id) === sequences.get(id));
      const removals = removalsFor(this.#db, current);
      return new Batch(store, { contacts, run: admittedRun ?? 0 }).apply({ removals });
    });
  }

  /** Throws if the engine has a sequence that this store has never given. */
  #checkWriter(highest: number): void {
    if (highest > this.#due.given)
      throw new IndexReplacedError(
        'The search engine has changes that this run store never sent: another writer uses the same index, or the run store was restored from a copy. ' +
          'Make sure that only one worker of this connection writes to it. The next run sends everything again.',
      );
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  #fence(): EngineFence {
    const { indexId, admittedRun, highestRun } = readMeta(this.#db);
    return { storeId: indexId, run: admittedRun ?? highestRun };
  }
}
