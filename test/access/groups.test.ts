import { describe, expect, test } from 'vitest';
import type { CoverageGap } from '../../src/access/coverage-gaps.ts';
import type { GroupRow } from '../../src/access/tables.ts';
import { OBJECT_NAMES } from '../../src/objects/index.ts';
import type { TestOrg } from './org.ts';
import { leadFor, membershipOf, REFUSED, readers, standardProfile, user } from './org.ts';

// ceo > sales > rep, and ceo > partner (a portal role) > contact (one below it).
const org = {
  ...standardProfile(),
  UserRole: [
    { Id: 'ceo', ParentRoleId: null },
    { Id: 'sales', ParentRoleId: 'ceo', PortalType: 'None' },
    { Id: 'rep', ParentRoleId: 'sales' },
    { Id: 'partner', ParentRoleId: 'sales', PortalType: 'Partner' },
  ],
  User: [
    user('005ceo', { UserRoleId: 'ceo' }),
    user('005sales', { UserRoleId: 'sales', ManagerId: '005gone' }),
    user('005rep', { UserRoleId: 'rep', ManagerId: '005sales' }),
    user('005gone', { UserRoleId: 'rep', IsActive: false, ManagerId: '005free' }),
    user('005free'),
    user('005partner', { UserRoleId: 'partner', UserType: 'PowerPartner' }),
  ],
} satisfies TestOrg;

/** Who finds a lead that is shared with the group `00Gx`. */
function reached(groups: readonly GroupRow[], members: Readonly<Record<string, readonly string[]>> = {}): string[] {
  const GroupMember = Object.entries(members).flatMap(([GroupId, ids]) =>
    ids.map((UserOrGroupId) => ({ GroupId, UserOrGroupId })),
  );
  return readers({ ...org, Group: groups, GroupMember }, leadFor('00Gx'));
}

const ALL = ['005ceo', '005free', '005partner', '005rep', '005sales'];

describe.each(['Regular', 'Queue'])('a group of type %s', (Type) => {
  const x = (DoesIncludeBosses: boolean | null): GroupRow => ({ Id: '00Gx', Type, DoesIncludeBosses });
  test.each<[string, boolean | null, string[], string[]]>([
    ['reaches its members', false, ['005rep', '005free'], ['005free', '005rep']],
    ['reaches the bosses too where its switch says so', true, ['005rep'], ['005ceo', '005rep', '005sales']],
    ['reaches no bosses where the switch is null', null, ['005rep'], ['005rep']],
    ['reaches no bosses of a member without a role', true, ['005free'], ['005free']],
    ['is not entered by an inactive member, nor by that member’s bosses', true, ['005gone'], []],
    ['reaches nobody by a member that is not known', true, ['005nobody', '00Gnone'], []],
    ['reaches nobody without members', true, [], []],
  ])('%s', (_, bosses, members, expected) => {
    expect(reached([x(bosses)], { '00Gx': members })).toEqual(expected);
  });
});

describe('a group inside a group', () => {
  const inner = (DoesIncludeBosses: boolean): GroupRow => ({ Id: '00Gy', Type: 'Regular', DoesIncludeBosses });
  const outer = (DoesIncludeBosses: boolean): GroupRow => ({ Id: '00Gx', Type: 'Regular', DoesIncludeBosses });
  const nested = { '00Gx': ['00Gy'], '00Gy': ['005rep'] };

  test.each<[string, GroupRow[], Record<string, string[]>, string[]]>([
    ['brings its members', [outer(false), inner(false)], nested, ['005rep']],
    [
      'brings its bosses whatever the outer switch',
      [outer(false), inner(true)],
      nested,
      ['005ceo', '005rep', '005sales'],
    ],
    [
      'has its members’ bosses brought by the outer switch',
      [outer(true), inner(false)],
      nested,
      ['005ceo', '005rep', '005sales'],
    ],
    ['does not bring the outer group’s members', [inner(true), outer(false)], { '00Gy': ['00Gx'] }, []],
    [
      'brings the roles above, for a group of a role',
      [outer(false), { Id: '00Gy', Type: 'Role', RelatedId: 'rep' }],
      { '00Gx': ['00Gy'] },
      ['005ceo', '005rep', '005sales'],
    ],
    [
      'brings all internal users, for the group Organization, and bosses add only those above them',
      [outer(true), { Id: '00Gy', Type: 'Organization' }],
      { '00Gx': ['00Gy'] },
      ['005ceo', '005free', '005rep', '005sales'],
    ],
    [
      'brings nobody, for a type that is not known',
      [outer(true), { Id: '00Gy', Type: 'Participant' }],
      { '00Gx': ['00Gy'] },
      [],
    ],
    [
      'reaches, in a circle, all members of the circle',
      [outer(false), inner(false)],
      { '00Gx': ['00Gy', '005free'], '00Gy': ['00Gx', '005rep'] },
      ['005free', '005rep'],
    ],
    [
      'reaches, in a circle, the bosses where one switch says so',
      [outer(false), inner(true)],
      { '00Gx': ['00Gy', '005rep'], '00Gy': ['00Gx'] },
      ['005ceo', '005rep', '005sales'],
    ],
    ['may contain itself', [outer(false)], { '00Gx': ['00Gx', '005rep'] }, ['005rep']],
  ])('%s', (_, groups, members, expected) => {
    expect(reached(groups, members)).toEqual(expected);
  });

  test('is followed down a long chain', () => {
    const ids = Array.from({ length: 20_000 }, (_, at) => `00G${at}`);
    const Group = [{ Id: '00Gx', Type: 'Regular' }, ...ids.map((Id) => ({ Id, Type: 'Regular' }))];
    const next = [...ids.slice(1), '005rep'];
    const GroupMember = [
      { GroupId: '00Gx', UserOrGroupId: '00G0' },
      ...ids.map((GroupId, at) => ({ GroupId, UserOrGroupId: next[at] })),
    ];
    expect(readers({ ...org, Group, GroupMember }, leadFor('00Gx'))).toEqual(['005rep']);
  });
});

