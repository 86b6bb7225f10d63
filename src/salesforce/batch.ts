import { isBareCount } from '../soql/bare-count.ts';
import { type AnswerOptions, answersTo, Refused, type Subrequest } from './composite.ts';
import { describePath, type ObjectDescription, readDescription } from './describe.ts';
import { type SalesforceError, TransientError } from './errors.ts';
import { type ResultPage, readPage, type SalesforceRecord } from './page.ts';
import { type QuerySettings, queryHeaders, queryPath, readPages } from './query.ts';
import type { Session } from './session.ts';

export interface BatchQuery {
  readonly soql: string;
  /** `queryAll`: deleted and merged rows too. */
  readonly all?: boolean;
  /** See `ReadOptions.allowFewer`. */
  readonly allowFewer?: boolean;
}

/** `unanswered: 'refused'`: a query that gets no answer in all tries is an outcome too, and the others go on. */
export type BatchOptions = AnswerOptions;

/**
 * All rows of one query, or why this org does not answer it: `LostAccessError`, `RejectedQueryError`, or a
 * `TransientError` whose remedy is `smaller-range` or `fewer-fields`. Everything else is thrown, if not asked otherwise.
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

/** One call, and what it takes until all of it is answered. */
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

/** Null: the org has no such object, or hides it. */
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

/** Runs queries and describes, up to 25 a call and 5 queries among them; what a query has more follows page by page. */
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
