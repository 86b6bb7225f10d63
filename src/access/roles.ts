import { append } from '../lib/collections.ts';
import type { GapList } from './gap-list.ts';
import { rowsOr } from './gap-list.ts';
import type { Person } from './people.ts';
import type { OrgTables } from './tables.ts';
import type { Tree } from './tree.ts';
import { parentsOf, treeOf } from './tree.ts';

/** The role hierarchy with its users. The users above a user are those in a role above that user's role. */
export interface Roles extends Pick<Tree, 'above' | 'below'> {
  /** Returns whether the role is known and is not a portal role. */
  isInternal(roleId: string): boolean;
  /** Returns the active users in exactly that role. */
  active(roleId: string): readonly Person[];
  /**
   * Returns the ids of all users, inactive ones included, whose role is below. What they own, and what is shared with
   * them, reaches the users in this role.
   */
  usersBelow(roleId: string): string[];
}

/** Builds the hierarchy. Roles that UserRole does not show have nobody above them, and are reported. */
export function rolesOf(tables: OrgTables, people: ReadonlyMap<string, Person>, gaps: GapList): Roles {
  const rows = rowsOr(tables.UserRole, 'UserRole', 'role_hierarchy', gaps);
  const tree = treeOf(
    parentsOf(
      rows,
      (row) => row.Id,
      (row) => row.ParentRoleId,
    ),
  );
  const portal = new Set<string>();
  for (const row of rows) if (row.Id && row.PortalType && row.PortalType !== 'None') portal.add(row.Id);

  const everybody = new Map<string, string[]>();
  const active = new Map<string, Person[]>();
  const hidden = new Set<string>();
  for (const person of people.values()) {
    if (person.roleId === null) continue;
    if (!tree.has(person.roleId)) hidden.add(person.roleId);
    append(everybody, person.roleId, person.id);
    if (person.active) append(active, person.roleId, person);
  }
  for (const row of rows) if (row.Id && row.ParentRoleId && !tree.has(row.ParentRoleId)) hidden.add(row.ParentRoleId);
  if (tables.UserRole.rows !== null) gaps.add({ code: 'role_hidden', count: hidden.size });
  gaps.add({ code: 'role_cycle', count: tree.inCircle.length });
  return {
    above: tree.above,
    below: tree.below,
    isInternal: (roleId) => tree.has(roleId) && !portal.has(roleId),
    active: (roleId) => active.get(roleId) ?? [],
    usersBelow: (roleId) => tree.below(roleId).flatMap((below) => everybody.get(below) ?? []),
  };
}
