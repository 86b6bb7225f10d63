import type { People } from './people.ts';
import type { Tables } from './tables.ts';
import { flag, text } from './values.ts';

/**
 * Whether the group reaches the user, by the group's type as Salesforce's sharing documentation defines it. An
 * undocumented type reaches nobody. Expects an active user.
 */
export function groupReaches(groupId: string, userId: string, tables: Tables, people: People): boolean {
  return reaches(groupId, userId, tables, people, new Set());
}

/** `passed`: the groups visited so far, because groups can be nested in a cycle. */
function reaches(groupId: string, userId: string, tables: Tables, people: People, passed: Set<string>): boolean {
  if (passed.has(groupId)) return false;
  passed.add(groupId);
  const group = tables.group(groupId);
  const type = text(group, 'Type');
  if (type === 'Regular' || type === 'Queue') {
    const members = tables.groupMembers(groupId);
    if (members.includes(userId)) return true;
    if (members.some((member) => reaches(member, userId, tables, people, passed))) return true;
    return flag(group, 'DoesIncludeBosses') === true && isBossOfMember(groupId, userId, tables, people, new Set());
  }
  if (type === 'Organization') return people.isInternal(userId);
  const relatedId = text(group, 'RelatedId');
  return type !== null && relatedId !== null && relatedReaches(type, relatedId, userId, people);
}

/** Decides for groups that are defined by a related role, user or territory. */
function relatedReaches(type: string, relatedId: string, userId: string, people: People): boolean {
  const role = people.roleOf(userId);
  const inRole = role === relatedId;
  const above = role !== null && people.roleIsAbove(role, relatedId);
  const below = role !== null && people.roleIsAbove(relatedId, role);
  switch (type) {
    case 'Role':
      return inRole || above;
    case 'RoleAndSubordinates':
      return inRole || above || below;
    case 'RoleAndSubordinatesInternal':
      return (inRole || above || below) && people.isInternal(userId) && role !== null && !people.isPortalRole(role);
    case 'Manager':
      return people.manages(userId, relatedId);
    case 'ManagerAndSubordinatesInternal':
      return userId === relatedId || people.manages(relatedId, userId);
    case 'Territory':
      return people.isInTerritory(userId, (own) => own === relatedId || people.territoryIsAbove(own, relatedId));
    case 'TerritoryAndSubordinates':
      return people.isInTerritory(
        userId,
        (own) =>
          own === relatedId || people.territoryIsAbove(own, relatedId) || people.territoryIsAbove(relatedId, own),
      );
    default:
      return false;
  }
}

/**
 * Whether the user's role is above the role of someone in the group. An inactive member adds nobody. Members of
 * nested groups count: DoesIncludeBosses adds the bosses of all members.
 */
function isBossOfMember(groupId: string, userId: string, tables: Tables, people: People, passed: Set<string>): boolean {
  if (passed.has(groupId)) return false;
  passed.add(groupId);
  const type = text(tables.group(groupId), 'Type');
  if (type === 'Regular' || type === 'Queue')
    return tables
      .groupMembers(groupId)
      .some((member) =>
        tables.user(member) === undefined
          ? isBossOfMember(member, userId, tables, people, passed)
          : people.isActive(member) && people.isAbove(userId, member),
      );
  return tables
    .users()
    .some(
      (other) =>
        people.isActive(other) && people.isAbove(userId, other) && reaches(groupId, other, tables, people, new Set()),
    );
}
