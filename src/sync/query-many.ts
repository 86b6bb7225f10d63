import type { BatchQuery, QueryOutcome } from '../salesforce/batch.ts';
import type { Salesforce } from '../salesforce/client.ts';
import { TransientError } from '../salesforce/errors.ts';

/**
 * All rows of each query, five queries a call. They share the call's time limit: where the org does not come to its end
 * with them, each is asked alone.
 */
export async function queryMany(
  salesforce: Salesforce,
  queries: readonly BatchQuery[],
  signal?: AbortSignal,
): Promise<QueryOutcome[]> {
  const options = signal === undefined ? {} : { signal };
  try {
    return [...(await salesforce.queryMany(queries, options))];
  } catch (error) {
    if (!(error instanceof TransientError) || queries.length === 1) throw error;
  }
  const outcomes: QueryOutcome[] = [];
  for (const query of queries) outcomes.push(...(await salesforce.queryMany([query], options)));
  return outcomes;
}
