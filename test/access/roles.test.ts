import { describe, expect, test } from 'vitest';
import type { TestOrg } from './org.ts';
import { leadFor, membershipOf, REFUSED, readers, standardProfile, user } from './org.ts';

const org = {
  ...standardProfile(),
  UserRole: [
    { Id: 'ceo', ParentRoleId: null },
    { Id: 'sales', ParentRoleId: 'ceo' },
    { Id: 'rep', ParentRoleId: 'sales' },
    { Id: 'service', ParentRoleId: 'ceo' },
  ],
  User: [
    user('005ceo', { UserRoleId: 'ceo' }),
    user('005sales', { UserRoleId: 'sales' }),
    user('005rep', { UserRoleId: 'rep' }),
    user('005rep2', { UserRoleId: 'rep' }),
    user('005service', { UserRoleId: 'service' }),
    user('005gone', { UserRoleId: 'rep', IsActive: false }),
    user('005free'),
  ],
} satisfies TestOrg;

test.each([
  ['a user and everyone above, but no peer and no other branch', '005rep', ['005ceo', '005rep', '005sales']],
  ['nobody below the user', '005sales', ['005ceo', '005sales']],
  ['only the top user', '005ceo', ['005ceo']],
  ['those above an inactive user, who is not served', '005gone', ['005ceo', '005sales']],
  ['nobody above a user without a role', '005free', ['005free']],
  ['nobody for an unknown user', '005nobody', []],
])('a share row to a user reaches %s', (_, grantee, expected) => {
  expect(readers(org, leadFor(grantee))).toEqual(expected);
});

test('an owner is reached like the grantee of a share row, together with those above', () => {
  expect(readers(org, { object: 'Lead', ownerId: '005rep' })).toEqual(['005ceo', '005rep', '005sales']);
  expect(readers(org, { object: 'Lead', ownerId: '005gone' })).toEqual(['005ceo', '005sales']);
});

test('a private opportunity is read by its owner and those above, and by nobody else', () => {
  const record = { ...leadFor('005service'), object: 'Opportunity', ownerId: '005rep', isPrivate: true } as const;
  expect(readers(org, record)).toEqual(['005ceo', '005rep', '005sales']);
});

test('a Compliant Data Sharing row reaches its user and nobody above', () => {
  const lead = leadFor('005rep');
  const shares = lead.shares?.map((row) => ({ ...row, cause: 'CompliantDataSharing' }));
  expect(readers(org, { ...lead, shares })).toEqual(['005rep']);
});

test('an inactive boss inherits nothing, but the bosses further up do', () => {
  const users = org.User.map((row) => (row.Id === '005sales' ? { ...row, IsActive: false } : row));
  expect(readers({ ...org, User: users }, leadFor('005rep'))).toEqual(['005ceo', '005rep']);
});

describe('roles in a cycle', () => {
  const UserRole = [
    { Id: 'below', ParentRoleId: 'rep' },
    { Id: 'rep', ParentRoleId: 'sales' },
    { Id: 'sales', ParentRoleId: 'rep' },
    { Id: 'ceo', ParentRoleId: 'ceo' },
  ];
  const damaged = { ...org, UserRole, User: [...org.User, user('005low', { UserRoleId: 'below' })] };

  test('have nobody above them, and are reported', () => {
    expect(readers(damaged, leadFor('005rep'))).toEqual(['005rep']);
    expect(readers(damaged, leadFor('005ceo'))).toEqual(['005ceo']);
    expect(membershipOf(damaged).gaps).toEqual([
      { code: 'role_hidden', count: 1 },
      { code: 'role_cycle', count: 3 },
    ]);
  });

  test('stay above the role that leads to them, up to the first role of the cycle', () => {
    expect(readers(damaged, leadFor('005low'))).toEqual(['005low', '005rep', '005rep2']);
  });
});

test('without UserRole nobody is above anybody, and that is reported', () => {
  const hidden = { ...org, UserRole: null };
  expect(readers(hidden, leadFor('005rep'))).toEqual(['005rep']);
  expect(membershipOf(hidden).gaps).toEqual([
    { code: 'table_unreadable', table: 'UserRole', loss: 'role_hierarchy', reason: REFUSED, count: 1 },
  ]);
});

test('nobody is above a role that UserRole does not show, and that is reported', () => {
  const hidden = { ...org, UserRole: org.UserRole.filter((role) => role.Id !== 'rep') };
  expect(readers(hidden, leadFor('005rep'))).toEqual(['005rep']);
  expect(membershipOf(hidden).gaps).toEqual([{ code: 'role_hidden', count: 1 }]);
});
