import { performance } from 'node:perf_hooks';
import type { Salesforce } from '../salesforce/client.ts';
import { IncompleteReadError, type SalesforceError, TransientError } from '../salesforce/errors.ts';
import type { SalesforceRecord } from '../salesforce/page.ts';
import type { SoqlQuery } from '../soql/query.ts';
import { queryPages } from './query-pages.ts';
import type { QuerySizes } from './query-sizes.ts';

/** Rows in an order in which a query can continue after any of them. */
export interface Keyset {
  /** What is read, for people: `share rows of Account`. */
  readonly what: string;
  /**
   * Returns the query for the rows after a row (null: from the beginning), with a maximum number (null: all), up to a
   * bound from `cut` (null: to the end).
   */
  readonly soql: (after: SalesforceRecord | null, limit: number | null, upTo: string | null) => SoqlQuery;
  /** Number of rows wanted; null for all. */
  readonly rows: number | null;
  /** Includes deleted and merged rows. */
  readonly all?: boolean;
  /** See `ReadOptions.allowFewer`. */
  readonly allowFewer?: boolean;
  /** Number of queries after which the reading may end with a part of its range. If missing, there is no limit. */
  readonly mostQueries?: number;
  /** How to cut the range into parts; if missing, it cannot be cut. */
  readonly cut?: Cut;
  /** Returns whether a query can continue after the row. If missing, it can after any. */
  readonly isPlace?: (row: SalesforceRecord) => boolean;
  /**
   * Called if the query has too many fields for the org. Makes `soql` select fewer, or throws. If missing, it cannot.
   */
  readonly fewerFields?: (error: SalesforceError) => void;
}

/** How far a keyset has been read: the end of the last finished part, and the last row. Null for none. */
export interface Progress {
  readonly part: string | null;
  readonly after: SalesforceRecord | null;
}

/** Cuts a keyset's range, in its own unit. */
export interface Cut {
  /** Returns the width of the rest. */
  readonly width: (progress: Progress) => number;
  /** Returns the end of a part of that width; null if it reaches the end of the range. */
  readonly end: (progress: Progress, width: number) => string | null;
}

export interface KeysetPage {
  readonly records: SalesforceRecord[];
  /** True for the last page of all rows; false if `rows` ended the reading. */
  readonly done: boolean;
  /** The reading ends with the part that ends here. If missing, it continues, or `rows` or `done` ends it. */
  readonly endsAt?: string;
}

export const BEGINNING: Progress = { part: null, after: null };

/**
 * Reads a keyset's rows, page by page. If the org takes too long, smaller queries read the rest: fewer rows, and less
 * of the range. If the org has dropped the cursor, a new query continues after the last row. If a query returns fewer
 * rows than wanted, there are no more.
 */
export async function* readKeyset(
  salesforce: Salesforce,
  keyset: Keyset,
  sizes: QuerySizes,
  signal: AbortSignal,
): AsyncGenerator<KeysetPage, void, undefined> {
  const { what, soql, rows, cut, mostQueries = Number.POSITIVE_INFINITY, isPlace = () => true } = keyset;
  let progress = BEGINNING;
  let left = rows;
  for (let queries = 1; ; queries++) {
    const before = progress;
    const size = smaller(left, sizes.of(what));
    const span = sizes.span(what);
    const upTo = cut === undefined || span === null ? null : cut.end(before, span);
    const asksForMost = upTo !== null || (size !== null && size === sizes.of(what));
    const started = performance.now();
    let found = 0;
    let received = 0;
    let firstPage: number | null = null;
    try {
      const query = { ...keyset, isPlace, soql: soql(before.after, size, upTo) };
      for await (const page of queryPages(salesforce, query, signal)) {
        if (firstPage === null && asksForMost) sizes.answered(what, performance.now() - started);
        firstPage ??= page.records.length;
        found = page.totalSize;
        received += page.records.length;
        const after = page.place === undefined ? (page.records.findLast(isPlace) ?? progress.after) : page.place;
        progress = { ...before, after: after ?? before.after };
        yield { records: page.records, done: page.done && upTo === null && isAll(found, size) };
      }
    } catch (error) {
      // The first page was passed on, and rows are missing from later ones.
      if (error instanceof IncompleteReadError && firstPage !== null) sizes.limitTo(what, firstPage);
      if (!goesOn(error, received)) throw error;
      if (error.remedy !== 'same-range') askForLess(keyset, sizes, error, { size, progress });
      if (left !== null) left -= received;
      continue;
    }
    if (left !== null) left -= received;
    if (left !== null && left <= 0) return;
    if (!isAll(found, size)) {
      if (received === 0) throw new IncompleteReadError(found, received);
    } else if (upTo === null) return;
    else if (queries >= mostQueries) {
      yield { records: [], done: false, endsAt: upTo };
      return;
    } else progress = { ...progress, part: upTo };
  }
}

/** Returns whether another query can read the rest. */
function goesOn(error: unknown, received: number): error is TransientError {
  if (!(error instanceof TransientError) || error instanceof IncompleteReadError) return false;
  return error.remedy !== 'same-request' && (error.remedy !== 'same-range' || received > 0);
}

/**
 * Makes a keyset's next query ask for less, as the org's error requires.
 *
 * @param asked what the failed query asked for; if missing, the whole keyset
 * @throws the given error if the next query cannot ask for less
 */
export function askForLess(
  keyset: Keyset,
  sizes: QuerySizes,
  error: SalesforceError,
  { size, progress }: { readonly size: number | null; readonly progress: Progress } = {
    size: keyset.rows,
    progress: BEGINNING,
  },
): void {
  const { what, cut, fewerFields } = keyset;
  const remedy = error instanceof TransientError ? error.remedy : null;
  if (remedy === 'fewer-fields' && fewerFields !== undefined) fewerFields(error);
  else if (remedy === 'smaller-range') {
    const width = cut?.width(progress) ?? null;
    sizes.narrow(what, size, error, smaller(width, width === null ? null : sizes.span(what)));
  } else throw error;
}

/** A query that returns fewer rows than its limit has returned all of them. */
function isAll(found: number, size: number | null): boolean {
  return size === null || found < size;
}

function smaller(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.min(a, b);
}
