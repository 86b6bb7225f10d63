import type { Tables } from './tables.ts';
import { flag, text } from './values.ts';

/** Who is above whom: the role hierarchy, the managers, the territories. */
export interface People {
  isActive(userId: string): boolean;
  isInternal(userId: string): boolean;
  roleOf(userId: string): string | null;
  /** Is the role `upper` an ancestor of the role `lower`? A role is not above itself. */
  roleIsAbove(upper: string, lower: string): boolean;
  /** Has the user a role that is an ancestor of the other user's role? A user without a role has nobody above. */
  isAbove(userId: string, otherId: string): boolean;
  /** One that is not there may be one. */
  isPortalRole(roleId: string): boolean;
  /** Is the user a manager of the other, direct or indirect? The chain passes through inactive managers. */
  manages(userId: string, otherId: string): boolean;
  /** Is the user in this territory of the active model? */
  isInTerritory(userId: string, reaches: (territoryId: string) => boolean): boolean;
  territoryIsAbove(upper: string, lower: string): boolean;
}

/**
 * Does a walk upwards from `from` come by `to`? It ends at the first that it would come by again: in a cycle, which
 * Salesforce refuses, nobody is above anybody.
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