describe('the bosses of those whom a nested group brings by role', () => {
  // ceo > partner (a portal role) > desk
  const reachedThrough = (inner: GroupRow, bosses: boolean, isDeskActive = true) =>
    readers(
      {
        ...standardProfile(),
        UserRole: [
          { Id: 'ceo' },
          { Id: 'partner', ParentRoleId: 'ceo', PortalType: 'Partner' },
          { Id: 'desk', ParentRoleId: 'partner' },
        ],
        User: [
          user('005ceo', { UserRoleId: 'ceo' }),
          user('005partner', { UserRoleId: 'partner', UserType: 'PowerPartner' }),
          user('005desk', { UserRoleId: 'desk', IsActive: isDeskActive }),
        ],
        Group: [
          { Id: '00Gx', Type: 'Regular', DoesIncludeBosses: bosses },
          { Id: '00Gy', ...inner },
        ],
        GroupMember: [{ GroupId: '00Gx', UserOrGroupId: '00Gy' }],
      },
      leadFor('00Gx'),
    );
  const desk = { Type: 'RoleAndSubordinatesInternal', RelatedId: 'desk' };
  const everyone = { Type: 'Organization' };

  test.each<[string, GroupRow, boolean, boolean, string[]]>([
    ['are brought by the outer switch', desk, true, true, ['005ceo', '005desk', '005partner']],
    ['are not brought without it', desk, false, true, ['005ceo', '005desk']],
    ['are not brought where nobody active is in the role', desk, true, false, ['005ceo']],
    ['are brought for all internal users', everyone, true, true, ['005ceo', '005desk', '005partner']],
    ['are not brought for all internal users without it', everyone, false, true, ['005ceo', '005desk']],
    ['are not brought where no internal user below is active', everyone, true, false, ['005ceo']],
  ])('%s', (_, inner, bosses, isDeskActive, expected) => {
    expect(reachedThrough(inner, bosses, isDeskActive)).toEqual(expected);
  });
});

test('RoleAndSubordinatesInternal does not reach an external user in an internal role, as RoleAndSubordinates does', () => {
  const reached = (type: string) =>
    readers(
      {
        ...standardProfile(),
        UserRole: [{ Id: 'desk' }],
        User: [user('005in', { UserRoleId: 'desk' }), user('005out', { UserRoleId: 'desk', UserType: null })],
        Group: [{ Id: '00Gx', Type: type, RelatedId: 'desk' }],
      },
      leadFor('00Gx'),
    );
  expect(reached('RoleAndSubordinatesInternal')).toEqual(['005in']);
  expect(reached('RoleAndSubordinates')).toEqual(['005in', '005out']);
});

