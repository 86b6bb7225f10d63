import type { TableReason } from '../access/tables.ts';
import type { TableReading } from '../index/port.ts';
import type { QueryOutcome } from '../salesforce/batch.ts';
import type { Salesforce } from '../salesforce/client.ts';
import { LostAccessError } from '../salesforce/errors.ts';
import type { SalesforceRecord } from '../salesforce/page.ts';
import { isUnchanged, type Probe } from './readings.ts';
import type { Selection } from './selection.ts';
import type { TableSizes } from './whole-tables.ts';

/** What reading the tables depends on. */
export interface TablesInput {
  readonly salesforce: Salesforce;
  readonly selection: Selection;
  readonly sizes: TableSizes;
  /** The columns were described in an earlier run: one that a query names may be gone. */
  readonly mayBeOutdated: boolean;
  readonly signal: AbortSignal;
}

/** A query names a column or a table that is gone since it was described in an earlier run. */
export class OutdatedDescribes extends Error {
  override name = 'OutdatedDescribes';
}

type Answer =
  | { readonly records: readonly SalesforceRecord[]; readonly totalSize: number }
  | { readonly records: null; readonly reason: TableReason };

/**
 * A table's rows, or why they cannot be read.
 *
 * @throws OutdatedDescribes
 */
export function answerOf(answer: QueryOutcome | undefined, { mayBeOutdated }: TablesInput): Answer {
  if (answer === undefined) throw new Error('the query of a table was not answered');
  if (answer.ok) return answer;
  const { error } = answer;
  // What passes must not look like a lost right: it would close the search for everybody.
  if (error.retry !== 'give-up') throw error;
  if (mayBeOutdated && error instanceof LostAccessError) throw new OutdatedDescribes(error.message);
  return { records: null, reason: { kind: 'org_error', errorCode: error.errorCode, message: error.message } };
}

/** Whether the reading stands for what the org has now. */
export function stands(reading: TableReading, probe: Probe | null | undefined, since: number): boolean {
  return probe != null && isUnchanged(reading, probe, since);
}
