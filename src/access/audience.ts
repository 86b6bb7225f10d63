import type { Person } from './people.ts';
import type { Roles } from './roles.ts';

/**
 * Everyone whom a group reaches: single users, all users in some roles, and all internal users. Roles are not expanded
 * to users, because the groups of a role tree would repeat most users many times. Inactive users in it have no effect:
 * their bosses are not added, and the search does not serve them.
 */
export interface Audience {
  readonly users: Set<string>;
  readonly roles: Set<string>;
  everyInternalUser: boolean;
}

export function nobody(): Audience {
  return { users: new Set(), roles: new Set(), everyInternalUser: false };
}

export function include(into: Audience, other: Audience): void {
  for (const user of other.users) into.users.add(user);
  for (const role of other.roles) into.roles.add(role);
  into.everyInternalUser ||= other.everyInternalUser;
}

/** Adds the roles above every active user in the audience ("Grant Access Using Hierarchies" on a group). */
export function includeBosses(audience: Audience, people: ReadonlyMap<string, Person>, roles: Roles): void {
  const from = new Set<string>();
  for (const user of audience.users) {
    const person = people.get(user);
    if (person?.active && person.roleId !== null) from.add(person.roleId);
  }
  for (const role of audience.roles) if (roles.active(role).length > 0) from.add(role);
  if (audience.everyInternalUser)
    for (const person of people.values())
      if (person.active && person.kind === 'internal' && person.roleId !== null) from.add(person.roleId);
  for (const role of from) for (const above of roles.above(role)) audience.roles.add(above);
}
