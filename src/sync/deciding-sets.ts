import type { ObjectPermissionsRow, OrgTables, PermissionSetRow } from '../access/tables.ts';
import { SYSTEM_RIGHTS } from '../integration-user/required-rights.ts';

/** The target of an assignment: a permission set, or a group, which counts through its aggregate set. */
export interface Assigned {
  readonly by: 'PermissionSetId' | 'PermissionSetGroupId';
  readonly id: string;
}

/** Key prefix of permission sets. Muting sets and licenses also have permission rows, but cannot be assigned. */
const PERMISSION_SET = '0PS';

/** Permissions that give access to every object, and those that the integration user needs to see the org. */
const SYSTEM_COLUMNS = [
  'PermissionsViewAllData',
  'PermissionsModifyAllData',
  'PermissionsViewAllFieldsGlobal',
  ...SYSTEM_RIGHTS.map(({ column }) => column),
] as readonly (keyof PermissionSetRow)[];

const OBJECT_COLUMNS: readonly (keyof ObjectPermissionsRow)[] = [
  'PermissionsRead',
  'PermissionsViewAllRecords',
  'PermissionsModifyAllRecords',
  'PermissionsViewAllFields',
];

/**
 * Returns the permission sets that grant anything the rules look at; an assignment of any other set changes nothing.
 * Includes sets that PermissionSet does not show, so that what they might grant is reported as a gap. Sorted, unique.
 */
export function decidingSets(
  tables: Pick<OrgTables, 'PermissionSet' | 'ObjectPermissions' | 'FieldPermissions'>,
): Assigned[] {
  const sets = tables.PermissionSet.rows ?? [];
  const shown = new Set(sets.map(({ Id }) => Id));
  const deciding = new Set<string>();
  const add = (id: string | null | undefined): void => {
    if (id && (shown.has(id) || id.startsWith(PERMISSION_SET))) deciding.add(id);
  };
  for (const row of sets) if (SYSTEM_COLUMNS.some((column) => row[column] === true)) add(row.Id);
  for (const row of tables.ObjectPermissions.rows ?? [])
    if (OBJECT_COLUMNS.some((column) => row[column] === true)) add(row.ParentId);
  for (const row of tables.FieldPermissions.rows ?? []) if (row.PermissionsRead === true) add(row.ParentId);

  const groups = new Set<string>();
  for (const { Id, PermissionSetGroupId } of sets)
    if (Id && PermissionSetGroupId && deciding.has(Id)) groups.add(PermissionSetGroupId);
  return [...named('PermissionSetId', deciding), ...named('PermissionSetGroupId', groups)];
}

function named(by: Assigned['by'], ids: ReadonlySet<string>): Assigned[] {
  return [...ids].sort().map((id) => ({ by, id }));
}
