import { describe, expect, it } from 'vitest';
import type { CoverageGap } from '../../src/facts/coverage-gaps.ts';
import { blindSpots } from '../../src/integration-user/blind-spots.ts';
import { rightsInTables } from '../../src/integration-user/own-rights.ts';
import { OBJECTS } from '../../src/objects/index.ts';
import { resolveFields } from '../../src/sync/resolved-schema.ts';
import { standardProfile, type TestOrg, tablesOf, user } from '../access/org.ts';
import { wishes } from '../sync/wishes.ts';

const ME = '005me';
const HELD = {
  PermissionsViewAllData: true,
  PermissionsViewSetup: true,
  PermissionsViewRoles: true,
  PermissionsViewAllUsers: true,
  PermissionsManageUsers: true,
};

/** What a run hides because the permission set of the integration user's profile has these columns. */
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
  const schema = resolveFields(describes as unknown as Parameters<typeof resolveFields>[0], wishes());
  const { rights } = rightsInTables(tables, ME, Date.parse('2026-06-01T12:00:00.000Z'));
  return blindSpots(tables, schema, rights, frozenUsers);
}

const described = (name: string) => ({ name, type: 'string', permissionable: false, compoundFieldName: null });

describe('a run reports what the integration user cannot see', () => {
  it('reports nothing if the user has every right', () => {
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

  it('reports each object that is not wholly visible without View All Data', () => {
    expect(gapsOf({ PermissionsViewAllData: false })).toEqual(
      OBJECTS.map(({ name }) => ({ code: 'records_hidden', object: name, internalDefault: 'private', count: null })),
    );
  });

  it('reports a smaller loss for an object whose records everybody sees', () => {
    const Organization = [{ Id: '00D', DefaultLeadAccess: 'Read' }];
    expect(gapsOf({ PermissionsViewAllData: false }, { Organization })).toContainEqual({
      code: 'records_hidden',
      object: 'Lead',
      internalDefault: 'open',
      count: null,
    });
  });

  it('infers the loss if View Setup and Configuration hides the permission sets that would show it', () => {
    expect(gapsOf({}, { PermissionSet: [], UserLogin: [{ UserId: ME, IsFrozen: false }] })).toEqual([
      { code: 'right_missing', right: 'view-setup', inferred: true, externalOnly: false, count: null },
    ]);
  });

  it('reports hidden freezing only if frozen users are not served', () => {
    expect(gapsOf({ PermissionsManageUsers: false }, {}, 'open')).toEqual([]);
  });
});
