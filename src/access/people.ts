import type { UserKind } from './defaults.ts';
import type { UserRow } from './tables.ts';
import { leavesInForce } from './tables.ts';

/** A User row, reduced to what the rules need. */
export interface Person {
  readonly id: string;
  readonly active: boolean;
  readonly kind: UserKind;
  readonly roleId: string | null;
  readonly profileId: string | null;
  readonly managerId: string | null;
}

/** Returns all users by id. Only UserType `Standard` is internal; a missing or unknown type is external. */
export function peopleOf(rows: readonly UserRow[]): Map<string, Person> {
  const people = new Map<string, Person>();
  for (const row of rows) {
    if (!row.Id) continue;
    people.set(row.Id, {
      id: row.Id,
      active: leavesInForce(row.IsActive),
      kind: row.UserType === 'Standard' ? 'internal' : 'external',
      roleId: row.UserRoleId || null,
      profileId: row.ProfileId || null,
      managerId: row.ManagerId || null,
    });
  }
  return people;
}
