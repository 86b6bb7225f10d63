import { createHash } from 'node:crypto';
import { gapList } from '../access/coverage-gaps.ts';
import { orgDefaults } from '../access/defaults.ts';
import type { OrgTables } from '../access/tables.ts';
import type { Sight } from '../index/port.ts';
import { OBJECT_NAMES, type ObjectName } from '../objects/index.ts';
import type { Selection } from '../sync/selection.ts';
import type { RightsInTables } from './evidence.ts';

/**
 * What the integration user's rights show of each object of which records or share rows are read. An object of
 * which nobody can tell is not seen whole.
 */
export function sightsOf(
  tables: OrgTables,
  selection: Selection,
  { rights: own, userId, setIds }: RightsInTables,
): Partial<Record<ObjectName, Sight>> {
  const { internal } = orgDefaults(tables, gapList());
  const organization = (tables.Organization.rows ?? []).map(({ SystemModstamp }) => SystemModstamp);
  const traceOfSets = hashOf(rowsOfSets(tables, userId, setIds));
  const sights: Partial<Record<ObjectName, Sight>> = {};
  for (const name of OBJECT_NAMES) {
    const { on, readable, shareColumns } = selection.objects[name];
    if (!on && shareColumns === null) continue;
    const held = own.on(name);
    const byDefault = internal[name] === 'open' && tables.ObjectPermissions.rows !== null;
    const whole = (readable || !on) && held !== null && (held.viewAll || byDefault);
    const rights = hashOf(rowsOfRights(tables, name, setIds));
    const traces: Sight['traces'] = held?.viewAll
      ? { rights, sets: traceOfSets }
      : { rights, default: hashOf(organization) };
    sights[name] = { whole, traces };
  }
  return sights;
}

/** The rows that give rights on the object, with their stamps. */
function rowsOfRights(tables: OrgTables, object: ObjectName, setIds: readonly string[]): unknown[] {
  return (tables.ObjectPermissions.rows ?? [])
    .filter(({ ParentId, SobjectType }) => SobjectType === object && setIds.includes(ParentId ?? ''))
    .map((row) => [row.ParentId, row.SystemModstamp]);
}

/** The permission sets that the user holds, and how it comes to them, with their stamps. */
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
