import { orderOf } from '../../model/order.ts';
import type { Database } from '../file/database.ts';
import { Damage, integer, optional, rowNumberIn, text } from '../file/stored.ts';

const ID = text('id');
const ROW_NUMBER = rowNumberIn('rid');

/** The number of documents in a page of `livePages`. */
const PAGE = 500;

/**
 * Assigns documents their row numbers (`rid`), which are their places in the order of hits (`orderOf`). FTS5 scans rows
 * only by number, and so finds the last modified first. If a number is taken, the next one is used.
 *
 * Made for one transaction.
 */
export class RowNumbers {
  readonly #db: Database;
  /** Numbers that this transaction assigned, and that are not in the file yet. */
  readonly #given = new Set<number>();
  /** Numbers that no row of the file had when the transaction asked. Only this transaction can take them. */
  readonly #free = new Set<number>();

  constructor(db: Database) {
    this.#db = db;
  }

  /** Asks in one statement which of the numbers that these documents should have are free. */
  lookAhead(documents: readonly { readonly id: string; readonly modified: number }[]): void {
    const wanted = documents.map(({ id, modified }) => orderOf(modified, id));
    const taken = new Set(
      this.#db.values(ROW_NUMBER, 'from doc where rid in (select value from json_each(?))', JSON.stringify(wanted)),
    );
    for (const rowNumber of wanted) if (!taken.has(rowNumber)) this.#free.add(rowNumber);
  }

  /**
   * Returns a free row number for the document.
   *
   * @param modified milliseconds since 1970
   * @param held the current number of this id; null: none
   */
  numberFor(modified: number, id: string, held: number | null = null): number {
    let rowNumber = orderOf(modified, id);
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
    if (this.#free.has(rowNumber)) return false;
    const holder = this.#db.value(ID, 'from doc where rid = ?', rowNumber);
    if (holder === id && rowNumber !== held) throw new Damage('a record is not found by its id');
    return holder !== undefined;
  }
}

/** Splits all documents into ranges of `size`: `after` < did <= `upTo`. */
export function* documentRanges(db: Database, size: number): Generator<readonly [after: number, upTo: number]> {
  for (let after = -1; ; ) {
    const upTo = db.value(
      optional(integer('max(did)')),
      'from (select did from doc where did > ? order by did limit ?)',
      after,
      BigInt(size),
    );
    if (upTo === null || upTo === undefined) return;
    if (upTo <= after) throw new Damage('its rows are out of order');
    yield [after, upTo];
    after = upTo;
  }
}

/** Yields the ids of all live documents in pages, by row number. */
export function* livePages(db: Database): Generator<string[]> {
  for (let last = -1; ; ) {
    const page = db.all([ROW_NUMBER, ID], `from doc where live = 1 and rid > ? order by rid limit ${PAGE}`, last);
    yield page.map(([, id]) => id);
    const end = page.at(-1);
    if (end === undefined) return;
    if (end[0] <= last) throw new Damage('its rows are out of order');
    [last] = end;
  }
}
