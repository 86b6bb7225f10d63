import { isBareCount } from '../soql/query.ts';
import { answersTo, Refused, type Subrequest } from './composite.ts';
import { IncompleteReadError } from './errors.ts';
import { type ResultPage, readPage, type SalesforceRecord } from './page.ts';
import type { Asked } from './request-limits.ts';
import type { Session } from './session.ts';

export interface QueryPage {
  readonly records: SalesforceRecord[];
  /** Rows of the whole query, as announced at its beginning. */
  readonly totalSize: number;
  /** True for the last page. */
  readonly done: boolean;
}

export interface ReadOptions {
  readonly signal?: AbortSignal;
  /** Accepts fewer rows than announced: FieldPermissions and ObjectPermissions count rows that they hide. */
  readonly allowFewer?: boolean;
  /** Called for every page when it arrives, before the consumer gets it. */
  readonly onProgress?: (progress: { readonly received: number; readonly totalSize: number }) => void;
}

export interface QueryOptions extends ReadOptions {
  /** Includes deleted and merged rows, by `queryAll`. */
  readonly all?: boolean;
}

/** Settings for a query's URLs and headers. */
export interface QuerySettings {
  /** Example: `/services/data/v67.0`. */
  readonly root: string;
  /** Rows per page, 200 to 2000; null for the org's default. */
  readonly pageSize: number | null;
}

/**
 * URI and headers together are limited to 16,384 bytes (Salesforce Help 000386264, which also sends longer queries
 * through /composite). A JWT token alone takes up to 2,000 of them.
 */
const LONGEST_URI = 12_000;

/** Salesforce hides rows of FieldPermissions, perhaps a whole page, but not page after page forever. */
const MOST_EMPTY_PAGES = 100;

export function queryHeaders(settings: QuerySettings): Record<string, string> {
  return settings.pageSize === null ? {} : { 'Sforce-Query-Options': `batchSize=${settings.pageSize}` };
}

export function queryPath(settings: QuerySettings, soql: string, all: boolean): string {
  return `${settings.root}/${all ? 'queryAll' : 'query'}?q=${encodeURIComponent(soql)}`;
}

async function firstPage(
  session: Session,
  settings: QuerySettings,
  soql: string,
  all: boolean,
  signal: AbortSignal,
): Promise<ResultPage> {
  const path = queryPath(settings, soql, all);
  const headers = queryHeaders(settings);
  if (path.length <= LONGEST_URI) return await pageAt(session, path, headers, signal);
  const subrequest: Subrequest<ResultPage> = { path, headers, isQuery: true, read: readPage };
  const answer = (await answersTo(session, settings.root, [subrequest], { signal })).get(subrequest);
  if (answer instanceof Refused) throw answer.error;
  if (answer === undefined) throw new Error('a query has no answer');
  return answer;
}

function pageAt(
  session: Session,
  path: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<ResultPage> {
  const asked = (): Asked => ({ what: 'query', queries: [path] });
  return session.request({ method: 'GET', path, headers, asked, signal, read: readPage });
}

/**
 * Reads a result to its end, one page ahead of its consumer. Throws `IncompleteReadError` instead of the last page if
 * the rows do not add up to `totalSize`.
 */
export async function* readPages(
  session: Session,
  settings: QuerySettings,
  first: (signal: AbortSignal) => Promise<ResultPage>,
  options: ReadOptions & { readonly countsOnly?: boolean },
): AsyncGenerator<QueryPage, void, undefined> {
  const stop = new AbortController();
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([options.signal, stop.signal]);
  const headers = queryHeaders(settings);
  let pending: Promise<ResultPage> | null = first(signal);
  let totalSize: number | null = null;
  let received = 0;
  let last: string | null = null;
  let emptyPages = 0;
  try {
    while (pending !== null) {
      const page: ResultPage = await pending;
      totalSize ??= page.totalSize;
      received += page.records.length;
      const ended = page.next === null;
      const wrong = received > totalSize || (ended && received < totalSize && options.allowFewer !== true);
      if ((wrong && options.countsOnly !== true) || (page.next !== null && page.next === last)) {
        throw new IncompleteReadError(totalSize, received);
      }
      if (options.countsOnly === true && !ended) throw new IncompleteReadError(totalSize, received, 'continued');
      emptyPages = page.records.length === 0 ? emptyPages + 1 : 0;
      if (emptyPages > MOST_EMPTY_PAGES) {
        throw new IncompleteReadError(totalSize, received, `then sent ${MOST_EMPTY_PAGES} pages without rows`);
      }
      last = page.next;
      const path = page.next;
      pending = path === null ? null : pageAt(session, path, headers, signal);
      // The consumer may leave before it reaches this page.
      pending?.catch(() => {});
      options.onProgress?.({ received, totalSize });
      yield { records: page.records, totalSize, done: ended };
    }
  } finally {
    stop.abort();
  }
}

export function query(
  session: Session,
  settings: QuerySettings,
  soql: string,
  options: QueryOptions,
): AsyncGenerator<QueryPage, void, undefined> {
  const first = (signal: AbortSignal): Promise<ResultPage> =>
    firstPage(session, settings, soql, options.all ?? false, signal);
  return readPages(session, settings, first, { ...options, countsOnly: isBareCount(soql) });
}
