import { type Grants, type Levels, READ } from './grants.ts';
import type { Random } from './random.ts';
import type { GeneratedAccount, Records, SharedChild } from './records.ts';
import { iso } from './stamps.ts';

interface When {
  readonly changed: string;
  /** Whether the record, with its share rows, is in the recycle bin. */
  readonly isDeleted: boolean;
}

/** Writes the share rows of a case, an opportunity or a lead. */
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

/** Industries whose accounts belong to their country's territory. */
const TERRITORY_INDUSTRIES: readonly string[] = ['Energy', 'Utilities'];
/** The number of employees from which an account is a key account. */
const KEY_EMPLOYEES = 2000;

/**
 * Adds the share rows of an account: for its owner, manual shares, teams, rules and territories. The last rows are for
 * those who can read one of its children.
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
      // Salesforce can keep this row in addition to a team's or a rule's. Both cases occur in real orgs.
      if (!hasRow || random.chance(50)) into.add(grantee, 'ImplicitParent', READ);
    }
}

/** Writes the share rows of an account. Contacts are controlled by parent, so they have no access level. */
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
