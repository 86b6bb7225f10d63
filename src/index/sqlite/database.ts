import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import Libsql from 'libsql';
import { IndexUnavailableError } from '../errors.ts';
import { exclusively } from './exclusive.ts';

/** What SQLite takes and gives. No booleans: libsql ends the process on a bound one. */
export type Value = string | number | bigint | Buffer | null;

type Statement = ReturnType<Libsql.Database['prepare']>;

const BUSY_MS = 20;
const WAIT_FOR_WRITER_MS = 60_000;

const HINTS: Readonly<Record<string, string>> = {
  SQLITE_NOTADB: 'It is not an index. Name another path, or delete the file.',
  SQLITE_CORRUPT: 'It is damaged. Delete it: the next run builds a new one.',
  SQLITE_FULL: 'The disk is full. Make room; the run goes on from where it stood.',
  SQLITE_READONLY: 'It cannot be written. Give this user the right to write the file and its folder.',
  SQLITE_CANTOPEN: 'It cannot be opened. Give this user the right to read and write the file and its folder.',
  SQLITE_IOERR: 'The disk failed, or is full. See to it, and make room; the run goes on from where it stood.',
  SQLITE_PERM: 'Give this user the right to read and write the file.',
  SQLITE_BUSY: 'Another process holds it. Stop that process, or try again.',
};

/** What may be over at the next try. */
const MAY_PASS: readonly string[] = ['SQLITE_FULL', 'SQLITE_IOERR', 'SQLITE_BUSY'];

/** One open connection: statements prepared once, rows as arrays, engine errors as `IndexUnavailableError`. */
export class Database {
  readonly path: string;
  readonly #db: Libsql.Database;
  readonly #statements = new Map<string, Statement>();
  readonly #undo: (() => void)[] = [];
  #hasWritten = false;

  /** Opens the file, which must exist (libsql would make it). Throws `IndexUnavailableError`. */
  constructor(path: string) {
    // One file has one name, for the writers that wait for each other by it.
    this.path = resolve(path);
    this.#db = this.#guarded(() => new Libsql(path, { timeout: 5_000 }));
  }

  all<Row extends unknown[]>(sql: string, ...values: Value[]): Row[] {
    return this.#guarded(() => this.#rows(sql).all(values) as Row[]);
  }

  get<Row extends unknown[]>(sql: string, ...values: Value[]): Row | undefined {
    return this.#guarded(() => this.#rows(sql).get(values) as Row | undefined);
  }

  /** Returns the number of rows changed. */
  run(sql: string, ...values: Value[]): number {
    return this.#guarded(() => this.#statement(sql).run(values).changes);
  }

  exec(sql: string): void {
    this.#guarded(() => this.#db.exec(sql));
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
      } finally {
        this.exec('commit');
      }
    });
  }

  /** Everything `work` reads is of one moment. */
  reading<Result>(work: () => Result): Result {
    this.exec('begin');
    try {
      return work();
    } finally {
      this.exec('commit');
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
        if (this.#db.inTransaction) this.exec('rollback');
        for (const undo of this.#undo) undo();
        throw error;
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
    try {
      this.#db.exec('pragma shrink_memory');
      if (this.#hasWritten) this.#db.exec('pragma wal_checkpoint(truncate)');
    } catch {
      // What is committed is safe in the journal too.
    }
    this.#db.close();
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
        if (codeOf(error) !== 'SQLITE_BUSY' || performance.now() > giveUp) throw this.#explained(error);
      }
      await delay(BUSY_MS);
    }
  }

  #rows(sql: string): Statement {
    return this.#statements.get(sql) ?? this.#statement(sql).raw();
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
    const code = codeOf(error);
    const cause = Object.keys(HINTS).find((known) => code === known || code.startsWith(`${known}_`));
    if (cause === undefined) return error;
    const mayPass = MAY_PASS.includes(cause);
    return new IndexUnavailableError(`The index ${this.path} cannot be used (${code}). ${HINTS[cause]}`, { mayPass });
  }
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  if (/unable to open|ConnectionFailed/i.test(error.message)) return 'SQLITE_CANTOPEN';
  return 'code' in error && typeof error.code === 'string' ? error.code : '';
}
