import fc from 'fast-check';
import { expect, test } from 'vitest';
import { resolveMembership } from '../../src/access/membership.ts';
import type { OrgTables, PermissionSetAssignmentRow } from '../../src/access/tables.ts';
import { rightsInTables } from '../../src/integration-user/own-rights.ts';
import { OBJECT_NAMES, STANDARD_FIELDS } from '../../src/objects/index.ts';
import { type Assigned, decidingSets } from '../../src/sync/deciding-sets.ts';
import { arbitraryOrg } from '../access/arbitrary-org.ts';
import { describedField, NOW, type TestOrg, tablesOf } from '../access/org.ts';
import { holds } from '../salesforce/seeded.ts';

const SET = '0PS1';
const ids = (org: TestOrg): string[] => decidingSets(tablesOf(org)).map(({ by, id }) => `${by} ${id}`);
const set = (more: object): TestOrg => ({ PermissionSet: [{ Id: SET, ...more }] });

test.each([
  ['View All Data', set({ PermissionsViewAllData: true })],
  ['Modify All Data', set({ PermissionsModifyAllData: true })],
  ['View All Fields (Global)', set({ PermissionsViewAllFieldsGlobal: true })],
  ['the rights of the integration user', set({ PermissionsManageUsers: true })],
  ...['PermissionsRead', 'PermissionsViewAllRecords', 'PermissionsModifyAllRecords', 'PermissionsViewAllFields'].map(
    (column): [string, TestOrg] => [
      column,
      { ...set({}), ObjectPermissions: [{ ParentId: SET, SobjectType: 'Lead', [column]: true }] },
    ],
  ),
  [
    'a field',
    {
      ...set({}),
      FieldPermissions: [{ ParentId: SET, SobjectType: 'Lead', Field: 'Lead.Company', PermissionsRead: true }],
    },
  ],
  [
    'an object, though PermissionSet does not show the set: its assignments are reported',
    { ObjectPermissions: [{ ParentId: SET, SobjectType: 'Lead', PermissionsRead: true }] },
  ],
])('a permission set matters if it grants %s', (_, org) => {
  expect(ids(org)).toEqual([`PermissionSetId ${SET}`]);
});

test('the set of a group matters for assignments that name only the group', () => {
  const aggregate = set({ PermissionsViewAllData: true, PermissionSetGroupId: '0PG1' });
  expect(ids(aggregate)).toEqual([`PermissionSetId ${SET}`, 'PermissionSetGroupId 0PG1']);
});

test.each<[string, TestOrg]>([
  ['gives nothing', set({ PermissionsViewAllData: false })],
  [
    'names an object without a right on it',
    { ...set({}), ObjectPermissions: [{ ParentId: SET, SobjectType: 'Lead' }] },
  ],
  [
    'is not a permission set',
    { ObjectPermissions: [{ ParentId: '0QM1', SobjectType: 'Lead', PermissionsRead: true }] },
  ],
])('a set does not matter if it %s', (_, org) => {
  expect(ids(org)).toEqual([]);
});

const SETS = ['0PSs0', '0PSs1', '0PSs2', '0PSs3'];
const fieldPermissions = fc.array(
  fc.record({
    ParentId: fc.constantFrom(...SETS, '0PSnone', '0QMmuting'),
    SobjectType: fc.constant('Lead'),
    Field: fc.constantFrom('Lead.Company', 'Lead.Phone'),
    PermissionsRead: fc.constantFrom(true, true, false),
  }),
  { maxLength: 4 },
);
/** The system rights of these sets, by position. */
const systemRights = fc.tuple(...SETS.map(() => fc.constantFrom(null, null, null, true)));
/** With half of the objects' permissions, every set would matter. */
const fewObjects = fc.subarray([...OBJECT_NAMES], { maxLength: 1 });

const org = fc
  .record({ org: arbitraryOrg, fields: fieldPermissions, rights: systemRights, objects: fewObjects, byGroup: fc.nat() })
  .map(({ org, fields, rights, objects, byGroup }): TestOrg => {
    const sets = (org.PermissionSet ?? []).map((row, at) => ({
      ...row,
      PermissionsViewSetup: rights[at] ?? null,
      ...(at === byGroup % 4 ? { PermissionSetGroupId: '0PGg' } : {}),
    }));
    return {
      ...org,
      PermissionSet: sets,
      PermissionSetAssignment: (org.PermissionSetAssignment ?? []).map((row, at) =>
        row.PermissionSetGroupId && at % 2 === 0 ? { ...row, PermissionSetId: null } : row,
      ),
      ObjectPermissions: (org.ObjectPermissions ?? []).filter((row) => objects.some((one) => one === row.SobjectType)),
      FieldPermissions: fields,
      described: { ...org.described, Lead: [describedField('Company', true), describedField('Phone', true)] },
    };
  });

/** The assignments that the org sends for the query. */
function sent(tables: OrgTables): readonly PermissionSetAssignmentRow[] {
  const deciding = decidingSets(tables);
  const names = (by: Assigned['by'], id: unknown) => deciding.some((one) => one.by === by && one.id === id);
  const active = new Set((tables.User.rows ?? []).filter(({ IsActive }) => IsActive !== false).map(({ Id }) => Id));
  return (tables.PermissionSetAssignment.rows ?? []).filter(
    (row) =>
      active.has(row.AssigneeId) &&
      (row.PermissionSetId
        ? names('PermissionSetId', row.PermissionSetId)
        : names('PermissionSetGroupId', row.PermissionSetGroupId)),
  );
}

test('the assignments that matter give the same membership as all assignments', () => {
  const seen = { left: 0, sent: 0, members: 0 };
  const property = fc.property(org, (random) => {
    const whole = tablesOf(random);
    const rows = sent(whole);
    const some: OrgTables = { ...whole, PermissionSetAssignment: { rows } };
    seen.sent += rows.length;
    seen.left += (whole.PermissionSetAssignment.rows?.length ?? 0) - rows.length;
    const made = (tables: OrgTables) => {
      const options = { fields: STANDARD_FIELDS.fields, now: NOW, frozenUsers: 'closed', documents: null } as const;
      const { members, names, ...rest } = resolveMembership(tables, options);
      return { members: [...members], names: [...names], contacts: rest.contacts, shared: rest.shared };
    };
    const membership = made(whole);
    seen.members += membership.members.length;
    expect(made(some)).toEqual(membership);
    // The integration user is active, or there would be no token.
    for (const { Id } of (whole.User.rows ?? []).filter(({ IsActive }) => IsActive !== false)) {
      const own = (tables: OrgTables) => rightsInTables(tables, Id ?? '', Date.parse(NOW)).rights;
      expect(own(some).system('PermissionsViewSetup') === true).toBe(
        own(whole).system('PermissionsViewSetup') === true,
      );
      for (const name of OBJECT_NAMES) expect(own(some).on(name)?.viewAll).toEqual(own(whole).on(name)?.viewAll);
    }
  });
  holds('test/sync/deciding-sets.test.ts', property);
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(100);
});
