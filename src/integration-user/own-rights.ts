import { gapList } from '../access/gap-list.ts';
import { peopleOf } from '../access/people.ts';
import { periodsOf } from '../access/periods.ts';
import { heldSets } from '../access/permission-sets.ts';
import { type ObjectRights, rightsOf } from '../access/rights.ts';
import type { OrgTables } from '../access/tables.ts';
import type { ObjectName } from '../objects/index.ts';
import { STANDARD_FIELDS } from '../objects/index.ts';
import { EVERY_RECORD } from './required-rights.ts';

/** Where the integration user's rights are read. */
export type Source = 'UserPermissionAccess' | 'permission sets' | 'nowhere';

type Row = Readonly<Record<string, unknown>>;

/** The integration user's own rights, as far as they are known. */
export interface OwnRights {
  readonly source: Source;
  /** Whether it has a system permission, by column; null: unknown. */
  system(column: string): boolean | null;
  /** Read and View All on an object; null: unknown, because permission sets cannot be read. */
  on(object: ObjectName): Pick<ObjectRights, 'read' | 'viewAll'> | null;
  /** When its first assignment of a permission set ends, ISO; null: never. */
  readonly endsAt: string | null;
}

/** The user's permission sets that are in force now, and when the first of them ends. */
export function ownSets(tables: OrgTables, userId: string, now: number): { ids: string[]; endsAt: string | null } {
  const person = peopleOf(tables.User.rows ?? []).get(userId);
  if (person === undefined) return { ids: [], endsAt: null };
  const [first] = periodsOf(heldSets(tables, now, gapList())(person));
  return {
    ids: [...(first?.setIds ?? [])],
    endsAt: first?.until == null ? null : new Date(first.until).toISOString(),
  };
}

/**
 * The integration user's rights. They come from UserPermissionAccess, which shows users their own rights (API v41 and
 * later), and from their permission sets, which need View Setup and Configuration.
 *
 * @param access the row of UserPermissionAccess; null: the org does not show it
 * @param setRows the rows of the user's permission sets
 */
export function ownRights(
  tables: OrgTables,
  access: Row | null,
  setRows: readonly Row[],
  sets: { readonly ids: readonly string[]; readonly endsAt: string | null },
): OwnRights {
  const seesSets = setRows.length > 0;
  const system = (column: string): boolean | null => {
    const own = access?.[column];
    if (typeof own === 'boolean') return own;
    const values = setRows.map((row) => row[column]).filter((value) => typeof value === 'boolean');
    return values.length === 0 ? null : values.includes(true);
  };
  const everyRecord = EVERY_RECORD.some((column) => system(column) === true);
  const onObjects = seesSets ? rightsOf(tables, STANDARD_FIELDS.fields, gapList())(sets.ids) : null;
  return {
    source: access !== null ? 'UserPermissionAccess' : seesSets ? 'permission sets' : 'nowhere',
    system,
    on: (object) => (everyRecord ? { read: true, viewAll: true } : (onObjects?.[object] ?? null)),
    endsAt: sets.endsAt,
  };
}

/** The integration user's rights, from the tables that a run reads anyway, and the permission sets that grant them. */
export interface RightsInTables {
  readonly userId: string;
  readonly rights: OwnRights;
  readonly setIds: readonly string[];
}

/** @param now the org's time, ms since 1970 */
export function rightsInTables(tables: OrgTables, userId: string, now: number): RightsInTables {
  const sets = ownSets(tables, userId, now);
  const held = new Set(sets.ids);
  const rows = (tables.PermissionSet.rows ?? []).filter(({ Id }) => Id && held.has(Id));
  return { userId, rights: ownRights(tables, null, rows, sets), setIds: sets.ids };
}
