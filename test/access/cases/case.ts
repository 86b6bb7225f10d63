import {
  RECORDS,
  type RecordKey,
  type Row,
  type SharedObject,
  sfId,
  USERS,
  type UserKey,
} from '@salesforce-connector/sandbox/testing';

/** A row that the case adds to its org. */
export type Put = readonly [object: string, row: Row];

/** A record of the small org, or a field of an object: `Account.Phone`. */
export type Asked = RecordKey | `${SharedObject}.${string}`;

/**
 * A rule as a sentence, the rows that the case adds to the org, and who then reads what, near misses included. It
 * states what Salesforce's documentation says. The sandbox and the connector are each tested against it, never against
 * each other.
 */
export interface Case {
  readonly rule: string;
  readonly rows: readonly Put[];
  readonly reads: readonly (readonly [who: UserKey, what: Asked, reads: boolean])[];
  /** Settings of the org, as in `org.json`. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

export const GROUP = sfId('00G', 1);
export const OUTER = sfId('00G', 2);
export const TERRITORY = { top: sfId('0MI', 1), middle: sfId('0MI', 2), bottom: sfId('0MI', 3), model: sfId('0MA', 1) };

export const org = (row: Row): Put => ['Organization', { Id: sfId('00D', 1), ...row }];
export const share = (object: SharedObject, to: string, row: Row = {}): Put => [
  `${object}Share`,
  {
    Id: sfId({ Account: '00r', Contact: '03s', Case: '01n', Opportunity: '00t', Lead: '01o' }[object], 1),
    [`${object}Id`]: RECORDS[object.toLowerCase() as RecordKey],
    UserOrGroupId: to,
    [`${object}AccessLevel`]: 'Read',
    RowCause: 'Manual',
    ...row,
  },
];
export const group = (type: string, row: Row = {}, id = GROUP): Put => ['Group', { Id: id, Type: type, ...row }];
export const member = (n: number, who: string, of = GROUP): Put => [
  'GroupMember',
  { Id: sfId('011', n), GroupId: of, UserOrGroupId: who },
];
export const set = (id: string, row: Row): Put => ['PermissionSet', { Id: id, ...row }];
export const objectPermission = (id: string, object: string, row: Row, n = 50): Put => [
  'ObjectPermissions',
  { Id: sfId('110', n), ParentId: id, SobjectType: object, ...row },
];
export const fieldPermission = (id: string, field: string, row: Row = {}, n = 1): Put => [
  'FieldPermissions',
  {
    Id: sfId('01k', n),
    ParentId: id,
    SobjectType: field.slice(0, field.indexOf('.')),
    Field: field,
    PermissionsRead: true,
    ...row,
  },
];
export const assignment = (row: Row): Put => ['PermissionSetAssignment', { Id: sfId('0Pa', 1), ...row }];
export const user = (key: UserKey, row: Row): Put => ['User', { Id: USERS[key], ...row }];
export const record = (object: string, key: RecordKey, row: Row): Put => [object, { Id: RECORDS[key], ...row }];
export const territories: readonly Put[] = [
  ['Territory2Model', { Id: TERRITORY.model, State: 'Active' }],
  ['Territory2', { Id: TERRITORY.top, ParentTerritory2Id: null, Territory2ModelId: TERRITORY.model }],
  ['Territory2', { Id: TERRITORY.middle, ParentTerritory2Id: TERRITORY.top, Territory2ModelId: TERRITORY.model }],
  ['Territory2', { Id: TERRITORY.bottom, ParentTerritory2Id: TERRITORY.middle, Territory2ModelId: TERRITORY.model }],
];
export const inTerritory = (n: number, key: UserKey, territory: string, row: Row = {}): Put => [
  'UserTerritory2Association',
  { Id: sfId('0MC', n), UserId: USERS[key], Territory2Id: territory, IsActive: true, ...row },
];

/** Changes what the standard profile grants on an object. */
export function objectPermissionOf(object: string, row: Row): Put {
  const objects = ['Account', 'Contact', 'Case', 'Opportunity', 'Lead'];
  return ['ObjectPermissions', { Id: sfId('110', objects.indexOf(object) + 1), ...row }];
}

export function entity(object: string, row: Row): Put {
  return ['EntityDefinition', { QualifiedApiName: object, ...row }];
}
