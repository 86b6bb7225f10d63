import type { FieldLists, ObjectName } from '../objects/index.ts';
import { OBJECT_NAMES } from '../objects/index.ts';
import { readableFields } from './fields.ts';
import type { GapList } from './gap-list.ts';
import { rowsOr } from './gap-list.ts';
import type { OrgTables, PermissionSetRow } from './tables.ts';

/** What a user's permission sets together allow on an object. */
export interface ObjectRights {
  readonly read: boolean;
  /** View All or Modify All. Counts only together with Read. */
  readonly viewAll: boolean;
  readonly fields: 'all' | readonly string[];
}

export type Rights = Readonly<Record<ObjectName, ObjectRights>>;

interface SetOnObject {
  read: boolean;
  viewAll: boolean;
  everyField: boolean;
  readonly fields: Set<string>;
}

interface SetGrants {
  readonly viewAllData: boolean;
  readonly everyField: boolean;
  readonly objects: Map<string, SetOnObject>;
}

/**
 * Returns a function that computes the rights that a list of permission sets gives. View All Data and Modify All Data
 * imply Read on every object. The View All permissions on records give no access to fields.
 *
 * @param decided the fields for which access is decided
 */
export function rightsOf(tables: OrgTables, decided: FieldLists, gaps: GapList): (setIds: readonly string[]) => Rights {
  const sets = grantsOf(tables, gaps);
  return (setIds) => {
    const held = setIds.flatMap((id) => sets.get(id) ?? []);
    const data = held.some((set) => set.viewAllData);
    const everywhere = held.some((set) => set.everyField);
    const on = (name: ObjectName) => held.flatMap((set) => set.objects.get(name) ?? []);
    const reads = (name: ObjectName) => data || on(name).some((object) => object.read);
    const fieldsOf = (name: ObjectName, fields: readonly string[]): 'all' | string[] => {
      const grants = {
        everyField: everywhere || on(name).some((object) => object.everyField),
        granted: (field: string) => on(name).some((object) => object.fields.has(field)),
      };
      return reads(name) ? readableFields(name, fields, tables.described[name], grants, isContactField) : [];
    };
    const isContactField = (field: string): boolean =>
      tables.described.Contact?.some(({ name }) => name === field) === true && fieldsOf('Contact', [field]) === 'all';
    const entries = OBJECT_NAMES.map((name): [ObjectName, ObjectRights] => [
      name,
      {
        read: reads(name),
        viewAll: data || on(name).some((object) => object.viewAll),
        fields: fieldsOf(name, decided[name]),
      },
    ]);
    return Object.fromEntries(entries) as Record<ObjectName, ObjectRights>;
  };
}

function grantsOf(tables: OrgTables, gaps: GapList): Map<string, SetGrants> {
  const sets = new Map<string, SetGrants>();
  for (const row of tables.PermissionSet.rows ?? [])
    if (row.Id)
      sets.set(row.Id, {
        viewAllData: viewsAllData(row),
        everyField: row.PermissionsViewAllFieldsGlobal === true,
        objects: new Map(),
      });
  const on = (setId: string | null | undefined, object: string | null | undefined): SetOnObject | null => {
    const set = sets.get(setId ?? '');
    if (set === undefined || !object) return null;
    const known = set.objects.get(object) ?? { read: false, viewAll: false, everyField: false, fields: new Set() };
    set.objects.set(object, known);
    return known;
  };
  for (const row of rowsOr(tables.ObjectPermissions, 'ObjectPermissions', 'object_permissions', gaps)) {
    const object = on(row.ParentId, row.SobjectType);
    if (object === null) continue;
    object.read ||= row.PermissionsRead === true;
    object.viewAll ||= row.PermissionsViewAllRecords === true || row.PermissionsModifyAllRecords === true;
    object.everyField ||= row.PermissionsViewAllFields === true;
  }
  for (const row of rowsOr(tables.FieldPermissions, 'FieldPermissions', 'field_permissions', gaps)) {
    const prefix = `${row.SobjectType}.`;
    if (row.PermissionsRead === true && typeof row.Field === 'string' && row.Field.startsWith(prefix))
      on(row.ParentId, row.SobjectType)?.fields.add(row.Field.slice(prefix.length));
  }
  const hidden = OBJECT_NAMES.filter((name) => tables.described[name] === null);
  gaps.add({ code: 'object_fields_hidden', objects: hidden, count: hidden.length });
  return sets;
}

function viewsAllData(row: PermissionSetRow): boolean {
  return row.PermissionsViewAllData === true || row.PermissionsModifyAllData === true;
}
