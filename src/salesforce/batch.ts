import { compositeCall, Refused, type Subrequest } from './composite.ts';
import { describePath, type ObjectDescription, readDescription } from './describe.ts';
import type { SalesforceError } from './errors.ts';
import { type ResultPage, readPage, type SalesforceRecord } from './page.ts';
import { isBareCount, type QuerySettings, queryHeaders, queryPath, readPages } from './query.ts';
import type { Session } from './session.ts';

export interface BatchQuery {
  readonly soql: string;
  /** `queryAll`: deleted and merged rows too. */
  readonly all?: boolean;
  /** See `ReadOptions.allowFewer`. */
  readonly allowFewer?: boolean;
}

/**
 * All rows of one query, or why this org does not answer it: `LostAccessError`, `RejectedQueryError`, or a
 * `TransientError` whose remedy is `smaller-range`. Everything else is thrown.
 */
export type QueryOutcome =
  | { readonly ok: true; readonly records: SalesforceRecord[]; readonly totalSize: number }
  | { readonly ok: false; readonly error: SalesforceError };

export interface BatchResult {
  /** In the order of the queries. */
  readonly queries: readonly QueryOutcome[];
  /** By the name that was asked for; null: the org has no such object, or hides it. */
  readonly describes: ReadonlyMap<string, ObjectDescription | null>;
}

/** Salesforce's limits of one /composite (REST API Developer Guide, "Composite"). */
const MOST_SUBREQUESTS = 25;
const MOST_QUERIES = 5;

interface Pack {
  readonly queries: readonly BatchQuery[];
  readonly describes: readonly string[];
}

/** Shares queries and describes out among as few calls as the limits allow. */
function pack(queries: readonly BatchQuery[], describes: readonly string[]): Pack[] {
  const packs: Pack[] = [];
  let query = 0;
  let describe = 0;
  while (query < queries.length || describe < describes.length) {
    const some = queries.slice(query, query + MOST_QUERIES);
    const rest = describes.slice(describe, describe + MOST_SUBREQUESTS - some.length);
    packs.push({ queries: some, describes: rest });
    query += some.length;
    describe += rest.length;
  }
  return packs;
}

const HIDDEN = new Set(['NOT_FOUND', 'INVALID_TYPE']);

function readDescribe(body: unknown): ObjectDescription | null {
  if (!(body instanceof Refused)) return readDescription(body);
  if (HIDDEN.has(body.error.errorCode ?? '')) return null;
  throw body.error;
}

interface PackReply {
  readonly pages: readonly (ResultPage | Refused)[];
  readonly descriptions: readonly (ObjectDescription | null)[];
}

async function call(session: Session, settings: QuerySettings, pack: Pack, signal?: AbortSignal): Promise<PackReply> {
  const headers = queryHeaders(settings);
  const subrequests: Subrequest[] = [
    ...pack.queries.map(({ soql, all }) => ({
      path: queryPath(settings, soql, all ?? false),
      headers,
      refused: 'value' as const,
    })),
    ...pack.describes.map((name) => ({
      path: describePath(settings.root, name),
      headers: {},
      refused: 'value' as const,
    })),
  ];
  const count = pack.queries.length;
  const read = (bodies: readonly unknown[]): PackReply => ({
    pages: bodies.slice(0, count).map((body) => (body instanceof Refused ? body : readPage(body))),
    descriptions: bodies.slice(count).map(readDescribe),
  });
  return await compositeCall(session, settings.root, subrequests, read, signal);
}

async function allRows(
  session: Session,
  settings: QuerySettings,
  query: BatchQuery,
  first: ResultPage,
  signal?: AbortSignal,
): Promise<QueryOutcome> {
  const records: SalesforceRecord[] = [];
  const options = {
    ...(signal === undefined ? {} : { signal }),
    allowFewer: query.allowFewer ?? false,
    countsOnly: isBareCount(query.soql),
  };
  for await (const page of readPages(session, settings, () => Promise.resolve(first), options)) {
    for (const record of page.records) records.push(record);
  }
  return { ok: true, records, totalSize: first.totalSize };
}

/** Runs queries and describes, up to 25 a call and 5 queries among them; what a query has more follows page by page. */
export async function compositeBatch(
  session: Session,
  settings: QuerySettings,
  queries: readonly BatchQuery[],
  describes: readonly string[],
  signal?: AbortSignal,
): Promise<BatchResult> {
  const outcomes: QueryOutcome[] = [];
  const described = new Map<string, ObjectDescription | null>();
  for (const part of pack(queries, [...new Set(describes)])) {
    const reply = await call(session, settings, part, signal);
    for (const [index, name] of part.describes.entries()) described.set(name, reply.descriptions[index] ?? null);
    for (const [index, query] of part.queries.entries()) {
      const page = reply.pages[index];
      if (page === undefined) throw new Error('a query of the batch has no page');
      outcomes.push(
        page instanceof Refused
          ? { ok: false, error: page.error }
          : await allRows(session, settings, query, page, signal),
      );
    }
  }
  return { queries: outcomes, describes: described };
}
