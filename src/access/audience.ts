import type { Person } from './people.ts';
import type { Roles } from './roles.ts';

/**
 * Whom a group reaches: single users, everybody in some roles, and every internal user. Kept by role, not user by user,
 * for the groups of a role tree would name most users many times. Inactive users that it names count for nothing: they bring no bosses, and are not served.
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

/** Adds the roles above every active user whom the audience reaches ("Grant Access Using Hierarchies" of a group). */
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
