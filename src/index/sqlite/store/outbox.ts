import type { Removal } from '../../port/documents.ts';
import { DocumentsRefusedError } from '../../port/errors.ts';
import type { DocumentChange as EngineChange, EngineFence, SearchEngine } from '../../port/search-engine.ts';
import type { Database } from '../file/database.ts';
import { integer, rowNumberIn, text } from '../file/stored.ts';
import { Batch } from './batch.ts';
import { type DocumentRow, loadDocument, loadStrings } from './documents.ts';
import { readIndexed } from './held-fields.ts';
import { readMeta } from './meta.ts';
import type { DocumentChange, OpenStore, Publication } from './open-store.ts';
import { principalNames } from './principals.ts';
import { publishedMembership } from './published-membership.ts';

/** What is due in addition to documents. No record has such an id. */
const SETTINGS = '@settings';
const MEMBERSHIP = '@membership';

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
  #turn: Promise<unknown> = Promise.resolve();

  constructor(db: Database, engine: SearchEngine) {
    this.#db = db;
    this.#engine = engine;
    db.exec(TABLE);
  }

  change(changes: readonly DocumentChange[]): void {
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
    const highest = this.#db.value(HIGHEST, "from sqlite_sequence where name = 'due'") ?? 0;
    const held = await this.#engine.claim(this.#fence(), highest);
    if (held !== 'this') {
      await this.#engine.wipe(this.#fence());
      await this.#db.writing(() => {
        this.#db.run(`insert or replace into due (id) values ('${SETTINGS}'), ('${MEMBERSHIP}')`);
        this.#db.run('insert or replace into due (id) select id from doc where live = 1');
      });
    }
    await this.flush(store);
  }

  /** Sends everything that is due. One call sends at a time; the next one sends what became due in between. */
  flush(store: OpenStore): Promise<void> {
    const mine = this.#turn.then(() => this.#flush(store));
    this.#turn = mine.catch(() => {});
    return mine;
  }

  async #flush(store: OpenStore): Promise<void> {
    // No run has claimed the engine yet. The first one sends everything.
    if (readMeta(this.#db).admittedRun === null) return;
    await this.#sendNotes(SETTINGS);
    let isSent = false;
    while (await this.#sendDocuments(store)) {
      isSent = true;
      // Documents have the fields that the settings name, and both may have changed meanwhile.
      await this.#sendNotes(SETTINGS);
    }
    if (isSent) await this.#engine.refresh();
    // A membership may give access to objects whose documents have just been sent.
    await this.#sendNotes(MEMBERSHIP);
  }

  async #sendNotes(what: typeof SETTINGS | typeof MEMBERSHIP): Promise<void> {
    const db = this.#db;
    const sent = await db.readingInTurn(async () => {
      const sequence = db.value(DUE[0], 'from due where id = ?', what);
      if (sequence === undefined) return null;
      const { organizationId, refusedOrganizationId, generation } = readMeta(db);
      if (what === SETTINGS)
        await this.#engine.configure(this.#fence(), {
          organizationId,
          refusedOrganizationId,
          indexed: readIndexed(db),
        });
      else if (generation !== null)
        await this.#engine.publishMembership(this.#fence(), publishedMembership(db, generation));
      return sequence;
    });
    if (sent !== null) await this.#forget([sent]);
  }

  /** Sends the documents that were due first. Returns false if none is due. */
  async #sendDocuments(store: OpenStore): Promise<boolean> {
    const db = this.#db;
    const due = await db.readingInTurn(() =>
      db
        .all(DUE, `from due where id not in ('${SETTINGS}', '${MEMBERSHIP}') order by sequence limit ${SENT}`)
        .map(([sequence, id]): EngineChange => ({ id, sequence, document: this.#documentOf(id) })),
    );
    if (due.length === 0) return false;
    try {
      await this.#engine.apply(this.#fence(), due);
    } catch (error) {
      if (!(error instanceof DocumentsRefusedError)) throw error;
      await this.#remove(store, error);
    }
    await this.#forget(due.map(({ sequence }) => sequence));
    return true;
  }

  #documentOf(id: string): EngineChange['document'] {
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
      const removals = refused.flatMap(({ id, engineCode }): Removal[] => {
        const row = loadDocument(this.#db, id);
        if (row === null) return [];
        const { version, facts } = row;
        return [{ id, object: facts.object, version, cause: { code: 'engine_refused', engineCode } }];
      });
      return new Batch(store, { contacts, run: admittedRun ?? 0 }).apply({ removals });
    });
  }

  #due(id: string): void {
    this.#db.run('insert or replace into due (id) values (?)', id);
  }

  #forget(sequences: readonly number[]): Promise<void> {
    return this.#db.writing(() => {
      for (const sequence of sequences) this.#db.run('delete from due where sequence = ?', BigInt(sequence));
    });
  }

  #fence(): EngineFence {
    const { indexId, admittedRun, highestRun } = readMeta(this.#db);
    return { epoch: indexId, run: admittedRun ?? highestRun };
  }
}
