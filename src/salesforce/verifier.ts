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
    const { recordAccess } = await import('./record-access.ts');
    client ??= import('./client.ts').then(({ createSalesforce }) => createSalesforce(org));
    const [answer] = await recordAccess(await client, [{ userId, recordIds }]);
    return answer ?? new Map();
  };
}
