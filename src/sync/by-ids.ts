import type { QueryOutcome } from '../salesforce/batch.ts';
import type { Salesforce } from '../salesforce/client.ts';
import { type SalesforceError, TransientError } from '../salesforce/errors.ts';
import type { SoqlQuery } from '../soql/query.ts';
import { queryMany } from './query-many.ts';
import type { RawRecord } from './record.ts';

/** Some ids, and the rows that one query returned for them. */
export interface RowsOfIds {
  readonly ids: readonly string[];
  readonly rows: readonly RawRecord[];
}

/**
 * Reads the rows of many ids, `perQuery` to a query and five queries to a call. Halves a query that takes the org too
 * long.
 */
export async function rowsByIds(
  salesforce: Salesforce,
  ids: readonly string[],
  perQuery: number,
  soql: (ids: readonly string[]) => SoqlQuery,
  signal: AbortSignal,
): Promise<RowsOfIds[]> {
  const result: RowsOfIds[] = [];
  let open = chunked(ids, perQuery);
  while (open.length > 0) {
    const queries = open.map((some) => ({ soql: soql(some) }));
    const answers = await queryMany(salesforce, queries, signal);
    const slow: (readonly string[])[] = [];
    open.forEach((some, at) => {
      const answer = answers[at];
      if (isTooLarge(answer) && some.length > 1) slow.push(some);
      else result.push({ ids: some, rows: rowsOrThrow(answer) });
    });
    open = slow.flatMap((some) => chunked(some, Math.ceil(some.length / 2)));
  }
  return result;
}

/** Returns whether the org took too long for the query. */
export function isTooLarge(
  answer: QueryOutcome | undefined,
): answer is { readonly ok: false; readonly error: SalesforceError } {
  return answer?.ok === false && answer.error instanceof TransientError && answer.error.remedy === 'smaller-range';
}

/**
 * Returns the rows.
 *
 * @throws the error of the refused query
 */
export function rowsOrThrow(answer: QueryOutcome | undefined): readonly RawRecord[] {
  if (answer === undefined) throw new Error('a query of the pass was not answered');
  if (!answer.ok) throw answer.error;
  return answer.records;
}

function chunked<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, at) => items.slice(at * size, (at + 1) * size));
}
