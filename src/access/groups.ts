import { append } from '../lib/collections.ts';
import type { Steps } from '../lib/steps.ts';
import type { Audience } from './audience.ts';
import { include, includeBosses, nobody } from './audience.ts';
import { componentsOf } from './components.ts';
import type { GapList } from './gap-list.ts';
import { rowsOr } from './gap-list.ts';
import type { Person } from './people.ts';
import { relatedGroups } from './related-groups.ts';
import type { Roles } from './roles.ts';
import type { GroupRow, OrgTables } from './tables.ts';

const GROUPS_A_STEP = 500;
const ROWS_A_STEP = 20_000;

/** The ids of the groups that reach a user, keyed by what they reach the user through. */
export interface GroupReach {
  readonly byUser: ReadonlyMap<string, readonly string[]>;
  readonly byRole: ReadonlyMap<string, readonly string[]>;
  readonly everyInternalUser: readonly string[];
}

/**
 * Computes which users each group reaches. Regular groups and queues reach their members and, if DoesIncludeBosses is
 * set, the roles above them. A nested group adds everyone it reaches. Groups that contain each other reach the same
 * users. Groups of a type that cannot be computed, and members that the org does not show, reach nobody and are
 * reported.
 */
export function* groupReach(
  tables: OrgTables,
  people: ReadonlyMap<string, Person>,
  roles: Roles,
  gaps: GapList,
): Steps<GroupReach> {
  const groups = new Map<string, GroupRow>();
  for (const row of rowsOr(tables.Group, 'Group', 'groups', gaps)) if (row.Id) groups.set(row.Id, row);
  const members = yield* membersOf(tables, groups, people, gaps);
  yield;
  const related = relatedGroups(tables, people, roles, gaps);
  const audiences = new Map<string, Audience>();

  const components = componentsOf(
    groups.keys(),
    (id) => members.get(id)?.groups ?? [],
    (id) => groups.has(id),
  );
  for (const [at, component] of components.entries()) {
    if (at % GROUPS_A_STEP === 0) yield;
    const audience = nobody();
    for (const id of component) {
      const own = hasMembers(groups.get(id)) ? nobody() : related(groups.get(id) ?? {});
      if (own === null) {
        gaps.add({ code: 'group_members_unknown', groupType: groups.get(id)?.Type || null, count: 1 });
        continue;
      }
      include(audience, own);
      for (const user of members.get(id)?.users ?? []) audience.users.add(user);
      for (const nested of members.get(id)?.groups ?? []) include(audience, audiences.get(nested) ?? nobody());
    }
    if (component.some((id) => hasMembers(groups.get(id)) && groups.get(id)?.DoesIncludeBosses === true))
      includeBosses(audience, people, roles);
    for (const id of component) audiences.set(id, audience);
  }
  return yield* inverted(audiences);
}

/** Returns whether the group has GroupMember rows. Only the types that people manage have them. */
export function hasMembers(row: GroupRow | undefined): boolean {
  return row?.Type === 'Regular' || row?.Type === 'Queue';
}

export interface Members {
  readonly users: string[];
  readonly groups: string[];
}

/** Returns the direct members of Regular groups and queues, by group id. */
export function* membersOf(
  tables: OrgTables,
  groups: ReadonlyMap<string, GroupRow>,
  people: ReadonlyMap<string, Person>,
  gaps: GapList,
): Steps<Map<string, Members>> {
  const members = new Map<string, Members>();
  let at = 0;
  for (const row of rowsOr(tables.GroupMember, 'GroupMember', 'group_members', gaps)) {
    if (++at % ROWS_A_STEP === 0) yield;
    if (!row.GroupId || !row.UserOrGroupId || !hasMembers(groups.get(row.GroupId))) continue;
    const of = members.get(row.GroupId) ?? { users: [], groups: [] };
    members.set(row.GroupId, of);
    if (people.has(row.UserOrGroupId)) of.users.push(row.UserOrGroupId);
    else if (groups.has(row.UserOrGroupId)) of.groups.push(row.UserOrGroupId);
    else gaps.add({ code: 'group_member_hidden', count: 1 });
  }
  return members;
}

function* inverted(audiences: ReadonlyMap<string, Audience>): Steps<GroupReach> {
  const byUser = new Map<string, string[]>();
  const byRole = new Map<string, string[]>();
  const everyInternalUser: string[] = [];
  let at = 0;
  for (const [group, audience] of audiences) {
    if (++at % GROUPS_A_STEP === 0) yield;
    for (const user of audience.users) append(byUser, user, group);
    for (const role of audience.roles) append(byRole, role, group);
    if (audience.everyInternalUser) everyInternalUser.push(group);
  }
  return { byUser, byRole, everyInternalUser };
}
