import type { QueryOutcome } from '../salesforce/batch.ts';
import type { Salesforce } from '../salesforce/client.ts';
import { TransientError } from '../salesforce/errors.ts';

/**
 * Answers to counts, five to an API call. Five share a call and its time limit: where the org does not come to its end
 * with them, each is asked alone, and one that still gets no answer stays without.
 */
export async function answersToCounts(
  salesforce: Salesforce,
  queries: readonly string[],
  options: { readonly signal?: AbortSignal } = {},
): Promise<readonly QueryOutcome[]> {
  try {
    return await salesforce.queryMany(queries, options);
  } catch (error) {
    if (!(error instanceof TransientError)) throw error;
  }
  const answers: QueryOutcome[] = [];
  for (const soql of queries) {
    const [answer] = await salesforce.queryMany([soql], options).catch((error: unknown): QueryOutcome[] => {
      if (error instanceof TransientError) return [{ ok: false, error }];
      throw error;
    });
    if (answer !== undefined) answers.push(answer);
  }
  return answers;
}

/** The number of a count that names it `n`; null where there is none. */
export function countIn(answer: QueryOutcome | undefined): number | null {
  const n = answer?.ok ? answer.records[0]?.n : null;
  return typeof n === 'number' ? n : null;
}