test.each<[string, string, string | null, string[]]>([
  ['a Role group reaches the role and those above', 'Role', 'sales', ['005ceo', '005sales']],
  ['a Role group reaches nobody by a role that is not known', 'Role', 'none', []],
  ['a Role group without a role reaches nobody', 'Role', null, []],
  [
    'RoleAndSubordinates reaches those below too, portal users included',
    'RoleAndSubordinates',
    'sales',
    ['005ceo', '005partner', '005rep', '005sales'],
  ],
  ['RoleAndSubordinates reaches no side branch', 'RoleAndSubordinates', 'rep', ['005ceo', '005rep', '005sales']],
  [
    'RoleAndSubordinatesInternal reaches the same without portal roles',
    'RoleAndSubordinatesInternal',
    'sales',
    ['005ceo', '005rep', '005sales'],
  ],
  ['RoleAndSubordinatesInternal of a hidden role reaches nobody', 'RoleAndSubordinatesInternal', 'none', []],
  ['Organization reaches all internal users', 'Organization', null, ['005ceo', '005free', '005rep', '005sales']],
  ['Manager reaches the managers, passing through an inactive one', 'Manager', '005rep', ['005free', '005sales']],
  ['Manager does not reach the user', 'Manager', '005free', []],
  ['Manager of a user who is not known reaches nobody', 'Manager', '005nobody', []],
  [
    'ManagerAndSubordinatesInternal reaches the user and all who report to them, through an inactive one',
    'ManagerAndSubordinatesInternal',
    '005free',
    ['005free', '005rep', '005sales'],
  ],
  ['ManagerAndSubordinatesInternal reaches no manager', 'ManagerAndSubordinatesInternal', '005rep', ['005rep']],
  ['AllCustomerPortal reaches nobody', 'AllCustomerPortal', null, []],
  ['a type that is not known reaches nobody', 'AllRestrictedEmployees', null, []],
])('%s', (_, Type, RelatedId, expected) => {
  expect(reached([{ Id: '00Gx', Type, RelatedId }])).toEqual(expected);
  expect(reached([{ Id: '00Gother', Type, RelatedId }])).toEqual([]);
});

test('members of a group that Salesforce keeps itself are not looked at', () => {
  expect(reached([{ Id: '00Gx', Type: 'Role', RelatedId: 'ceo' }], { '00Gx': ['005free'] })).toEqual(['005ceo']);
});

test('with every flag of its group, a lead that is shared with all reaches all', () => {
  const groups = [
    { Id: '00Gx', Type: 'Regular' },
    { Id: '00Gorg', Type: 'Organization' },
  ];
  expect(reached(groups, { '00Gx': ['00Gorg', '005partner'] })).toEqual(ALL);
});

describe('what cannot be computed is reported', () => {
  const gapsOf = (more: TestOrg) => membershipOf({ ...org, ...more }).gaps;
  const usual: CoverageGap[] = [
    { code: 'sharing_sets', count: 1 },
    { code: 'external_default_unknown', objects: OBJECT_NAMES, count: 1 },
  ];

  test.each<[string, TestOrg, CoverageGap[]]>([
    ['nothing more, for groups that can be', { Group: [{ Id: '00Gx', Type: 'Organization' }] }, []],
    [
      'groups of other types, by type',
      {
        Group: [
          { Id: '00Ga', Type: 'PRMOrganization' },
          { Id: '00Gb', Type: 'PRMOrganization' },
          { Id: '00Gc', Type: null },
        ],
      },
      [
        { code: 'group_members_unknown', groupType: 'PRMOrganization', count: 2 },
        { code: 'group_members_unknown', groupType: null, count: 1 },
      ],
    ],
    [
      'members that nothing shows',
      {
        Group: [{ Id: '00Gx', Type: 'Regular' }],
        GroupMember: [
          { GroupId: '00Gx', UserOrGroupId: '005nobody' },
          { GroupId: '00Gx', UserOrGroupId: '005gone' },
        ],
      },
      [{ code: 'group_member_hidden', count: 1 }],
    ],
    [
      'groups of hidden roles and users',
      {
        Group: [
          { Id: '00Ga', Type: 'RoleAndSubordinatesInternal', RelatedId: 'none' },
          { Id: '00Gb', Type: 'Manager', RelatedId: '005nobody' },
        ],
      },
      [
        { code: 'group_related_hidden', groupType: 'RoleAndSubordinatesInternal', count: 1 },
        { code: 'group_related_hidden', groupType: 'Manager', count: 1 },
      ],
    ],
    [
      'groups that cannot be read',
      { Group: null },
      [{ code: 'table_unreadable', table: 'Group', loss: 'groups', reason: REFUSED, count: 1 }],
    ],
    [
      'members that cannot be read',
      { GroupMember: null },
      [{ code: 'table_unreadable', table: 'GroupMember', loss: 'group_members', reason: REFUSED, count: 1 }],
    ],
  ])('%s', (_, more, expected) => {
    expect(gapsOf(more)).toEqual([...expected, ...usual]);
  });
});
