import type { QueryOutcome } from '../salesforce/batch.ts';
import type { Salesforce } from '../salesforce/client.ts';
import { type SoqlQuery, toSoql } from '../soql/query.ts';

/** Answers to counts, five to an API call. One that gets no answer, also by itself, stays without. */
export async function answersToCounts(
  salesforce: Salesforce,
  queries: readonly SoqlQuery[],
  options: { readonly signal?: AbortSignal } = {},
): Promise<readonly QueryOutcome[]> {
  return await salesforce.queryMany(queries.map(toSoql), { ...options, unanswered: 'refused' });
}

/** The number of a count that names it `n`; null where there is none. */
export function countIn(answer: QueryOutcome | undefined): number | null {
  const n = answer?.ok ? answer.records[0]?.n : null;
  return typeof n === 'number' ? n : null;
}
