import { describe, expect, it } from 'vitest';
import type { CoverageGap } from '../../src/access/coverage-gaps.ts';
import { blindSpots } from '../../src/check/blind-spots.ts';
import { rightsInTables } from '../../src/check/evidence.ts';
import { OBJECTS } from '../../src/objects/index.ts';
import { selectFields } from '../../src/sync/selection.ts';
import { standardProfile, type TestOrg, tablesOf, user } from '../access/org.ts';

const ME = '005me';
const HELD = {
  PermissionsViewAllData: true,
  PermissionsViewSetup: true,
  PermissionsViewRoles: true,
  PermissionsViewAllUsers: true,
  PermissionsManageUsers: true,
};

/** What a run closes by an integration user whose profile's permission set has these columns. */
function gapsOf(set: object, more: TestOrg = {}, frozenUsers: 'closed' | 'open' = 'closed'): CoverageGap[] {
  const profile = standardProfile();
  const PermissionSet = profile.PermissionSet.map((row) => ({ ...row, ...HELD, ...set }));
  const tables = tablesOf({ ...profile, User: [user(ME)], PermissionSet, ...more });
  const describes = new Map(
    OBJECTS.flatMap(({ name, fields, accessFields, share }) => [
      [name, { fields: [...fields, ...accessFields].map(described) }],
      [share.object, { fields: ['Id'].map(described) }],
    ]),
  );
  const selection = selectFields(describes as unknown as Parameters<typeof selectFields>[0]);
  const { rights } = rightsInTables(tables, ME, Date.parse('2026-06-01T12:00:00.000Z'));
  return blindSpots(tables, selection, rights, frozenUsers);
}

const described = (name: string) => ({ name, type: 'string', permissionable: false, compoundFieldName: null });

describe('a run says what the integration user cannot see', () => {
  it('nothing, where it has every right', () => {
    expect(gapsOf({})).toEqual([]);
  });

  it.each([
    ['PermissionsViewRoles', 'view-roles'],
    ['PermissionsViewAllUsers', 'view-all-users'],
    ['PermissionsManageUsers', 'manage-users'],
  ])('%s', (column, right) => {
    expect(gapsOf({ [column]: false })).toEqual([
      { code: 'right_missing', right, inferred: false, externalOnly: false, count: null },
    ]);
  });

  it('View All Data: each object of which not every record is seen', () => {
    expect(gapsOf({ PermissionsViewAllData: false })).toEqual(
      OBJECTS.map(({ name }) => ({ code: 'records_hidden', object: name, internalDefault: 'private', count: null })),
    );
  });

  it('and that less is lost of an object whose records everybody sees', () => {
    const Organization = [{ Id: '00D', DefaultLeadAccess: 'Read' }];
    expect(gapsOf({ PermissionsViewAllData: false }, { Organization })).toContainEqual({
      code: 'records_hidden',
      object: 'Lead',
      internalDefault: 'open',
      count: null,
    });
  });

  it('View Setup and Configuration hides the permission sets that would tell: it is inferred', () => {
    expect(gapsOf({}, { PermissionSet: [], UserLogin: [{ UserId: ME, IsFrozen: false }] })).toEqual([
      { code: 'right_missing', right: 'view-setup', inferred: true, externalOnly: false, count: null },
    ]);
  });

  it('who is frozen matters only where frozen users are not served', () => {
    expect(gapsOf({ PermissionsManageUsers: false }, {}, 'open')).toEqual([]);
  });
});
