import { quotedId, quotedIds } from '../soql/literals.ts';
import { compared, isIn, type SoqlQuery, toSoql } from '../soql/query.ts';
import type { Salesforce } from './client.ts';

/** Maximum number of records in one UserRecordAccess query (source: object reference, UserRecordAccess). */
export const MOST_RECORDS = 200;

/** One user and at most 200 records. */
export interface AccessQuestion {
  readonly userId: string;
  readonly recordIds: readonly string[];
}

/**
 * Asks UserRecordAccess which of the records each user can read, five questions per API call. A record that the
 * integration user cannot read, or that is gone, is missing from the answer, which does not mean no.
 */
export async function recordAccess(
  salesforce: Salesforce,
  questions: readonly AccessQuestion[],
  options: { readonly signal?: AbortSignal } = {},
): Promise<ReadonlyMap<string, boolean>[]> {
  const outcomes = await salesforce.queryMany(questions.map(accessQuery).map(toSoql), options);
  return outcomes.map((outcome) => {
    if (!outcome.ok) throw outcome.error;
    return new Map(outcome.records.map(({ RecordId, HasReadAccess }) => [String(RecordId), HasReadAccess === true]));
  });
}

function accessQuery({ userId, recordIds }: AccessQuestion): SoqlQuery {
  if (recordIds.length > MOST_RECORDS) throw new RangeError(`${recordIds.length} records; at most ${MOST_RECORDS}`);
  return {
    select: ['RecordId', 'HasReadAccess'],
    from: 'UserRecordAccess',
    where: [compared('UserId', '=', quotedId(userId)), isIn('RecordId', quotedIds(recordIds))],
  };
}
