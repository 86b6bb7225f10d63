import { OBJECT_NAMES, type ObjectName } from '../../../objects/index.ts';
import { charactersOf } from '../../model/merge.ts';
import { DocumentsRefusedError, IndexReplacedError } from '../../port/errors.ts';
import type { DocumentChange, EngineFence, SearchEngine } from '../../port/search-engine.ts';
import type { Database } from '../file/database.ts';
import { ACCESS } from '../file/forms.ts';
import { integer, json, rowNumberIn, text } from '../file/stored.ts';
import { Batch } from './batch.ts';
import { type DocumentRow, loadDocument, loadStrings } from './documents.ts';
import { readIndexed } from './indexed-fields.ts';
import { readMeta } from './meta.ts';
import { principalNames } from './principals.ts';
import type { OpenStore, Publication, RowChange } from './publication.ts';
import { publishedMembership } from './published-membership.ts';
import { checkFew, removalsFor } from './refusal.ts';

/** What is due in addition to documents. No record has such an id: each begins with @. */
const SETTINGS = '@settings';
const MEMBERSHIP = '@membership';
/** The engine has documents that searches may not see yet. */
const REFRESH = '@refresh';
/** The engine does not have the store's content. */
const EVERYTHING = '@everything';

/** The most documents, and the most characters of them, that are sent at once. */
const SENT = 1_000;
const SENT_CHARACTERS = 4_000_000;

/** How many sendings the engine works on at the same time. */
const IN_FLIGHT = 2;

/** A refresh costs the engine as much as some thousand documents, so it may wait while nobody waits for it. */
const REFRESH_MS = 10_000;

/** Writes wait while more documents are due. */
const MOST_DUE = 50_000;

/**
 * due: what the engine does not have yet. sequence: rises with every change, also after rows were deleted. since: the
 * sequence since which the engine's state has been an old one; 0: the engine has no state. A row is deleted once the
 * engine has acknowledged the change.
 *
 * sent: `acknowledged` is the highest sequence of a deleted row; `open` lists the objects that the membership in the
 * engine opens to users without View All.
 */
const TABLES = `
  create table if not exists due (
    sequence integer primary key autoincrement, id text not null unique, since integer not null default 0
  );
  create table if not exists sent (what text primary key, value text not null) without rowid`;

const FIRST_TABLES = `begin immediate; ${TABLES}; insert or ignore into due (id) values ('${EVERYTHING}'); commit`;

/** Forgets what is due, in a file that the embedded engine searches from now on. */
export function dropOutbox(db: Database): void {
  for (const table of ['due', 'sent']) db.exec(`drop table if exists ${table}`);
}

const GIVEN = integer('seq');
const DUE = [rowNumberIn('sequence'), text('id')] as const;
const SEQUENCE = rowNumberIn('sequence');
const VALUE = text('value');
const OBJECTS_OPEN = json('objects', ACCESS);

export interface OutboxOptions {
  /** Writes wait while more documents are due. 0: a write returns once searches see it. */
  readonly mostDue?: number;
}

/**
 * The way to an engine that is not in the store's file. The transaction that changes something also notes it as due.
 * After the commit the outbox sends everything that is due as it is now, while the store writes more. So a crash
 * loses nothing, and the engine never gets an older state after a newer one.
 */
export class Outbox implements Publication {
  readonly #db: Database;
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
  /** Calls to wake after each step of a sending. */
  #waiting: (() => void)[] = [];

  constructor(db: Database, engine: SearchEngine, { mostDue = MOST_DUE }: OutboxOptions = {}) {
    this.#db = db;
    this.#engine = engine;
    this.#mostDue = mostDue;
    // An engine may still have what this store sent to it before it changed to another one and back.
    if (!db.has("from sqlite_master where name = 'due'")) db.exec(FIRST_TABLES);
  }

  change(changes: readonly RowChange[]): void {
    for (const { next } of changes) this.#due(next.id);
  }

