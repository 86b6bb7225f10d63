import { sortedUnique } from '../lib/collections.ts';
import {
  COMPLIANT_SHARING,
  EVERY_ACCOUNT,
  onPersonAccount,
  openTo,
  ownerOnly,
  ownerOnlyWithAccount,
} from './markers.ts';
import type { AccountFacts, ContactSharing, RecordFacts, ShareRow } from './types.ts';

/**
 * RowCause of Financial Services' Compliant Data Sharing. Such a row reaches its user and nobody above. The
 * documentation leaves this open; this is the strict reading.
 */
const REACHES_NOBODY_ABOVE = 'CompliantDataSharing';

/** A principal on a document, and what grants it. `default` and `everyAccount` grant the markers. */
export interface Grant {
  readonly principal: string;
  readonly by:
    | { readonly kind: 'owner' | 'accountOwner'; readonly id: string }
    | { readonly kind: 'share' | 'accountShare'; readonly row: ShareRow }
    | { readonly kind: 'default' | 'everyAccount' };
}

/**
 * Returns the principals of a record's document, sorted and unique:
 * - user ids (that user and everyone above)
 * - group ids
 * - owner-only users (`=005…`, and `@account=005…` on contacts with an account)
 * - markers
 *
 * A user who holds one of them, and has Read on the object, can read the record. They depend only on the record, its
 * share rows and its account, not on the role tree or the org-wide default. The exception is contacts, whose principals
 * under ControlledByParent differ from those under every other default.
 *
 * @param own the record's own share rows
 * @param account what is known of the record's account; null if it has none or nothing is known, which grants nothing
 * @param contacts the contact sharing that applies
 */
export function documentPrincipals(
  facts: RecordFacts,
  own: readonly ShareRow[],
  account: AccountFacts | null,
  contacts: ContactSharing,
): string[] {
  const grants = documentGrants(facts, own, account, contacts);
  const principals = grants.map(({ principal }) => principal);
  const isCompliant = grants.some(({ by }) => 'row' in by && by.row.cause === REACHES_NOBODY_ABOVE);
  if (isCompliant) principals.push(COMPLIANT_SHARING);
  return sortedUnique(principals);
}

/** Returns the same principals with what grants each: one entry per owner and per share row. */
export function documentGrants(
  facts: RecordFacts,
  own: readonly ShareRow[],
  account: AccountFacts | null,
  contacts: ContactSharing,
): Grant[] {
  if (facts.object === 'Contact') {
    // "Controlled by Parent": a contact without an account is private under every default.
    if (facts.accountId === null) return ownerGrants('owner', facts.ownerId, ownerOnly);
    if (contacts === 'controlled') return contactOfAccount(account, (principal) => principal);
    if (facts.isPersonAccount === true) return contactOfAccount(account, onPersonAccount);
    if (facts.isPersonAccount === 'unknown') return contactOfEitherKind(facts, own, account);
  }
  return sharedGrants(facts, own, account);
}

/** Returns the grants of a record that has its own sharing. */
function sharedGrants(facts: RecordFacts, own: readonly ShareRow[], account: AccountFacts | null): Grant[] {
  const grants = ownerGrants('owner', facts.ownerId, (owner) => owner);
  // A private opportunity is visible to its owner and those above. The default, share rows and the account do not
  // count.
  if (facts.object === 'Opportunity' && facts.isPrivate) return grants;
  grants.push({ principal: openTo(facts.object), by: { kind: 'default' } });
  const alone = facts.object === 'Contact' ? ownerOnlyWithAccount : ownerOnly;
  for (const row of own)
    if (row.opens.includes(facts.object)) grants.push({ principal: grantee(row, alone), by: { kind: 'share', row } });
  if (facts.accountId !== null && account !== null && facts.object !== 'Account')
    for (const row of account.shares)
      if (row.opens.includes(facts.object))
        grants.push({ principal: grantee(row, alone), by: { kind: 'accountShare', row } });
  return grants;
}

/**
 * Returns the grants of a contact that anyone who reads its account can read. Its owner and own rows do not count.
 * `form` turns a principal into the form it takes on the contact.
 */
function contactOfAccount(account: AccountFacts | null, form: (principal: string) => string): Grant[] {
  const grants: Grant[] = [{ principal: EVERY_ACCOUNT, by: { kind: 'everyAccount' } }];
  if (account === null) return grants;
  grants.push(...ownerGrants('accountOwner', account.ownerId, form));
  for (const row of account.shares)
    if (row.opens.includes('Account'))
      grants.push({ principal: form(grantee(row, ownerOnlyWithAccount)), by: { kind: 'accountShare', row } });
  return grants;
}

/**
 * Returns the grants of a contact that may or may not belong to a person account: those that apply in both cases, and
 * only for users who can read accounts. Open defaults are left out, because an org with person accounts cannot have one
 * for contacts with shares of their own.
 */
function contactOfEitherKind(facts: RecordFacts, own: readonly ShareRow[], account: AccountFacts | null): Grant[] {
  const shared = new Set(sharedGrants(facts, own, account).map(({ principal }) => onPersonAccount(principal)));
  return contactOfAccount(account, onPersonAccount).filter(({ principal }) => shared.has(principal));
}

function ownerGrants(kind: 'owner' | 'accountOwner', id: string | null, form: (principal: string) => string): Grant[] {
  return id === null ? [] : [{ principal: form(id), by: { kind, id } }];
}

function grantee(row: ShareRow, alone: (userId: string) => string): string {
  return row.cause === REACHES_NOBODY_ABOVE ? alone(row.grantee) : row.grantee;
}
