import type Database from 'libsql';
import type { Stored } from '../org/values.ts';
import { type VirtualTable, valueAt, virtualTables } from './formula.ts';
import { both, firstWhere, type Numbers, others, range, sizeOf } from './intervals.ts';
import type { VirtualSettings } from './settings.ts';

const GONE = '"generated rows that are stored"';

/**
 * The generated rows of an org. One that is to be changed, or looked at for a change, is stored first, and from then on is
 * a row like any other. Which ones are is in the database, so that a change that is taken back takes that back too.
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

  /** How many rows of the object are generated still. */
  count(object: string): number {
    const table = this.table(object);
    return table === undefined ? 0 : sizeOf(this.generated(object, range(0, table.size)));
  }

  /** Those of the numbers whose rows are generated still. */
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

  /** The numbers of the generated rows with that value; none where the column does not rise. */
  numbersOf(object: string, column: string, value: Stored): Numbers {
    const table = this.table(object);
    const formula = table?.columns.get(column);
    if (table === undefined || formula?.kind !== 'rising' || value === null) return [];
    const from = firstWhere(table.size, (n) => formula.at(n) >= value);
    const to = firstWhere(table.size, (n) => formula.at(n) > value);
    return this.generated(object, range(from, to));
  }

  /** From now on the row is stored. */
  leave(object: string, n: number): void {
    this.#db.prepare(`INSERT INTO ${GONE} VALUES (?, ?)`).run([object, n]);
  }

  /** The row's values that are not null, by column. */
  values(object: string, n: number): Map<string, Stored> {
    const table = this.table(object);
    if (table === undefined) return new Map();
    return new Map([...table.columns.keys()].map((column) => [column, valueAt(table, column, n)]));
  }
}
