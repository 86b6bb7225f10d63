import type Database from 'libsql';
import type { Stored } from '../org/values.ts';
import { type VirtualTable, valueAt, virtualTables } from './formula.ts';
import { both, firstWhere, type Numbers, others, range, sizeOf } from './intervals.ts';
import type { VirtualSettings } from './settings.ts';

const GONE = '"generated rows that are stored"';

/**
 * The generated rows of an org. A row is stored before it is changed, or read for a change. From then on it is like any
 * other row. The database records which rows are stored, so a rollback undoes that too.
 */
export class VirtualRows {
  readonly #db: Database.Database;
  readonly #tables: ReadonlyMap<string, VirtualTable>;
  readonly #gone: Database.Statement;

  constructor(db: Database.Database, settings: VirtualSettings) {
    this.#db = db;
    this.#tables = virtualTables(settings);
    db.exec(`CREATE TABLE ${GONE} (object TEXT, n INTEGER, PRIMARY KEY (object, n)) WITHOUT ROWID`);
    this.#gone = db.prepare(`SELECT 1 FROM ${GONE} WHERE object = ? AND n = ?`);
  }

  table(object: string): VirtualTable | undefined {
    return this.#tables.get(object);
  }

  /** Returns the number of the object's rows that are still generated. */
  count(object: string): number {
    const table = this.table(object);
    return table === undefined ? 0 : sizeOf(this.generated(object, range(0, table.size)));
  }

  /** Returns the numbers whose rows are still generated. */
  generated(object: string, numbers: Numbers): Numbers {
    const [first, last] = [numbers[0]?.[0] ?? 0, numbers.at(-1)?.[1] ?? 0];
    const found: unknown[] = this.#db
      .prepare(`SELECT n FROM ${GONE} WHERE object = ? AND n >= ? AND n < ? ORDER BY n`)
      .raw()
      .all([object, first, last]);
    if (found.length === 0) return numbers;
    const gone = found.map((row): [number, number] => {
      const n = Number((row as unknown[])[0]);
      return [n, n + 1];
    });
    return both(numbers, others(gone, last));
  }

  isGenerated(object: string, n: number): boolean {
    return this.#gone.get([object, n]) === undefined;
  }

  /** Returns the numbers of the generated rows with that value; none if the column doesn't rise. */
  numbersOf(object: string, column: string, value: Stored): Numbers {
    const table = this.table(object);
    const formula = table?.columns.get(column);
    if (table === undefined || formula?.kind !== 'rising' || value === null) return [];
    const from = firstWhere(table.size, (n) => formula.at(n) >= value);
    const to = firstWhere(table.size, (n) => formula.at(n) > value);
    return this.generated(object, range(from, to));
  }

  /** Records that the row is stored from now on. */
  leave(object: string, n: number): void {
    this.#db.prepare(`INSERT INTO ${GONE} VALUES (?, ?)`).run([object, n]);
  }

  /** Returns the row's values by column, without the columns that are always null. */
  values(object: string, n: number): Map<string, Stored> {
    const table = this.table(object);
    if (table === undefined) return new Map();
    return new Map([...table.columns.keys()].map((column) => [column, valueAt(table, column, n)]));
  }
}
