import type { Salesforce } from '../salesforce/client.ts';
import { IncompleteReadError, TransientError } from '../salesforce/errors.ts';
import type { SalesforceRecord } from '../salesforce/page.ts';
import type { QuerySizes } from './query-sizes.ts';

/** Rows in an order in which a query can go on after any one of them. */
export interface Keyset {
  /** What is read, for people: `share rows of Account`. */
  readonly what: string;
  /** The query for what follows a row (null: from the beginning), of so many rows (null: all). */
  readonly soql: (after: SalesforceRecord | null, limit: number | null) => string;
  /** How many rows are wanted; null: all. */
  readonly rows: number | null;
  /** Deleted and merged rows too. */
  readonly all?: boolean;
  /** See `ReadOptions.allowFewer`. */
  readonly allowFewer?: boolean;
}

export interface KeysetPage {
  readonly records: SalesforceRecord[];
  /** True for the last page. */
  readonly done: boolean;
}

/**
 * Reads a keyset's rows, page by page. Where the org takes too long, the rest is asked for in smaller queries; where it
 * has dropped the query's cursor, a new query goes on after the last row. A cursor that sent other than the rows that it
 * announced is an error: nobody knows which are missing.
 */
export async function* readKeyset(
  salesforce: Salesforce,
  { what, soql, rows, all = false, allowFewer = false }: Keyset,
  sizes: QuerySizes,
  signal: AbortSignal,
): AsyncGenerator<KeysetPage, void, undefined> {
  let after: SalesforceRecord | null = null;
  let left = rows;
  for (;;) {
    const size = smaller(left, sizes.of(what));
    let received = 0;
    let found = 0;
    try {
      for await (const page of salesforce.query(soql(after, size), { all, allowFewer, signal })) {
        found = page.totalSize;
        received += page.records.length;
        after = page.records.at(-1) ?? after;
        yield { records: page.records, done: page.done && isLast(size, found, left) };
      }
    } catch (error) {
      if (!(error instanceof TransientError) || error instanceof IncompleteReadError) throw error;
      if (error.remedy === 'same-request' || (error.remedy === 'same-range' && received === 0)) throw error;
      if (error.remedy === 'smaller-range') sizes.narrow(what, size);
      if (left !== null) left -= received;
      continue;
    }
    if (isLast(size, found, left)) return;
    if (received === 0) throw new IncompleteReadError(found, received);
    if (left !== null) left -= received;
  }
}

/** Fewer rows than asked for are the last; so are as many as are still wanted. */
function isLast(size: number | null, found: number, left: number | null): boolean {
  return size === null || found < size || found === left;
}

function smaller(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.min(a, b);
}
