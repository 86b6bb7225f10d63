import type { TableName, TableReason } from '../facts/coverage-gaps.ts';
import type { ObjectName } from '../objects/index.ts';

/** Columns of a row as REST sends it, by API field name. Any of them can be null or missing. */
type Columns<Text extends string, Flag extends string = never> = { readonly [K in Text]?: string | null } & {
  readonly [K in Flag]?: boolean | null;
};

export type OrganizationRow = Columns<
  | 'Id'
  | 'SystemModstamp'
  | 'DefaultAccountAccess'
  | 'DefaultContactAccess'
  | 'DefaultCaseAccess'
  | 'DefaultOpportunityAccess'
  | 'DefaultLeadAccess'
>;
export type EntityDefinitionRow = Columns<'QualifiedApiName' | 'InternalSharingModel' | 'ExternalSharingModel'>;
export type UserRow = Columns<
  'Id' | 'Name' | 'Username' | 'FederationIdentifier' | 'Email' | 'UserType' | 'UserRoleId' | 'ProfileId' | 'ManagerId',
  'IsActive'
>;
export type UserLoginRow = Columns<'UserId', 'IsFrozen'>;
export type UserRoleRow = Columns<'Id' | 'Name' | 'ParentRoleId' | 'PortalType'>;
export type GroupRow = Columns<'Id' | 'Name' | 'Type' | 'RelatedId', 'DoesIncludeBosses'>;
export type GroupMemberRow = Columns<'GroupId' | 'UserOrGroupId'>;
export type PermissionSetRow = Columns<
  'Id' | 'Label' | 'ProfileId' | 'PermissionSetGroupId' | 'SystemModstamp',
  | 'IsOwnedByProfile'
  | 'HasActivationRequired'
  | 'PermissionsViewAllData'
  | 'PermissionsModifyAllData'
  | 'PermissionsViewAllFieldsGlobal'
  | 'PermissionsViewSetup'
  | 'PermissionsViewRoles'
  | 'PermissionsViewAllUsers'
  | 'PermissionsManageUsers'
>;
export type PermissionSetGroupRow = Columns<'Id', 'HasActivationRequired'>;
export type PermissionSetAssignmentRow = Columns<
  'AssigneeId' | 'PermissionSetId' | 'PermissionSetGroupId' | 'ExpirationDate' | 'SystemModstamp',
  'IsActive' | 'IsRevoked'
>;
export type ObjectPermissionsRow = Columns<
  'ParentId' | 'SobjectType' | 'SystemModstamp',
  'PermissionsRead' | 'PermissionsViewAllRecords' | 'PermissionsModifyAllRecords' | 'PermissionsViewAllFields'
>;
export type FieldPermissionsRow = Columns<'ParentId' | 'SobjectType' | 'Field', 'PermissionsRead'>;
export type Territory2Row = Columns<'Id' | 'Name' | 'ParentTerritory2Id' | 'Territory2ModelId'>;
export type Territory2ModelRow = Columns<'Id' | 'State'>;
export type UserTerritory2AssociationRow = Columns<'UserId' | 'Territory2Id', 'IsActive'>;

/** The rows of each table that the rules read, by sObject. */
export interface TableRows {
  readonly Organization: OrganizationRow;
  readonly EntityDefinition: EntityDefinitionRow;
  readonly User: UserRow;
  readonly UserLogin: UserLoginRow;
  readonly UserRole: UserRoleRow;
  readonly Group: GroupRow;
  readonly GroupMember: GroupMemberRow;
  readonly PermissionSet: PermissionSetRow;
  readonly PermissionSetGroup: PermissionSetGroupRow;
  readonly PermissionSetAssignment: PermissionSetAssignmentRow;
  readonly ObjectPermissions: ObjectPermissionsRow;
  readonly FieldPermissions: FieldPermissionsRow;
  readonly Territory2: Territory2Row;
  readonly Territory2Model: Territory2ModelRow;
  readonly UserTerritory2Association: UserTerritory2AssociationRow;
}

/** All rows of a table, or why it could not be read. */
export type Table<Row> = { readonly rows: readonly Row[] } | { readonly rows: null; readonly reason: TableReason };

/** A field of an indexed object, from describe. */
export interface DescribedField {
  readonly name: string;
  /** Whether the field has field-level security. */
  readonly permissionable: boolean;
  readonly compoundFieldName: string | null;
}

/** Everything from which a membership generation is computed. */
export type OrgTables = { readonly [T in TableName]: Table<TableRows[T]> } & {
  /** Every field that describe lists, by indexed object; null if the object is not described. */
  readonly described: Readonly<Record<ObjectName, readonly DescribedField[] | null>>;
};

/** The value of a flag in a row. In a damaged row it can be anything. */
type Flag = unknown;

/**
 * Whether a flag that takes something away (revoked, frozen, session-based) is set. Null is not set: many rows have no
 * value. Anything else than a flag counts as set, because it may mean that.
 */
export function takesAway(flag: Flag): boolean {
  return flag !== false && flag !== null && flag !== undefined;
}

/** Whether a flag that keeps its row in force (active) is set. Null is set. Anything else than a flag is not. */
export function leavesInForce(flag: Flag): boolean {
  return flag === true || flag === null || flag === undefined;
}
