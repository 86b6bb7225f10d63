import { SYSTEM_RIGHTS } from './integration-rights.ts';
import type { ObjectPermissionsRow, OrgTables, PermissionSetRow } from './tables.ts';

/** What an assignment names: a permission set, or a group, which counts by its aggregate set. */
export interface Assigned {
  readonly by: 'PermissionSetId' | 'PermissionSetGroupId';
  readonly id: string;
}

/** The prefix of permission sets. Muting sets and licenses have permissions too, and nobody is assigned to them. */
const PERMISSION_SET = '0PS';

/** What opens every object, and what the integration user needs to see the org. */
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
 * The permission sets that give anything that the rules ask for: an assignment of any other set changes nothing. Sets
 * that PermissionSet does not show are among them, so that what they would give is reported as closed. In order, each once.
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
