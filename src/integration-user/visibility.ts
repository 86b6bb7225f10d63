import { createHash } from 'node:crypto';
import { orgDefaults } from '../access/defaults.ts';
import { gapList } from '../access/gap-list.ts';
import type { OrgTables } from '../access/tables.ts';
import type { ObjectVisibility } from '../index/port/visibility.ts';
import { OBJECT_NAMES, type ObjectName } from '../objects/index.ts';
import type { RightsInTables } from './own-rights.ts';

/** What a run reads of each object, as far as visibility depends on it. `ResolvedSchema` has it. */
export interface ReadObjects {
  readonly objects: Readonly<
    Record<
      ObjectName,
      {
        /** False: the configuration switches the object off. */
        readonly on: boolean;
        /** Its records are read. */
        readonly readable: boolean;
        /** Columns of its share object; null: no share rows are read. */
        readonly shareColumns: readonly string[] | null;
      }
    >
  >;
}

/**
 * What the integration user can see of each object whose records or share rows are read. If that is unknown, it does not
 * see the whole object.
 */
export function visibilityOf(
  tables: OrgTables,
  selection: ReadObjects,
  { rights: own, userId, setIds }: RightsInTables,
): Partial<Record<ObjectName, ObjectVisibility>> {
  const { internal } = orgDefaults(tables, gapList());
  const organization = (tables.Organization.rows ?? []).map(({ SystemModstamp }) => SystemModstamp);
  const traceOfSets = hashOf(rowsOfSets(tables, userId, setIds));
  const visibility: Partial<Record<ObjectName, ObjectVisibility>> = {};
  for (const name of OBJECT_NAMES) {
    const { on, readable, shareColumns } = selection.objects[name];
    if (!on && shareColumns === null) continue;
    const held = own.on(name);
    const byDefault = internal[name] === 'open' && tables.ObjectPermissions.rows !== null;
    const whole = (readable || !on) && held !== null && (held.viewAll || byDefault);
    const rights = hashOf(rowsOfRights(tables, name, setIds));
    const traces: ObjectVisibility['traces'] = held?.viewAll
      ? { rights, sets: traceOfSets }
      : { rights, default: hashOf(organization) };
    visibility[name] = { whole, traces };
  }
  return visibility;
}

/** The rows that grant rights on the object, with their stamps. */
function rowsOfRights(tables: OrgTables, object: ObjectName, setIds: readonly string[]): unknown[] {
  return (tables.ObjectPermissions.rows ?? [])
    .filter(({ ParentId, SobjectType }) => SobjectType === object && setIds.includes(ParentId ?? ''))
    .map((row) => [row.ParentId, row.SystemModstamp]);
}

/** The user's permission sets and their assignments, with their stamps. */
function rowsOfSets(tables: OrgTables, userId: string, setIds: readonly string[]): unknown[] {
  return [
    ...(tables.PermissionSetAssignment.rows ?? [])
      .filter(({ AssigneeId }) => AssigneeId === userId)
      .map((row) => [row.PermissionSetId, row.PermissionSetGroupId, row.SystemModstamp]),
    ...(tables.PermissionSet.rows ?? [])
      .filter(({ Id }) => setIds.includes(Id ?? ''))
      .map((row) => [row.Id, row.SystemModstamp]),
  ];
}

function hashOf(rows: readonly unknown[]): string {
  const sorted = rows.map((row) => JSON.stringify(row)).toSorted();
  return createHash('sha256').update(sorted.join()).digest('base64').slice(0, 22);
}
