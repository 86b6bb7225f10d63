import type { EntityDefinitionRow, GroupRow, OrganizationRow, UserRow } from '../../src/access/tables.ts';
import type { ShareRow } from '../../src/access/types.ts';
import type { ObjectName } from '../../src/objects/index.ts';
import type { TestOrg, TestRecord } from './org.ts';

/**
 * A second implementation: may the user read the record? It answers for one user and one record at a time, straight
 * from the rules' text, without principals, sets or documents. It is slow, and for small orgs only. Roles have no
 * cycles here.
 */
export function naiveReading(org: TestOrg): (userId: string, record: TestRecord, at: string) => boolean {
  const users = org.User ?? [];
  const userOf = (id: string | null | undefined) => users.find((user) => user.Id === id);
  const isActive = (user: UserRow) => user.IsActive !== false;
  const isInternal = (user: UserRow) => user.UserType === 'Standard';
  const roleOf = (id: string | null | undefined) => org.UserRole?.find((role) => role.Id === id);

  function isRoleAbove(upper: string | null | undefined, lower: string | null | undefined): boolean {
    const parent = roleOf(lower)?.ParentRoleId;
    return !!upper && !!parent && (parent === upper || isRoleAbove(upper, parent));
  }
  const isAbove = (upper: UserRow, lower: UserRow) => isRoleAbove(upper.UserRoleId, lower.UserRoleId);

  /** Those above a user, up to the first who is in a cycle. Nobody knows who is above that one. */
  function managersOf(user: UserRow): UserRow[] {
    const manager = isOwnManager(user) ? undefined : userOf(user.ManagerId);
    return manager === undefined ? [] : [manager, ...managersOf(manager)];
  }
  function isOwnManager(user: UserRow): boolean {
    let at = userOf(user.ManagerId);
    for (let step = 0; step < users.length && at !== user; step += 1) at = userOf(at?.ManagerId);
    return at === user;
  }
  const manages = (upper: UserRow, lower: UserRow) => managersOf(lower).includes(upper);

  const territoryOf = (id: string | null | undefined) =>
    org.Territory2?.find(
      (row) =>
        row.Id === id && org.Territory2Model?.some((it) => it.Id === row.Territory2ModelId && it.State === 'Active'),
    );
  function isTerritoryAbove(upper: string, lower: string): boolean {
    const parent = territoryOf(lower)?.ParentTerritory2Id;
    return !!parent && !!territoryOf(parent) && (parent === upper || isTerritoryAbove(upper, parent));
  }
  const isIn = (user: UserRow, test: (territory: string) => boolean) =>
    org.UserTerritory2Association?.some(
      (row) =>
        row.UserId === user.Id &&
        row.IsActive !== false &&
        !!territoryOf(row.Territory2Id) &&
        test(row.Territory2Id ?? ''),
    ) ?? false;

  function ofItself(group: GroupRow, user: UserRow): boolean {
    const related = group.RelatedId ?? '';
    const role = user.UserRoleId;
    switch (group.Type) {
      case 'Role':
        return role === related || isRoleAbove(role, related);
      case 'RoleAndSubordinates':
        return role === related || isRoleAbove(role, related) || isRoleAbove(related, role);
      case 'RoleAndSubordinatesInternal':
        return (
          (role === related || isRoleAbove(role, related) || isRoleAbove(related, role)) &&
          (roleOf(role)?.PortalType ?? 'None') === 'None' &&
          isInternal(user)
        );
      case 'Organization':
        return isInternal(user);
      case 'Manager': {
        const of = userOf(related);
        return of !== undefined && manages(user, of);
      }
      case 'ManagerAndSubordinatesInternal': {
        const of = userOf(related);
        return of !== undefined && (of === user || manages(of, user));
      }
      case 'Territory':
        return !!territoryOf(related) && isIn(user, (it) => it === related || isTerritoryAbove(it, related));
      case 'TerritoryAndSubordinates':
        return (
          !!territoryOf(related) &&
          isIn(user, (it) => it === related || isTerritoryAbove(it, related) || isTerritoryAbove(related, it))
        );
      default:
        return false;
    }
  }

  /** Repeats who is reached by which group until nothing is new. */
  const reached = new Set<string>();
  const key = (group: string | null | undefined, user: UserRow) => `${group} ${user.Id}`;
  for (let before = -1; before !== reached.size; ) {
    before = reached.size;
    for (const group of org.Group ?? [])
      for (const user of users.filter(isActive)) {
        const hasMembers = group.Type === 'Regular' || group.Type === 'Queue';
        const members = (org.GroupMember ?? []).filter((row) => hasMembers && row.GroupId === group.Id);
        const isBoss =
          hasMembers &&
          group.DoesIncludeBosses === true &&
          users.some((member) => reached.has(key(group.Id, member)) && isAbove(user, member));
        const isMember = members.some(
          (row) => row.UserOrGroupId === user.Id || reached.has(key(row.UserOrGroupId, user)),
        );
        if (isMember || isBoss || ofItself(group, user)) reached.add(key(group.Id, user));
      }
  }

  function principalReaches(user: UserRow, principal: string): boolean {
    const other = userOf(principal);
    return user === other || (other !== undefined && isAbove(user, other)) || reached.has(key(principal, user));
  }
  const rowReaches = (user: UserRow, row: ShareRow, object: ObjectName) =>
    row.opens.includes(object) &&
    (row.cause === 'CompliantDataSharing' ? row.grantee === user.Id : principalReaches(user, row.grantee));

  function setsOf(user: UserRow, at: string): string[] {
    const session = (group: string | null | undefined) =>
      !!group && !org.PermissionSetGroup?.some((row) => row.Id === group && row.HasActivationRequired !== true);
    const assigned = (org.PermissionSetAssignment ?? []).filter(
      (row) =>
        row.AssigneeId === user.Id &&
        row.IsActive !== false &&
        row.IsRevoked !== true &&
        (!row.ExpirationDate || Date.parse(row.ExpirationDate) > Date.parse(at)) &&
        !session(row.PermissionSetGroupId),
    );
    return (org.PermissionSet ?? [])
      .filter(
        (set) =>
          (set.IsOwnedByProfile === true && set.ProfileId === user.ProfileId) ||
          (set.HasActivationRequired !== true && assigned.some((row) => row.PermissionSetId === set.Id)),
      )
      .map((set) => set.Id ?? '');
  }

  function permissions(user: UserRow, object: ObjectName, at: string): { read: boolean; viewAll: boolean } {
    const ids = setsOf(user, at);
    const sets = (org.PermissionSet ?? []).filter((set) => ids.includes(set.Id ?? ''));
    const rows = (org.ObjectPermissions ?? []).filter(
      (row) => ids.includes(row.ParentId ?? '') && row.SobjectType === object,
    );
    const data = sets.some((set) => set.PermissionsViewAllData === true || set.PermissionsModifyAllData === true);
    const read = data || rows.some((row) => row.PermissionsRead === true);
    const all = rows.some((row) => row.PermissionsViewAllRecords === true || row.PermissionsModifyAllRecords === true);
    return { read, viewAll: read && (data || all) };
  }

  function defaultOf(object: ObjectName, kind: 'internal' | 'external'): 'open' | 'private' | 'controlled' {
    const entity: EntityDefinitionRow = org.EntityDefinition?.find((row) => row.QualifiedApiName === object) ?? {};
    const both = !!entity.InternalSharingModel && !!entity.ExternalSharingModel;
    const stored = org.Organization?.[0]?.[`Default${object}Access` as keyof OrganizationRow];
    const meaning = (value: string | null | undefined): 'open' | 'private' | 'controlled' => {
      if (value === 'ControlledByParent' && object === 'Contact') return 'controlled';
      return ['Read', 'Edit', 'ReadWrite', 'ReadEditTransfer', 'All'].includes(value ?? '') ? 'open' : 'private';
    };
    const contradicts =
      !both && !!entity.InternalSharingModel && meaning(entity.InternalSharingModel) !== meaning(stored);
    const inside = both ? entity.InternalSharingModel : contradicts ? 'Private' : stored;
    const outside = both ? entity.ExternalSharingModel : inside === 'ControlledByParent' ? inside : 'Private';
    return meaning(kind === 'internal' ? inside : outside);
  }

  const accountIsRead = (user: UserRow, record: TestRecord, at: string) => {
    const { read, viewAll } = permissions(user, 'Account', at);
    if (!read) return false;
    if (viewAll || defaultOf('Account', isInternal(user) ? 'internal' : 'external') === 'open') return true;
    const { ownerId, shares } = record.account ?? { ownerId: null, shares: [] };
    return (
      (ownerId !== null && principalReaches(user, ownerId)) || shares.some((row) => rowReaches(user, row, 'Account'))
    );
  };

  return (userId, record, at) => {
    const user = userOf(userId);
    if (user === undefined || !isActive(user)) return false;
    const { object, ownerId = null, accountId = null, shares = [], account = null } = record;
    const { read, viewAll } = permissions(user, object, at);
    if (!read) return false;
    if (viewAll) return true;
    const kind = isInternal(user) ? 'internal' : 'external';
    if (object === 'Contact') {
      if (accountId === null) return ownerId === user.Id;
      const isControlled = defaultOf('Contact', kind) === 'controlled';
      // The documents follow the internal default. A user gets nothing that they would read through another default.
      if (isControlled !== (defaultOf('Contact', 'internal') === 'controlled')) return false;
      if (isControlled || record.isPersonAccount === true) return accountIsRead(user, record, at);
    }
    if (ownerId !== null && principalReaches(user, ownerId)) return true;
    if (object === 'Opportunity' && record.isPrivate === true) return false;
    if (defaultOf(object, kind) === 'open') return true;
    if (shares.some((row) => rowReaches(user, row, object))) return true;
    return (
      object !== 'Account' && accountId !== null && (account?.shares ?? []).some((row) => rowReaches(user, row, object))
    );
  };
}
