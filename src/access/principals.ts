import { bare, bareWithAccount, COMPLIANT_SHARING, EVERY_ACCOUNT, ofPersonAccount, openTo } from './markers.ts';
import { sortedUnique } from './order.ts';
import type { AccountFacts, ContactDerivation, RecordFacts, ShareRow } from './types.ts';

/**
 * Financial Services' Compliant Data Sharing: such a row reaches its user and nobody above (a reading, for the
 * documentation leaves it open: the closed one).
 */
const REACHES_NOBODY_ABOVE = 'CompliantDataSharing';

/** A principal that a document carries, and what gives it. `default` and `everyAccount` stand for the markers. */
export interface Grant {
  readonly principal: string;
  readonly by:
    | { readonly kind: 'owner' | 'accountOwner'; readonly id: string }
    | { readonly kind: 'share' | 'accountShare'; readonly row: ShareRow }
    | { readonly kind: 'default' | 'everyAccount' };
}

/**
 * The principals that a record's document carries, sorted, each once: user ids (that user and those above), group ids,
 * bare users (`=005…`, and `@account=005…` on contacts with an account) and markers. Whoever holds one of them, and Read on the object, reads the record. They depend on
 * the record, its share rows and its account only, never on who is where, nor on the org-wide default: except that
 * contacts have one derivation under ControlledByParent and another under every other default.
 *
 * @param own the record's own share rows
 * @param account what is known of its account; null where there is none or nothing is known: closed
 * @param contacts the derivation that applies to contacts
 */
export function documentPrincipals(
  facts: RecordFacts,
  own: readonly ShareRow[],
  account: AccountFacts | null,
  contacts: ContactDerivation,
): string[] {
  const grants = documentGrants(facts, own, account, contacts);
  const principals = grants.map(({ principal }) => principal);
  const isCompliant = grants.some(({ by }) => 'row' in by && by.row.cause === REACHES_NOBODY_ABOVE);
  if (isCompliant) principals.push(COMPLIANT_SHARING);
  return sortedUnique(principals);
}

/** The same with what gives each of them, once for every owner and row that does. */
export function documentGrants(
  facts: RecordFacts,
  own: readonly ShareRow[],
  account: AccountFacts | null,
  contacts: ContactDerivation,
): Grant[] {
  if (facts.object === 'Contact') {
    // "Controlled by Parent": a contact without an account is private, whatever the default.
    if (facts.accountId === null) return ownerGrants('owner', facts.ownerId, bare);
    if (contacts === 'controlled') return contactOfAccount(account, (principal) => principal);
    if (facts.isPersonAccount === true) return contactOfAccount(account, ofPersonAccount);
    if (facts.isPersonAccount === 'unknown') return contactOfEitherKind(facts, own, account);
  }
  return sharedGrants(facts, own, account);
}

/** What reaches a record of its own sharing. */
function sharedGrants(facts: RecordFacts, own: readonly ShareRow[], account: AccountFacts | null): Grant[] {
  const grants = ownerGrants('owner', facts.ownerId, (owner) => owner);
  // A private opportunity is its owner's and theirs who stand above: no default, no share rows, not the account.
  if (facts.object === 'Opportunity' && facts.isPrivate) return grants;
  grants.push({ principal: openTo(facts.object), by: { kind: 'default' } });
  const alone = facts.object === 'Contact' ? bareWithAccount : bare;
  for (const row of own)
    if (row.opens.includes(facts.object)) grants.push({ principal: grantee(row, alone), by: { kind: 'share', row } });
  if (facts.accountId !== null && account !== null && facts.object !== 'Account')
    for (const row of account.shares)
      if (row.opens.includes(facts.object))
        grants.push({ principal: grantee(row, alone), by: { kind: 'accountShare', row } });
  return grants;
}

/** Whoever reads the account reads the contact: no owner, no rows of its own. `form`: how such a principal is written. */
function contactOfAccount(account: AccountFacts | null, form: (principal: string) => string): Grant[] {
  const grants: Grant[] = [{ principal: EVERY_ACCOUNT, by: { kind: 'everyAccount' } }];
  if (account === null) return grants;
  grants.push(...ownerGrants('accountOwner', account.ownerId, form));
  for (const row of account.shares)
    if (row.opens.includes('Account'))
      grants.push({ principal: form(grantee(row, bareWithAccount)), by: { kind: 'accountShare', row } });
  return grants;
}

/**
 * A contact that may be a person account's, or not: by what reaches it in both cases, and only whoever may read accounts.
 * Open defaults are left out: with person accounts Salesforce allows none for contacts of their own sharing.
 */
function contactOfEitherKind(facts: RecordFacts, own: readonly ShareRow[], account: AccountFacts | null): Grant[] {
  const shared = new Set(sharedGrants(facts, own, account).map(({ principal }) => ofPersonAccount(principal)));
  return contactOfAccount(account, ofPersonAccount).filter(({ principal }) => shared.has(principal));
}

function ownerGrants(kind: 'owner' | 'accountOwner', id: string | null, form: (principal: string) => string): Grant[] {
  return id === null ? [] : [{ principal: form(id), by: { kind, id } }];
}

function grantee(row: ShareRow, alone: (userId: string) => string): string {
  return row.cause === REACHES_NOBODY_ABOVE ? alone(row.grantee) : row.grantee;
}