  renew({ id }: DocumentRow): void {
    this.#due(id);
  }

  /** Sends every document again: the words that the engine has depend on the fields. */
  async reshape(): Promise<void> {
    this.#due(SETTINGS);
    const since = BigInt(this.#given() + 1);
    this.#db.run(
      `insert or replace into due (id, since)
         select id, coalesce((select since from due where due.id = doc.id), ?) from doc where live = 1`,
      since,
    );
  }

  changeOrganization(): void {
    this.#due(SETTINGS);
  }

  changeMembership(): void {
    this.#due(MEMBERSHIP);
  }

  async countCarrying(principalNumbers: readonly number[], upTo: number): Promise<number> {
    return this.#engine.countCarrying(principalNames(this.#db, principalNumbers), upTo);
  }

  async claim(store: OpenStore): Promise<void> {
    const db = this.#db;
    await this.#stop();
    const sequences = { highest: this.#given(), acknowledged: this.#acknowledged() };
    const held = await this.#engine.claim(this.#fence(), sequences);
    // Noted before the wipe. Otherwise, after a crash, the first things sent would look like the whole content.
    if (held !== 'this') await db.writing(() => this.#due(EVERYTHING));
    await db.writing(async () => {
      if (!db.has('from due where id = ?', EVERYTHING)) return;
      await this.#engine.wipe(this.#fence());
      db.run('delete from sent');
      for (const what of [SETTINGS, MEMBERSHIP]) this.#due(what);
      db.run('insert or replace into due (id, since) select id, 0 from doc where live = 1');
      db.run('delete from due where id = ?', EVERYTHING);
    });
    this.#isChecked = true;
    await this.flush(store);
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
    await this.#until(() => !this.#db.has('from due limit 1 offset ?', BigInt(this.#mostDue)));
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
    if (this.#isClosed || !this.#db.has('from due')) return false;
    // The run that claims the engine first sends everything.
    return readMeta(this.#db).admittedRun !== null && !this.#isEverythingDue();
  }

  #isEverythingDue(): boolean {
    return this.#db.has('from due where id = ?', EVERYTHING);
  }

  /** Throws if another call has found the engine without this store's content, and has not sent it yet. */
  #checkClaimed(): void {
    if (readMeta(this.#db).admittedRun === null || !this.#isEverythingDue()) return;
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
    const db = this.#db;
    if (db.has('from due where id = ?', SETTINGS)) return SETTINGS;
    const membership = db.value(SEQUENCE, 'from due where id = ?', MEMBERSHIP);
    if (membership !== undefined && this.#mayPublish(membership)) return MEMBERSHIP;
    if (!maySend) return null;
    const documents = this.#nextDue(after);
    if (documents.length > 0) return documents;
    const mayWait = this.#settling === 0 && this.#mostDue > 0 && membership === undefined;
    if (mayWait && performance.now() - this.#refreshedAt < REFRESH_MS) return null;
    return db.has('from due where id = ?', REFRESH) ? REFRESH : null;
  }

  /**
   * Reports whether the membership may be sent before the documents that are due. If it opens an object that nobody
   * without View All could read, each document that was due before it comes first: the engine's old state of that
   * document may have other principals. To an engine without content it comes last, so that nobody finds half of it.
   */
  #mayPublish(membership: number): boolean {
    if (this.#db.has("from due where since = 0 and id not glob '@*'")) return false;
    const sent: readonly string[] = JSON.parse(this.#sent('open') ?? '[]');
    if (this.#openObjects().every((object) => sent.includes(object))) return true;
    return !this.#db.has(`from due where (id not glob '@*' and since < ?) or id = ?`, BigInt(membership), REFRESH);
  }

  /**
   * Runs in a write transaction, because a note has no sequence in the engine. Otherwise this process could replace a
   * newer note that another process sends meanwhile.
   */
  #sendNote(what: typeof SETTINGS | typeof MEMBERSHIP): Promise<void> {
    const db = this.#db;
    return db.writing(async () => {
      const sequence = db.value(SEQUENCE, 'from due where id = ?', what);
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
        this.#noteSent('open', JSON.stringify(this.#openObjects()));
      }
      if (what === SETTINGS || generation !== null) this.#noteAcknowledged(sequence);
      db.run('delete from due where id = ?', what);
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
    const sequence = await db.readingInTurn(() => db.value(SEQUENCE, 'from due where id = ?', REFRESH));
    if (sequence === undefined) return;
    await this.#engine.refresh();
    this.#refreshedAt = performance.now();
    await db.writing(() => this.#forget([sequence]));
  }

  /** Reads documents that are due, the ones that were due first at first. */
  #nextDue(after: number): DocumentChange[] {
    const rest = `from due where sequence > ? and id not glob '@*' order by sequence limit ${SENT}`;
    const due: DocumentChange[] = [];
    let characters = 0;
    for (const [sequence, id] of this.#db.all(DUE, rest, BigInt(after))) {
      const document = this.#documentOf(id);
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
      this.#due(REFRESH);
      const sequences = due.map(({ sequence }) => sequence);
      this.#forget(sequences);
      this.#noteAcknowledged(Math.max(...sequences));
    });
    this.#wake();
  }

  #documentOf(id: string): DocumentChange['document'] {
    const row = loadDocument(this.#db, id);
    if (row === null || !row.live) return null;
    const { object, ownerId, accountId } = row.facts;
    return {
      id,
      object,
      modified: row.modified,
      order: row.rowNumber,
      ownerId,
      accountId,
      principals: principalNames(this.#db, row.principalNumbers),
      strings: loadStrings(this.#db, row),
    };
  }

  /** Removes documents that the engine refused, and lists their records as unindexed. */
  #remove(store: OpenStore, sent: readonly DocumentChange[], { refused }: DocumentsRefusedError): Promise<unknown> {
    const sequences = new Map(sent.map(({ id, sequence }) => [id, sequence]));
    return this.#db.writing(() => {
      const { contacts, admittedRun } = readMeta(this.#db);
      // What has changed since may have another content.
      const current = refused.filter(
        ({ id }) => this.#db.value(SEQUENCE, 'from due where id = ?', id) === sequences.get(id),
      );
      const removals = removalsFor(this.#db, current);
      return new Batch(store, { contacts, run: admittedRun ?? 0 }).apply({ removals });
    });
  }

  /** Throws if the engine has a sequence that this store has never given. */
  #checkWriter(highest: number): void {
    if (highest > this.#given())
      throw new IndexReplacedError(
        'The search engine has changes that this run store never sent: another writer uses the same index, or the run store was restored from a copy. ' +
          'Make sure that only one worker of this connection writes to it. The next run sends everything again.',
      );
  }

  #given(): number {
    return this.#db.value(GIVEN, "from sqlite_sequence where name = 'due'") ?? 0;
  }

  #due(id: string): void {
    this.#db.run(
      `insert or replace into due (id, since) values (?1, coalesce(
         (select since from due where id = ?1), (select seq + 1 from sqlite_sequence where name = 'due'), 1))`,
      id,
    );
  }

  /** Forgets changes that the engine has. A record that has changed since has another sequence. */
  #forget(sequences: readonly number[]): void {
    for (const sequence of sequences) this.#db.run('delete from due where sequence = ?', BigInt(sequence));
  }

  #acknowledged(): number {
    return Number(this.#sent('acknowledged') ?? 0);
  }

  #noteAcknowledged(sequence: number): void {
    this.#noteSent('acknowledged', String(Math.max(this.#acknowledged(), sequence)));
  }

  #sent(what: 'acknowledged' | 'open'): string | undefined {
    return this.#db.value(VALUE, 'from sent where what = ?', what);
  }

  #noteSent(what: 'acknowledged' | 'open', value: string): void {
    this.#db.run('insert or replace into sent (what, value) values (?, ?)', what, value);
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
