import type { Salesforce } from '../salesforce/client.ts';
import { IncompleteReadError, TransientError } from '../salesforce/errors.ts';
import type { SalesforceRecord } from '../salesforce/page.ts';
import type { QueryPage } from '../salesforce/query.ts';
import { type SoqlQuery, toSoql } from '../soql/query.ts';
import { agreedReading, identityOf, isComplete, type Reading } from './agreed-rows.ts';

/** A query whose rows have an order of their own. */
export interface OrderedQuery {
  readonly soql: SoqlQuery;
  /** Deleted and merged rows too. */
  readonly all?: boolean;
  /** See `ReadOptions.allowFewer`. */
  readonly allowFewer?: boolean;
  /** Whether a query can go on after the row. */
  readonly isPlace: (row: SalesforceRecord) => boolean;
}

export interface OrderedPage extends QueryPage {
  /** Where to go on, in place of the last row of the page; null: where the query began. */
  readonly place?: SalesforceRecord | null;
}

/**
 * The pages of a query. Where rows are missing, the query is read again before its last page is handed out: only rows
 * that were deleted meanwhile may be missing, see `agreedReading`.
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

/** Reading again, with the last row that the first reading had too and after which a query can go on. */
interface NextReading extends Reading {
  readonly place: SalesforceRecord | null;
}

/**
 * Where to go on after a reading that lacks rows: after the last row that both it and a reading that can be believed have.
 *
 * @throws IncompleteReadError where a row is there that the reading should have had: it was handed out without it
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
    // Another query would go on after rows that nothing confirms.
    throw error.remedy === 'same-request' ? error : new IncompleteReadError(first.announced, first.received);
  });
  const ids = [...agreed.ids];
  // Once rows are gone, a query with a LIMIT reaches further: what is further is read next.
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
