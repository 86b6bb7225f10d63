import { heldFields } from '../index/held-fields.ts';
import type { IndexLocation } from '../index/location.ts';
import { indexedOrganization } from '../index/organization.ts';
import { IndexUnavailableError } from '../index/port/errors.ts';
import type { HeldFields } from '../index/port/state.ts';
import type { Finding } from './finding.ts';

/** Whether an existing index belongs to the organization that answers. */
export async function indexFindings(index: IndexLocation, organizationId: string): Promise<Finding[]> {
  const base = { test: 'index', step: null, status: 'failed', closes: null } as const;
  let indexed: string | null;
  try {
    indexed = await indexedOrganization(index);
  } catch (error) {
    if (!(error instanceof IndexUnavailableError)) throw error;
    return [{ ...base, found: error.message, remedy: null }];
  }
  if (indexed === null || indexed === organizationId) return [];
  return [
    {
      ...base,
      found: `the index belongs to organization ${indexed}, but ${organizationId} answers at base_url: every run fails`,
      remedy:
        'Correct base_url. If the new organization replaces the old one, run `salesforce-connector apply --replace-org`.',
    },
  ];
}

/** The fields in the index, if it exists and can be read. `indexFindings` reports problems with it. */
export async function fieldsHeld(index: IndexLocation): Promise<HeldFields | null> {
  try {
    return await heldFields(index);
  } catch (error) {
    if (!(error instanceof IndexUnavailableError)) throw error;
    return null;
  }
}
