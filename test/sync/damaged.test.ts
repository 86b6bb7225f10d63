import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { CoverageGap } from '../../src/facts/coverage-gaps.ts';
import { OBJECT_NAMES } from '../../src/objects/index.ts';
import { expectIndexEqualsOrg } from './equality.ts';
import {
  account,
  accountShare,
  caseId,
  lead,
  opportunity,
  orgFolder,
  PEOPLE,
  ROLES,
  recordId,
  share,
} from './org-folder.ts';
import { type Change, type SandboxOrg, sandboxOrg } from './sandbox-org.ts';
import { createSyncRunner } from './sync-runner.ts';

async function served(folder = orgFolder({ accounts: 12 })): Promise<SandboxOrg> {
  const org = await sandboxOrg(folder);
  onTestFinished(async () => {
    await org.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return org;
}

async function backfilled(org: SandboxOrg): Promise<{ path: string; gaps: readonly CoverageGap[] }> {
  const sync = createSyncRunner(org.url, { sliceRecords: 1_000, pageSize: 2_000 });
  onTestFinished(sync.close);
  const { gaps } = await sync.complete();
  return { path: sync.path, gaps };
}

const put = (object: string, row: Record<string, unknown>): Change => ({ put: object, row });
const group = (n: number) => recordId('00G', n);
const GONE = { group: group(99), user: recordId('005', 99), role: recordId('00E', 99), account: account(999) };

const DAMAGE: readonly Change[] = [
  // Roles: chief and agent are above each other; the parent of one is missing; a user has a missing role.
  put('UserRole', { Id: ROLES.chief, ParentRoleId: ROLES.agent }),
  put('UserRole', { Id: ROLES.otherSeller, ParentRoleId: GONE.role }),
  put('User', { Id: PEOPLE.retired, UserRoleId: GONE.role }),
  // Managers in a cycle, and a share with the managers of one.
  put('User', { Id: PEOPLE.seller, ManagerId: PEOPLE.manager }),
  put('User', { Id: PEOPLE.manager, ManagerId: PEOPLE.seller }),
  put('User', { Id: PEOPLE.agent, ManagerId: PEOPLE.manager }),
  put('Group', { Id: group(2), Type: 'Manager', RelatedId: PEOPLE.seller }),
  put('Group', { Id: group(3), Type: 'Manager', RelatedId: PEOPLE.agent }),
  put('Group', { Id: group(4), Type: 'ManagerAndSubordinatesInternal', RelatedId: PEOPLE.manager }),
  // Groups in a cycle, with DoesIncludeBosses, and missing members.
  put('Group', { Id: group(5), Type: 'Regular', DoesIncludeBosses: true }),
  put('Group', { Id: group(6), Type: 'Regular', DoesIncludeBosses: false }),
  put('GroupMember', { Id: recordId('011', 10), GroupId: group(5), UserOrGroupId: group(6) }),
  put('GroupMember', { Id: recordId('011', 11), GroupId: group(6), UserOrGroupId: group(5) }),
  put('GroupMember', { Id: recordId('011', 12), GroupId: group(6), UserOrGroupId: PEOPLE.otherSeller }),
  put('GroupMember', { Id: recordId('011', 13), GroupId: group(6), UserOrGroupId: GONE.group }),
  put('GroupMember', { Id: recordId('011', 14), GroupId: group(6), UserOrGroupId: GONE.user }),
  put('GroupMember', { Id: recordId('011', 15), GroupId: GONE.group, UserOrGroupId: PEOPLE.agent }),
  // Unknown types, and groups of missing roles, users and territories.
  put('Group', { Id: group(7), Type: 'AllRestrictedEmployees' }),
  put('Group', { Id: group(8), Type: 'RoleAndSubordinatesInternal', RelatedId: GONE.role }),
  put('Group', { Id: group(9), Type: 'RoleAndSubordinates', RelatedId: GONE.role }),
  put('Group', { Id: group(10), Type: 'Role', RelatedId: ROLES.chief }),
  put('Group', { Id: group(11), Type: 'Territory', RelatedId: recordId('0MI', 1) }),
  put('Group', { Id: group(12), Type: 'TerritoryAndSubordinates', RelatedId: recordId('0MI', 3) }),
  put('Territory2Model', { Id: recordId('0MA', 1), State: 'Active' }),
  ...[1, 2, 3].map((n) =>
    put('Territory2', {
      Id: recordId('0MI', n),
      // The first two are above each other. The third belongs to a missing model.
      ParentTerritory2Id: recordId('0MI', n === 1 ? 2 : 1),
      Territory2ModelId: recordId('0MA', n === 3 ? 9 : 1),
    }),
  ),
  ...[PEOPLE.agent, PEOPLE.seller, PEOPLE.manager].map((UserId, at) =>
    put('UserTerritory2Association', { Id: recordId('0MC', at + 1), UserId, Territory2Id: recordId('0MI', at + 1) }),
  ),
  // A case is shared with each of them.
  ...Array.from({ length: 11 }, (_, at) =>
    put('CaseShare', share('01n', 50 + at, 'Case', caseId(at + 1), group(at + 2), 'Read', 'Rule')),
  ),
  // Share rows to missing grantees, with unknown levels and causes, and for Compliant Data Sharing.
  put('AccountShare', accountShare(100, account(1), GONE.group, 'Read', 'Read', 'Rule')),
  put('AccountShare', accountShare(101, account(2), GONE.user, 'Edit', 'Edit', 'Manual')),
  put('AccountShare', accountShare(102, account(4), PEOPLE.agent, 'ReadSome', 'Perhaps', 'Manual')),
  put('AccountShare', accountShare(103, account(6), PEOPLE.agent, 'Read', 'None', 'NewestImplicit')),
  put('AccountShare', accountShare(104, GONE.account, PEOPLE.agent, 'Read', 'Read', 'Rule')),
  put(
    'OpportunityShare',
    share('00t', 50, 'Opportunity', opportunity(2), PEOPLE.seller, 'Read', 'CompliantDataSharing'),
  ),
  // Missing owners and accounts.
  put('Opportunity', { Id: opportunity(3), OwnerId: GONE.user }),
  put('Case', { Id: caseId(4), AccountId: GONE.account }),
  put('Lead', { Id: lead(4), OwnerId: GONE.group }),
  put('User', { Id: PEOPLE.otherSeller, UserType: 'Martian' }),
  // Assignments of missing users and sets.
  ...[recordId('0PS', 1), recordId('0PS', 77)].map((PermissionSetId, at) =>
    put('PermissionSetAssignment', {
      Id: recordId('0Pa', at + 1),
      AssigneeId: PEOPLE.agent,
      PermissionSetId,
      PermissionSetGroupId: recordId('0PG', 9),
    }),
  ),
  put('ObjectPermissions', {
    Id: recordId('110', 70),
    ParentId: recordId('0PS', 77),
    SobjectType: 'Case',
    PermissionsRead: true,
    PermissionsViewAllRecords: true,
  }),
];

test('an org with all kinds of damage is indexed as the org reads it, and every gap is reported', async () => {
  const org = await served();
  await org.change(...DAMAGE);
  const { path, gaps } = await backfilled(org);
  await expectIndexEqualsOrg(path, org);
  const byCode = (one: CoverageGap, other: CoverageGap) => (one.code < other.code ? -1 : 1);
  expect(gaps.toSorted(byCode)).toEqual([
    { code: 'compliant_data_sharing', count: 1 },
    { code: 'external_default_unknown', objects: OBJECT_NAMES, count: 1 },
    { code: 'group_member_hidden', count: 2 },
    { code: 'group_members_unknown', groupType: 'AllRestrictedEmployees', count: 1 },
    { code: 'manager_cycle', count: 2 },
    { code: 'permission_set_hidden', count: 1 },
    { code: 'permission_set_session_based', count: 1 },
    { code: 'right_missing', right: 'manage-users', inferred: true, externalOnly: false, count: null },
    { code: 'role_cycle', count: 2 },
    { code: 'role_hidden', count: 1 },
    { code: 'sharing_sets', count: 1 },
    { code: 'territory_cycle', count: 2 },
    { code: 'unknown_group_shares', count: 5 },
    { code: 'unknown_user_shares', count: 5 },
  ]);
});

test('a share table without rows leaves owners and those above them, and is reported', async () => {
  const folder = orgFolder({ accounts: 6 });
  writeFileSync(join(folder, 'CaseShare.csv'), 'Id,CaseId,UserOrGroupId,CaseAccessLevel,RowCause\n');
  const org = await served(folder);
  const { path, gaps } = await backfilled(org);
  await expectIndexEqualsOrg(path, org);
  expect(gaps).toContainEqual({ code: 'shares_missing', object: 'Case', shareObject: 'CaseShare', count: null });
});
