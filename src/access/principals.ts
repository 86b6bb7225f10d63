import { bare, bareWithAccount, COMPLIANT_SHARING, EVERY_ACCOUNT, ofPersonAccount, openTo } from './markers.ts';
import { sortedUnique } from './order.ts';
import type { AccountFacts, ContactDerivation, RecordFacts, ShareRow } from './types.ts';

/**
 * Financial Services' Compliant Data Sharing: such a row reaches its user and nobody above (a reading, for the
 * documentation leaves it open: the closed one).
 */
const REACHES_NOBODY_ABOVE = 'CompliantDataSharing';

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
  if (facts.object === 'Contact') {
    // "Controlled by Parent": a contact without an account is private, whatever the default.
    if (facts.accountId === null) return facts.ownerId === null ? [] : [bare(facts.ownerId)];
    if (contacts === 'controlled') return contactOfAccount(account, (principal) => principal);
    if (facts.isPersonAccount) return contactOfAccount(account, ofPersonAccount);
  }
  const principals = facts.ownerId === null ? [] : [facts.ownerId];
  // A private opportunity is its owner's and theirs who stand above: no default, no share rows, not the account.
  if (facts.object === 'Opportunity' && facts.isPrivate) return principals;
  principals.push(openTo(facts.object));
  const alone = facts.object === 'Contact' ? bareWithAccount : bare;
  for (const row of own) if (row.opens.includes(facts.object)) principals.push(...granted(row, alone));
  if (facts.accountId !== null && account !== null && facts.object !== 'Account')
    for (const row of account.shares) if (row.opens.includes(facts.object)) principals.push(...granted(row, alone));
  return sortedUnique(principals);
}

/** Whoever reads the account reads the contact: no owner, no rows of its own. `form`: how such a principal is written. */
function contactOfAccount(account: AccountFacts | null, form: (principal: string) => string): string[] {
  const principals: string[] = [EVERY_ACCOUNT];
  if (account !== null) {
    if (account.ownerId !== null) principals.push(form(account.ownerId));
    for (const row of account.shares)
      if (row.opens.includes('Account'))
        principals.push(
          ...granted(row, bareWithAccount).map((each) => (each === COMPLIANT_SHARING ? each : form(each))),
        );
  }
  return sortedUnique(principals);
}

/** `alone`: how a user is written whom nobody above shares the row with. */
function granted(row: ShareRow, alone: (userId: string) => string): string[] {
  return row.cause === REACHES_NOBODY_ABOVE ? [alone(row.grantee), COMPLIANT_SHARING] : [row.grantee];
}
