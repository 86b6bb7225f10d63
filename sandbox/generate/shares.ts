import { type Grants, type Levels, READ } from './grants.ts';
import type { Random } from './random.ts';
import type { GeneratedAccount, Records, SharedChild } from './records.ts';
import { iso } from './stamps.ts';

interface When {
  readonly changed: string;
  /** The record lies in the recycle bin, and its share rows with it. */
  readonly isDeleted: boolean;
}

/** The share rows of a case, an opportunity or a lead. */
export function writeShares(
  { files, nextId }: Records,
  object: 'Case' | 'Opportunity' | 'Lead',
  recordId: string,
  grants: Grants,
  { changed, isDeleted }: When,
): void {
  const next = { Case: nextId.caseShare, Opportunity: nextId.opportunityShare, Lead: nextId.leadShare }[object];
  for (const { grantee, cause, own } of grants.all())
    files.add(`${object}Share`, {
      Id: next(),
      [`${object}Id`]: recordId,
      UserOrGroupId: grantee,
      [`${object}AccessLevel`]: own,
      RowCause: cause,
      LastModifiedDate: changed,
      IsDeleted: isDeleted,
    });
}

const TEAM: Levels = { own: 'Edit', cases: 'Read', opportunities: 'Read' };
const TERRITORY: Levels = { own: 'Edit', cases: 'Read', opportunities: 'Read' };

/** Accounts of these industries belong to their country's territory. */
const TERRITORY_INDUSTRIES: readonly string[] = ['Energy', 'Utilities'];
/** Accounts of this size are key accounts. */
const KEY_EMPLOYEES = 2000;

/**
 * Collects why people and groups read an account: its owner, sharing by hand, teams, rules, territories, and, last, that
 * they read one of its children.
 */
export function shareAccount(
  { company, groups, territories }: Records,
  random: Random,
  account: GeneratedAccount,
  children: readonly SharedChild[],
  into: Grants,
): void {
  const { owner, place } = account;
  const colleagues = account.team.filter((member) => member !== owner);
  into.add(owner.id, 'Owner', {
    own: 'All',
    cases: owner.role?.cases ?? 'None',
    opportunities: owner.role?.opportunities ?? 'None',
  });
  if (random.chance(4))
    into.add(random.pick(company.employees).id, 'Manual', {
      own: 'Read',
      cases: random.pick(['None', 'Read']),
      opportunities: 'None',
    });
  if (random.chance(8))
    for (const member of random.some(colleagues, random.between(1, 2))) into.add(member.id, 'Team', TEAM);
  if (random.chance(2)) {
    const { agents } = random.pick(company.sites);
    into.add(random.pick(agents).id, 'Team', { own: 'Read', cases: 'Edit', opportunities: 'None' });
  }
  if (account.employees >= KEY_EMPLOYEES)
    into.add(groups.keyAccountDesk, 'Rule', { own: 'Read', cases: 'Read', opportunities: 'Read' });
  if (account.isCustomer) {
    const site = company.sites[place.region % company.sites.length];
    if (site !== undefined) into.add(groups.roleAndBelow(site.role), 'Rule', READ);
  }
  const territory = territories.byCountry.get(place.country);
  if (territory !== undefined) {
    if (TERRITORY_INDUSTRIES.includes(account.industry)) into.add(groups.territory(territory), 'Territory', TERRITORY);
    else if (random.chance(2)) into.add(groups.territory(territory), 'Territory2AssociationManual', TERRITORY);
  }
  const readers = into.grantees();
  for (const { grantees } of children)
    for (const grantee of grantees) {
      const hasRow = readers.has(grantee);
      // Beside a row of a team or a rule Salesforce keeps this one too; both are seen.
      if (!hasRow || random.chance(50)) into.add(grantee, 'ImplicitParent', READ);
    }
}

/** The share rows of an account. Contacts are controlled by parent, so that they have no level of their own. */
export function writeAccountShares({ files, nextId }: Records, account: GeneratedAccount, grants: Grants): void {
  for (const { grantee, cause, own, cases, opportunities } of grants.all())
    files.add('AccountShare', {
      Id: nextId.accountShare(),
      AccountId: account.id,
      UserOrGroupId: grantee,
      AccountAccessLevel: own,
      ContactAccessLevel: null,
      CaseAccessLevel: cases,
      OpportunityAccessLevel: opportunities,
      RowCause: cause,
      LastModifiedDate: iso(account.created),
      IsDeleted: account.isDeleted,
    });
}
