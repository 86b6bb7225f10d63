import type { SalesforceOptions } from './client.ts';

/**
 * Asks the org itself which records a user reads: for searches that want certainty. The client is loaded, and a token
 * got, with the first question; kept after.
 */
export function salesforceVerifier(
  org: Pick<SalesforceOptions, 'baseUrl' | 'credentials'>,
): (userId: string, recordIds: readonly string[]) => Promise<ReadonlyMap<string, boolean>> {
  let client: Promise<import('./client.ts').Salesforce> | null = null;
  return async (userId, recordIds) => {
    const { MOST_RECORDS, recordAccess } = await import('./record-access.ts');
    client ??= import('./client.ts').then(({ createSalesforce }) => createSalesforce(org));
    const questions = Array.from({ length: Math.ceil(recordIds.length / MOST_RECORDS) }, (_, at) => ({
      userId,
      recordIds: recordIds.slice(at * MOST_RECORDS, (at + 1) * MOST_RECORDS),
    }));
    const answers = await recordAccess(await client, questions);
    return new Map(answers.flatMap((answer) => [...answer]));
  };
}
