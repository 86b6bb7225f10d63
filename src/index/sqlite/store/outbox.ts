import { Turns } from '../../../lib/turns.ts';
import { DocumentsRefusedError } from '../../port/errors.ts';
import type { DocumentChange, EngineFence, SearchEngine } from '../../port/search-engine.ts';
import type { Database } from '../file/database.ts';
import { integer, rowNumberIn, text } from '../file/stored.ts';
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

/** The number of documents that are sent at once. */
const SENT = 500;

/** sequence: rises with every change, also after rows were deleted. A row is deleted once the engine has the change. */
const TABLE = 'create table if not exists due (sequence integer primary key autoincrement, id text not null unique)';

const HIGHEST = integer('seq');
const DUE = [rowNumberIn('sequence'), text('id')] as const;

/**
 * The way to an engine that is not in the store's file. The transaction that changes something also notes it as due.
 * After the commit the outbox sends everything that is due as it is now. So a crash loses nothing, and the engine never
 * gets an older state after a newer one.
 */
export class Outbox implements Publication {
  readonly #db: Database;
  readonly #engine: SearchEngine;
  readonly #turns = new Turns();

  constructor(db: Database, engine: SearchEngine) {
    this.#db = db;
    this.#engine = engine;
    db.exec(TABLE);
  }

  change(changes: readonly RowChange[]): void {
    for (const { next } of changes) this.#due(next.id);
  }

  renew({ id }: DocumentRow): void {
    this.#due(id);
  }

  async reshape(): Promise<void> {
    this.#due(SETTINGS);
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
    const highest = db.value(HIGHEST, "from sqlite_sequence where name = 'due'") ?? 0;
    const held = await this.#engine.claim(this.#fence(), highest);
    // Noted before the wipe. Otherwise, after a crash, the first things sent would look like the whole content.
    if (held !== 'this') await db.writing(() => this.#due(EVERYTHING));
    await db.writing(async () => {
      if (!db.has('from due where id = ?', EVERYTHING)) return;
      await this.#engine.wipe(this.#fence());
      for (const what of [SETTINGS, MEMBERSHIP]) this.#due(what);
      db.run('insert or replace into due (id) select id from doc where live = 1');
      db.run('delete from due where id = ?', EVERYTHING);
    });
    await this.flush(store);
  }

  /** Sends everything that is due. One call sends at a time; the next one sends what became due in between. */
  flush(store: OpenStore): Promise<void> {
    return this.#turns.take(() => this.#flush(store));
  }

  async #flush(store: OpenStore): Promise<void> {
    // No run has claimed the engine yet. The first one sends everything.
    if (readMeta(this.#db).admittedRun === null) return;
    await this.#sendNote(SETTINGS);
    // Documents have the fields that the settings name, and both may have changed meanwhile.
    while (await this.#sendDocuments(store)) await this.#sendNote(SETTINGS);
    await this.#refresh();
    // A membership may give access to objects whose documents have just been sent.
    await this.#sendNote(MEMBERSHIP);
  }

  /**
   * Runs in a write transaction, because a note has no sequence. Otherwise this process could replace a newer note that
   * another process sends meanwhile.
   */
  #sendNote(what: typeof SETTINGS | typeof MEMBERSHIP): Promise<void> {
    const db = this.#db;
    return db.writing(async () => {
      if (!db.has('from due where id = ?', what)) return;
      const { organizationId, refusedOrganizationId, generation } = readMeta(db);
      if (what === SETTINGS)
        await this.#engine.configure(this.#fence(), {
          organizationId,
          refusedOrganizationId,
          indexed: readIndexed(db),
        });
      else if (generation !== null)
        await this.#engine.publishMembership(this.#fence(), publishedMembership(db, generation));
      db.run('delete from due where id = ?', what);
    });
  }

  async #refresh(): Promise<void> {
    const db = this.#db;
    const sequence = await db.readingInTurn(() => db.value(DUE[0], 'from due where id = ?', REFRESH));
    if (sequence === undefined) return;
    await this.#engine.refresh();
    await db.writing(() => this.#forget([sequence]));
  }

  /** Sends the documents that were due first. Returns false if none is due. */
  async #sendDocuments(store: OpenStore): Promise<boolean> {
    const db = this.#db;
    const due = await db.readingInTurn(() =>
      db
        .all(DUE, `from due where id not glob '@*' order by sequence limit ${SENT}`)
        .map(([sequence, id]): DocumentChange => ({ id, sequence, document: this.#documentOf(id) })),
    );
    if (due.length === 0) return false;
    try {
      await this.#engine.apply(this.#fence(), due);
    } catch (error) {
      if (!(error instanceof DocumentsRefusedError)) throw error;
      const removed = new Set(due.filter(({ document }) => document === null).map(({ id }) => id));
      if (error.refused.some(({ id }) => removed.has(id))) throw new Error('The search engine refuses a removal.');
      checkFew(error.refused);
      await this.#remove(store, error);
    }
    await db.writing(() => {
      this.#due(REFRESH);
      this.#forget(due.map(({ sequence }) => sequence));
    });
    return true;
  }

  #documentOf(id: string): DocumentChange['document'] {
    const row = loadDocument(this.#db, id);
    if (row === null || !row.live) return null;
    const { object, ownerId, accountId } = row.facts;
    return {
      id,
      object,
      modified: row.modified,
      ownerId,
      accountId,
      principals: principalNames(this.#db, row.principalNumbers),
      strings: loadStrings(this.#db, row),
    };
  }

  /** Removes documents that the engine refused, and lists their records as unindexed. */
  #remove(store: OpenStore, { refused }: DocumentsRefusedError): Promise<unknown> {
    return this.#db.writing(() => {
      const { contacts, admittedRun } = readMeta(this.#db);
      const removals = removalsFor(this.#db, refused);
      return new Batch(store, { contacts, run: admittedRun ?? 0 }).apply({ removals });
    });
  }

  #due(id: string): void {
    this.#db.run('insert or replace into due (id) values (?)', id);
  }

  /** Forgets changes that the engine has. A record that has changed since has another sequence. */
  #forget(sequences: readonly number[]): void {
    for (const sequence of sequences) this.#db.run('delete from due where sequence = ?', BigInt(sequence));
  }

  #fence(): EngineFence {
    const { indexId, admittedRun, highestRun } = readMeta(this.#db);
    return { epoch: indexId, run: admittedRun ?? highestRun };
  }
}
