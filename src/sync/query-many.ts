import type { BatchOptions, BatchQuery, QueryOutcome } from '../salesforce/batch.ts';
import type { Salesforce } from '../salesforce/client.ts';
import { IncompleteReadError } from '../salesforce/errors.ts';
import { type SoqlQuery, toSoql } from '../soql/query.ts';
import { agreedReading, isComplete, type Reading, readingOf } from './agreed-rows.ts';

export interface ReadQuery extends Omit<BatchQuery, 'soql'> {
  readonly soql: SoqlQuery;
}

/**
 * Returns all rows of each query, five queries per call. Repeats a query that returned fewer rows than it announced,
 * see `agreedReading`.
 */
export async function queryMany(
  salesforce: Salesforce,
  queries: readonly ReadQuery[],
  signal?: AbortSignal,
  given: BatchOptions = {},
): Promise<QueryOutcome[]> {
  const options = signal === undefined ? given : { ...given, signal };
  const asked = queries.map(withFewer);
  const outcomes = [...(await salesforce.queryMany(asked, options))];
  for (const [at, query] of queries.entries()) {
    const outcome = outcomes[at];
    if (outcome === undefined || query.allowFewer === true || !lacksRows(outcome)) continue;
    outcomes[at] = await agreedOutcome(salesforce, query, outcome, signal);
  }
  return outcomes;
}

type Answered = QueryOutcome & { readonly ok: true };

function lacksRows(outcome: QueryOutcome): outcome is Answered {
  return outcome.ok && outcome.records.length < outcome.totalSize;
}

async function agreedOutcome(
  salesforce: Salesforce,
  query: ReadQuery,
  first: Answered,
  signal?: AbortSignal,
): Promise<QueryOutcome> {
  const readingWith = (outcome: Answered): Reading & { readonly outcome: Answered } => ({
    ...readingOf(outcome.records, outcome.totalSize),
    outcome,
  });
  const agreed = await agreedReading(readingWith(first), async () => {
    const options = signal === undefined ? {} : { signal };
    const [outcome] = await salesforce.queryMany([withFewer(query)], options);
    if (outcome?.ok) return readingWith(outcome);
    throw outcome?.error ?? new Error('a query was not answered');
  });
  // A result shorter than its LIMIT would be taken for complete.
  if (!isComplete(agreed) && agreed.announced === query.soql.limit) {
    throw new IncompleteReadError(agreed.announced, agreed.received);
  }
  return agreed.outcome;
}

/** Tells the client that fewer rows are not an error: they are handled here. */
function withFewer({ soql, ...options }: ReadQuery): BatchQuery {
  return { ...options, soql: toSoql(soql), allowFewer: true };
}
