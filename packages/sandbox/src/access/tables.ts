import type { Org, Row } from '../org/types.ts';
import { perRevision } from './revision.ts';
import { groupBy, text } from './values.ts';

/** The tables that access rules read, cached for one revision of the org and without deleted rows. */
export interface Tables {
  user(id: string): Row | undefined;
  /** Returns the Id of every user. */
  users(): readonly string[];
  role(id: string): Row | undefined;
  group(id: string): Row | undefined;
  /** Returns the UserOrGroupId of each direct member. */
  groupMembers(groupId: string): readonly string[];
  territory(id: string): Row | undefined;
  territoryModel(id: string): Row | undefined;
  territoryUsers(userId: string): readonly Row[];
  permissionSet(id: string): Row | undefined;
  permissionSets(): readonly Row[];
  permissionSetGroup(id: string): Row | undefined;
  assignments(userId: string): readonly Row[];
  objectPermissions(permissionSetId: string): readonly Row[];
  fieldPermissions(permissionSetId: string): readonly Row[];
  organization(): Row | undefined;
  /** Returns the EntityDefinition of an object, by its QualifiedApiName. */
  entity(object: string): Row | undefined;
}

/** Returns the rows of an object that are not deleted; none if the org has no such object. */
export function liveRows(org: Org, object: string, where?: Row): Row[] {
  if (!org.objects().some((schema) => schema.name === object)) return [];
  return org.rows(object, where).filter((row) => row.IsDeleted !== true);
}

export function readTables(org: Org): Tables {
  const by = (object: string, column: string) => {
    const rows = perRevision(org, () => groupBy(liveRows(org, object), column));
    return (key: string): readonly Row[] => rows().get(key) ?? [];
  };
  const byId = (object: string, column = 'Id') => {
    const rows = by(object, column);
    return (id: string): Row | undefined => rows(id)[0];
  };
  const userIds = perRevision(org, () => liveRows(org, 'User').flatMap((row) => text(row, 'Id') ?? []));
  const members = by('GroupMember', 'GroupId');
  const organizations = perRevision(org, () => liveRows(org, 'Organization'));
  const permissionSets = perRevision(org, () => liveRows(org, 'PermissionSet'));
  return {
    user: byId('User'),
    users: () => userIds(),
    role: byId('UserRole'),
    group: byId('Group'),
    groupMembers: (groupId) => members(groupId).flatMap((row) => text(row, 'UserOrGroupId') ?? []),
    territory: byId('Territory2'),
    territoryModel: byId('Territory2Model'),
    territoryUsers: by('UserTerritory2Association', 'UserId'),
    permissionSet: byId('PermissionSet'),
    permissionSets: () => permissionSets(),
    permissionSetGroup: byId('PermissionSetGroup'),
    assignments: by('PermissionSetAssignment', 'AssigneeId'),
    objectPermissions: by('ObjectPermissions', 'ParentId'),
    fieldPermissions: by('FieldPermissions', 'ParentId'),
    organization: () => organizations()[0],
    entity: byId('EntityDefinition', 'QualifiedApiName'),
  };
}
