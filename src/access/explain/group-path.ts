import { runSynchronously } from '../../lib/steps.ts';
import type { ExplainedGap } from '../../sentences/explained-gaps.ts';
import type { Audience } from '../audience.ts';
import { gapList } from '../gap-list.ts';
import { hasMembers, type Members, membersOf } from '../groups.ts';
import type { Person } from '../people.ts';
import { relatedGroups } from '../related-groups.ts';
import type { Roles } from '../roles.ts';
import type { GroupRow, OrgTables } from '../tables.ts';
import { roleLink } from './hierarchy.ts';
import { type Link, link } from './link.ts';
import type { Names } from './names.ts';

export interface GroupPaths {
  /** Returns the shortest path by which the group reaches an active user; null if it does not. */
  to(groupId: string, person: Person): Link[] | null;
  /** Returns why the group reaches nobody, regardless of its members; null if it can reach someone. */
  gap(groupId: string): ExplainedGap | null;
}

/** A group on the path. `bossesOf` is the outermost group on the path that also reaches its members' bosses, if any. */
interface Stage {
  readonly groupId: string;
  readonly bossesOf: string | null;
  readonly links: readonly Link[];
}

/** Applies the rules of `groupReach` to one group and one user at a time. */
export function groupPaths(
  tables: OrgTables,
  people: ReadonlyMap<string, Person>,
  roles: Roles,
  names: Names,
): GroupPaths {
  const unreported = gapList();
  const groups = new Map<string, GroupRow>();
  for (const row of tables.Group.rows ?? []) if (row.Id) groups.set(row.Id, row);
  const members: ReadonlyMap<string, Members> = runSynchronously(membersOf(tables, groups, people, unreported));
  const related = relatedGroups(tables, people, roles, unreported);
  const audienceOf = (groupId: string): Audience | null => {
    const row = groups.get(groupId) ?? {};
    if (!hasMembers(row)) return related(row);
    return { users: new Set(members.get(groupId)?.users), roles: new Set(), everyInternalUser: false };
  };

  return {
    to(groupId, person) {
      let best: Link[] | null = null;
      for (const stage of stages(groupId)) {
        const audience = audienceOf(stage.groupId);
        if (audience === null) continue;
        for (const end of [memberEnd(stage, audience, person), bossEnd(stage, audience, person)])
          if (end !== null && (best === null || stage.links.length + end.length < best.length))
            best = [...stage.links, ...end];
      }
      return best;
    },
    gap(groupId) {
      const row = groups.get(groupId);
      if (row === undefined) return { code: 'group_hidden' };
      return audienceOf(groupId) === null ? { code: 'group_members_unknown', groupType: row.Type ?? null } : null;
    },
  };

  /** Returns the group and all groups nested in it, nearest first. */
  function stages(groupId: string): Stage[] {
    const found: Stage[] = [];
    const met = new Set<string>();
    const visit = (stage: Stage) => {
      const row = groups.get(stage.groupId);
      const reachesBosses = hasMembers(row) && row?.DoesIncludeBosses === true;
      const bossesOf = stage.bossesOf ?? (reachesBosses ? stage.groupId : null);
      const key = `${stage.groupId} ${bossesOf !== null}`;
      if (met.has(key)) return;
      met.add(key);
      found.push({ ...stage, bossesOf });
    };
    visit({ groupId, bossesOf: null, links: [] });
    for (const stage of found)
      for (const inner of members.get(stage.groupId)?.groups ?? [])
        visit({
          groupId: inner,
          bossesOf: stage.bossesOf,
          links: [
            ...stage.links,
            link('group', [inner, stage.groupId], `${names.group(inner)} is a member of ${names.group(stage.groupId)}`),
          ],
        });
    return found;
  }

  function memberEnd({ groupId }: Stage, audience: Audience, person: Person): Link[] | null {
    const isIn =
      audience.users.has(person.id) ||
      (person.roleId !== null && audience.roles.has(person.roleId)) ||
      (audience.everyInternalUser && person.kind === 'internal');
    return isIn ? [memberLink(groupId, person)] : null;
  }

  function bossEnd({ groupId, bossesOf }: Stage, audience: Audience, person: Person): Link[] | null {
    if (bossesOf === null) return null;
    const below = memberBelow(audience, person);
    if (below === null) return null;
    const switched = `${names.group(bossesOf)} also reaches users above its members (DoesIncludeBosses)`;
    return [
      memberLink(groupId, below),
      link('group', [bossesOf], switched),
      roleLink('hierarchy', below, person, roles, names),
    ];
  }

  /** Returns an active user in the audience whose role is below the person's; null if there is none. */
  function memberBelow(audience: Audience, person: Person): Person | null {
    if (person.roleId === null) return null;
    const isBelow = ({ active, roleId }: Person) =>
      active && roleId !== null && roles.above(roleId).includes(person.roleId ?? '');
    for (const id of audience.users) {
      const member = people.get(id);
      if (member !== undefined && isBelow(member)) return member;
    }
    for (const role of audience.roles) {
      const member = roles.active(role).find(isBelow);
      if (member !== undefined) return member;
    }
    if (audience.everyInternalUser)
      for (const member of people.values()) if (member.kind === 'internal' && isBelow(member)) return member;
    return null;
  }

  function memberLink(groupId: string, person: Person): Link {
    const row = groups.get(groupId);
    const name = names.user(person.id);
    if (hasMembers(row)) return link('group', [person.id, groupId], `${name} is a member of ${names.group(groupId)}`);
    const inRole = row?.Type?.startsWith('Role') && person.roleId !== null;
    const by = inRole ? `, in role ${names.role(person.roleId ?? '')},` : '';
    const ids = [person.id, inRole ? person.roleId : null, groupId, row?.RelatedId];
    return link('group', ids, `${name}${by} is in ${names.group(groupId)}`);
  }
}
