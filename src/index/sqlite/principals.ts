import type { Database } from './database.ts';
import { Damage, rowNumber } from './stored.ts';

/** Numbers for principals, given on first sight and kept for ever. */
export class Principals {
  readonly #db: Database;
  readonly #known = new Map<string, number>();

  constructor(db: Database) {
    this.#db = db;
    // The numbers that a transaction gave are not in the file when it is rolled back.
    db.onRollback(() => this.#known.clear());
  }

  /** The principals' numbers, ascending. Inside a write transaction. */
  numbersOf(names: readonly string[]): number[] {
    return names.map((name) => this.#numberOf(name)).sort((one, other) => one - other);
  }

  #numberOf(name: string): number {
    const known = this.#known.get(name) ?? principalNumber(this.#db, name);
    if (known !== null) {
      this.#known.set(name, known);
      return known;
    }
    this.#db.run('insert into principal (name) values (?)', name);
    return this.#numberOf(name);
  }
}

/** The number of a principal; null where no document and no member has ever named it. */
export function principalNumber(db: Database, name: string): number | null {
  return db.value(rowNumber('pid'), 'from principal where name = ?', name) ?? null;
}

/** Numbers as they lie in a member's row: 32-bit integers, little-endian. */
export function packed(pids: readonly number[]): Buffer {
  const bytes = Buffer.alloc(pids.length * 4);
  for (const [at, pid] of pids.entries()) bytes.writeInt32LE(pid, at * 4);
  return bytes;
}

/** Throws `Damage` for what no member's row holds. */
export function unpacked(db: Database, bytes: Buffer): Int32Array {
  if (bytes.length % 4 !== 0) throw new Damage('numbers of principals are cut off');
  // A view must begin at a multiple of four: a copy does.
  const pids = new Int32Array(Uint8Array.from(bytes).buffer);
  const last = db.value(rowNumber('pid'), 'from principal order by pid desc limit 1') ?? 0;
  checkAscending(pids);
  if ((pids.at(-1) ?? 0) > last) throw new Damage('a number of a principal was never given');
  return pids;
}

export const DISORDER = 'numbers of principals are impossible, or out of order';

/** Throws `Damage`. Most changes of a number put it out of order. */
export function checkAscending(pids: Iterable<number>): void {
  let before = 0;
  for (const pid of pids) {
    if (pid <= before) throw new Damage(DISORDER);
    before = pid;
  }
}
