import { describe, expect, it } from 'vitest';
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

/** What a run says of an integration user whose profile's permission set has these columns. */
function saidOf(set: object, more: TestOrg = {}, frozenUsers: 'closed' | 'open' = 'closed'): string[] {
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
  return blindSpots(tables, selection, rights, frozenUsers).map(
    ({ what, why, remedy }) => `${what}: ${why} → ${remedy}`,
  );
}

const described = (name: string) => ({ name, type: 'string', permissionable: false, compoundFieldName: null });

describe('a run says what the integration user cannot see', () => {
  it('nothing, where it has every right', () => {
    expect(saidOf({})).toEqual([]);
  });

  it.each([
    ['PermissionsViewRoles', 'View Roles and Role Hierarchy', 'the role hierarchy'],
    ['PermissionsViewAllUsers', 'View All Users', 'to the users who are not seen'],
    ['PermissionsManageUsers', 'Manage Users', 'frozen users are served like others'],
  ])('%s', (column, name, closes) => {
    expect(saidOf({ [column]: false })).toEqual([
      expect.stringMatching(
        new RegExp(
          `^${name} is missing: this closes .*${closes}.* → Grant "${name}" in the integration user's permission set`,
        ),
      ),
    ]);
  });

  it('View All Data: each object of which not every record is seen', () => {
    const said = saidOf({ PermissionsViewAllData: false });
    expect(said.map((line) => line.split(':')[0])).toEqual(OBJECTS.map(({ name }) => name));
    expect(said[2]).toContain(
      'every record and share row of Case that the integration user is not shared → Grant View All',
    );
  });

  it('View Setup and Configuration hides the permission sets that would tell: it is inferred', () => {
    expect(saidOf({}, { PermissionSet: [], UserLogin: [{ UserId: ME, IsFrozen: false }] })).toEqual([
      expect.stringMatching(
        /^View Setup and Configuration is missing \(PermissionSet shows no row, .*nobody finds anything/,
      ),
    ]);
  });

  it('who is frozen matters only where frozen users are not served', () => {
    expect(saidOf({ PermissionsManageUsers: false }, {}, 'open')).toEqual([]);
  });
});
