import { describe, expect, test } from 'vitest';
import type { PermissionSetAssignmentRow, PermissionSetRow } from '../../src/access/tables.ts';
import type { CoverageGap } from '../../src/facts/coverage-gaps.ts';
import type { TestOrg } from './org.ts';
import { finds, leadFor, memberOf, membershipOf, NOW, REFUSED, readers, standardProfile, user } from './org.ts';

const LEAD = leadFor('005amy');
const OTHER = leadFor('005bob');
const READ = { SobjectType: 'Lead', PermissionsRead: true };
const LATER = '2026-06-02T00:00:00.000Z';
const AFTER = '2026-06-03T00:00:00.000Z';

/** Amy's profile allows nothing. She is assigned the set `extra`, which reads leads. */
function assigned(assignment: PermissionSetAssignmentRow, set: PermissionSetRow = {}, more: TestOrg = {}): TestOrg {
  return {
    User: [user('005amy')],
    PermissionSet: [
      { Id: 'profile', IsOwnedByProfile: true, ProfileId: 'standard' },
      { Id: 'extra', IsOwnedByProfile: false, ...set },
    ],
    PermissionSetAssignment: [{ AssigneeId: '005amy', PermissionSetId: 'extra', ...assignment }],
    ObjectPermissions: [{ ParentId: 'extra', ...READ }],
    ...more,
  };
}

const GROUP = { PermissionSetGroupId: 'group' };
const muted = { ParentId: 'muting', SobjectType: 'Lead', PermissionsRead: true };

test.each<[string, TestOrg, boolean]>([
  ['Read by the profile’s set counts', { ...standardProfile(['Lead']), User: [user('005amy')] }, true],
  ['Read on another object does not count', { ...standardProfile(['Case']), User: [user('005amy')] }, false],
  [
    'the set of another profile does not count',
    { ...standardProfile(['Lead']), User: [user('005amy', { ProfileId: 'other' })] },
    false,
  ],
  ['an assigned set counts', assigned({}), true],
  ['a set that is assigned to somebody else does not count', assigned({ AssigneeId: '005bob' }), false],
  [
    'a set whose row has no Read does not count',
    assigned({}, {}, { ObjectPermissions: [{ ParentId: 'extra' }] }),
    false,
  ],
  ['an assignment that ends later counts', assigned({ ExpirationDate: LATER }), true],
  [
    'an assignment that ends later, in the format of REST, counts',
    assigned({ ExpirationDate: '2026-06-02T00:00:00.000+0000' }),
    true,
  ],
  ['an assignment that ends now does not count', assigned({ ExpirationDate: NOW }), false],
  ['an assignment that has ended does not count', assigned({ ExpirationDate: '2026-05-31T00:00:00.000Z' }), false],
  ['an assignment whose end cannot be read does not count', assigned({ ExpirationDate: 'soon' }), false],
  ['a revoked assignment does not count', assigned({ IsRevoked: true }), false],
  ['an assignment that is not revoked counts', assigned({ IsRevoked: false }), true],
  ['an inactive assignment does not count', assigned({ IsActive: false }), false],
  ['an assignment without IsActive counts', assigned({ IsActive: null, IsRevoked: null }), true],
  ['a session-based set does not count', assigned({}, { HasActivationRequired: true }), false],
  ['a set without the session flag counts', assigned({}, { HasActivationRequired: null }), true],
  ['a set that PermissionSet does not show does not count', assigned({ PermissionSetId: 'hidden' }), false],
  ['a group counts through its aggregate set', assigned(GROUP, {}, { PermissionSetGroup: [{ Id: 'group' }] }), true],
  [
    'a group counts through its aggregate set even if the assignment names only the group',
    assigned({ PermissionSetId: null, ...GROUP }, GROUP, { PermissionSetGroup: [{ Id: 'group' }] }),
    true,
  ],
  [
    'a session-based group does not count',
    assigned(GROUP, {}, { PermissionSetGroup: [{ Id: 'group', HasActivationRequired: true }] }),
    false,
  ],
  [
    'a session-based group that only its set names does not count',
    assigned({}, GROUP, { PermissionSetGroup: [{ Id: 'group', HasActivationRequired: true }] }),
    false,
  ],
  ['a group that is not shown may be session-based, and does not count', assigned(GROUP), false],
  ['groups that cannot be read do not count', assigned(GROUP, {}, { PermissionSetGroup: null }), false],
  [
    'rows of a muting set or a license count for nobody, even if one is reported as assigned',
    assigned({ PermissionSetId: 'muting' }, {}, { ObjectPermissions: [muted] }),
    false,
  ],
  ['without PermissionSet nothing counts', assigned({}, {}, { PermissionSet: null }), false],
  [
    'without PermissionSetAssignment no assigned set counts',
    assigned({}, {}, { PermissionSetAssignment: null }),
    false,
  ],
  ['without ObjectPermissions nothing is read', assigned({}, {}, { ObjectPermissions: null }), false],
])('%s', (_, org, reads) => {
  expect(readers(org, LEAD)).toEqual(reads ? ['005amy'] : []);
});

