import { describe, expect, test } from 'vitest';
import { resolveMembership } from '../../src/access/membership.ts';
import { MEMBERSHIP_TABLES } from '../../src/access/queries.ts';
import type { OrgTables } from '../../src/access/tables.ts';
import { OBJECT_NAMES, STANDARD_FIELDS } from '../../src/objects/index.ts';
import type { TestOrg } from './org.ts';
import { isOpen, leadFor, memberOf, membershipOf, NOW, readers, standardProfile, tablesOf, user } from './org.ts';

const org = {
  ...standardProfile(),
  Organization: [{ Id: '00D', DefaultLeadAccess: 'Read', DefaultAccountAccess: 'Read' }],
  UserRole: [{ Id: 'boss' }, { Id: 'rep', ParentRoleId: 'boss' }],
  User: [
    user('005boss', { UserRoleId: 'boss' }),
    user('005rep', { UserRoleId: 'rep' }),
    user('005gone', { UserRoleId: 'rep', IsActive: false }),
    user('005cold', { UserRoleId: 'rep' }),
    user('005out', { UserType: 'CspLitePortal' }),
  ],
  UserLogin: [
    { UserId: '005cold', IsFrozen: true },
    { UserId: '005rep', IsFrozen: false },
    { UserId: '005boss', IsFrozen: null },
  ],
  Group: [
    { Id: '00Grole', Type: 'Role', RelatedId: 'rep' },
    { Id: '00Gall', Type: 'Organization' },
    { Id: '00Gteam', Type: 'Regular' },
  ],
  GroupMember: [{ GroupId: '00Gteam', UserOrGroupId: '005out' }],
} satisfies TestOrg;

test("a user's principals are everything that reaches the user, sorted", () => {
  const { members } = membershipOf(org);
  const internal = ['@account', '@open:Account', '@open:Lead'];
  expect(memberOf(members, '005boss')?.principals).toEqual([
    '005boss',
    '005cold',
    '005gone',
    '005rep',
    '00Gall',
    '00Grole',
    '=005boss',
    internal[0],
    '@account=005boss',
    ...internal.slice(1),
  ]);
  expect(memberOf(members, '005rep')?.principals).toEqual([
    '005rep',
    '00Gall',
    '00Grole',
    '=005rep',
    internal[0],
    '@account=005rep',
    ...internal.slice(1),
  ]);
});

test('an external user has explicit grants, but no internal default and not the group of all internal users', () => {
  expect(memberOf(membershipOf(org).members, '005out')?.principals).toEqual([
    '005out',
    '00Gteam',
    '=005out',
    '@account=005out',
  ]);
});

test('the marker of all accounts goes to users with Read on Account', () => {
  const { members } = membershipOf({ ...org, ...standardProfile(['Contact']) });
  expect(memberOf(members, '005rep')?.principals).not.toContain('@account');
  expect(isOpen(memberOf(members, '005rep'), 'Lead')).toBe(true);
});

describe('the served users', () => {
  test.each<[string, 'closed' | 'open', TestOrg, string[]]>([
    ['are active users who are not frozen', 'closed', {}, ['005boss', '005out', '005rep']],
    ['include frozen users if the config says so', 'open', {}, ['005boss', '005cold', '005out', '005rep']],
    [
      'include frozen users if freezing cannot be seen',
      'closed',
      { UserLogin: null },
      ['005boss', '005cold', '005out', '005rep'],
    ],
    ['are none if users cannot be read', 'closed', { User: null }, []],
  ])('%s', (_, frozenUsers, more, expected) => {
    const { members } = membershipOf({ ...org, ...more }, { frozenUsers });
    expect([...members].map((member) => member.userId).sort()).toEqual(expected);
  });

  test('include a user whose flag is null', () => {
    expect(readers({ ...org, User: [user('005amy', { IsActive: null })] }, leadFor('005amy'))).toEqual(['005amy']);
  });

  test('a record that is shared with a frozen user still reaches those above the user', () => {
    expect(readers({ ...org, Organization: [{ Id: '00D' }] }, leadFor('005cold'))).toEqual(['005boss']);
  });

  test('a user who reads nothing has a row that says so', () => {
    const member = memberOf(membershipOf({ User: [user('005amy')] }).members, '005amy');
    for (const name of OBJECT_NAMES) expect(member?.objects[name]).toEqual({ reach: 'none', fields: [] });
  });

  test.each<['closed' | 'open', TestOrg, boolean]>([
    ['closed', { UserLogin: null }, true],
    ['open', { UserLogin: null }, false],
    ['closed', {}, false],
  ])('have a coverage gap if freezing cannot be seen (%s, %o: %s)', (frozenUsers, more, reported) => {
    const { gaps } = membershipOf({ ...org, ...more }, { frozenUsers });
    const told = gaps.filter((gap) => gap.code === 'table_unreadable' && gap.loss === 'frozen_users');
    expect(told).toHaveLength(reported ? 1 : 0);
  });
});

