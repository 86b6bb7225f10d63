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

/** What the integration user's rights show of each object, and until when (ISO; null: for good), from the same tables. */
export function sightOf(
  tables: OrgTables,
  selection: Selection,
  asker: Asker,
): { readonly rights: Record<ObjectName, Sight>; readonly endsAt: string | null } {
  const own = rightsIn(tables, asker);
  const findings = tables.ObjectPermissions.rows === null ? [] : recordsFindings(selection, own, tables);
  const sight = (name: ObjectName): Sight => {
    const { on, readable } = selection.objects[name];
    if (on && !readable) return 'partial';
    const status = findings.find(({ test }) => test === name)?.status ?? 'unknown';
    if (status === 'failed') return 'partial';
    return status === 'unknown' ? 'unknown' : 'whole';
  };
  const rights = Object.fromEntries(OBJECT_NAMES.map((name) => [name, sight(name)])) as Record<ObjectName, Sight>;
  return { rights, endsAt: own.endsAt };
}

function rightsIn(tables: OrgTables, { userId, now }: Asker): OwnRights {
  const sets = ownSets(tables, userId, now);
  const held = new Set(sets.ids);
  const rows = (tables.PermissionSet.rows ?? []).filter(({ Id }) => Id && held.has(Id));
  return ownRights(tables, null, rows, sets);
}