describe('View All', () => {
  const on = (row: object, set: PermissionSetRow = {}) =>
    assigned({}, set, { ObjectPermissions: [{ ParentId: 'extra', SobjectType: 'Lead', ...row }] });
  test.each<[string, TestOrg, boolean]>([
    ['View All on the object opens every record', on({ ...READ, PermissionsViewAllRecords: true }), true],
    ['Modify All on the object opens every record', on({ ...READ, PermissionsModifyAllRecords: true }), true],
    ['Read alone does not open every record', on(READ), false],
    ['View All without Read opens nothing', on({ PermissionsViewAllRecords: true }), false],
    [
      'View All on another object opens nothing',
      on({ SobjectType: 'Case', PermissionsRead: true, PermissionsViewAllRecords: true }),
      false,
    ],
    [
      'View All Data opens every record, and implies Read',
      assigned({}, { PermissionsViewAllData: true }, { ObjectPermissions: [] }),
      true,
    ],
    [
      'Modify All Data opens every record, and implies Read',
      assigned({}, { PermissionsModifyAllData: true }, { ObjectPermissions: [] }),
      true,
    ],
    ['View All Fields (Global) opens no record', on(READ, { PermissionsViewAllFieldsGlobal: true }), false],
  ])('%s', (_, org, all) => {
    expect(readers(org, OTHER)).toEqual(all ? ['005amy'] : []);
  });

  test('counts with the Read of another set', () => {
    const org = assigned(
      {},
      {},
      {
        ObjectPermissions: [
          { ParentId: 'profile', ...READ },
          { ParentId: 'extra', SobjectType: 'Lead', PermissionsViewAllRecords: true },
        ],
      },
    );
    expect(readers(org, OTHER)).toEqual(['005amy']);
  });

  test('gives access to private opportunities', () => {
    const opportunity = { object: 'Opportunity', ownerId: '005bob', isPrivate: true } as const;
    const viewAll = on({ ...READ, SobjectType: 'Opportunity', PermissionsViewAllRecords: true });
    expect(readers(viewAll, opportunity)).toEqual(['005amy']);
    expect(readers(on({ ...READ, SobjectType: 'Opportunity' }), opportunity)).toEqual([]);
  });
});

describe('an assignment that will end', () => {
  const org = assigned({ ExpirationDate: LATER });

  test('makes a row up to its end and one after it', () => {
    const rows = [...membershipOf(org).members];
    expect(rows.map((row) => [row.userId, row.validUntil, row.objects.Lead.reach])).toEqual([
      ['005amy', LATER, 'principals'],
      ['005amy', null, 'none'],
    ]);
  });

  test('gives access to the record before its end, but not from its end on', () => {
    expect(readers(org, LEAD, {}, NOW)).toEqual(['005amy']);
    expect(readers(org, LEAD, {}, LATER)).toEqual([]);
  });

  test('makes one row if another set grants the same', () => {
    const twice = assigned(
      { ExpirationDate: LATER },
      {},
      {
        PermissionSetAssignment: [
          { AssigneeId: '005amy', PermissionSetId: 'extra', ExpirationDate: LATER },
          { AssigneeId: '005amy', PermissionSetId: 'extra' },
        ],
      },
    );
    expect([...membershipOf(twice).members].map((row) => row.validUntil)).toEqual([null]);
  });

  test('splits a row at each of several ends', () => {
    const steps = assigned(
      {},
      {},
      {
        PermissionSet: [{ Id: 'leads' }, { Id: 'all', PermissionsViewAllData: true }],
        PermissionSetAssignment: [
          { AssigneeId: '005amy', PermissionSetId: 'leads', ExpirationDate: AFTER },
          { AssigneeId: '005amy', PermissionSetId: 'all', ExpirationDate: LATER },
        ],
        ObjectPermissions: [{ ParentId: 'leads', ...READ }],
      },
    );
    const { members, contacts } = membershipOf(steps);
    const rows = [...members].map((row) => [row.validUntil, row.objects.Lead.reach]);
    expect(rows).toEqual([
      [LATER, 'all'],
      [AFTER, 'principals'],
      [null, 'none'],
    ]);
    expect(finds(memberOf(members, '005amy', LATER), OTHER, contacts)).toBe(false);
    expect(finds(memberOf(members, '005amy', LATER), LEAD, contacts)).toBe(true);
  });
});

test.each<[string, TestOrg, CoverageGap[]]>([
  ['nothing, if all sets are shown', assigned({}), []],
  [
    'session-based sets',
    assigned({}, { HasActivationRequired: true }),
    [{ code: 'permission_set_session_based', count: 1 }],
  ],
  ['hidden sets', assigned({ PermissionSetId: 'hidden' }), [{ code: 'permission_set_hidden', count: 1 }]],
  ['no hidden set of an assignment that has ended', assigned({ PermissionSetId: 'hidden', ExpirationDate: NOW }), []],
  [
    'tables that cannot be read',
    { ...assigned({}), ObjectPermissions: null, FieldPermissions: null },
    [
      { code: 'table_unreadable', table: 'ObjectPermissions', loss: 'object_permissions', reason: REFUSED, count: 1 },
      { code: 'table_unreadable', table: 'FieldPermissions', loss: 'field_permissions', reason: REFUSED, count: 1 },
    ],
  ],
])('reports as a coverage gap: %s', (_, org, expected) => {
  expect(membershipOf(org).gaps).toEqual(expected);
});
