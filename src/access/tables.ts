import type { ObjectName } from '../objects/index.ts';

/** Columns of a row as REST sends it, by API field name: any of them may be null or missing. */
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

/** The tables that say who is who and where, by sObject. */
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

export type TableName = keyof TableRows;

/** All rows of a table, or why it could not be read. */
export type Table<Row> = { readonly rows: readonly Row[] } | { readonly rows: null; readonly reason: TableReason };

/** Why a table could not be read: plain JSON, which memos and the index keep. */
export type TableReason =
  | { readonly kind: 'table_hidden' }
  | { readonly kind: 'columns_hidden'; readonly columns: readonly string[] }
  /** The org's own message, and its code if it gave one. */
  | { readonly kind: 'org_error'; readonly errorCode: string | null; readonly message: string }
  /** An index has no rows of it. */
  | { readonly kind: 'not_kept' }
  /** As an earlier version told it. */
  | { readonly kind: 'told'; readonly text: string };

/** A field of an indexed object as describe shows it. */
export interface DescribedField {
  readonly name: string;
  /** Has field-level security. */
  readonly permissionable: boolean;
  readonly compoundFieldName: string | null;
}

/** Everything that a membership generation is computed from. */
export type OrgTables = { readonly [T in TableName]: Table<TableRows[T]> } & {
  /** Every field that describe lists, per indexed object; null: the object is not described. */
  readonly described: Readonly<Record<ObjectName, readonly DescribedField[] | null>>;
};
