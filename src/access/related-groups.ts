import type { Audience } from './audience.ts';
import { nobody } from './audience.ts';
import type { GapList } from './gap-list.ts';
import type { Person } from './people.ts';
import type { Roles } from './roles.ts';
import type { GroupRow, OrgTables } from './tables.ts';
import { territoriesOf } from './territories.ts';
import { type Tree, treeOf } from './tree.ts';

/**
 * Returns a function that computes which users a group without member rows reaches. Salesforce maintains these groups:
 * for a role, a manager, a territory, and all internal users. The function returns null for a type whose members cannot
 * be computed.
 */
export function relatedGroups(
  tables: OrgTables,
  people: ReadonlyMap<string, Person>,
  roles: Roles,
  gaps: GapList,
): (row: GroupRow) => Audience | null {
  let managers: Tree | null = null;
  let territories: ReturnType<typeof territoriesOf> | null = null;

  const unknown = (type: string): Audience => {
    gaps.add({ code: 'group_related_hidden', groupType: type, count: 1 });
    return nobody();
  };
  /** An inactive manager does not break the chain. */
  const chain = (): Tree => {
    if (managers !== null) return managers;
    managers = treeOf(new Map([...people.values()].map((person) => [person.id, person.managerId])));
    const { inCircle } = managers;
    gaps.add({ code: 'manager_cycle', count: inCircle.length });
    return managers;
  };
  const territory = (row: GroupRow, below: boolean): Audience => {
    territories ??= territoriesOf(tables, gaps);
    const id = row.RelatedId ?? '';
    if (!territories.isShown(id)) return unknown(row.Type ?? '');
    return { ...nobody(), users: territories.users(id, { below }) };
  };

  /** Returns whole roles where all users are internal, and single users elsewhere. */
  const internalUsersIn = (internalRoles: readonly string[]): Audience => {
    const audience = nobody();
    for (const role of internalRoles) {
      const persons = roles.active(role);
      if (persons.every((person) => person.kind === 'internal')) audience.roles.add(role);
      else for (const person of persons) if (person.kind === 'internal') audience.users.add(person.id);
    }
    return audience;
  };

  return (row) => {
    const id = row.RelatedId ?? '';
    switch (row.Type) {
      case 'Role':
        return id === '' ? unknown(row.Type) : { ...nobody(), roles: new Set([id, ...roles.above(id)]) };
      case 'RoleAndSubordinates':
        return id === ''
          ? unknown(row.Type)
          : { ...nobody(), roles: new Set([id, ...roles.above(id), ...roles.below(id)]) };
      case 'RoleAndSubordinatesInternal': {
        const all = [id, ...roles.above(id), ...roles.below(id)];
        const internal = all.filter((role) => roles.isInternal(role));
        return internal.length === 0 ? unknown(row.Type) : internalUsersIn(internal);
      }
      case 'Organization':
        return { ...nobody(), everyInternalUser: true };
      case 'Manager':
        return people.has(id) ? { ...nobody(), users: new Set(chain().above(id)) } : unknown(row.Type);
      case 'ManagerAndSubordinatesInternal':
        return people.has(id) ? { ...nobody(), users: new Set([id, ...chain().below(id)]) } : unknown(row.Type);
      case 'Territory':
        return territory(row, false);
      case 'TerritoryAndSubordinates':
        return territory(row, true);
      default:
        return null;
    }
  };
}
