import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import Libsql from 'libsql';
import { IndexUnavailableError } from '../../port/errors.ts';
import { type Column, type Columns, Damage, integer, type RowOf } from './stored.ts';

/** A value that SQLite accepts and returns. No booleans: libsql ends the process if one is bound. */
export type Value = string | number | bigint | Buffer | null;

type Statement = ReturnType<Libsql.Database['prepare']>;

const ONE = integer('1');
const COUNT = integer('count(*)');

const BUSY_MS = 20;
const WAIT_FOR_WRITER_MS = 60_000;

/** SQLite's primary result codes. libsql does not name all of the extended ones. */
const CODES = {
  SQLITE_PERM: 3,
  SQLITE_BUSY: 5,
  SQLITE_READONLY: 8,
  SQLITE_IOERR: 10,
  SQLITE_CORRUPT: 11,
  SQLITE_FULL: 13,
  SQLITE_CANTOPEN: 14,
  SQLITE_NOTADB: 26,
} as const;

type Cause = keyof typeof CODES;

const CAUSES = Object.keys(CODES) as Cause[];

const HINTS: Readonly<Record<Cause, string>> = {
  SQLITE_NOTADB: 'It is not an index. Set another path, or delete the file.',
  SQLITE_CORRUPT: 'It is damaged. Delete it: the next run builds a new one.',
  SQLITE_FULL: 'The disk is full. Free some space; the run then continues where it stopped.',
  SQLITE_READONLY:
    "It is not writable, and searches need to write it too. Run as the worker's user, or let this user write the file and its folder.",
  SQLITE_CANTOPEN:
    "It cannot be opened. Run as the worker's user, or let this user read and write the file and its folder.",
  SQLITE_IOERR: 'The disk failed, or is full. Check it and free some space; the run then continues where it stopped.',
  SQLITE_PERM: 'Let this user read and write the file.',
  SQLITE_BUSY: 'Another process has locked it. Stop that process, or try again.',
};

/** SQLite's messages for tables that are not as `createSchema` makes them. A wrong statement has the same code. */
const SCHEMA_DAMAGE =
  /^(?:no such (?:fts5 )?(?:table|column|index|module)|table \w+ has (?:no column|\d+ columns)|invalid fts5 file format|vtable constructor failed|malformed|unrecognized (?:column )?option|reserved fts5 column|parse error in|no such tokenizer|error in tokenizer constructor|no such collation|duplicate column)/;

/** The result code if a constraint refuses a row, and the extended code for a null. */
const CONSTRAINT = 19;
const NOT_NULL = CONSTRAINT | (5 << 8);

/** Causes that may be gone at the next try. */
const MAY_PASS: readonly Cause[] = ['SQLITE_FULL', 'SQLITE_IOERR', 'SQLITE_BUSY'];

/**
 * One open connection. Prepares statements once, returns rows as arrays, and throws engine errors and damage as
 * `IndexUnavailableError`.
 */
export class Database {
  readonly path: string;
  readonly #db: Libsql.Database;
  readonly #statements = new Map<string, Statement>();
  /** Reading statements, by their columns and the rest. Building a statement's text takes as long as running it. */
  #reads = new WeakMap<Column<unknown> | Columns, Map<string, Statement>>();
  readonly #undo: (() => void)[] = [];
  #hasWritten = false;

  /** Opens the file, which must exist (libsql would create it). Throws `IndexUnavailableError`. */
  constructor(path: string) {
    // Writers to one file wait for each other by its path, so it needs one spelling.
    this.path = resolve(path);
    this.#db = this.#guarded(() => new Libsql(path, { timeout: 5_000 }));
  }

