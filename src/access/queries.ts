import { OBJECT_NAMES, OBJECTS } from '../objects/index.ts';
import { quotedText, TRUE } from '../soql/literals.ts';
import { type Column, type Condition, compared, count, isIn, newest, type SoqlQuery } from '../soql/query.ts';
import type { TableName, TableReason, TableRows } from './tables.ts';

interface Selection<Column> {
  /** Columns without which a rule could open too much or nothing could be told: without one the table is not read. */
  readonly required: readonly Column[];
  /** Columns that only some orgs or API versions have, or whose absence closes. */
  readonly optional: readonly Column[];
  readonly where?: Condition;
}

const INDEXED = OBJECT_NAMES.map(quotedText);

const SELECTIONS: { readonly [T in TableName]: Selection<keyof TableRows[T] & string> } = {
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
      // What the integration user's own sets lack of these is closed.
      'PermissionsViewSetup',
      'PermissionsViewRoles',
      'PermissionsViewAllUsers',
      'PermissionsManageUsers',
      // By the stamps it is seen that the integration user's own rights were touched.
      'SystemModstamp',
    ],
  },
  PermissionSetGroup: { required: ['Id', 'HasActivationRequired'], optional: [] },
  PermissionSetAssignment: {
    required: ['AssigneeId', 'PermissionSetId', 'PermissionSetGroupId', 'ExpirationDate'],
    // IsRevoked exists only where user access policies are on.
    optional: ['IsActive', 'IsRevoked', 'SystemModstamp'],
    // Nobody who is inactive is served. What is assigned narrows it further: see src/sync/assignments.ts.
    where: compared('Assignee.IsActive', '=', TRUE),
  },
  ObjectPermissions: {
    required: ['ParentId', 'SobjectType', 'PermissionsRead'],
    // PermissionsViewAllFields: API v63 on.
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

/** The sObjects to describe before the queries can be written. */
export const MEMBERSHIP_TABLES: readonly TableName[] = Object.keys(SELECTIONS) as TableName[];

/** How to read one table of `OrgTables`, or why it cannot be read. */
export type MembershipQuery =
  | { readonly table: TableName; readonly soql: SoqlQuery }
  | { readonly table: TableName; readonly soql: null; readonly reason: TableReason };

/**
 * The queries that fill `OrgTables`, a query a table, asking only for fields that exist.
 *
 * @param describe the field names that describe lists for an sObject; null: the org does not show it
 */
export function membershipQueries(describe: (table: TableName) => ReadonlySet<string> | null): MembershipQuery[] {
  return MEMBERSHIP_TABLES.map((table) => {
    const { required, optional }: Selection<string> = SELECTIONS[table];
    const fields = describe(table);
    if (fields === null) return { table, soql: null, reason: { kind: 'table_hidden' } };
    const missing = required.filter((field) => !fields.has(field));
    if (missing.length > 0) return { table, soql: null, reason: { kind: 'columns_hidden', columns: missing } };
    return { table, soql: select(table, [...required, ...optional.filter((field) => fields.has(field))]) };
  });
}

/** The query of a table of which nothing is hidden. */
export function wholeQuery(table: TableName): SoqlQuery {
  const { required, optional }: Selection<string> = SELECTIONS[table];
  return select(table, [...required, ...optional]);
}

/** How many rows the table has (`n`), and the newest stamp among them (`newest`). */
export function probeQuery(table: TableName): SoqlQuery {
  return select(table, [count(), newest(table === 'UserLogin' ? 'LastModifiedDate' : 'SystemModstamp')]);
}

function select(table: TableName, columns: readonly Column[]): SoqlQuery {
  const { where }: Selection<string> = SELECTIONS[table];
  return { select: columns, from: table, where: where === undefined ? [] : [where] };
}
