import { randomInt } from 'node:crypto';
import type { QueryResult } from '../org/types.ts';

/** The lifetime of Salesforce's cursors: two days. */
const LIFETIME_MS = 2 * 24 * 3_600_000;
/** Limits the memory for cursors that a client never reads to the end. Salesforce has no such limit since v56. */
const MOST_OPEN = 1000;
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

export interface Cursor {
  readonly result: QueryResult;
  readonly soql: string;
  readonly batchSize: number;
  readonly endsAt: number;
}

/** Open cursors by their locator. A cursor is a stable snapshot that can be read again, in any order. */
export class Locators {
  readonly #cursors = new Map<string, Cursor>();
  readonly #now: () => Date;

  constructor(now: () => Date) {
    this.#now = now;
  }

  /** Stores the result and returns its 18-character locator. */
  open(result: QueryResult, soql: string, batchSize: number): string {
    const now = this.#now().getTime();
    for (const [locator, cursor] of this.#cursors) if (cursor.endsAt <= now) this.#cursors.delete(locator);
    const [oldest] = this.#cursors.keys();
    if (this.#cursors.size >= MOST_OPEN && oldest !== undefined) this.#cursors.delete(oldest);
    const random = Array.from({ length: 15 }, () => LETTERS[randomInt(LETTERS.length)]).join('');
    this.#cursors.set(`0r8${random}`, { result, soql, batchSize, endsAt: now + LIFETIME_MS });
    return `0r8${random}`;
  }

  /** Removes every cursor. */
  forgetAll(): void {
    this.#cursors.clear();
  }

  find(locator: string): Cursor | null {
    const cursor = this.#cursors.get(locator);
    return cursor === undefined || cursor.endsAt <= this.#now().getTime() ? null : cursor;
  }
}
