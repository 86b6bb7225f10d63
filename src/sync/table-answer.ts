import type { TableReason } from '../facts/coverage-gaps.ts';
import type { TableReading } from '../index/port/membership.ts';
import type { QueryOutcome } from '../salesforce/batch.ts';
import type { Salesforce } from '../salesforce/client.ts';
import { LostAccessError } from '../salesforce/errors.ts';
import type { SalesforceRecord } from '../salesforce/page.ts';
import { isUnchanged, type Probe } from './readings.ts';
import type { ResolvedSchema } from './resolved-schema.ts';
import type { TableSizes } from './whole-tables.ts';

/** The inputs for reading the tables. */
export interface TablesInput {
  readonly salesforce: Salesforce;
  readonly schema: ResolvedSchema;
  readonly sizes: TableSizes;
  /** True if the columns were described in an earlier run, so that one in a query may be gone. */
  readonly mayBeOutdated: boolean;
  readonly signal: AbortSignal;
}

/** A query names a column or a table that has disappeared since it was described in an earlier run. */
export class OutdatedDescribes extends Error {
  override name = 'OutdatedDescribes';
}

type Answer =
  | { readonly records: readonly SalesforceRecord[]; readonly totalSize: number }
  | { readonly records: null; readonly reason: TableReason };

/**
 * Returns a table's rows, or why they cannot be read.
 *
 * @throws OutdatedDescribes
 */
export function answerOf(answer: QueryOutcome | undefined, { mayBeOutdated }: TablesInput): Answer {
  if (answer === undefined) throw new Error('the query of a table was not answered');
  if (answer.ok) return answer;
  const { error } = answer;
  // A temporary error must not look like a lost right, which would close the search for everyone.
  if (error.retry !== 'give-up') throw error;
  if (mayBeOutdated && error instanceof LostAccessError) throw new OutdatedDescribes(error.message);
  return { records: null, reason: { kind: 'org_error', errorCode: error.errorCode, message: error.message } };
}

/** Returns whether the reading still matches what the org has now. */
export function stands(reading: TableReading, probe: Probe | null | undefined, since: number): boolean {
  return probe != null && isUnchanged(reading, probe, since);
}
