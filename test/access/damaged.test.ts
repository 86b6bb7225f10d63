import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MEMBERSHIP_TABLES } from '../../src/access/queries.ts';
import { shareRow } from '../../src/access/shares.ts';
import type { CoverageGap, TableName } from '../../src/facts/coverage-gaps.ts';
import { OBJECTS } from '../../src/objects/index.ts';
import { holds } from '../salesforce/seeded.ts';
import { arbitraryOrg, arbitraryRecord } from './arbitrary-org.ts';
import { finds, leadFor, memberOf, membershipOf, readers, standardProfile, type TestOrg, user } from './org.ts';

/**
 * Damaged input, which Salesforce does not send. What it grants is denied, counted and reported. It gives no access.
 */

const org = {
  ...standardProfile(),
  UserRole: [{ Id: 'top' }, { Id: 'rep', ParentRoleId: 'top' }],
  User: [user('005rep', { UserRoleId: 'rep', ManagerId: '005top' }), user('005top', { UserRoleId: 'top' })],
} satisfies TestOrg;

test.each<[string, TestOrg, grantee: string, found: string[], gaps: CoverageGap[]]>([
  ['nothing, in an org without damage', {}, '005rep', ['005rep', '005top'], []],
  [
    'texts with invalid content',
    {
      Organization: [{ DefaultLeadAccess: 7 as unknown as string }],
      FieldPermissions: [{ ParentId: '0PSstandard', Field: 7 as unknown as string, PermissionsRead: true }],
    },
    '005rep',
    ['005rep', '005top'],
    [],
  ],
  ['a share row to a group that is gone', {}, '00Ggone', [], []],
  [
    'a role whose parent is missing',
    { UserRole: [{ Id: 'top' }, { Id: 'rep', ParentRoleId: 'gone' }] },
    '005rep',
    ['005rep'],
    [{ code: 'role_hidden', count: 1 }],
  ],
  [
    'roles in a cycle',
    { UserRole: [{ Id: 'top', ParentRoleId: 'rep' }, ...org.UserRole.slice(1)] },
    '005rep',
    ['005rep'],
    [{ code: 'role_cycle', count: 2 }],
  ],
  [
    'managers in a cycle',
    {
      User: org.User.map((row) => ({ ...row, ManagerId: row.Id === '005rep' ? '005top' : '005rep' })),
      Group: [{ Id: '00G', Type: 'Manager', RelatedId: '005rep' }],
    },
    '00G',
    [],
    [{ code: 'manager_cycle', count: 2 }],
  ],
  [
    'territories in a cycle',
    {
      Group: [{ Id: '00G', Type: 'Territory', RelatedId: 'low' }],
      Territory2Model: [{ Id: 'now', State: 'Active' }],
      Territory2: [
        { Id: 'low', ParentTerritory2Id: 'high', Territory2ModelId: 'now' },
        { Id: 'high', ParentTerritory2Id: 'low', Territory2ModelId: 'now' },
      ],
      UserTerritory2Association: [
        { UserId: '005rep', Territory2Id: 'low' },
        { UserId: '005top', Territory2Id: 'high' },
      ],
    },
    '00G',
    ['005rep'],
    [{ code: 'territory_cycle', count: 2 }],
  ],
  [
    'groups in a cycle, which Salesforce allows',
    {
      Group: [
        { Id: '00G', Type: 'Regular' },
        { Id: '00H', Type: 'Regular' },
      ],
      GroupMember: [
        { GroupId: '00G', UserOrGroupId: '00H' },
        { GroupId: '00H', UserOrGroupId: '00G' },
        { GroupId: '00H', UserOrGroupId: '005rep' },
      ],
    },
    '00G',
    ['005rep'],
    [],
  ],
  [
    'a member that is gone, and members of a group that is gone',
    {
      Group: [{ Id: '00G', Type: 'Regular' }],
      GroupMember: [
        { GroupId: '00G', UserOrGroupId: '00Ggone' },
        { GroupId: '00G', UserOrGroupId: '005gone' },
        { GroupId: '00Ggone', UserOrGroupId: '005rep' },
      ],
    },
    '00G',
    [],
    [{ code: 'group_member_hidden', count: 2 }],
  ],
  [
    'groups of unknown types',
    {
      Group: [
        { Id: '00G', Type: 'AllRestrictedEmployees' },
        { Id: '00H', Type: '' },
      ],
      GroupMember: [{ GroupId: '00G', UserOrGroupId: '005rep' }],
    },
    '00G',
    [],
    [
      { code: 'group_members_unknown', groupType: 'AllRestrictedEmployees', count: 1 },
      { code: 'group_members_unknown', groupType: null, count: 1 },
    ],
  ],
])('%s', (_, damage, grantee, found, gaps) => {
  const damaged = { ...org, ...damage };
  expect(readers(damaged, leadFor(grantee))).toEqual(found);
  expect(membershipOf(damaged).gaps).toEqual(gaps);
});

