import type { SystemRightId } from '../facts/coverage-gaps.ts';

/** A system permission that the integration user needs, by its column of PermissionSet and UserPermissionAccess. */
export interface SystemRight {
  readonly id: SystemRightId;
  readonly column: string;
}

/** The system permissions that docs/setup.md names. `src/sentences/integration-rights.ts` says what each one shows. */
export const SYSTEM_RIGHTS: readonly SystemRight[] = [
  { id: 'view-setup', column: 'PermissionsViewSetup' },
  { id: 'view-roles', column: 'PermissionsViewRoles' },
  { id: 'view-all-users', column: 'PermissionsViewAllUsers' },
  { id: 'manage-users', column: 'PermissionsManageUsers' },
];

/** Columns of the system permissions that show every record of every object. */
export const EVERY_RECORD: readonly string[] = ['PermissionsViewAllData', 'PermissionsModifyAllData'];