describe('the names of users', () => {
  const named = (more: object) => [...membershipOf({ ...org, User: [user('005amy', more)] }).names];

  test('include every name of a user', () => {
    const all = { Name: 'Amy A', Username: 'amy@a.example', FederationIdentifier: 'A1', Email: 'amy@mail.example' };
    expect(named(all)).toEqual([
      {
        userId: '005amy',
        name: 'Amy A',
        username: 'amy@a.example',
        federationId: 'A1',
        email: 'amy@mail.example',
        refused: null,
      },
    ]);
  });

  test('fall back to the id', () => {
    expect(named({ Name: null })).toEqual([
      { userId: '005amy', name: '005amy', username: '005amy', federationId: null, email: null, refused: null },
    ]);
  });

  test('come from one row if the org sends a user twice', () => {
    const User = ['Amy', 'Amy B'].map((Name) => user('005amy', { Name }));
    const { members, names } = membershipOf({ ...org, User });
    expect([[...members].map(({ userId }) => userId), [...names].map(({ name }) => name)]).toEqual([
      ['005amy'],
      ['Amy B'],
    ]);
  });

  test('say why a user is refused', () => {
    const refused = (frozenUsers: 'closed' | 'open') =>
      [...membershipOf(org, { frozenUsers }).names].map((name) => [name.userId, name.refused]);
    const others = ['005boss', '005rep', '005out'].map((id) => [id, null]);
    expect(refused('closed')).toEqual(
      expect.arrayContaining([...others, ['005gone', 'inactive'], ['005cold', 'frozen']]),
    );
    expect(refused('open')).toEqual(expect.arrayContaining([...others, ['005gone', 'inactive'], ['005cold', null]]));
  });
});

test('members and names can be iterated again with the same result', () => {
  const { members, names } = membershipOf(org);
  expect([...members]).toEqual([...members]);
  expect([...names]).toEqual([...names]);
  expect([...names]).toHaveLength(5);
});

test('the order of rows changes nothing', () => {
  const reversed = Object.entries(tablesOf(org)).map(([name, table]) => [
    name,
    'rows' in table && table.rows !== null ? { rows: table.rows.toReversed() } : table,
  ]);
  const byId = (tables: OrgTables) =>
    [
      ...resolveMembership(tables, { fields: STANDARD_FIELDS.fields, now: NOW, frozenUsers: 'closed', documents: null })
        .members,
    ].sort((a, b) => (a.userId < b.userId ? -1 : 1));
  expect(byId(Object.fromEntries(reversed) as OrgTables)).toEqual(byId(tablesOf(org)));
});

describe('never throws', () => {
  test.each(MEMBERSHIP_TABLES)('if %s cannot be read', (table) => {
    const { members, names, gaps } = membershipOf({ ...org, [table]: null });
    expect(() => [...members, ...names]).not.toThrow();
    for (const { count } of gaps) expect(count).toBeGreaterThan(0);
  });

  test.each(MEMBERSHIP_TABLES)('on rows of %s that are empty or null throughout', (table) => {
    const nulls = new Proxy({}, { get: () => null });
    const { members, names } = membershipOf({ ...org, [table]: [{}, nulls] });
    expect(() => [...members, ...names]).not.toThrow();
  });
});