  /**
   * Reads all rows.
   *
   * @param rest the statement after its columns: `from …`
   */
  all<const Of extends Columns>(columns: Of, rest: string, ...values: Value[]): RowOf<Of>[] {
    return this.#guarded(() => {
      const rows = this.#reading(columns, columns, rest).all(values) as unknown[][];
      for (const row of rows) read(columns, row);
      return rows as RowOf<Of>[];
    });
  }

  /** Reads the first row. */
  get<const Of extends Columns>(columns: Of, rest: string, ...values: Value[]): RowOf<Of> | undefined {
    return this.#guarded(() => {
      const row = this.#reading(columns, columns, rest).get(values) as unknown[] | undefined;
      return row && (read(columns, row) as RowOf<Of>);
    });
  }

  /** Reads one column of all rows. */
  values<Read>(column: Column<Read>, rest: string, ...values: Value[]): Read[] {
    return this.#guarded(() => {
      const rows = this.#reading(column, [column], rest).all(values) as [unknown][];
      return rows.map(([value]) => column.read(value));
    });
  }

  /** Reads one column of the first row. */
  value<Read>(column: Column<Read>, rest: string, ...values: Value[]): Read | undefined {
    return this.#guarded(() => {
      const row = this.#reading(column, [column], rest).get(values) as [unknown] | undefined;
      return row && column.read(row[0]);
    });
  }

  has(rest: string, ...values: Value[]): boolean {
    return this.value(ONE, rest, ...values) !== undefined;
  }

  count(rest: string, ...values: Value[]): number {
    return this.value(COUNT, rest, ...values) ?? 0;
  }

  /** Runs a statement. Returns the number of rows changed. */
  run(sql: string, ...values: Value[]): number {
    return this.#guarded(() => noticingNull(values, () => this.#statement(sql).run(values).changes));
  }

  exec(sql: string): void {
    this.#guarded(() => noticingNull([], () => this.#db.exec(sql)));
  }

  /**
   * Reads a consistent state like `readingAsync`, on a connection that also writes. Waits for the write transactions
   * requested before.
   */
  readingInTurn<Result>(work: () => Result | Promise<Result>): Promise<Result> {
    return exclusively(this.path, () => this.readingAsync(work));
  }

  /**
   * Reads a consistent state like `reading`; `work` may yield to the event loop. Waits for nothing: call it again only
   * after it has ended.
   */
  async readingAsync<Result>(work: () => Result | Promise<Result>): Promise<Result> {
    this.exec('begin');
    try {
      return await work();
    } catch (error) {
      throw this.#explained(error);
    } finally {
      this.#endReading();
    }
  }

  /** Runs `work` in one read transaction, so that it reads a consistent state. */
  reading<Result>(work: () => Result): Result {
    this.exec('begin');
    try {
      return this.#guarded(work);
    } finally {
      this.#endReading();
    }
  }

  /**
   * Runs `work` in one write transaction, after all that were requested before, in this process and in others. `work`
   * may yield to the event loop.
   */
  writing<Result>(work: () => Result | Promise<Result>): Promise<Result> {
    return exclusively(this.path, async () => {
      await this.#beginImmediate();
      this.#hasWritten = true;
      try {
        const result = await work();
        this.exec('commit');
        return result;
      } catch (error) {
        if (this.#isInTransaction()) this.exec('rollback');
        for (const undo of this.#undo) undo();
        throw this.#explained(error);
      }
    });
  }

  /** Registers `undo`, to be called after every rolled-back write transaction, before the next one begins. */
  onRollback(undo: () => void): void {
    this.#undo.push(undo);
  }

  /**
   * Closes the connection. libsql closes the file only after the garbage collector has found all statements. So a
   * connection that wrote empties the journal here: a file that is copied or replaced now is complete.
   */
  close(): void {
    if (!this.#db.open) return;
    this.#statements.clear();
    this.#reads = new WeakMap();
    try {
      this.#db.exec('pragma shrink_memory');
      if (this.#hasWritten) this.#db.exec('pragma wal_checkpoint(truncate)');
    } catch {
      // Committed data is also safe in the journal.
    }
    this.#db.close();
  }

  #endReading(): void {
    if (this.#isInTransaction()) this.exec('commit');
  }

  /**
   * Asks SQLite, which itself ends a transaction if the disk fails. Not after `close`, because libsql would end the
   * process.
   */
  #isInTransaction(): boolean {
    return this.#db.open && this.#db.inTransaction;
  }

  async #beginImmediate(): Promise<void> {
    // A long busy timeout would block the event loop, and with it the writer that we wait for.
    this.exec(`pragma busy_timeout = ${BUSY_MS}`);
    const giveUp = performance.now() + WAIT_FOR_WRITER_MS;
    for (;;) {
      try {
        this.#db.exec('begin immediate');
        return;
      } catch (error) {
        if (causeOf(error) !== 'SQLITE_BUSY' || performance.now() > giveUp) throw this.#explained(error);
      }
      await delay(BUSY_MS);
    }
  }

  /** @param of the column or columns, which own the cached statements */
  #reading(of: Column<unknown> | Columns, columns: Columns, rest: string): Statement {
    let kept = this.#reads.get(of);
    if (kept === undefined) {
      kept = new Map();
      this.#reads.set(of, kept);
    }
    let statement = kept.get(rest);
    if (statement === undefined) {
      const sql = `select ${columns.map((column) => column.sql).join(', ')} ${rest}`;
      statement = this.#statements.get(sql) ?? this.#statement(sql).raw();
      kept.set(rest, statement);
    }
    return statement;
  }

  #statement(sql: string): Statement {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#db.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  #guarded<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      throw this.#explained(error);
    }
  }

  #explained(error: unknown): unknown {
    if (error instanceof Damage) return this.#unusable(error.message, 'SQLITE_CORRUPT');
    const cause = causeOf(error);
    return cause === undefined ? error : this.#unusable(codeOf(error) ?? cause, cause);
  }

  #unusable(what: string, cause: Cause): IndexUnavailableError {
    return new IndexUnavailableError(`The index ${this.path} cannot be used (${what}). ${HINTS[cause]}`, {
      mayPass: MAY_PASS.includes(cause),
      isDamaged: cause === 'SQLITE_CORRUPT' || cause === 'SQLITE_NOTADB',
      engineCode: cause,
    });
  }
}

