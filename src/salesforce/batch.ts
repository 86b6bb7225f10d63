import { isBareCount } from '../soql/query.ts';
import { type AnswerOptions, answersTo, Refused, type Subrequest } from './composite.ts';
import { describePath, type ObjectDescription, readDescription } from './describe.ts';
import { type SalesforceError, TransientError } from './errors.ts';
import { type ResultPage, readPage, type SalesforceRecord } from './page.ts';
import { type QuerySettings, queryHeaders, queryPath, readPages } from './query.ts';
import type { Session } from './session.ts';

export interface BatchQuery {
  readonly soql: string;
  /** Includes deleted and merged rows, by `queryAll`. */
  readonly all?: boolean;
  /** See `ReadOptions.allowFewer`. */
  readonly allowFewer?: boolean;
}

/** With `unanswered: 'refused'`, a query that got no answer in any try is an outcome too, and the others continue. */
export type BatchOptions = AnswerOptions;

/**
 * All rows of one query, or why this org does not answer it: `LostAccessError`, `RejectedQueryError`, or a
 * `TransientError` with the remedy `smaller-range` or `fewer-fields`. Unless the options say otherwise, any other error
 * is thrown.
 */
export type QueryOutcome =
  | { readonly ok: true; readonly records: SalesforceRecord[]; readonly totalSize: number }
  | { readonly ok: false; readonly error: SalesforceError };

export interface BatchResult {
  /** In the order of the queries. */
  readonly queries: readonly QueryOutcome[];
  /** By requested name; null if the org has no such object or hides it. */
  readonly describes: ReadonlyMap<string, ObjectDescription | null>;
}

/** Salesforce's limits for one /composite request (REST API Developer Guide, "Composite"). */
const MOST_SUBREQUESTS = 25;
const MOST_QUERIES = 5;

interface Pack {
  readonly queries: readonly BatchQuery[];
  readonly describes: readonly string[];
}

/** Distributes queries and describes over as few calls as the limits allow. */
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

/** Sends one call, and as many more as it takes to answer all of it. */
async function answered(
  session: Session,
  settings: QuerySettings,
  { queries, describes }: Pack,
  options: BatchOptions,
): Promise<{
  readonly pages: readonly (ResultPage | Refused)[];
  readonly descriptions: readonly (ObjectDescription | null)[];
}> {
  const pageRequests = queries.map(
    ({ soql, all }): Subrequest<ResultPage> => ({
      path: queryPath(settings, soql, all ?? false),
      headers: queryHeaders(settings),
      isQuery: true,
      read: readPage,
    }),
  );
  const describeRequests = describes.map(
    (name): Subrequest<ObjectDescription> => ({
      path: describePath(settings.root, name),
      headers: {},
      isQuery: false,
      read: readDescription,
    }),
  );
  const subrequests: Subrequest<ResultPage | ObjectDescription>[] = [...pageRequests, ...describeRequests];
  const answers = await answersTo(session, settings.root, subrequests, options);
  return {
    pages: pageRequests.map((one) => answers.get(one) as ResultPage | Refused),
    descriptions: describeRequests.map((one) => described(answers.get(one) as ObjectDescription | Refused)),
  };
}

/** Returns null if the org has no such object or hides it. */
function described(answer: ObjectDescription | Refused): ObjectDescription | null {
  if (!(answer instanceof Refused)) return answer;
  if (HIDDEN.has(answer.error.errorCode ?? '')) return null;
  throw answer.error;
}

async function allRows(
  session: Session,
  settings: QuerySettings,
  query: BatchQuery,
  first: ResultPage,
  { signal, unanswered }: BatchOptions,
): Promise<QueryOutcome> {
  const records: SalesforceRecord[] = [];
  const options = {
    ...(signal === undefined ? {} : { signal }),
    allowFewer: query.allowFewer ?? false,
    countsOnly: isBareCount(query.soql),
  };
  try {
    for await (const page of readPages(session, settings, () => Promise.resolve(first), options)) {
      for (const record of page.records) records.push(record);
    }
  } catch (error) {
    if (unanswered === 'refused' && error instanceof TransientError) return { ok: false, error };
    throw error;
  }
  return { ok: true, records, totalSize: first.totalSize };
}

/**
 * Runs queries and describes, up to 25 per call, of which 5 can be queries. Further pages of a query are read one by
 * one.
 */
export async function compositeBatch(
  session: Session,
  settings: QuerySettings,
  queries: readonly BatchQuery[],
  describes: readonly string[],
  options: BatchOptions,
): Promise<BatchResult> {
  const outcomes: QueryOutcome[] = [];
  const all = new Map<string, ObjectDescription | null>();
  for (const part of pack(queries, [...new Set(describes)])) {
    const { pages, descriptions } = await answered(session, settings, part, options);
    for (const [index, name] of part.describes.entries()) all.set(name, descriptions[index] ?? null);
    for (const [index, query] of part.queries.entries()) {
      const page = pages[index];
      if (page === undefined) throw new Error('a query of the batch has no page');
      outcomes.push(
        page instanceof Refused
          ? { ok: false, error: page.error }
          : await allRows(session, settings, query, page, options),
      );
    }
  }
  return { queries: outcomes, describes: all };
}
