import { rowsOf } from './org-texts.ts';

/** Users at the same place of the role tree. */
export interface RoleGroup {
  readonly name: string;
  readonly users: readonly string[];
}

const MOST_USERS = 20;

/** Returns users with no role below theirs, with roles above and below, and with no role above. */
export async function roleGroups(folder: string): Promise<RoleGroup[]> {
  const roles = await rowsOf(folder, 'UserRole');
  const parents = new Set(roles.flatMap(({ ParentRoleId }) => (ParentRoleId ? [ParentRoleId] : [])));
  const tops = new Set(roles.flatMap(({ Id = '', ParentRoleId }) => (ParentRoleId ? [] : [Id])));
  const users = (await rowsOf(folder, 'User')).filter(({ IsActive, UserRoleId }) => IsActive === 'true' && UserRoleId);
  const group = (name: string, has: (role: string) => boolean): RoleGroup => ({
    name,
    users: users
      .filter(({ UserRoleId = '' }) => has(UserRoleId))
      .slice(0, MOST_USERS)
      .map(({ Id = '' }) => Id),
  });
  return [
    group('leaf', (role) => !parents.has(role)),
    group('manager', (role) => parents.has(role) && !tops.has(role)),
    group('top', (role) => tops.has(role)),
  ];
}
