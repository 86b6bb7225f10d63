import type { TableName } from './tables.ts';

/** A right of the integration user that concerns the whole org, by its column of PermissionSet and UserPermissionAccess. */
export interface SystemRight {
  readonly id: 'view-setup' | 'view-roles' | 'view-all-users' | 'manage-users';
  /** As the permission set's page names it. */
  readonly name: string;
  readonly column: string;
  /** What is read by it. */
  readonly shows: string;
  /** What is lost without it. */
  readonly closes: string;
}

/** What is lost by a right without which the search answers nobody. */
export const NOBODY_FINDS = 'nobody finds anything';

/** The system permissions that docs/setup.md names, in the same words (a test compares them). */
export const SYSTEM_RIGHTS: readonly SystemRight[] = [
  {
    id: 'view-setup',
    name: 'View Setup and Configuration',
    column: 'PermissionsViewSetup',
    shows: 'PermissionSet, ObjectPermissions and FieldPermissions',
    closes: `every object and field to everybody: ${NOBODY_FINDS}`,
  },
  {
    id: 'view-roles',
    name: 'View Roles and Role Hierarchy',
    column: 'PermissionsViewRoles',
    shows: 'UserRole',
    closes:
      'what reaches a user through the role hierarchy: nobody finds what those below them own, and groups of roles are empty',
  },
  {
    id: 'view-all-users',
    name: 'View All Users',
    column: 'PermissionsViewAllUsers',
    shows: 'every row of User',
    closes: 'everything to the users who are not seen: external ones, and internal ones too where User is private',
  },
  {
    id: 'manage-users',
    name: 'Manage Users',
    column: 'PermissionsManageUsers',
    shows: 'UserLogin, and so who is frozen',
    closes: 'nothing: frozen users are served like others, for who is frozen cannot be seen',
  },
];

/** What to do about a right that is missing. */
export function grantRight(id: SystemRight['id']): string {
  const name = SYSTEM_RIGHTS.find((right) => right.id === id)?.name;
  return `Grant "${name}" in the integration user's permission set (System Permissions).`;
}

/** The same for Read and View All on an object: its records, its fields' names and its share rows. */
export function grantObject(object: string): string {
  return `Grant Read and View All on ${object} in the integration user's permission set (Object Settings).`;
}

/** The same for fields of an object. */
export function grantFields(object: string, count: number): string {
  return `Grant Read on ${count === 1 ? 'this field' : 'these fields'} of ${object} (Object Settings › Field Permissions).`;
}

/** The same for fields that decide on access. Nobody can be granted IsPersonAccount: Salesforce shows it to everybody. */
export function grantDeciding(object: string, fields: readonly string[]): string {
  const granted = fields.filter((field) => field !== 'IsPersonAccount');
  return [
    ...(granted.length === 0 ? [] : [grantFields(object, granted.length)]),
    ...(granted.length === fields.length
      ? []
      : ['Find out what hides IsPersonAccount: Salesforce shows it to everybody who reads contacts.']),
  ].join(' ');
}

/** The right that shows a table's rows; null: every user of the API sees them. */
export function rightFor(table: TableName): SystemRight['id'] | null {
  return RIGHT_FOR[table] ?? null;
}

const RIGHT_FOR: Partial<Record<TableName, SystemRight['id']>> = {
  User: 'view-all-users',
  UserLogin: 'manage-users',
  UserRole: 'view-roles',
  PermissionSet: 'view-setup',
  PermissionSetGroup: 'view-setup',
  PermissionSetAssignment: 'view-setup',
  ObjectPermissions: 'view-setup',
  FieldPermissions: 'view-setup',
};

/** Columns of rights that open every record of every object. */
export const EVERY_RECORD: readonly string[] = ['PermissionsViewAllData', 'PermissionsModifyAllData'];
