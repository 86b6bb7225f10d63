import type { UserClaim } from '../../config/serve.ts';
import type { UserReference } from '../../index/port/reader.ts';
import { recordId18 } from '../../lib/record-ids.ts';
import { type Caller, NAME_KINDS, PERMISSIONS } from './caller.ts';

/** Scopes that permit more than searches: `salesforce-connector:explain`. */
export const SCOPE = 'salesforce-connector:';

/** What an identity provider says, verified. */
export type Claims = Readonly<Record<string, unknown>>;

/** Returns the user whom the claim names. Null: nobody. A name never counts as one of another kind. */
export function userOf(claims: Claims, { claim, as }: UserClaim): UserReference | null {
  const value = claims[claim];
  if (typeof value !== 'string' || value === '') return null;
  if (as === 'salesforce') return salesforceUser(value);
  if (as === 'email' && claims.email_verified !== true) return null;
  return { kind: NAME_KINDS[as], name: value };
}

/**
 * Reads an identity URL, like `https://login.salesforce.com/id/00D…/005…`. It names the organization and the user; the
 * index checks both. Source: Salesforce Help, "Identity URLs".
 */
function salesforceUser(value: string): UserReference | null {
  const [, organization, user] = /^https:\/\/[^/?#]+\/id\/(00D\w+)\/(005\w+)$/.exec(value) ?? [];
  const organizationId = recordId18(organization ?? '');
  const name = recordId18(user ?? '');
  return organizationId === null || name === null ? null : { kind: 'id', name, organizationId };
}

/** Returns what the scopes permit: RFC 8693 writes them as a text, some providers as a list. */
export function permissionsOf({ scope, scp }: Claims): Caller['permissions'] {
  const scopes = [scope, scp].flatMap((each) =>
    typeof each === 'string' ? each.split(' ') : Array.isArray(each) ? each : [],
  );
  return PERMISSIONS.filter((permission) => scopes.includes(`${SCOPE}${permission}`));
}
