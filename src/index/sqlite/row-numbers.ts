import type { Database } from './database.ts';
import { Damage, integer, optional, text } from './stored.ts';

const ID = text('id');

/** Row numbers of one second. A number that is taken goes to the next one, if need be of the next second. */
const PER_SECOND = 2 ** 20;
/** Row numbers above would not be whole numbers in JavaScript. */
const LAST_SECOND = 2 ** 33 - 2;

/**
 * Gives documents their row numbers (`rid`): the second of `modified`, then a hash of the record id. FTS5 walks rows by their
 * number only, and so finds the last modified first. The number, and with it the order of hits, comes from what every reader
 * of the document sees. Only where two documents of one second have the same hash, one in a million, does one move the other.
 *
 * Made for one transaction.
 */
export class RowNumbers {
  readonly #db: Database;
  /** Given in this transaction, and not yet in the file. */
  readonly #given = new Set<number>();

  constructor(db: Database) {
    this.#db = db;
  }

  /**
   * @param modified milliseconds since 1970
   * @param held the number that its id leads to now; null: to none
   */
  numberFor(modified: number, id: string, held: number | null = null): number {
    let rid = secondOf(modified) * PER_SECOND + (hashOf(id) % PER_SECOND);
    while (this.#isTaken(rid, id, held)) rid++;
    this.#given.add(rid);
    return rid;
  }

  /** Throws `Damage` where the document is there, and its id does not lead to it: it would be there twice. */
  #isTaken(rid: number, id: string, held: number | null): boolean {
    if (this.#given.has(rid)) return true;
    const holder = this.#db.value(ID, 'from doc where rid = ?', rid);
    if (holder === id && rid !== held) throw new Damage('a record is not found by its id');
    return holder !== undefined;
  }
}

/** Seconds by which a number that was taken may have moved on: so many would have to be full. */
const MOVED_ON = 16;

/** A range that has the row numbers of all documents modified from the one time to the other, in milliseconds, and few others. */
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

/** All row numbers, in ranges of `size` documents each: `after` < rid <= `upTo`. */
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

/** Whether documents of both times are in the same second, so that a document keeps its row number. */
export function isSameSecond(modified: number, other: number): boolean {
  return secondOf(modified) === secondOf(other);
}

function secondOf(modified: number): number {
  return Math.min(Math.max(Math.floor(modified / 1_000), 0), LAST_SECOND);
}

/** FNV-1a, 32 bits: the same on every machine. */
function hashOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < id.length; at++) hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193);
  return (hash ^ (hash >>> 20)) >>> 0;
}
