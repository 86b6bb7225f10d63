import { type Row, type SharedObject, sfId } from '@salesforce-connector/sandbox/testing';
import fc from 'fast-check';
import {
  FIELDS,
  GROUPS,
  OBJECTS,
  PERMITTED_FIELDS,
  PROFILES,
  ROLES,
  recordsOf,
  SET_GROUP,
  SETS,
  shareId,
  TERRITORIES,
  UNKNOWN_GROUP,
  USERS,
  wordIn,
} from './pools.ts';

/** Random rows, one arbitrary for each table. An org begins with such rows, and changes add such rows. */

export const anyOf = <T>(...items: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...items);
export const maybe = <T>(...items: readonly T[]): fc.Arbitrary<T | null> =>
  fc.option(fc.constantFrom(...items), { freq: 3 });
/** True about as often as the numbers say. */
export const chance = (yes: number, no: number): fc.Arbitrary<boolean> =>
  fc.oneof({ weight: no, arbitrary: fc.constant(false) }, { weight: yes, arbitrary: fc.constant(true) });

const row = (columns: Readonly<Record<string, fc.Arbitrary<Row[string]> | Row[string]>>): fc.Arbitrary<Row> =>
  fc.record(
    Object.fromEntries(
      Object.entries(columns).map(([name, value]) => [
        name,
        value !== null && typeof value === 'object' ? value : fc.constant(value),
      ]),
    ),
  );

/** A default for reading, as Organization writes it. */
export const organizationDefault = (object: SharedObject): fc.Arbitrary<string> =>
  object === 'Contact'
    ? anyOf('ControlledByParent', 'ControlledByParent', 'None', 'Read')
    : anyOf('None', 'None', 'None', 'Edit');

/**
 * Both models of an object. They take precedence over Organization. Contacts are controlled by parent for internal and
 * external users alike: if only one of the two says so, the connector hides contacts from external users, and reports
 * it.
 */
export const entityDefinition = (object: SharedObject): fc.Arbitrary<Row> => {
  const model = anyOf('Private', 'Private', 'Read');
  const own = row({ QualifiedApiName: object, InternalSharingModel: model, ExternalSharingModel: model });
  if (object !== 'Contact') return own;
  const controlled = 'ControlledByParent';
  return fc.oneof(
    own,
    row({ QualifiedApiName: object, InternalSharingModel: controlled, ExternalSharingModel: controlled }),
  );
};

/** A parent that comes earlier, so that there are no cycles. */
const parentIn = (ids: readonly string[], at: number) => (at === 0 ? fc.constant(null) : maybe(...ids.slice(0, at)));

export const role = (at: number): fc.Arbitrary<Row> =>
  row({ Id: ROLES[at] ?? null, ParentRoleId: parentIn(ROLES, at), PortalType: at === 4 ? maybe('Partner') : null });

export const user = (at: number): fc.Arbitrary<Row> =>
  row({
    Id: USERS[at] ?? null,
    IsActive: chance(6, 1),
    UserType: at < 5 ? 'Standard' : anyOf('Standard', 'PowerPartner'),
    UserRoleId: maybe(...ROLES),
    ProfileId: anyOf(...PROFILES),
    ManagerId: parentIn(USERS, at),
  });

export const login = (at: number): fc.Arbitrary<Row> =>
  row({ Id: sfId('0Yw', at + 1), UserId: USERS[at] ?? null, IsFrozen: chance(1, 8) });

const related = (type: fc.Arbitrary<string>, ids: readonly string[]) => ({ Type: type, RelatedId: anyOf(...ids) });
const KINDS = [
  { Type: 'Regular', RelatedId: null },
  { Type: 'Regular', RelatedId: null },
  { Type: 'Queue', RelatedId: null },
  related(anyOf('Role', 'RoleAndSubordinates', 'RoleAndSubordinatesInternal'), ROLES),
  related(anyOf('Manager', 'ManagerAndSubordinatesInternal', 'Organization'), USERS),
  related(anyOf('Territory', 'TerritoryAndSubordinates'), TERRITORIES),
];
/** The first three have members. */
export const group = (at: number): fc.Arbitrary<Row> =>
  row({ Id: GROUPS[at] ?? null, ...KINDS[at], DoesIncludeBosses: fc.boolean() });

export const MEMBERS = 6;
export const memberId = (slot: number): string => sfId('011', slot + 1);
export const groupMember = (slot: number): fc.Arbitrary<Row> =>
  row({
    Id: memberId(slot),
    GroupId: anyOf(...GROUPS.slice(0, 3)),
    UserOrGroupId: anyOf(...USERS, ...GROUPS),
  });

