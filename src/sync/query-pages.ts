import type { Salesforce } from '../salesforce/client.ts';
import { IncompleteReadError, TransientError } from '../salesforce/errors.ts';
import type { SalesforceRecord } from '../salesforce/page.ts';
import type { QueryPage } from '../salesforce/query.ts';
import { type SoqlQuery, toSoql } from '../soql/query.ts';
import { agreedReading, identityOf, isComplete, type Reading } from './agreed-rows.ts';

export interface OrderedQuery {
  readonly soql: SoqlQuery;
  /** Includes deleted and merged rows. */
  readonly all?: boolean;
  /** See `ReadOptions.allowFewer`. */
  readonly allowFewer?: boolean;
  /** Returns whether a query can continue after the row. */
  readonly isPlace: (row: SalesforceRecord) => boolean;
}

export interface OrderedPage extends QueryPage {
  /** The row after which to continue, instead of the page's last; null for the query's beginning. */
  readonly place?: SalesforceRecord | null;
}

/**
 * Yields the pages of a query. If rows are missing, repeats the query before yielding the last page. Only rows that
 * were deleted in the meantime may be missing, see `agreedReading`.
 */
export async function* queryPages(
  salesforce: Salesforce,
  query: OrderedQuery,
  signal: AbortSignal,
): AsyncGenerator<OrderedPage, void, undefined> {
  const ids = new Set<string>();
  let received = 0;
  for await (const page of pagesOf(salesforce, query, signal)) {
    received += page.records.length;
    for (const row of page.records) ids.add(identityOf(row));
    const reading = { ids, received, announced: page.totalSize };
    if (!page.done || query.allowFewer === true || isComplete(reading)) yield page;
    else yield { ...page, place: await placeAfter(salesforce, query, reading, signal) };
  }
}

/** A repeated reading, with the last row that was also in the first one and after which a query can continue. */
interface NextReading extends Reading {
  readonly place: SalesforceRecord | null;
}

/**
 * Returns where to continue after an incomplete reading: after the last row that both it and a trusted reading have.
 *
 * @throws IncompleteReadError if a trusted reading has a row that is missing from what was already passed on
 */
async function placeAfter(
  salesforce: Salesforce,
  query: OrderedQuery,
  first: Reading,
  signal: AbortSignal,
): Promise<SalesforceRecord | null> {
  const again = (): Promise<NextReading> => readAgain(salesforce, query, first, signal);
  const agreed = await agreedReading<NextReading>({ ...first, place: null }, again).catch((error: unknown) => {
    if (!(error instanceof TransientError) || error instanceof IncompleteReadError) throw error;
    // Another query would continue after rows that nothing confirms.
    throw error.remedy === 'same-request' ? error : new IncompleteReadError(first.announced, first.received);
  });
  const ids = [...agreed.ids];
  // After deletions, a query with a LIMIT reaches further. Rows beyond the first reading are read next.
  const { limit = null } = query.soql;
  const isCut = limit !== null && first.announced >= limit;
  const end = isCut ? ids.findLastIndex((id) => first.ids.has(id)) + 1 : ids.length;
  if (ids.slice(0, end).some((id) => !first.ids.has(id))) {
    throw new IncompleteReadError(first.announced, first.received);
  }
  return agreed.place;
}

async function readAgain(
  salesforce: Salesforce,
  query: OrderedQuery,
  first: Reading,
  signal: AbortSignal,
): Promise<NextReading> {
  const { isPlace } = query;
  const ids = new Set<string>();
  let received = 0;
  let announced = 0;
  let place: SalesforceRecord | null = null;
  for await (const page of pagesOf(salesforce, query, signal)) {
    received += page.records.length;
    announced = page.totalSize;
    for (const row of page.records) ids.add(identityOf(row));
    place = page.records.findLast((row) => first.ids.has(identityOf(row)) && isPlace(row)) ?? place;
  }
  return { ids, received, announced, place };
}

function pagesOf(
  salesforce: Salesforce,
  { soql, all = false }: OrderedQuery,
  signal: AbortSignal,
): AsyncGenerator<QueryPage, void, undefined> {
  return salesforce.query(toSoql(soql), { all, allowFewer: true, signal });
}
