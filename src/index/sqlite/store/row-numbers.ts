import type { Database } from '../file/database.ts';
import { Damage, integer, optional, text } from '../file/stored.ts';

const ID = text('id');

/** Row numbers per second. If a number is taken, the next one is used, which may be in the next second. */
const PER_SECOND = 2 ** 20;
/** Higher row numbers would not be exact in JavaScript. */
const LAST_SECOND = 2 ** 33 - 2;

/**
 * Assigns documents their row numbers (`rid`): the second of `modified`, then a hash of the record id. FTS5 scans rows
 * only by number, and so finds the last modified first. The number, and with it the order of hits, depends only on what
 * every reader of the document sees. One exception: if two documents of one second have the same hash, one in a
 * million, one displaces the other.
 *
 * Made for one transaction.
 */
export class RowNumbers {
  readonly #db: Database;
  /** Numbers that this transaction assigned, and that are not in the file yet. */
  readonly #given = new Set<number>();

  constructor(db: Database) {
    this.#db = db;
  }

  /**
   * Returns a free row number for the document.
   *
   * @param modified milliseconds since 1970
   * @param held the current number of this id; null: none
   */
  numberFor(modified: number, id: string, held: number | null = null): number {
    let rowNumber = secondOf(modified) * PER_SECOND + (hashOf(id) % PER_SECOND);
    while (this.#isTaken(rowNumber, id, held)) rowNumber++;
    this.#given.add(rowNumber);
    return rowNumber;
  }

  /**
   * Reports whether a number is taken. Throws `Damage` if the document has this number although its id does not lead to
   * it: it would be stored twice.
   */
  #isTaken(rowNumber: number, id: string, held: number | null): boolean {
    if (this.#given.has(rowNumber)) return true;
    const holder = this.#db.value(ID, 'from doc where rid = ?', rowNumber);
    if (holder === id && rowNumber !== held) throw new Damage('a record is not found by its id');
    return holder !== undefined;
  }
}

/** The most seconds by which a displaced number may have moved. That many seconds would have to be full. */
const MOVED_ON = 16;

/**
 * Returns a range with the row numbers of all documents modified between the two times, in milliseconds, and few
 * others.
 */
export function rowsModified(
  from: number | null,
  before: number | null,
): { readonly from: number; readonly below: number } {
  return {
    from: from === null ? Number.MIN_SAFE_INTEGER : secondOf(from) * PER_SECOND,
    below:
      before === null
        ? Number.MAX_SAFE_INTEGER
        : Math.min((secondOf(before) + MOVED_ON) * PER_SECOND, Number.MAX_SAFE_INTEGER),
  };
}

/** Splits all row numbers into ranges of `size` documents: `after` < row number <= `upTo`. */
export function* rowRanges(db: Database, size: number): Generator<readonly [after: number, upTo: number]> {
  for (let after = -1; ; ) {
    const upTo = db.value(
      optional(integer('max(rid)')),
      'from (select rid from doc where rid > ? order by rid limit ?)',
      after,
      BigInt(size),
    );
    if (upTo === null || upTo === undefined) return;
    if (upTo <= after) throw new Damage('its rows are out of order');
    yield [after, upTo];
    after = upTo;
  }
}

/** Reports whether both times are in the same second, so that a document's row number remains. */
export function isSameSecond(modified: number, other: number): boolean {
  return secondOf(modified) === secondOf(other);
}

function secondOf(modified: number): number {
  return Math.min(Math.max(Math.floor(modified / 1_000), 0), LAST_SECOND);
}

/** Returns the 32-bit FNV-1a hash: the same on every machine. */
function hashOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < id.length; at++) hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193);
  return (hash ^ (hash >>> 20)) >>> 0;
}
