import { orgDefaults } from '../access/defaults.ts';
import { gapList } from '../access/gap-list.ts';
import type { OrgTables } from '../access/tables.ts';
import type { CoverageGap, GapOf, SharingDefault, SystemRightId } from '../facts/coverage-gaps.ts';
import { OBJECT_NAMES, type ObjectName } from '../objects/index.ts';
import type { OwnRights } from './own-rights.ts';
import { SYSTEM_RIGHTS } from './required-rights.ts';
import type { ReadObjects } from './visibility.ts';

/** What the org shows of a right that cannot be read itself. */
export interface Visible {
  readonly tables: OrgTables;
  /** User's internal org-wide default, from EntityDefinition; null: not there. */
  readonly userDefault: string | null;
  readonly frozenUsers: 'closed' | 'open';
}

/** Whether the integration user has a system permission. */
export interface HeldRight {
  readonly id: SystemRightId;
  /** Null: unknown. */
  readonly held: boolean | null;
  /** Concluded from the rows that the org shows, because the right itself cannot be read. */
  readonly inferred: boolean;
  /** What its absence hides; null: it is held, or unknown. */
  readonly gap: GapOf<'right_missing'> | null;
  /** False: nothing depends on it. */
  readonly needed: boolean;
}

/**
 * What the integration user's missing rights hide. A run computes it from the tables that it reads anyway, without an API
 * call. `check` asks the org for more. Hidden rows leave no trace, so there is no count.
 */
export function blindSpots(
  tables: OrgTables,
  selection: ReadObjects,
  rights: OwnRights,
  frozenUsers: 'closed' | 'open',
): CoverageGap[] {
  const { internal } = orgDefaults(tables, gapList());
  return [
    ...heldRights(rights, { tables, userDefault: null, frozenUsers }).flatMap(({ gap, needed }) =>
      gap !== null && needed ? [gap] : [],
    ),
    ...OBJECT_NAMES.filter((name) => selection.objects[name].readable).flatMap(
      (name) => hiddenRecords(name, rights, internal[name]) ?? [],
    ),
  ];
}

/** Which of the required system permissions the integration user has. */
export function heldRights(rights: OwnRights, visible: Visible): HeldRight[] {
  return SYSTEM_RIGHTS.map(({ id, column }) => {
    const read = rights.system(column);
    const held = read ?? inferredFrom(id, visible.tables);
    const inferred = read === null;
    const externalOnly = id === 'view-all-users' && isUserPublic(visible);
    return {
      id,
      held,
      inferred,
      gap: held === false ? { code: 'right_missing', right: id, inferred, externalOnly, count: null } : null,
      // Without Manage Users nobody knows who is frozen.
      needed: id !== 'manage-users' || visible.frozenUsers === 'closed',
    };
  });
}

/** What is hidden of an object's records without View All; null: nothing, or unknown. */
export function hiddenRecords(
  object: ObjectName,
  rights: OwnRights,
  internalDefault: SharingDefault,
): GapOf<'records_hidden'> | null {
  const held = rights.on(object);
  return held === null || held.viewAll ? null : { code: 'records_hidden', object, internalDefault, count: null };
}

/** If users are public, only external users are hidden. */
function isUserPublic({ userDefault }: Visible): boolean {
  return userDefault !== null && userDefault !== 'Private';
}

/** Rows that only holders of the right see show whether it is held; null: they do not tell. */
function inferredFrom(id: SystemRightId, tables: OrgTables): boolean | null {
  switch (id) {
    case 'view-setup':
      return hasRows(tables.PermissionSet);
    case 'view-roles':
      if (hasRows(tables.UserRole)) return true;
      return tables.User.rows?.some((user) => user.UserRoleId) ? false : null;
    case 'view-all-users':
      return null;
    case 'manage-users':
      return hasRows(tables.UserLogin);
  }
}

function hasRows({ rows }: OrgTables['PermissionSet' | 'UserRole' | 'UserLogin']): boolean {
  return rows !== null && rows.length > 0;
}
