import type { Database } from '../file/database.ts';
import { integer, rowNumberIn, text } from '../file/stored.ts';

/** What is due in addition to documents. No record has such an id: each begins with @. */
export const SETTINGS = '@settings';
export const MEMBERSHIP = '@membership';
/** The engine has documents that searches may not see yet. */
export const REFRESH = '@refresh';
/** The engine does not have the store's content. */
export const EVERYTHING = '@everything';

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

const GIVEN = integer('seq');
const ROW = [rowNumberIn('sequence'), text('id')] as const;
const SEQUENCE = rowNumberIn('sequence');
const VALUE = text('value');

/** Forgets what is due, in a file that the embedded engine searches from now on. */
export function dropDue(db: Database): void {
  for (const table of ['due', 'sent']) db.exec(`drop table if exists ${table}`);
}

/** What an engine outside the file does not have yet. Changes need a transaction. */
export class Due {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
    // An engine may still have what this store sent to it before it changed to another one and back.
    if (!db.has("from sqlite_master where name = 'due'")) db.exec(FIRST_TABLES);
  }

  get isEmpty(): boolean {
    return !this.#db.has('from due');
  }

  has(id: string): boolean {
    return this.#db.has('from due where id = ?', id);
  }

  hasMoreThan(count: number): boolean {
    return this.#db.has('from due limit 1 offset ?', BigInt(count));
  }

  /** Returns the sequence of what is due. Undefined: it is not due. */
  sequenceOf(id: string): number | undefined {
    return this.#db.value(SEQUENCE, 'from due where id = ?', id);
  }

  /** Reads documents with higher sequences, the ones that were due first at first. */
  documents(after: number, limit: number): Iterable<readonly [sequence: number, id: string]> {
    return this.#db.all(
      ROW,
      `from due where sequence > ? and id not glob '@*' order by sequence limit ?`,
      BigInt(after),
      BigInt(limit),
    );
  }

  /** Reports whether the engine has no state of a document. */
  get isAnyMissing(): boolean {
    return this.#db.has("from due where since = 0 and id not glob '@*'");
  }

  /** Reports whether the engine, or a search, may have a state of a document that was old before this sequence. */
  isAnyOlder(sequence: number): boolean {
    return this.#db.has(`from due where (id not glob '@*' and since < ?) or id = ?`, BigInt(sequence), REFRESH);
  }

  add(id: string): void {
    this.#db.run(
      `insert or replace into due (id, since) values (?1, coalesce(
         (select since from due where id = ?1), (select seq + 1 from sqlite_sequence where name = 'due'), 1))`,
      id,
    );
  }

  /** Adds every document. The engine has an older state of each. */
  addDocuments(): void {
    this.#db.run(
      `insert or replace into due (id, since)
         select id, coalesce((select since from due where due.id = doc.id), ?) from doc where live = 1`,
      BigInt(this.given + 1),
    );
  }

  /** Everything is due, and the engine has none of it. Returns the number of documents. */
  addAll(): number {
    this.#db.run('delete from sent');
    for (const what of [SETTINGS, MEMBERSHIP]) this.add(what);
    const documents = this.#db.run('insert or replace into due (id, since) select id, 0 from doc where live = 1');
    this.remove(EVERYTHING);
    return documents;
  }

  remove(id: string): void {
    this.#db.run('delete from due where id = ?', id);
  }

  /** Forgets what the engine has. If it has changed since, it has another sequence. */
  forget(sequence: number): void {
    this.#db.run('delete from due where sequence = ?', BigInt(sequence));
  }

  /** Forgets the documents in a range of sequences. A document that has changed since has a higher sequence. */
  forgetDocuments(first: number, last: number): void {
    this.#db.run("delete from due where sequence between ? and ? and id not glob '@*'", BigInt(first), BigInt(last));
  }

  /** The highest sequence that was ever given. */
  get given(): number {
    return this.#db.value(GIVEN, "from sqlite_sequence where name = 'due'") ?? 0;
  }

  get acknowledged(): number {
    return Number(this.#sent('acknowledged') ?? 0);
  }

  acknowledge(sequence: number): void {
    this.#noteSent('acknowledged', String(Math.max(this.acknowledged, sequence)));
  }

  /** The objects that the membership in the engine opens to users without View All. */
  get open(): readonly string[] {
    return JSON.parse(this.#sent('open') ?? '[]');
  }

  set open(objects: readonly string[]) {
    this.#noteSent('open', JSON.stringify(objects));
  }

  #sent(what: 'acknowledged' | 'open'): string | undefined {
    return this.#db.value(VALUE, 'from sent where what = ?', what);
  }

  #noteSent(what: 'acknowledged' | 'open', value: string): void {
    this.#db.run('insert or replace into sent (what, value) values (?, ?)', what, value);
  }
}
