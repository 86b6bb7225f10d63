import type { GroupRow, OrgTables, UserRoleRow, UserRow } from '../../src/access/tables.ts';
import type { UserName } from '../../src/access/types.ts';
import type { TableName } from '../../src/facts/coverage-gaps.ts';
import { OBJECT_NAMES, STANDARD_FIELDS } from '../../src/objects/index.ts';

/** The size of an org. Roles, groups and memberships are in proportion to its users. */
export interface OrgSize {
  readonly users: number;
  readonly roles: number;
  readonly groups: number;
  readonly memberships: number;
}

export function sizeFor(users: number): OrgSize {
  return { users, roles: users / 4, groups: users, memberships: users * 10 };
}

const ROLE_GROUP_TYPES = ['Role', 'RoleAndSubordinates'] as const;
const NO_ROWS: readonly TableName[] = [
  'EntityDefinition',
  'UserLogin',
  'PermissionSetGroup',
  'PermissionSetAssignment',
  'FieldPermissions',
  'Territory2',
  'Territory2Model',
  'UserTerritory2Association',
];

/** Returns an id of 18 characters. */
export function idOf(prefix: string, at: number): string {
  return `${prefix}${String(at).padStart(15, '0')}`;
}

/**
 * Returns the tables of an org in which everything is private. Each role has five roles below it, and two groups. The
 * other groups are public ones with users, role groups and each other as members, in chains of twenty that end in a
 * circle.
 */
export function largeOrg({ users, roles, groups, memberships }: OrgSize): OrgTables {
  const roleGroups = 2 * roles;
  const membersEach = Math.floor(memberships / (groups - roleGroups)) - 2;
  const UserRole = Array.from(
    { length: roles },
    (_, at): UserRoleRow => ({
      Id: idOf('00E', at),
      ParentRoleId: at === 0 ? null : idOf('00E', Math.floor((at - 1) / 5)),
    }),
  );
  const User = Array.from({ length: users }, (_, at): UserRow => {
    const Id = idOf('005', at);
    return {
      Id,
      Name: `User ${at}`,
      Username: `user${at}@bench.example`,
      IsActive: true,
      UserType: 'Standard',
      ProfileId: 'profile',
      UserRoleId: idOf('00E', at % roles),
      ManagerId: at === 0 ? null : idOf('005', Math.floor(at / 8)),
    };
  });
  const Group = Array.from({ length: groups }, (_, at): GroupRow => {
    const Id = idOf('00G', at);
    if (at < roleGroups)
      return { Id, Type: ROLE_GROUP_TYPES[at % 2] ?? null, RelatedId: idOf('00E', Math.floor(at / 2)) };
    return { Id, Type: at % 7 === 0 ? 'Queue' : 'Regular', RelatedId: null, DoesIncludeBosses: at % 2 === 0 };
  });
  const GroupMember = Array.from({ length: groups - roleGroups }, (_, nth) => nth + roleGroups).flatMap((at) =>
    [
      ...Array.from({ length: membersEach }, (_, nth) => idOf('005', (at * 31 + nth * 997) % users)),
      idOf('00G', (at * 13) % roleGroups),
      idOf('00G', at + 1 < groups && at % 20 !== 19 ? at + 1 : at - 10),
    ].map((UserOrGroupId) => ({ GroupId: idOf('00G', at), UserOrGroupId })),
  );
  const PermissionSet = [{ Id: 'set', IsOwnedByProfile: true, ProfileId: 'profile', HasActivationRequired: false }];
  const ObjectPermissions = OBJECT_NAMES.map((SobjectType) => ({
    ParentId: 'set',
    SobjectType,
    PermissionsRead: true,
  }));
  const Organization = [
    {
      Id: idOf('00D', 1),
      ...Object.fromEntries(OBJECT_NAMES.map((name) => [`Default${name}Access`, 'None'])),
    },
  ];
  const tables = { Organization, User, UserRole, Group, GroupMember, PermissionSet, ObjectPermissions };
  const described = Object.fromEntries(
    OBJECT_NAMES.map((name) => [
      name,
      STANDARD_FIELDS.fields[name].map((field) => ({ name: field, permissionable: false, compoundFieldName: null })),
    ]),
  );
  return {
    ...Object.fromEntries(NO_ROWS.map((table) => [table, { rows: [] }])),
    ...Object.fromEntries(Object.entries(tables).map(([table, rows]) => [table, { rows }])),
    described,
  } as unknown as OrgTables;
}

/** Returns names for users, made from their ids. */
export function namesOf(members: readonly { readonly userId: string }[]): UserName[] {
  return members.map(({ userId }) => ({
    userId,
    name: userId,
    username: userId,
    federationId: null,
    email: null,
    refused: null,
  }));
}
