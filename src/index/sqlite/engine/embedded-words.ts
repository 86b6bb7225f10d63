import { setImmediate as breathe } from 'node:timers/promises';
import type { IndexedFields, ObjectName } from '../../../objects/index.ts';
import type { Database } from '../file/database.ts';
import { rowNumberIn } from '../file/stored.ts';
import { type DocumentRow, loadDocument, loadStrings } from '../store/documents.ts';
import { readIndexed } from '../store/indexed-fields.ts';
import type { Publication, RowChange } from '../store/publication.ts';
import { storing } from '../store/refusal.ts';
import { livePages } from '../store/row-numbers.ts';
import { LISTED_CHARACTERS } from './completions.ts';
import { principalsExpression } from './query.ts';
import { columnOf, columnsOf, indexedStrings } from './tokens.ts';

/** The number of principals per query. With more, FTS5 merges the documents more slowly than it finds them. */
const TOKENS = 10;

/**
 * The embedded engine's part in the store's transactions: the full-text table. Everything else that it searches is in
 * the store's own tables.
 */
export class EmbeddedWords implements Publication {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /**
   * Removes old words in ascending order of rows, then adds new ones in ascending order, because FTS5 flushes whenever
   * a rowid decreases.
   */
  change(changes: readonly RowChange[]): void {
    const indexed = readIndexed(this.#db);
    const old = changes.flatMap(({ old }) => (old?.live === true ? [old] : []));
    for (const row of old.sort(byRowNumber)) removeWords(this.#db, indexed, row);
    const added = changes.filter(({ next }) => next.live).sort((one, other) => byRowNumber(one.next, other.next));
    for (const each of added) storing(each.next.id, () => addWords(this.#db, indexed, each));
  }

  renew(): void {
    // Hits show `modified` from the store's table.
  }

  /** Rebuilds the full-text table. Readers use the old one until the transaction ends. */
  async reshape(indexed: IndexedFields): Promise<void> {
    await rebuildWordTable(this.#db, indexed);
  }

  changeOrganization(): void {}

  changeMembership(): void {}

  async claim(): Promise<number> {
    // The store's own fence protects its file.
    return 0;
  }

  async check(): Promise<void> {}

  // A commit is visible at once.
  async flush(): Promise<void> {}

  async settle(): Promise<void> {}

  async close(): Promise<void> {}

  countCarrying(principalNumbers: readonly number[], upTo: number): number {
    const rowNumbers = new Set<number>();
    for (let at = 0; at < principalNumbers.length && rowNumbers.size < upTo; at += TOKENS) {
      const found = this.#db.values(
        rowNumberIn('rowid'),
        `from fts where fts match ? limit ${upTo}`,
        principalsExpression(principalNumbers.slice(at, at + TOKENS)),
      );
      for (const rowNumber of found) rowNumbers.add(rowNumber);
    }
    return Math.min(rowNumbers.size, upTo);
  }
}

const OPTIONS = `content='', columnsize=0, tokenize='ascii', prefix='${LISTED_CHARACTERS}'`;

/**
 * FTS5 writes a segment for each transaction, and merges this many segments of a level into one of the next. With fewer,
 * a backfill writes the same words more often; with more, searches look into more segments.
 */
const AUTOMERGE = 8n;

/**
 * Reports whether the full-text table is one of an earlier version. Searches find the same in it, but take longer for
 * beginnings of words.
 */
export function isEarlierWordTable(db: Database): boolean {
  return db.has("from sqlite_master where name = 'fts' and instr(sql, ?) = 0", OPTIONS);
}

/** Reports whether the file has a full-text table. It has none while another engine searches its index. */
export function hasWordTable(db: Database): boolean {
  return db.has("from sqlite_master where name = 'fts'");
}

/** Makes and fills the full-text table of a file that another engine has searched. Takes minutes. */
export async function restoreWordTable(db: Database): Promise<void> {
  await db.writing(async () => {
    if (hasWordTable(db)) return;
    const indexed = readIndexed(db);
    createWordTable(db, indexed);
    await fillWordTable(db, indexed);
  });
}

/** Drops the full-text table of a file that another engine searches from now on. */
export async function dropWordTable(db: Database): Promise<void> {
  if (hasWordTable(db)) await db.writing(() => db.exec('drop table if exists fts'));
}

/** Replaces the full-text table, in a write transaction. Readers use the old one until it ends. */
export async function rebuildWordTable(db: Database, indexed: IndexedFields): Promise<void> {
  db.exec('drop table fts');
  createWordTable(db, indexed);
  await fillWordTable(db, indexed);
}

/**
 * Creates the empty full-text table for these fields: contentless, and without column sizes, which nothing reads. We
 * split the words; the tokenizer only splits at spaces. `ascii` takes everything outside ASCII for letters. `unicode61`
 * has its own table, in which vowel signs split words, and newer letters are not letters.
 */
export function createWordTable(db: Database, indexed: IndexedFields): void {
  const columns = columnsOf(indexed);
  // Column names become part of the SQL.
  const odd = columns.find((column) => !/^[A-Za-z]\w*$/.test(column));
  if (odd !== undefined) throw new Error(`${JSON.stringify(odd)} cannot be a column.`);
  db.exec(`create virtual table fts using fts5(${[...columns, 'acl'].join(', ')}, ${OPTIONS})`);
  db.run("insert into fts (fts, rank) values ('automerge', ?)", AUTOMERGE);
}

/** Fills the empty full-text table from the store's strings, in a write transaction. */
export async function fillWordTable(db: Database, indexed: IndexedFields): Promise<void> {
  for (const page of livePages(db)) {
    for (const id of page) {
      const row = loadDocument(db, id);
      if (row !== null) addWords(db, indexed, { next: row, strings: loadStrings(db, row), prepared: undefined });
    }
    await breathe();
  }
}

/**
 * Removes a document's words. FTS5 needs exactly the strings that were indexed; with others the document could still be
 * found by them.
 */
function removeWords(db: Database, indexed: IndexedFields, row: DocumentRow): void {
  const strings = indexedStrings(row, indexed, loadStrings(db, row));
  db.run(statement(row.facts.object, indexed, 'remove'), BigInt(row.rowNumber), ...strings);
}

function addWords(
  db: Database,
  indexed: IndexedFields,
  { next, strings, prepared }: Pick<RowChange, 'next' | 'strings' | 'prepared'>,
): void {
  const texts = indexedStrings(next, indexed, strings, prepared);
  db.run(statement(next.facts.object, indexed, 'add'), BigInt(next.rowNumber), ...texts);
}

/** Statements by the fields that they write, because their text takes as long to make as to run. */
const statements = new WeakMap<readonly string[], ReadonlyMap<'add' | 'remove', string>>();

function statement(object: ObjectName, { fields }: IndexedFields, change: 'add' | 'remove'): string {
  let known = statements.get(fields[object]);
  if (known === undefined) {
    const columns = [...fields[object].map((field) => columnOf(object, field)), 'acl'];
    const marks = columns.map(() => '?').join(', ');
    known = new Map([
      ['add', `insert into fts (rowid, ${columns.join(', ')}) values (?, ${marks})`],
      ['remove', `insert into fts (fts, rowid, ${columns.join(', ')}) values ('delete', ?, ${marks})`],
    ]);
    statements.set(fields[object], known);
  }
  return known.get(change) ?? '';
}

function byRowNumber(one: DocumentRow, other: DocumentRow): number {
  return one.rowNumber - other.rowNumber;
}
