import { createHash } from 'node:crypto';
import { closedList } from '../access/closed.ts';
import { orgDefaults } from '../access/defaults.ts';
import type { OrgTables } from '../access/tables.ts';
import type { Closed } from '../access/types.ts';
import type { Sight } from '../index/port.ts';
import { OBJECT_NAMES, type ObjectName } from '../objects/index.ts';
import type { Selection } from '../sync/selection.ts';
import { type OwnRights, ownRights, ownSets } from './evidence.ts';
import { recordsFindings } from './object-rights.ts';
import { systemRightFindings } from './system-rights.ts';

/** Who asks the org, and when. */
export interface Asker {
  readonly userId: string;
  /** The org's time, ms since 1970. */
  readonly now: number;
  readonly frozenUsers: 'closed' | 'open';
}

/**
 * The rights that the integration user lacks, with what that closes: in a run, from the tables that it reads anyway, so
 * without a call of its own; in the words of `check`, which asks for more. What they hide leaves no trace, and so has no count.
 */
export function blindSpots(tables: OrgTables, selection: Selection, asker: Asker): Closed[] {
  const rights = rightsIn(tables, asker);
  const findings = [
    ...systemRightFindings(rights, { tables, userDefault: null, frozenUsers: asker.frozenUsers }),
    ...recordsFindings(selection, rights, tables),
  ];
  return findings.flatMap(({ status, found, closes, remedy }) =>
    (status === 'failed' || status === 'warning') && closes !== null
      ? [{ what: found, why: `this closes ${closes}`, count: null, ...(remedy === null ? {} : { remedy }) }]
      : [],
  );
}

/**
 * What the integration user's rights show of each object of which records or share rows are read, and until when (ISO;
 * null: for good), from the same tables. An object of which nobody can tell is not seen whole.
 */
export function sightsOf(
  tables: OrgTables,
  selection: Selection,
  asker: Asker,
): { readonly sights: Partial<Record<ObjectName, Sight>>; readonly endsAt: string | null } {
  const own = rightsIn(tables, asker);
  const { ids } = ownSets(tables, asker.userId, asker.now);
  const { internal } = orgDefaults(tables, closedList());
  const organization = (tables.Organization.rows ?? []).map(({ SystemModstamp }) => SystemModstamp);
  const traceOfSets = hashOf(rowsOfSets(tables, asker.userId, ids));
  const sights: Partial<Record<ObjectName, Sight>> = {};
  for (const name of OBJECT_NAMES) {
    const { on, readable, shareColumns } = selection.objects[name];
    if (!on && shareColumns === null) continue;
    const held = own.on(name);
    const byDefault = internal[name] === 'open' && tables.ObjectPermissions.rows !== null;
    const whole = (readable || !on) && held !== null && (held.viewAll || byDefault);
    const rights = hashOf(rowsOfRights(tables, name, ids));
    const traces: Sight['traces'] = held?.viewAll
      ? { rights, sets: traceOfSets }
      : { rights, default: hashOf(organization) };
    sights[name] = { whole, traces };
  }
  return { sights, endsAt: own.endsAt };
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

function rightsIn(tables: OrgTables, { userId, now }: Asker): OwnRights {
  const sets = ownSets(tables, userId, now);
  const held = new Set(sets.ids);
  const rows = (tables.PermissionSet.rows ?? []).filter(({ Id }) => Id && held.has(Id));
  return ownRights(tables, null, rows, sets);
}
