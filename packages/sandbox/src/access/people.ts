import type { Tables } from './tables.ts';
import { flag, text } from './values.ts';

/** The role hierarchy, the managers and the territories. */
export interface People {
  isActive(userId: string): boolean;
  isInternal(userId: string): boolean;
  roleOf(userId: string): string | null;
  /** Whether the role `upper` is an ancestor of the role `lower`. A role is not above itself. */
  roleIsAbove(upper: string, lower: string): boolean;
  /** Whether the user's role is an ancestor of the other user's role. Nobody is above a user without a role. */
  isAbove(userId: string, otherId: string): boolean;
  /** Whether the role is a portal role. A role that is missing counts as one. */
  isPortalRole(roleId: string): boolean;
  /** Whether the user is a direct or indirect manager of the other. The chain passes through inactive managers. */
  manages(userId: string, otherId: string): boolean;
  /** Whether the user is in a territory of the active model for which `reaches` returns true. */
  isInTerritory(userId: string, reaches: (territoryId: string) => boolean): boolean;
  territoryIsAbove(upper: string, lower: string): boolean;
}

/**
 * Whether a walk up from `from` passes `to`. The walk stops where it would repeat itself: in a cycle, which Salesforce
 * doesn't allow, nobody is above anybody.
 */
function climbs(from: string, to: string, parentOf: (id: string) => string | null): boolean {
  const way = [from];
  for (let id = parentOf(from); id !== null; id = parentOf(id)) {
    const before = way.indexOf(id);
    if (before >= 0) return way.slice(1, before + 1).includes(to);
    way.push(id);
  }
  return way.includes(to, 1);
}

export function readPeople(tables: Tables): People {
  const roleOf = (userId: string): string | null => text(tables.user(userId), 'UserRoleId');
  const roleIsAbove = (upper: string, lower: string): boolean =>
    climbs(lower, upper, (id) => text(tables.role(id), 'ParentRoleId'));
  const inActiveModel = (territoryId: string): boolean => {
    const modelId = text(tables.territory(territoryId), 'Territory2ModelId');
    return modelId !== null && text(tables.territoryModel(modelId), 'State') === 'Active';
  };
  return {
    isActive: (userId) => tables.user(userId) !== undefined && flag(tables.user(userId), 'IsActive') !== false,
    isInternal: (userId) => text(tables.user(userId), 'UserType') === 'Standard',
    roleOf,
    roleIsAbove,
    isAbove(userId, otherId) {
      const upper = roleOf(userId);
      const lower = roleOf(otherId);
      return upper !== null && lower !== null && roleIsAbove(upper, lower);
    },
    isPortalRole(roleId) {
      const role = tables.role(roleId);
      if (role === undefined) return true;
      const type = text(role, 'PortalType');
      return (type !== null && type !== 'None') || text(role, 'PortalAccountId') !== null;
    },
    manages: (userId, otherId) => climbs(otherId, userId, (id) => text(tables.user(id), 'ManagerId')),
    isInTerritory: (userId, reaches) =>
      tables.territoryUsers(userId).some((row) => {
        const territoryId = text(row, 'Territory2Id');
        if (territoryId === null || flag(row, 'IsActive') === false) return false;
        return inActiveModel(territoryId) && reaches(territoryId);
      }),
    territoryIsAbove: (upper, lower) =>
      inActiveModel(upper) &&
      climbs(lower, upper, (id) => (inActiveModel(id) ? text(tables.territory(id), 'ParentTerritory2Id') : null)),
  };
}
