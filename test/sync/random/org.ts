import { type OrgTables, type Row, type SharedObject, sfId } from '@salesforce-connector/sandbox/testing';
import fc from 'fast-check';
import {
  ADMIN,
  ADMIN_PROFILE,
  ADMIN_SET,
  GROUPS,
  MODEL,
  OBJECTS,
  ownerShareId,
  PERMITTED_FIELDS,
  PROFILES,
  RECORDS_AT_FIRST,
  ROLES,
  SET_GROUP,
  SETS,
  SHARES_PER_RECORD,
  TERRITORIES,
  USERS,
} from './pools.ts';
import * as rows from './rows.ts';

type Rows = fc.Arbitrary<Row[]>;

const each = (count: number, one: (at: number) => fc.Arbitrary<Row>): Rows =>
  fc.tuple(...Array.from({ length: count }, (_, at) => one(at)));
/** Some rows, at most one for each slot. */
const some = (count: number, one: (at: number) => fc.Arbitrary<Row>, freq = 2): Rows =>
  fc
    .tuple(...Array.from({ length: count }, (_, at) => fc.option(one(at), { freq })))
    .map((found) => found.filter((row) => row !== null));

const shares = (object: SharedObject): Rows =>
  some(RECORDS_AT_FIRST * SHARES_PER_RECORD, (at) =>
    rows.share(object, Math.floor(at / SHARES_PER_RECORD), at % SHARES_PER_RECORD),
  );

/** The owner's row, as Salesforce keeps one. But Salesforce says that it may stop doing so. */
function ownerShares(object: SharedObject, records: readonly Row[], kept: readonly boolean[]): Row[] {
  return records
    .map((record, at) => ({
      Id: ownerShareId(object, at + 1),
      [`${object}Id`]: record.Id ?? null,
      UserOrGroupId: record.OwnerId ?? null,
      [`${object}AccessLevel`]: 'All',
      RowCause: 'Owner',
      IsDeleted: false,
    }))
    .filter((_, at) => kept[at] !== false);
}

const defaults: fc.Arbitrary<Row> = fc
  .tuple(...OBJECTS.map(rows.organizationDefault))
  .map((values) => Object.fromEntries(OBJECTS.map((object, at) => [`Default${object}Access`, values[at] ?? null])));

const records = fc.tuple(
  ...OBJECTS.map((object) =>
    fc.tuple(
      each(RECORDS_AT_FIRST, (at) => rows.record(object, at)),
      shares(object),
      fc.tuple(...Array.from({ length: RECORDS_AT_FIRST }, () => rows.chance(4, 1))),
    ),
  ),
);

/**
 * A small org in which every rule can apply, as the rows of its folder: seven users beside the integration user, and
 * fifteen records.
 */
export const arbitraryOrg: fc.Arbitrary<OrgTables> = fc
  .record({
    defaults,
    EntityDefinition: some(OBJECTS.length, (at) => rows.entityDefinition(OBJECTS[at] ?? 'Lead'), 5),
    UserRole: each(ROLES.length, rows.role),
    User: each(USERS.length, rows.user),
    UserLogin: each(USERS.length, rows.login),
    Group: each(GROUPS.length, rows.group),
    GroupMember: some(rows.MEMBERS, rows.groupMember),
    Territory2: each(TERRITORIES.length, rows.territory),
    UserTerritory2Association: some(rows.TERRITORY_USERS, rows.territoryUser),
    PermissionSet: each(SETS.length, rows.permissionSet),
    PermissionSetAssignment: some(rows.ASSIGNMENTS, rows.assignment),
    ObjectPermissions: some(
      SETS.length * OBJECTS.length,
      (at) => rows.objectPermission(Math.floor(at / OBJECTS.length), at % OBJECTS.length),
      4,
    ),
    FieldPermissions: some(SETS.length * PERMITTED_FIELDS.length, (at) =>
      rows.fieldPermission(Math.floor(at / PERMITTED_FIELDS.length), at % PERMITTED_FIELDS.length),
    ),
    records,
  })
  .map(({ defaults, records, PermissionSet, User, FieldPermissions, PermissionSetAssignment, ...tables }) => ({
    ...tables,
    Organization: [{ Id: sfId('00D', 1), Name: 'Random', ...defaults }],
    Profile: [...PROFILES, ADMIN_PROFILE].map((Id) => ({ Id })),
    PermissionSet: [
      ...PermissionSet,
      {
        Id: ADMIN_SET,
        IsOwnedByProfile: true,
        ProfileId: ADMIN_PROFILE,
        Type: 'Profile',
        HasActivationRequired: false,
        PermissionsViewAllData: true,
        PermissionsViewAllFieldsGlobal: true,
      },
    ],
    PermissionSetGroup: [{ Id: SET_GROUP, HasActivationRequired: false }],
    PermissionSetAssignment,
    Territory2Model: [{ Id: MODEL, State: 'Active' }],
    User: [...User, { Id: ADMIN, IsActive: true, UserType: 'Standard', UserRoleId: null, ProfileId: ADMIN_PROFILE }],
    // An org without such a row would have no field-level security.
    FieldPermissions: [
      ...FieldPermissions,
      { Id: sfId('01k', 900), ParentId: ADMIN_SET, SobjectType: 'Lead', Field: 'Lead.Industry', PermissionsRead: true },
    ],
    ...Object.fromEntries(
      OBJECTS.flatMap((object, at) => {
        const [own = [], shared = [], kept = []] = records[at] ?? [];
        return [
          [object, own],
          [`${object}Share`, [...ownerShares(object, own, kept), ...shared]],
        ];
      }),
    ),
  }));