export const territory = (at: number): fc.Arbitrary<Row> =>
  row({
    Id: TERRITORIES[at] ?? null,
    ParentTerritory2Id: parentIn(TERRITORIES, at),
    Territory2ModelId: sfId('0MA', 1),
  });

export const TERRITORY_USERS = 3;
export const territoryUser = (slot: number): fc.Arbitrary<Row> =>
  row({
    Id: sfId('0MC', slot + 1),
    UserId: anyOf(...USERS),
    Territory2Id: anyOf(...TERRITORIES),
    IsActive: chance(5, 1),
  });

export const permissionSet = (at: number): fc.Arbitrary<Row> =>
  row({
    Id: SETS[at] ?? null,
    IsOwnedByProfile: at < 2,
    ProfileId: PROFILES[at] ?? null,
    Type: at < 2 ? 'Profile' : at === 2 ? 'Group' : 'Regular',
    PermissionSetGroupId: at === 2 ? SET_GROUP : null,
    HasActivationRequired: at > 2 ? chance(1, 8) : false,
    PermissionsViewAllData: chance(1, 15),
    PermissionsModifyAllData: false,
    PermissionsViewAllFieldsGlobal: chance(1, 12),
  });

export const ASSIGNMENTS = 4;
export const assignment = (slot: number): fc.Arbitrary<Row> =>
  row({
    Id: sfId('0Pa', slot + 1),
    AssigneeId: anyOf(...USERS),
    PermissionSetId: anyOf(...SETS.slice(2)),
    // Never soon: in these tests the org's clock and a search's clock differ.
    ExpirationDate: anyOf(null, null, '2020-01-01T00:00:00.000Z', '2099-01-01T00:00:00.000Z'),
    IsActive: chance(8, 1),
    IsRevoked: chance(1, 8),
  });

/** A row for each set and object. */
export const objectPermissionId = (set: number, object: number): string => sfId('110', set * 10 + object + 1);
export const objectPermission = (set: number, object: number): fc.Arbitrary<Row> =>
  row({
    Id: objectPermissionId(set, object),
    ParentId: SETS[set] ?? null,
    SobjectType: OBJECTS[object] ?? null,
    PermissionsRead: chance(6, 1),
    PermissionsViewAllRecords: chance(1, 10),
    PermissionsModifyAllRecords: chance(1, 20),
    PermissionsViewAllFields: chance(1, 10),
  });

export const fieldPermissionId = (set: number, field: number): string => sfId('01k', set * 20 + field + 1);
export const fieldPermission = (set: number, field: number): fc.Arbitrary<Row> => {
  const name = PERMITTED_FIELDS[field] ?? '';
  return row({
    Id: fieldPermissionId(set, field),
    ParentId: SETS[set] ?? null,
    SobjectType: name.slice(0, name.indexOf('.')),
    Field: name,
    PermissionsRead: chance(6, 1),
  });
};

/** Queues own cases and leads too. */
export const ownerOf = (object: SharedObject): fc.Arbitrary<string> =>
  object === 'Case' || object === 'Lead' ? anyOf(...USERS, ...USERS, GROUPS[2] ?? '') : anyOf(...USERS);

const hasAccount = (object: SharedObject): boolean => object !== 'Account' && object !== 'Lead';

export const record = (object: SharedObject, at: number): fc.Arbitrary<Row> =>
  row({
    Id: recordsOf(object)[at] ?? null,
    ...Object.fromEntries(FIELDS[object].map((field) => [field, wordIn(object, field, 0)])),
    OwnerId: ownerOf(object),
    IsDeleted: false,
    ...(hasAccount(object) ? { AccountId: maybe(...recordsOf('Account')) } : {}),
    ...(object === 'Opportunity' ? { IsPrivate: chance(1, 4) } : {}),
    ...(object === 'Contact' ? { IsPersonAccount: chance(1, 8) } : {}),
    ...(object === 'Lead' ? { IsConverted: chance(1, 8) } : {}),
  });

const level = anyOf('Read', 'Edit', 'None');
const levelsOf = (object: SharedObject): Readonly<Record<string, fc.Arbitrary<string>>> =>
  object === 'Account'
    ? { AccountAccessLevel: level, ContactAccessLevel: level, CaseAccessLevel: level, OpportunityAccessLevel: level }
    : { [`${object}AccessLevel`]: level };

export const share = (object: SharedObject, at: number, slot: number): fc.Arbitrary<Row> =>
  row({
    Id: shareId(object, at + 1, slot),
    [`${object}Id`]: recordsOf(object)[at] ?? null,
    UserOrGroupId: anyOf(...USERS, ...GROUPS, ...GROUPS, UNKNOWN_GROUP),
    ...levelsOf(object),
    RowCause: anyOf('Manual', 'Rule', 'Team', 'ImplicitParent', 'CompliantDataSharing'),
    IsDeleted: false,
  });