function read(columns: Columns, row: unknown[]): unknown[] {
  let at = 0;
  for (const column of columns) {
    row[at] = column.read(row[at]);
    at++;
  }
  return row;
}

/**
 * Runs `work`. Throws `Damage` if a column refuses a null although no value is null (NaN counts as one in SQLite): then
 * the null is in the file.
 */
function noticingNull<Result>(values: readonly Value[], work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (rawCodeOf(error) === NOT_NULL && values.every((value) => value !== null && !Number.isNaN(value)))
      throw new Damage('a value is missing');
    throw error;
  }
}

function causeOf(error: unknown): Cause | undefined {
  if (!(error instanceof Error)) return undefined;
  if (/unable to open|ConnectionFailed/i.test(error.message)) return 'SQLITE_CANTOPEN';
  // Our statements are correct, so a missing table or column means damage.
  if (SCHEMA_DAMAGE.test(error.message)) return 'SQLITE_CORRUPT';
  const raw = rawCodeOf(error);
  if (raw === undefined) return undefined;
  // We insert rows only where there are none. An existing row was not written by us, or its index does not show it.
  if ((raw & 0xff) === CONSTRAINT && raw !== NOT_NULL) return 'SQLITE_CORRUPT';
  return CAUSES.find((cause) => (raw & 0xff) === CODES[cause]);
}

function rawCodeOf(error: unknown): number | undefined {
  const raw: unknown = error instanceof Error ? Reflect.get(error, 'rawCode') : undefined;
  return typeof raw === 'number' ? raw : undefined;
}

function codeOf(error: unknown): string | undefined {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  return typeof code === 'string' && code.startsWith('SQLITE_') ? code : undefined;
}

const tails = new Map<string, Promise<unknown>>();

/**
 * Runs `work` after all earlier work on the same path. Otherwise two connections of one process would wait for each
 * other's write transaction inside SQLite, which blocks the whole process.
 */
function exclusively<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  const before = tails.get(path) ?? Promise.resolve();
  const mine = before.then(work, work);
  const tail = mine.catch(() => undefined);
  tails.set(path, tail);
  void tail.then(() => {
    if (tails.get(path) === tail) tails.delete(path);
  });
  return mine;
}
