import { describe, expect, test } from 'vitest';
import type { GroupRow } from '../../src/access/tables.ts';
import type { CoverageGap } from '../../src/facts/coverage-gaps.ts';
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

/** The users who find a lead that is shared with the group `00Gx`. */
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
    ['reaches those above its members if its switch says so', true, ['005rep'], ['005ceo', '005rep', '005sales']],
    ['reaches nobody above its members if the switch is null', null, ['005rep'], ['005rep']],
    ['reaches nobody above a member without a role', true, ['005free'], ['005free']],
    ['is not entered through an inactive member, nor are those above that member added', true, ['005gone'], []],
    ['reaches nobody through an unknown member', true, ['005nobody', '00Gnone'], []],
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
    ['adds its members', [outer(false), inner(false)], nested, ['005rep']],
    [
      'adds those above its members regardless of the outer switch',
      [outer(false), inner(true)],
      nested,
      ['005ceo', '005rep', '005sales'],
    ],
    [
      'adds those above its members if the outer switch is on',
      [outer(true), inner(false)],
      nested,
      ['005ceo', '005rep', '005sales'],
    ],
    ["does not add the outer group's members", [inner(true), outer(false)], { '00Gy': ['00Gx'] }, []],
    [
      'adds the roles above, for a group of a role',
      [outer(false), { Id: '00Gy', Type: 'Role', RelatedId: 'rep' }],
      { '00Gx': ['00Gy'] },
      ['005ceo', '005rep', '005sales'],
    ],
    [
      'adds all internal users, for the group Organization, and the switch adds only those above them',
      [outer(true), { Id: '00Gy', Type: 'Organization' }],
      { '00Gx': ['00Gy'] },
      ['005ceo', '005free', '005rep', '005sales'],
    ],
    ['adds nobody, for an unknown type', [outer(true), { Id: '00Gy', Type: 'Participant' }], { '00Gx': ['00Gy'] }, []],
    [
      'reaches all members of the cycle, in a cycle',
      [outer(false), inner(false)],
      { '00Gx': ['00Gy', '005free'], '00Gy': ['00Gx', '005rep'] },
      ['005free', '005rep'],
    ],
    [
      'reaches those above the members if one switch is on, in a cycle',
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

describe('the users above those whom a nested group adds by role', () => {
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
    ['are added by the outer switch', desk, true, true, ['005ceo', '005desk', '005partner']],
    ['are not added without the outer switch', desk, false, true, ['005ceo', '005desk']],
    ['are not added if nobody active is in the role', desk, true, false, ['005ceo']],
    ['are added for all internal users', everyone, true, true, ['005ceo', '005desk', '005partner']],
    ['are not added for all internal users without the outer switch', everyone, false, true, ['005ceo', '005desk']],
    ['are not added if no internal user below is active', everyone, true, false, ['005ceo']],
  ])('%s', (_, inner, bosses, isDeskActive, expected) => {
    expect(reachedThrough(inner, bosses, isDeskActive)).toEqual(expected);
  });
});

test('RoleAndSubordinatesInternal, unlike RoleAndSubordinates, skips an external user in an internal role', () => {
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
  ['a Role group reaches the role and the roles above', 'Role', 'sales', ['005ceo', '005sales']],
  ['a Role group reaches nobody through an unknown role', 'Role', 'none', []],
  ['a Role group without a role reaches nobody', 'Role', null, []],
  [
    'RoleAndSubordinates also reaches the roles below, portal users included',
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
  ['Manager reaches the managers, through an inactive one too', 'Manager', '005rep', ['005free', '005sales']],
  ['Manager does not reach the user', 'Manager', '005free', []],
  ['Manager reaches nobody through an unknown user', 'Manager', '005nobody', []],
  [
    'ManagerAndSubordinatesInternal reaches the user and everyone who reports to them, through an inactive one too',
    'ManagerAndSubordinatesInternal',
    '005free',
    ['005free', '005rep', '005sales'],
  ],
  ['ManagerAndSubordinatesInternal reaches no manager', 'ManagerAndSubordinatesInternal', '005rep', ['005rep']],
  ['AllCustomerPortal reaches nobody', 'AllCustomerPortal', null, []],
  ['an unknown type reaches nobody', 'AllRestrictedEmployees', null, []],
])('%s', (_, Type, RelatedId, expected) => {
  expect(reached([{ Id: '00Gx', Type, RelatedId }])).toEqual(expected);
  expect(reached([{ Id: '00Gother', Type, RelatedId }])).toEqual([]);
});

test('ignores the members of a group that Salesforce maintains', () => {
  expect(reached([{ Id: '00Gx', Type: 'Role', RelatedId: 'ceo' }], { '00Gx': ['005free'] })).toEqual(['005ceo']);
});

test('a lead that is shared with a group reaches all users if every flag of the group is on', () => {
  const groups = [
    { Id: '00Gx', Type: 'Regular' },
    { Id: '00Gorg', Type: 'Organization' },
  ];
  expect(reached(groups, { '00Gx': ['00Gorg', '005partner'] })).toEqual(ALL);
});

describe('reports what cannot be computed', () => {
  const gapsOf = (more: TestOrg) => membershipOf({ ...org, ...more }).gaps;
  const usual: CoverageGap[] = [
    { code: 'sharing_sets', count: 1 },
    { code: 'external_default_unknown', objects: OBJECT_NAMES, count: 1 },
  ];

  test.each<[string, TestOrg, CoverageGap[]]>([
    ['nothing more, for groups that can be computed', { Group: [{ Id: '00Gx', Type: 'Organization' }] }, []],
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
