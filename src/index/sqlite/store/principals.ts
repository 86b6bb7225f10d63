import type { Database } from '../file/database.ts';
import { Damage, rowNumberIn, text } from '../file/stored.ts';

const NAME = text('name');

/** Numbers for principals. Each is assigned once and never changes. */
export class Principals {
  readonly #db: Database;
  readonly #known = new Map<string, number>();

  constructor(db: Database) {
    this.#db = db;
    // A rollback removes the numbers that the transaction assigned from the file.
    db.onRollback(() => this.#known.clear());
  }

  /** Returns the principals' numbers, ascending. Call it in a write transaction. */
  numbersOf(names: readonly string[]): number[] {
    return names.map((name) => this.#numberOf(name)).sort((one, other) => one - other);
  }

  #numberOf(name: string): number {
    const known = this.#known.get(name) ?? findPrincipalNumber(this.#db, name);
    if (known !== null) {
      this.#known.set(name, known);
      return known;
    }
    this.#db.run('insert into principal (name) values (?)', name);
    return this.#numberOf(name);
  }
}

/** Looks up the number of a principal. Null: no document and no member has ever named it. */
export function findPrincipalNumber(db: Database, name: string): number | null {
  return db.value(rowNumberIn('pid'), 'from principal where name = ?', name) ?? null;
}

/** Looks up the names of principals. */
export function principalNames(db: Database, principalNumbers: readonly number[]): string[] {
  return principalNumbers.map((principalNumber) => {
    const name = db.value(NAME, 'from principal where pid = ?', BigInt(principalNumber));
    if (name === undefined) throw new Damage('a principal number was never assigned');
    return name;
  });
}

/** Packs numbers for a member's row: 32-bit integers, little-endian. */
export function packed(principalNumbers: readonly number[]): Buffer {
  const bytes = Buffer.alloc(principalNumbers.length * 4);
  for (const [at, principalNumber] of principalNumbers.entries()) bytes.writeInt32LE(principalNumber, at * 4);
  return bytes;
}

/** Unpacks a member's numbers. Throws `Damage` for bytes that no member's row has. */
export function unpacked(db: Database, bytes: Buffer): Int32Array {
  if (bytes.length % 4 !== 0) throw new Damage('principal numbers are truncated');
  // A view must begin at a multiple of four. A copy does.
  const principalNumbers = new Int32Array(Uint8Array.from(bytes).buffer);
  const last = db.value(rowNumberIn('pid'), 'from principal order by pid desc limit 1') ?? 0;
  checkAscending(principalNumbers);
  if ((principalNumbers.at(-1) ?? 0) > last) throw new Damage('a principal number was never assigned');
  return principalNumbers;
}

export const DISORDER = 'principal numbers are invalid or out of order';

/** Checks that numbers ascend. Throws `Damage`: most changes of a number put it out of order. */
export function checkAscending(principalNumbers: Iterable<number>): void {
  let before = 0;
  for (const principalNumber of principalNumbers) {
    if (principalNumber <= before) throw new Damage(DISORDER);
    before = principalNumber;
  }
}
