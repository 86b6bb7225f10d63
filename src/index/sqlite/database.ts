import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import Libsql from 'libsql';
import { IndexUnavailableError } from '../errors.ts';
import { exclusively } from './exclusive.ts';
import { type Column, type Columns, Damage, integer, type RowOf } from './stored.ts';

/** What SQLite takes and gives. No booleans: libsql ends the process on a bound one. */
export type Value = string | number | bigint | Buffer | null;

type Statement = ReturnType<Libsql.Database['prepare']>;

const ONE = integer('1');
const COUNT = integer('count(*)');

const BUSY_MS = 20;
const WAIT_FOR_WRITER_MS = 60_000;

/** By SQLite's primary result codes, of which libsql names not all the extended ones. */
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
  SQLITE_NOTADB: 'It is not an index. Name another path, or delete the file.',
  SQLITE_CORRUPT: 'It is damaged. Delete it: the next run builds a new one.',
  SQLITE_FULL: 'The disk is full. Make room; the run goes on from where it stood.',
  SQLITE_READONLY:
    'It cannot be written, which searches need, too. Work as the user whose worker writes it, or give this user the right to write the file and its folder.',
  SQLITE_CANTOPEN:
    'It cannot be opened. Work as the user whose worker writes it, or give this user the right to read and write the file and its folder.',
  SQLITE_IOERR: 'The disk failed, or is full. See to it, and make room; the run goes on from where it stood.',
  SQLITE_PERM: 'Give this user the right to read and write the file.',
  SQLITE_BUSY: 'Another process holds it. Stop that process, or try again.',
};

/** What SQLite says where tables are not as `createSchema` makes them, under a code that a wrong statement has, too. */
const SCHEMA_DAMAGE =
  /^(?:no such (?:table|column|index|module)|table \w+ has (?:no column|\d+ columns)|invalid fts5 file format|vtable constructor failed|malformed|unrecognized (?:column )?option|reserved fts5 column|parse error in|no such tokenizer|error in tokenizer constructor|no such collation|duplicate column)/;

/** The result code where a constraint refuses a row, and the extended one of a null. */
const CONSTRAINT = 19;
const NOT_NULL = CONSTRAINT | (5 << 8);

/** What may be over at the next try. */
const MAY_PASS: readonly Cause[] = ['SQLITE_FULL', 'SQLITE_IOERR', 'SQLITE_BUSY'];

/** One open connection: statements prepared once, rows as arrays, engine errors and damage as `IndexUnavailableError`. */
export class Database {
  readonly path: string;
  readonly #db: Libsql.Database;
  readonly #statements = new Map<string, Statement>();
  /** Those that read, by their columns and what comes after: to build a statement's text takes as long as to run it. */
  #reads = new WeakMap<Column<unknown> | Columns, Map<string, Statement>>();
  readonly #undo: (() => void)[] = [];
  #hasWritten = false;

  /** Opens the file, which must exist (libsql would make it). Throws `IndexUnavailableError`. */
  constructor(path: string) {
    // One file has one name, for the writers that wait for each other by it.
    this.path = resolve(path);
    this.#db = this.#guarded(() => new Libsql(path, { timeout: 5_000 }));
  }

  /** @param rest the statement after its columns: `from …` */
  all<const Of extends Columns>(columns: Of, rest: string, ...values: Value[]): RowOf<Of>[] {
    return this.#guarded(() => {
      const rows = this.#reading(columns, columns, rest).all(values) as unknown[][];
      for (const row of rows) read(columns, row);
      return rows as RowOf<Of>[];
    });
  }

  /** The first row. */
  get<const Of extends Columns>(columns: Of, rest: string, ...values: Value[]): RowOf<Of> | undefined {
    return this.#guarded(() => {
      const row = this.#reading(columns, columns, rest).get(values) as unknown[] | undefined;
      return row && (read(columns, row) as RowOf<Of>);
    });
  }

  /** One column of all rows. */
  values<Read>(column: Column<Read>, rest: string, ...values: Value[]): Read[] {
    return this.#guarded(() => {
      const rows = this.#reading(column, [column], rest).all(values) as [unknown][];
      return rows.map(([value]) => column.read(value));
    });
  }

  /** One column of the first row. */
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

  /** Returns the number of rows changed. */
  run(sql: string, ...values: Value[]): number {
    return this.#guarded(() => noticingNull(values, () => this.#statement(sql).run(values).changes));
  }

  exec(sql: string): void {
    this.#guarded(() => noticingNull([], () => this.#db.exec(sql)));
  }

  /**
   * As `reading`, on a connection that writes too: after the write transactions that were asked for before. `work` may
   * give way to the event loop in between.
   */
  readingInTurn<Result>(work: () => Result | Promise<Result>): Promise<Result> {
    return exclusively(this.path, async () => {
      this.exec('begin');
      try {
        return await work();
      } catch (error) {
        throw this.#explained(error);
      } finally {
        this.#endReading();
      }
    });
  }

  /** Everything `work` reads is of one moment. */
  reading<Result>(work: () => Result): Result {
    this.exec('begin');
    try {
      return this.#guarded(work);
    } finally {
      this.#endReading();
    }
  }

  /**
   * One write transaction, after all that were asked for before it, of this process and of others. `work` may give way
   * to the event loop in between.
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

  /** `undo` is called after every write transaction that was rolled back, before the next one begins. */
  onRollback(undo: () => void): void {
    this.#undo.push(undo);
  }

  /**
   * libsql closes the file only when the garbage collector has found all statements. So a connection that wrote empties
   * the journal here, and whoever copies or replaces the file finds everything in it.
   */
  close(): void {
    if (!this.#db.open) return;
    this.#statements.clear();
    this.#reads = new WeakMap();
    try {
      this.#db.exec('pragma shrink_memory');
      if (this.#hasWritten) this.#db.exec('pragma wal_checkpoint(truncate)');
    } catch {
      // What is committed is safe in the journal too.
    }
    this.#db.close();
  }

  #endReading(): void {
    if (this.#isInTransaction()) this.exec('commit');
  }

  /** SQLite ends a transaction by itself where the disk fails. libsql ends the process where it is asked after `close`. */
  #isInTransaction(): boolean {
    return this.#db.open && this.#db.inTransaction;
  }

  async #beginImmediate(): Promise<void> {
    // A long busy timeout would stop the event loop, and with it the writer that is waited for.
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

  /** @param of the column or the columns, whose statements are kept as long as they are */
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

/** Where a column refuses a null and none was given (NaN is one to SQLite), it stands in the file: throws `Damage`. */
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
  // The statements are as good as the tables that they name.
  if (SCHEMA_DAMAGE.test(error.message)) return 'SQLITE_CORRUPT';
  const raw = rawCodeOf(error);
  if (raw === undefined) return undefined;
  // Rows are added where there is none: one that is there all the same was never written, or its index does not show it.
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
