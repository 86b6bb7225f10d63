import type { GroupRow, OrgTables } from '../tables.ts';

/** Names as an operator knows them. Without a name in the org, the id. */
export interface Names {
  user(id: string): string;
  role(id: string): string;
  territory(id: string): string;
  /** Example: `permission set Sales Ops`, `profile Standard User`. */
  permissionSet(id: string): string;
  /** Example: `queue Support`, `public group Key Accounts`, `the group of role Sales and those above it`. */
  group(id: string): string;
  /** A user or a group. */
  principal(id: string): string;
}

/** Names for the groups that Salesforce maintains, which have no name of their own. */
const RELATED: Readonly<Record<string, (related: string) => string>> = {
  Role: (role) => `the group of role ${role} and those above it`,
  RoleAndSubordinates: (role) => `the group of role ${role}, those below and those above it`,
  RoleAndSubordinatesInternal: (role) => `the internal group of role ${role}, those below and those above it`,
  Organization: () => 'the group of all internal users',
  Manager: (user) => `the group of ${user}'s managers`,
  ManagerAndSubordinatesInternal: (user) => `the group of ${user} and all who report to them`,
  Territory: (territory) => `the group of territory ${territory} and those above it`,
  TerritoryAndSubordinates: (territory) => `the group of territory ${territory}, those below and those above it`,
};

export function namesOf(tables: OrgTables): Names {
  const users = new Map((tables.User.rows ?? []).map((row) => [row.Id, row.Name || row.Username]));
  const roles = new Map((tables.UserRole.rows ?? []).map((row) => [row.Id, row.Name]));
  const territories = new Map((tables.Territory2.rows ?? []).map((row) => [row.Id, row.Name]));
  const sets = new Map((tables.PermissionSet.rows ?? []).map((row) => [row.Id, row]));
  const groups = new Map((tables.Group.rows ?? []).map((row) => [row.Id, row]));
  const names: Names = {
    user: (id) => users.get(id) || id,
    role: (id) => roles.get(id) || id,
    territory: (id) => territories.get(id) || id,
    permissionSet(id) {
      const row = sets.get(id);
      if (row?.IsOwnedByProfile !== true) return `permission set ${row?.Label || id}`;
      // Salesforce generates the label of a profile's permission set from the profile's id. The id itself is clearer.
      const isGenerated = /^X?00e/i.test(row.Label ?? '');
      return `profile ${(isGenerated ? null : row.Label) || row.ProfileId || id}`;
    },
    group: (id) => groupName(id, groups.get(id)),
    principal: (id) => (groups.has(id) ? names.group(id) : names.user(id)),
  };
  return names;

  function groupName(id: string, row: GroupRow | undefined): string {
    if (row?.Type === 'Queue') return `queue ${row.Name || id}`;
    const related = RELATED[row?.Type ?? ''];
    if (related === undefined) return `public group ${row?.Name || id}`;
    const of = row?.RelatedId ?? '';
    return related(roles.get(of) || territories.get(of) || users.get(of) || of);
  }
}
