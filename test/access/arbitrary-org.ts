import fc from 'fast-check';
import type { ObjectName } from '../../src/objects/index.ts';
import { OBJECT_NAMES } from '../../src/objects/index.ts';
import type { TestOrg, TestRecord } from './org.ts';
import { describedField, NOW } from './org.ts';

export const TIMES = [NOW, '2026-06-02T00:00:00.000Z', '2026-06-03T00:00:00.000Z'];

const named = (prefix: string, count: number) => Array.from({ length: count }, (_, at) => `${prefix}${at}`);
const ROLES = named('00Er', 5);
const USERS = named('005u', 6);
const GROUPS = named('00Gg', 7);
const TERRITORIES = named('0MIt', 4);
const SETS = named('0PSs', 4);

const flag = fc.constantFrom(true, false, null);
const rarely = fc.constantFrom(true, false, false, null, null);
const mostly = fc.constantFrom(true, true, true, true, false, null);
const anyOf = (...lists: string[][]) => fc.constantFrom(...lists.flat());
const maybe = (...lists: string[][]) => fc.option(anyOf(...lists), { freq: 3 });
const object = fc.constantFrom(...OBJECT_NAMES);

/** A parent that comes earlier, so that there are no cycles. */
function tree<T>(ids: string[], row: (id: string, parent: string | null) => fc.Arbitrary<T>): fc.Arbitrary<T[]> {
  return fc.tuple(
    ...ids.map((id, at) =>
      fc
        .option(fc.nat({ max: Math.max(0, at - 1) }), { freq: 4 })
        .chain((up) => row(id, up === null || at === 0 ? null : (ids[up] ?? null))),
    ),
  );
}

const roles = tree(ROLES, (Id, ParentRoleId) =>
  fc.record({
    Id: fc.constant(Id),
    ParentRoleId: fc.constant(ParentRoleId),
    PortalType: fc.constantFrom(null, 'None', 'Partner'),
  }),
);

const users = fc.tuple(
  ...USERS.map((Id) =>
    fc.record({
      Id: fc.constant(Id),
      IsActive: mostly,
      UserType: fc.constantFrom('Standard', 'Standard', 'Standard', 'PowerPartner'),
      UserRoleId: maybe(ROLES),
      ProfileId: fc.constantFrom('p0', 'p1'),
      ManagerId: maybe(USERS),
    }),
  ),
);

const TYPES: readonly [string, string[]][] = [
  ['Regular', []],
  ['Regular', []],
  ['Queue', []],
  ['Role', ROLES],
  ['RoleAndSubordinates', ROLES],
  ['RoleAndSubordinatesInternal', ROLES],
  ['Organization', []],
  ['Manager', USERS],
  ['ManagerAndSubordinatesInternal', USERS],
  ['Territory', TERRITORIES],
  ['TerritoryAndSubordinates', TERRITORIES],
  ['AllCustomerPortal', []],
];
const groups = fc.tuple(
  ...GROUPS.map((Id) =>
    fc.constantFrom(...TYPES).chain(([Type, related]) =>
      fc.record({
        Id: fc.constant(Id),
        Type: fc.constant(Type),
        RelatedId: related.length === 0 ? fc.constant(null) : anyOf(related),
        DoesIncludeBosses: flag,
      }),
    ),
  ),
);

const territories = tree(TERRITORIES, (Id, ParentTerritory2Id) =>
  fc.record({
    Id: fc.constant(Id),
    ParentTerritory2Id: fc.constant(ParentTerritory2Id),
    Territory2ModelId: fc.constantFrom('now', 'now', 'now', 'then'),
  }),
);

const permissionSets = fc.tuple(
  ...SETS.map((Id, at) =>
    fc.record({
      Id: fc.constant(Id),
      IsOwnedByProfile: fc.constant(at < 2),
      ProfileId: fc.constant(at < 2 ? `p${at}` : null),
      HasActivationRequired: at < 2 ? fc.constant(false) : rarely,
      PermissionsViewAllData: fc.constantFrom(true, ...Array(12).fill(false)),
      PermissionsModifyAllData: fc.constantFrom(true, ...Array(12).fill(null)),
    }),
  ),
);

