import type { Org, QueryResult, Visibility } from '../org/types.ts';
import type { Commits } from './change/commits.ts';
import { readChanges } from './change/request.ts';
import type { Faults } from './faults/faults.ts';
import { type Ahead, isAhead } from './faults/names.ts';
import type { Locators } from './locators.ts';
import { ApiError, type ApiRequest, methodNotAllowed, type Reply } from './reply.ts';
import type { RequestTime } from './request-time.ts';

const CONTINUATION = /^(0r8[A-Za-z0-9]{15})-(\d+)$/;
const SMALLEST_BATCH = 200;
const LARGEST_BATCH = 2000;

/** Runs a SOQL query as the Run-As user. */
export type RunQuery = (soql: string, all: boolean) => QueryResult;

export interface QueryResource {
  readonly org: Org;
  readonly visibility: Visibility;
  readonly run: RunQuery;
  readonly locators: Locators;
  readonly faults: Faults;
  readonly commits: Commits;
  readonly time: RequestTime;
}

/** Answers the first page of `/query?q=`, or of `/queryAll?q=` (`all`). */
export function answerQuery(resource: QueryResource, request: ApiRequest, version: string, all: boolean): Reply {
  if (request.method !== 'GET') throw methodNotAllowed(request.method, 'HEAD,GET');
  const soql = request.params.get('q');
  if (soql === null || soql.trim() === '') throw new ApiError(400, 'MALFORMED_QUERY', 'SOQL query is missing');
  const result = resource.run(soql, all);
  const batchSize = Math.min(askedBatchSize(request) ?? LARGEST_BATCH, resource.org.settings.pageSize);
  const count = pageRows(resource, request, { soql, result, offset: 0, batchSize });
  const isOnePage = result.columns.length === 0 || count >= result.totalSize;
  const records = result.page(0, count);
  resource.time.query(soql, result.object, records.length);
  const locator = isOnePage ? null : resource.locators.open(result, soql, batchSize);
  return page(result, records, count, locator, version);
}

/** Answers `/query/<locator>-<offset>` and `/queryAll/<locator>-<offset>`. Each continues cursors of both. */
export function answerContinuation(
  resource: QueryResource,
  request: ApiRequest,
  version: string,
  continuation: string,
): Reply {
  if (request.method !== 'GET') throw methodNotAllowed(request.method, 'HEAD,GET');
  const [, locator = '', offsetText = ''] = CONTINUATION.exec(continuation) ?? [];
  const cursor = resource.locators.find(locator);
  const offset = Number(offsetText);
  if (cursor === null || offset >= cursor.result.totalSize)
    throw new ApiError(400, 'INVALID_QUERY_LOCATOR', 'invalid query locator');
  const { soql, result } = cursor;
  const batchSize = Math.min(askedBatchSize(request) ?? cursor.batchSize, resource.org.settings.pageSize);
  const count = pageRows(resource, request, { soql, result, offset, batchSize });
  const records = result.page(offset, count);
  resource.time.continuation(result.object, records.length);
  return page(result, records, offset + count, locator, version);
}

/** The page to answer. */
interface AskedPage {
  readonly soql: string;
  readonly result: QueryResult;
  readonly offset: number;
  readonly batchSize: number;
}

/**
 * Returns the page's number of rows: as requested, or fewer if a fault says so. Throws if a fault refuses the query.
 */
function pageRows({ faults, commits }: QueryResource, { path }: ApiRequest, asked: AskedPage): number {
  const { soql, result, offset, batchSize } = asked;
  const fault = faults.takeQuery({ path, soql, continues: offset > 0, rows: result.rowsRead });
  if (fault === 'query-timeout')
    throw new ApiError(400, 'QUERY_TIMEOUT', 'Your query request was running for too long.');
  if (fault === 'short-pages') return Math.min(batchSize, Math.ceil((result.totalSize - offset) / 2));
  if (fault === null) return batchSize;
  if (!isAhead(fault)) throw new ApiError(fault.part.status, fault.part.errorCode, fault.part.message);
  loseAhead(commits, fault, result, offset);
  return batchSize;
}

/** Deletes or erases records of the next page before it is answered. */
function loseAhead(commits: Commits, fault: Ahead, result: QueryResult, offset: number): void {
  const [change, rows] = 'delete_ahead' in fault ? ['delete', fault.delete_ahead] : ['erase', fault.erase_ahead];
  const ids = result.page(offset, rows).map(idOf);
  commits.make(readChanges({ changes: ids.map((id) => ({ [change]: result.object, id })) }));
}

/** Returns a record's id, even if the query didn't select it. */
function idOf(record: unknown): string {
  const { attributes } = record as { readonly attributes: { readonly url: string } };
  return attributes.url.slice(attributes.url.lastIndexOf('/') + 1);
}

/** Whether the path continues a cursor. */
export function isContinuation(path: string): boolean {
  return CONTINUATION.test(path.slice(path.lastIndexOf('/') + 1));
}

/** Returns the SOQL of a query or continuation path; null for any other path. */
export function soqlOf(locators: Locators, path: string, params: URLSearchParams): string | null {
  if (/\/query(All)?\/?$/.test(path)) return params.get('q');
  const continuation = CONTINUATION.exec(path.slice(path.lastIndexOf('/') + 1));
  return continuation === null ? null : (locators.find(continuation[1] ?? '')?.soql ?? null);
}

/**
 * Builds a page. `next` is the next page's offset among the rows that the query found, so a row that is gone by then
 * shifts no other.
 */
function page(
  { totalSize }: QueryResult,
  records: readonly unknown[],
  next: number,
  locator: string | null,
  version: string,
): Reply {
  if (locator === null || next >= totalSize)
    return { status: 200, body: { totalSize, done: true, records }, rows: records.length };
  const nextRecordsUrl = `/services/data/${version}/query/${locator}-${next}`;
  return { status: 200, body: { totalSize, done: false, nextRecordsUrl, records }, rows: records.length };
}

/** Reads Sforce-Query-Options: batchSize=n. A value outside the limits is moved to the nearest one. */
function askedBatchSize(request: ApiRequest): number | null {
  const asked = /batchSize\s*=\s*(\d+)/i.exec(request.header('sforce-query-options') ?? '')?.[1];
  return asked === undefined ? null : Math.min(LARGEST_BATCH, Math.max(SMALLEST_BATCH, Number(asked)));
}
