import type { TableName, TableReason } from '../facts/coverage-gaps.ts';
import { OBJECT_NAMES, OBJECTS } from '../objects/index.ts';
import { quotedText, TRUE } from '../soql/literals.ts';
import { type Column, type Condition, compared, count, isIn, newest, type SoqlQuery } from '../soql/query.ts';
import type { TableRows } from './tables.ts';

interface TableColumns<Column> {
  /** Without these columns a rule could grant too much, or decide nothing. If one is missing, the table is not read. */
  readonly required: readonly Column[];
  /** Columns that exist only in some orgs or API versions, or whose absence only takes access away. */
  readonly optional: readonly Column[];
  readonly where?: Condition;
}

const INDEXED = OBJECT_NAMES.map(quotedText);

const TABLE_COLUMNS: { readonly [T in TableName]: TableColumns<keyof TableRows[T] & string> } = {
  Organization: {
    required: ['Id'],
    optional: [...OBJECTS.map((object) => object.defaultField as keyof TableRows['Organization']), 'SystemModstamp'],
  },
  EntityDefinition: {
    required: ['QualifiedApiName', 'InternalSharingModel', 'ExternalSharingModel'],
    optional: [],
    where: isIn('QualifiedApiName', INDEXED),
  },
  User: {
    required: ['Id', 'IsActive', 'UserType'],
    optional: ['Name', 'Username', 'FederationIdentifier', 'Email', 'UserRoleId', 'ProfileId', 'ManagerId'],
  },
  UserLogin: { required: ['UserId', 'IsFrozen'], optional: [] },
  UserRole: { required: ['Id', 'ParentRoleId'], optional: ['Name', 'PortalType'] },
  Group: { required: ['Id', 'Type', 'RelatedId'], optional: ['Name', 'DoesIncludeBosses'] },
  GroupMember: { required: ['GroupId', 'UserOrGroupId'], optional: [] },
  PermissionSet: {
    required: ['Id', 'IsOwnedByProfile', 'ProfileId', 'HasActivationRequired'],
    optional: [
      'Label',
      'PermissionSetGroupId',
      'PermissionsViewAllData',
      'PermissionsModifyAllData',
      'PermissionsViewAllFieldsGlobal',
      // Rights that the integration user lacks become coverage gaps.
      'PermissionsViewSetup',
      'PermissionsViewRoles',
      'PermissionsViewAllUsers',
      'PermissionsManageUsers',
      // The stamps show that the integration user's own rights changed.
      'SystemModstamp',
    ],
  },
  PermissionSetGroup: { required: ['Id', 'HasActivationRequired'], optional: [] },
  PermissionSetAssignment: {
    required: ['AssigneeId', 'PermissionSetId', 'PermissionSetGroupId', 'ExpirationDate'],
    // IsRevoked exists only where user access policies are on.
    optional: ['IsActive', 'IsRevoked', 'SystemModstamp'],
    // The search does not serve inactive users. src/sync/assignments.ts narrows the query to the sets that matter.
    where: compared('Assignee.IsActive', '=', TRUE),
  },
  ObjectPermissions: {
    required: ['ParentId', 'SobjectType', 'PermissionsRead'],
    // PermissionsViewAllFields: API v63 and later.
    optional: [
      'PermissionsViewAllRecords',
      'PermissionsModifyAllRecords',
      'PermissionsViewAllFields',
      'SystemModstamp',
    ],
    where: isIn('SobjectType', INDEXED),
  },
  FieldPermissions: {
    required: ['ParentId', 'SobjectType', 'Field', 'PermissionsRead'],
    optional: [],
    where: isIn('SobjectType', INDEXED),
  },
  Territory2: { required: ['Id', 'ParentTerritory2Id', 'Territory2ModelId'], optional: ['Name'] },
  Territory2Model: { required: ['Id', 'State'], optional: [] },
  UserTerritory2Association: { required: ['UserId', 'Territory2Id'], optional: ['IsActive'] },
};

/** The sObjects that must be described before the queries can be written. */
export const MEMBERSHIP_TABLES: readonly TableName[] = Object.keys(TABLE_COLUMNS) as TableName[];

/** The query for one table of `OrgTables`, or the reason why the table cannot be read. */
export type MembershipQuery =
  | { readonly table: TableName; readonly soql: SoqlQuery }
  | { readonly table: TableName; readonly soql: null; readonly reason: TableReason };

/**
 * Returns the queries that fill `OrgTables`, one per table, with only the fields that exist.
 *
 * @param describe returns the field names that describe lists for an sObject; null if the org does not show it
 */
export function membershipQueries(describe: (table: TableName) => ReadonlySet<string> | null): MembershipQuery[] {
  return MEMBERSHIP_TABLES.map((table) => {
    const { required, optional }: TableColumns<string> = TABLE_COLUMNS[table];
    const fields = describe(table);
    if (fields === null) return { table, soql: null, reason: { kind: 'table_hidden' } };
    const missing = required.filter((field) => !fields.has(field));
    if (missing.length > 0) return { table, soql: null, reason: { kind: 'columns_hidden', columns: missing } };
    return { table, soql: select(table, [...required, ...optional.filter((field) => fields.has(field))]) };
  });
}

/** Returns the query for a table of which nothing is hidden. */
export function wholeQuery(table: TableName): SoqlQuery {
  const { required, optional }: TableColumns<string> = TABLE_COLUMNS[table];
  return select(table, [...required, ...optional]);
}

/** Returns the query for the table's row count (`n`) and its latest stamp (`newest`). */
export function probeQuery(table: TableName): SoqlQuery {
  return select(table, [count(), newest(table === 'UserLogin' ? 'LastModifiedDate' : 'SystemModstamp')]);
}

function select(table: TableName, columns: readonly Column[]): SoqlQuery {
  const { where }: TableColumns<string> = TABLE_COLUMNS[table];
  return { select: columns, from: table, where: where === undefined ? [] : [where] };
}
