import { performance } from 'node:perf_hooks';
import type { Salesforce } from '../salesforce/client.ts';
import { IncompleteReadError, type SalesforceError, TransientError } from '../salesforce/errors.ts';
import type { SalesforceRecord } from '../salesforce/page.ts';
import type { SoqlQuery } from '../soql/query.ts';
import { queryPages } from './query-pages.ts';
import type { QuerySizes } from './query-sizes.ts';

/** Rows in an order in which a query can go on after any one of them. */
export interface Keyset {
  /** What is read, for people: `share rows of Account`. */
  readonly what: string;
  /**
   * The query for what follows a row (null: from the beginning), of so many rows (null: all), up to a bound that `cut`
   * gave (null: to the end).
   */
  readonly soql: (after: SalesforceRecord | null, limit: number | null, upTo: string | null) => SoqlQuery;
  /** How many rows are wanted; null: all. */
  readonly rows: number | null;
  /** Deleted and merged rows too. */
  readonly all?: boolean;
  /** See `ReadOptions.allowFewer`. */
  readonly allowFewer?: boolean;
  /** After so many queries the reading may end with a part of its range. Left out: it does not. */
  readonly mostQueries?: number;
  /** How its range is cut into parts; left out: it cannot be. */
  readonly cut?: Cut;
  /** Whether a query can go on after the row; left out: after any. */
  readonly isPlace?: (row: SalesforceRecord) => boolean;
  /** The org finds that the query has too many fields: has `soql` ask for fewer, or throws. Left out: it cannot. */
  readonly fewerFields?: (error: SalesforceError) => void;
}

/** How far a keyset is read: the end of the last part that is behind (null: none), and the last row (null: none). */
export interface Progress {
  readonly part: string | null;
  readonly after: SalesforceRecord | null;
}

/** Cuts a keyset's range, in a unit of its own. */
export interface Cut {
  /** How wide the rest is. */
  readonly width: (progress: Progress) => number;
  /** Where a part of that width ends; null: where the range does. */
  readonly end: (progress: Progress, width: number) => string | null;
}

export interface KeysetPage {
  readonly records: SalesforceRecord[];
  /** True for the last page of all that there is; where `rows` ends the reading, false. */
  readonly done: boolean;
  /** The reading ends with the part that ends here. Left out: it goes on, or `rows` or `done` ends it. */
  readonly endsAt?: string;
}

export const BEGINNING: Progress = { part: null, after: null };

/**
 * Reads a keyset's rows, page by page. Where the org takes too long, the rest is asked for in smaller queries, of fewer
 * rows and about less of the range; where it has dropped the query's cursor, a new query goes on after the last row.
 * Fewer rows than were wanted are all that there are.
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
      // Its first page was handed out, and rows are missing from later ones.
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

/** Whether another query can be asked for the rest. */
function goesOn(error: unknown, received: number): error is TransientError {
  if (!(error instanceof TransientError) || error instanceof IncompleteReadError) return false;
  return error.remedy !== 'same-request' && (error.remedy !== 'same-range' || received > 0);
}

/**
 * Has the next query of a keyset ask for less, as the org's refusal says.
 *
 * @param asked what was asked for; left out: all of the keyset
 * @throws the error that stands, where the next query cannot ask for less
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

/** Fewer rows than asked for are all that there are. */
function isAll(found: number, size: number | null): boolean {
  return size === null || found < size;
}

function smaller(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.min(a, b);
}
