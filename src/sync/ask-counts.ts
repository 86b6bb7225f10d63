import type { QueryOutcome } from '../salesforce/batch.ts';
import type { Salesforce } from '../salesforce/client.ts';
import { type SoqlQuery, toSoql } from '../soql/query.ts';

/**
 * Runs count queries, five per API call. A query that gets no answer, even when sent alone, has an error as its
 * outcome.
 */
export async function answersToCounts(
  salesforce: Salesforce,
  queries: readonly SoqlQuery[],
  options: { readonly signal?: AbortSignal } = {},
): Promise<readonly QueryOutcome[]> {
  return await salesforce.queryMany(queries.map(toSoql), { ...options, unanswered: 'refused' });
}

/** Returns the count named `n`; null if there is none. */
export function countIn(answer: QueryOutcome | undefined): number | null {
  const n = answer?.ok ? answer.records[0]?.n : null;
  return typeof n === 'number' ? n : null;
}
