import { randomInt } from 'node:crypto';
import type { QueryResult } from '../org/types.ts';

/** Salesforce keeps a cursor for two days. */
const LIFETIME_MS = 2 * 24 * 3_600_000;
/** A client that opens cursors without end must not take the memory; Salesforce has no such limit since v56. */
const MOST_OPEN = 1000;
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

export interface Cursor {
  readonly result: QueryResult;
  readonly soql: string;
  readonly batchSize: number;
  readonly endsAt: number;
}

/** Open cursors by their locator. A cursor is a stable snapshot; it can be read again, and out of order. */
export class Locators {
  readonly #cursors = new Map<string, Cursor>();
  readonly #now: () => Date;

  constructor(now: () => Date) {
    this.#now = now;
  }

  /** Keeps the result and returns its locator, 18 characters. */
  open(result: QueryResult, soql: string, batchSize: number): string {
    const now = this.#now().getTime();
    for (const [locator, cursor] of this.#cursors) if (cursor.endsAt <= now) this.#cursors.delete(locator);
    const [oldest] = this.#cursors.keys();
    if (this.#cursors.size >= MOST_OPEN && oldest !== undefined) this.#cursors.delete(oldest);
    const random = Array.from({ length: 15 }, () => LETTERS[randomInt(LETTERS.length)]).join('');
    this.#cursors.set(`0r8${random}`, { result, soql, batchSize, endsAt: now + LIFETIME_MS });
    return `0r8${random}`;
  }

  /** Ends every cursor. */
  forgetAll(): void {
    this.#cursors.clear();
  }

  find(locator: string): Cursor | null {
    const cursor = this.#cursors.get(locator);
    return cursor === undefined || cursor.endsAt <= this.#now().getTime() ? null : cursor;
  }
}
