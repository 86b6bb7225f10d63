import type { Salesforce, SalesforceOptions } from './client.ts';

/**
 * Returns a function that asks the org which records a user can read, for searches that need certainty. The first call
 * loads the client and gets a token; later calls reuse them.
 */
export function salesforceVerifier(
  org: Pick<SalesforceOptions, 'baseUrl' | 'credentials'>,
): (userId: string, recordIds: readonly string[]) => Promise<ReadonlyMap<string, boolean>> {
  let client: Promise<Salesforce> | null = null;
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