describe('an invalid flag', () => {
  const odd = 'maybe' as unknown as boolean;
  const assigned = (row: object, set: object = {}, more: TestOrg = {}): TestOrg => ({
    User: [user('005rep', { ProfileId: null })],
    PermissionSet: [{ Id: 'extra', ...set }],
    PermissionSetAssignment: [{ AssigneeId: '005rep', PermissionSetId: 'extra', ...row }],
    ObjectPermissions: [{ ParentId: 'extra', SobjectType: 'Lead', PermissionsRead: true }],
    ...more,
  });
  test.each<[string, TestOrg, string[]]>([
    ['near miss: a valid flag', assigned({}), ['005rep']],
    ['of an assignment that may be revoked', assigned({ IsRevoked: odd }), []],
    ['of an assignment that may be inactive', assigned({ IsActive: odd }), []],
    ['of a set that may be session-based', assigned({}, { HasActivationRequired: odd }), []],
    [
      'of a group of sets that may be session-based',
      assigned(
        { PermissionSetGroupId: '0PG' },
        {},
        { PermissionSetGroup: [{ Id: '0PG', HasActivationRequired: odd }] },
      ),
      [],
    ],
    ['of a profile’s set that may be session-based', profile({ HasActivationRequired: odd }), []],
    ['of a user who may be inactive', { ...org, User: [user('005rep', { IsActive: odd })] }, []],
    ['of a user who may be frozen', { ...org, UserLogin: [{ UserId: '005rep', IsFrozen: odd }] }, ['005top']],
    ['of a permission', assigned({}, {}, { ObjectPermissions: [{ ParentId: 'extra', PermissionsRead: odd }] }), []],
  ])('%s', (_, damaged, found) => {
    expect(readers(damaged, leadFor('005rep'))).toEqual(found);
  });

  function profile(set: object): TestOrg {
    const given = standardProfile();
    return { ...given, User: [user('005rep')], PermissionSet: given.PermissionSet.map((row) => ({ ...row, ...set })) };
  }
});

/** Values in a damaged column. None of them names anything in `arbitraryOrg`. */
const GARBAGE = fc.constantFrom<unknown>(
  'garbage',
  ' ',
  'null',
  '00Ggarbage',
  '005',
  'STANDARD',
  '2026-99-99',
  'Read ',
  '\u0000',
  'true',
  '=005u0',
  '@account',
  true,
  false,
  0,
  7,
  null,
  undefined,
);
/** Every column that a rule queries, in every table. */
const COLUMNS: readonly string[] = [
  ...new Set(
    `Id DefaultLeadAccess DefaultContactAccess QualifiedApiName InternalSharingModel ExternalSharingModel Name Username FederationIdentifier
     Email UserType UserRoleId ProfileId ManagerId IsActive UserId IsFrozen ParentRoleId PortalType Type RelatedId DoesIncludeBosses
     GroupId UserOrGroupId PermissionSetGroupId IsOwnedByProfile HasActivationRequired PermissionsViewAllData PermissionsModifyAllData
     PermissionsViewAllFieldsGlobal AssigneeId PermissionSetId ExpirationDate IsRevoked ParentId SobjectType PermissionsRead
     PermissionsViewAllRecords PermissionsModifyAllRecords PermissionsViewAllFields Field ParentTerritory2Id Territory2ModelId State
     Territory2Id`.split(/\s+/),
  ),
];
const garbageRow = fc.record(Object.fromEntries(COLUMNS.map((column) => [column, GARBAGE])));
const damage = fc.array(fc.tuple(fc.constantFrom<TableName>(...MEMBERSHIP_TABLES), garbageRow), {
  minLength: 1,
  maxLength: 6,
});