const organization = fc.record(
  Object.fromEntries(
    OBJECT_NAMES.map((name) => [
      `Default${name}Access`,
      fc.constantFrom(
        'None',
        'None',
        'None',
        'Read',
        'ReadEditTransfer',
        'ControlledByParent',
        'ControlledByCampaign',
        null,
      ),
    ]),
  ),
);
const model = fc.constantFrom('Private', 'Private', 'Read', 'ReadWrite', 'ControlledByParent', null);

/** A small org in which every rule can apply. Every id resolves, except for a few that nothing shows. */
export const arbitraryOrg: fc.Arbitrary<TestOrg> = fc.record({
  Organization: fc.tuple(organization),
  EntityDefinition: fc
    .array(fc.record({ QualifiedApiName: object, InternalSharingModel: model, ExternalSharingModel: model }), {
      maxLength: 2,
    })
    .map((rows) =>
      rows.filter((row, at) => rows.findIndex((it) => it.QualifiedApiName === row.QualifiedApiName) === at),
    ),
  UserRole: roles,
  User: users,
  Group: groups,
  GroupMember: fc.array(fc.record({ GroupId: anyOf(GROUPS), UserOrGroupId: anyOf(GROUPS, USERS, ['005none']) }), {
    maxLength: 10,
  }),
  Territory2Model: fc.constant([
    { Id: 'now', State: 'Active' },
    { Id: 'then', State: 'Archived' },
  ]),
  Territory2: territories,
  UserTerritory2Association: fc.array(
    fc.record({ UserId: anyOf(USERS), Territory2Id: anyOf(TERRITORIES), IsActive: mostly }),
    { maxLength: 6 },
  ),
  PermissionSet: permissionSets,
  PermissionSetGroup: fc.tuple(fc.record({ Id: fc.constant('0PGg'), HasActivationRequired: flag })),
  PermissionSetAssignment: fc.array(
    fc.record({
      AssigneeId: anyOf(USERS),
      PermissionSetId: anyOf(SETS, ['0PSnone']),
      PermissionSetGroupId: fc.constantFrom(null, null, null, '0PGg', '0PGnone'),
      ExpirationDate: fc.constantFrom(null, '2026-01-01T00:00:00.000Z', ...TIMES),
      IsActive: mostly,
      IsRevoked: rarely,
    }),
    { maxLength: 8 },
  ),
  ObjectPermissions: fc.array(
    fc.record({
      ParentId: anyOf(SETS, ['0QMmuting']),
      SobjectType: object,
      PermissionsRead: mostly,
      PermissionsViewAllRecords: rarely,
      PermissionsModifyAllRecords: fc.constantFrom(true, ...Array(9).fill(null)),
    }),
    { maxLength: 24 },
  ),
  described: fc.record({
    Contact: fc.constantFrom(
      [describedField('Name', false)],
      [describedField('Name', false), describedField('IsPersonAccount', false)],
    ),
  }),
});

const sharesOf = (opens: readonly ObjectName[]) =>
  fc.array(
    fc.record({
      grantee: anyOf(USERS, GROUPS, ['00Gnone']),
      cause: fc.constantFrom('Manual', 'Rule', 'Team', 'CompliantDataSharing'),
      opens: fc.subarray([...opens], { minLength: 0 }),
    }),
    { maxLength: 3 },
  );

/** A record of any object, with what the index knows about its account. */
export const arbitraryRecord: fc.Arbitrary<TestRecord> = object.chain((name) =>
  fc
    .record({
      object: fc.constant(name),
      ownerId: name === 'Case' || name === 'Lead' ? maybe(USERS, GROUPS) : maybe(USERS),
      accountId: name === 'Lead' || name === 'Account' ? fc.constant(null) : maybe(['001a']),
      isPrivate: fc.boolean(),
      isPersonAccount: fc.boolean(),
      shares: sharesOf([name]),
      account: fc.record({ ownerId: maybe(USERS), shares: sharesOf(['Account', 'Contact', 'Case', 'Opportunity']) }),
    })
    .map((record) => (record.accountId === null ? { ...record, account: null } : record)),
);
