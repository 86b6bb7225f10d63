import type { TableName } from './tables.ts';

/** A right of the integration user that concerns the whole org, by its column of PermissionSet and UserPermissionAccess. */
export interface SystemRight {
  readonly id: 'view-setup' | 'view-roles' | 'view-all-users' | 'manage-users';
  /** As the permission set's page names it. */
  readonly name: string;
  readonly column: string;
}

/** The system permissions that docs/setup.md names; `src/sentences/integration-rights.ts` says what each shows. */
export const SYSTEM_RIGHTS: readonly SystemRight[] = [
  { id: 'view-setup', name: 'View Setup and Configuration', column: 'PermissionsViewSetup' },
  { id: 'view-roles', name: 'View Roles and Role Hierarchy', column: 'PermissionsViewRoles' },
  { id: 'view-all-users', name: 'View All Users', column: 'PermissionsViewAllUsers' },
  { id: 'manage-users', name: 'Manage Users', column: 'PermissionsManageUsers' },
];

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
