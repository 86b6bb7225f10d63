import type { Org, QueryResult, Sight } from '../org/types.ts';
import type { Faults } from './faults/faults.ts';
import type { Locators } from './locators.ts';
import { ApiError, type ApiRequest, methodNotAllowed, type Reply } from './reply.ts';

const CONTINUATION = /^(0r8[A-Za-z0-9]{15})-(\d+)$/;
const SMALLEST_BATCH = 200;
const LARGEST_BATCH = 2000;

/** Runs a SOQL query as the Run-As user. */
export type RunQuery = (soql: string, all: boolean) => QueryResult;

export interface QueryResource {
  readonly org: Org;
  readonly sight: Sight;
  readonly run: RunQuery;
  readonly locators: Locators;
  readonly faults: Faults;
}

/** `/query?q=` and `/queryAll?q=` (`all`), first page. */
export function answerQuery(resource: QueryResource, request: ApiRequest, version: string, all: boolean): Reply {
  if (request.method !== 'GET') throw methodNotAllowed(request.method, 'HEAD,GET');
  const soql = request.params.get('q');
  if (soql === null || soql.trim() === '') throw new ApiError(400, 'MALFORMED_QUERY', 'SOQL query is missing');
  const result = resource.run(soql, all);
  const batchSize = Math.min(askedBatchSize(request) ?? LARGEST_BATCH, resource.org.settings.pageSize);
  const count = pageRows(resource, request, { soql, result, left: result.totalSize, batchSize });
  const isOnePage = result.columns.length === 0 || count >= result.totalSize;
  const locator = isOnePage ? null : resource.locators.open(result, soql, batchSize);
  return page(result, 0, count, locator, version);
}

/** `/query/<locator>-<offset>`, or `/queryAll/` with the same: either continues a `query` and a `queryAll` alike. */
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
  const count = pageRows(resource, request, { soql, result, left: result.totalSize - offset, batchSize });
  return page(result, offset, count, locator, version);
}

/** How many rows the page holds: what was asked for, or less where a fault says so. Throws QUERY_TIMEOUT where one does. */
function pageRows(
  { faults }: QueryResource,
  { path }: ApiRequest,
  asked: { readonly soql: string; readonly result: QueryResult; readonly left: number; readonly batchSize: number },
): number {
  const fault = faults.takeQuery({ path, soql: asked.soql, rows: asked.result.rowsRead });
  if (fault === 'query-timeout')
    throw new ApiError(400, 'QUERY_TIMEOUT', 'Your query request was running for too long.');
  return fault === 'short-pages' ? Math.min(asked.batchSize, Math.ceil(asked.left / 2)) : asked.batchSize;
}

/** Does the path continue a cursor? */
export function isContinuation(path: string): boolean {
  return CONTINUATION.test(path.slice(path.lastIndexOf('/') + 1));
}

/** The SOQL that a query or continuation path asks for; null for any other. */
export function soqlOf(locators: Locators, path: string, params: URLSearchParams): string | null {
  if (/\/query(All)?\/?$/.test(path)) return params.get('q');
  const continuation = CONTINUATION.exec(path.slice(path.lastIndexOf('/') + 1));
  return continuation === null ? null : (locators.find(continuation[1] ?? '')?.soql ?? null);
}

/** Offsets count what the query found, so that a row that is erased meanwhile shifts no other from its page. */
function page(result: QueryResult, offset: number, count: number, locator: string | null, version: string): Reply {
  const { totalSize } = result;
  const records = result.page(offset, count);
  const next = offset + count;
  if (locator === null || next >= totalSize)
    return { status: 200, body: { totalSize, done: true, records }, rows: records.length };
  const nextRecordsUrl = `/services/data/${version}/query/${locator}-${next}`;
  return { status: 200, body: { totalSize, done: false, nextRecordsUrl, records }, rows: records.length };
}

/** Sforce-Query-Options: batchSize=n; a value out of bounds is moved to the bound. */
function askedBatchSize(request: ApiRequest): number | null {
  const asked = /batchSize\s*=\s*(\d+)/i.exec(request.header('sforce-query-options') ?? '')?.[1];
  return asked === undefined ? null : Math.min(LARGEST_BATCH, Math.max(SMALLEST_BATCH, Number(asked)));
}