const FILE = 'test/access/damaged.test.ts';
const records = fc.array(arbitraryRecord, { minLength: 6, maxLength: 8 });

test('garbage rows in any table never throw, and give no access', () => {
  let opened = 0;
  const property = fc.property(arbitraryOrg, records, damage, (sound, made, rows) => {
    const damaged: Record<string, unknown> = { ...sound };
    for (const [table, row] of rows) damaged[table] = [...((damaged[table] as unknown[]) ?? []), row];
    opened += openedBy(sound, damaged as TestOrg, made);
  });
  holds(FILE, property);
  // If neither org gave any access, there would be nothing to compare.
  expect(opened).toBeGreaterThan(0);
});

/**
 * Columns without which a row is about nothing, as if the row were missing. Rows that deny access (frozen, a default)
 * then do not.
 */
const SUBJECTS: Partial<Record<TableName, readonly string[]>> = {
  UserLogin: ['UserId'],
  EntityDefinition: ['QualifiedApiName', 'InternalSharingModel', 'ExternalSharingModel'],
  Organization: ['DefaultContactAccess'],
};

test('one garbage column in any row never throws, and gives no access', () => {
  let opened = 0;
  const cell = fc.record({
    table: fc.constantFrom<TableName>(...MEMBERSHIP_TABLES),
    row: fc.nat(20),
    column: fc.nat(20),
    // A null is no damage: many rows lack values, and no row is denied for that.
    value: GARBAGE.filter((value) => value !== null && value !== undefined && typeof value !== 'boolean'),
  });
  const property = fc.property(arbitraryOrg, records, cell, (sound, made, { table, row, column, value }) => {
    const rows = (sound[table] ?? []) as readonly Record<string, unknown>[];
    const at = row % Math.max(1, rows.length);
    const columns = Object.keys(rows[at] ?? {}).filter((name) => !SUBJECTS[table]?.includes(name));
    const name = columns[column % Math.max(1, columns.length)];
    if (name === undefined) return;
    const damaged = { ...sound, [table]: rows.map((each, n) => (n === at ? { ...each, [name]: value } : each)) };
    opened += openedBy(sound, damaged as TestOrg, made);
  });
  holds(FILE, property);
  expect(opened).toBeGreaterThan(0);
});

test('garbage share rows never throw, and give no access', () => {
  const columns = ['UserOrGroupId', 'RowCause', 'IsDeleted', ...OBJECTS.map(({ name }) => `${name}AccessLevel`)];
  const raw = fc.record(Object.fromEntries(columns.map((column) => [column, GARBAGE])));
  const property = fc.property(raw, fc.constantFrom(...OBJECTS), (row, object) => {
    expect(shareRow(object, row).opens).toEqual([]);
  });
  holds(FILE, property);
});

/** How many pairs of user and record have access in both. Throws if the damage gives access to one. */
function openedBy(sound: TestOrg, damaged: TestOrg, made: readonly Parameters<typeof finds>[1][]): number {
  const before = membershipOf(sound);
  const after = membershipOf(damaged);
  const was = [...before.members];
  const is = [...after.members];
  for (const _ of after.names);
  let count = 0;
  for (const { Id } of sound.User ?? [])
    for (const record of made) {
      const open = finds(memberOf(is, Id ?? ''), record, after.contacts);
      if (open && !finds(memberOf(was, Id ?? ''), record, before.contacts))
        throw new Error(`the damage opens a record to ${Id}: ${JSON.stringify(record)}`);
      count += open ? 1 : 0;
    }
  return count;
}
