import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Org, Visibility } from '../../src/org/types.ts';
import { SoqlError } from '../../src/soql/errors.ts';
import { ALL, orgOf } from '../org/folder.ts';

const DESCRIBE = 'Please reference your WSDL or the describe call for the appropriate names.';
const column = (field: string, object: string) =>
  `No such column '${field}' on entity '${object}'. If you are attempting to use a custom field, be sure to append the '__c' after the custom field name. ${DESCRIBE}`;
const type = (object: string) =>
  `sObject type '${object}' is not supported. If you are attempting to use a custom object, be sure to append the '__c' after the entity name. ${DESCRIBE}`;
const relationship = (name: string) =>
  `Didn't understand relationship '${name}' in field path. If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship name. ${DESCRIBE}`;

interface Row {
  readonly it: string;
  readonly soql: string;
  readonly code: string;
  /** The lines of the message after the first, which is empty. */
  readonly says: readonly string[];
}

const ROWS: readonly Row[] = [
  {
    it: 'an unknown field',
    soql: 'SELECT Id, Nope__c FROM Account',
    code: 'INVALID_FIELD',
    says: ['SELECT Id, Nope__c FROM Account', '           ^', 'ERROR at Row:1:Column:12', column('Nope__c', 'Account')],
  },
  {
    it: 'a field that only some orgs have',
    soql: 'SELECT IsRevoked FROM PermissionSetAssignment',
    code: 'INVALID_FIELD',
    says: [
      'SELECT IsRevoked FROM PermissionSetAssignment',
      '       ^',
      'ERROR at Row:1:Column:8',
      column('IsRevoked', 'PermissionSetAssignment'),
    ],
  },
  {
    it: 'an unknown field of a parent',
    soql: 'SELECT Id, Owner.Nope FROM Account',
    code: 'INVALID_FIELD',
    says: ['SELECT Id, Owner.Nope FROM Account', '           ^', 'ERROR at Row:1:Column:12', column('Nope', 'User')],
  },
  {
    it: 'an unknown object',
    soql: 'SELECT Id FROM Nope',
    code: 'INVALID_TYPE',
    says: ['SELECT Id FROM Nope', '               ^', 'ERROR at Row:1:Column:16', type('Nope')],
  },
  {
    it: 'an object that the org lacks',
    soql: 'SELECT Id FROM Territory2',
    code: 'INVALID_TYPE',
    says: ['SELECT Id FROM Territory2', '               ^', 'ERROR at Row:1:Column:16', type('Territory2')],
  },
  {
    it: 'an unknown relationship',
    soql: 'SELECT Boss.Name FROM Account',
    code: 'INVALID_FIELD',
    says: ['SELECT Boss.Name FROM Account', '       ^', 'ERROR at Row:1:Column:8', relationship('Boss')],
  },
  {
    it: 'OR after AND without parentheses, in the visible part of a long query',
    soql: "SELECT Id FROM Account WHERE Name = 'a' AND Name = 'b' OR Name = 'c'",
    code: 'MALFORMED_QUERY',
    says: [
      "WHERE Name = 'a' AND Name = 'b' OR Name = 'c'",
      '                                ^',
      'ERROR at Row:1:Column:56',
      "unexpected token: 'OR'",
    ],
  },
  {
    it: 'AND after OR without parentheses',
    soql: "SELECT Id FROM Lead WHERE Name = 'a' OR Name = 'b' AND Id != null",
    code: 'MALFORMED_QUERY',
    says: [
      "WHERE Name = 'a' OR Name = 'b' AND Id != null",
      '                               ^',
      'ERROR at Row:1:Column:52',
      "unexpected token: 'AND'",
    ],
  },
  {
    it: 'an extra comma',
    soql: 'SELECT Id, FROM Account',
    code: 'MALFORMED_QUERY',
    says: ['SELECT Id, FROM Account', '           ^', 'ERROR at Row:1:Column:12', "unexpected token: 'FROM'"],
  },
  {
    it: 'an incomplete query',
    soql: 'SELECT Id FROM Account WHERE',
    code: 'MALFORMED_QUERY',
    says: [
      'SELECT Id FROM Account WHERE',
      '                            ^',
      'ERROR at Row:1:Column:29',
      "unexpected token: '<EOF>'",
    ],
  },
  {
    it: 'a place on another line',
    soql: 'SELECT Id\nFROM Account\nLIMIT ten',
    code: 'MALFORMED_QUERY',
    says: ['LIMIT ten', '      ^', 'ERROR at Row:3:Column:7', "unexpected token: 'ten'"],
  },
  {
    it: 'text for a datetime',
    soql: "SELECT Id FROM Account WHERE CreatedDate > '2026'",
    code: 'INVALID_FIELD',
    says: [
      "SELECT Id FROM Account WHERE CreatedDate > '2026'",
      '                             ^',
      'ERROR at Row:1:Column:30',
      "value of filter criterion for field 'CreatedDate' must be of type dateTime and should not be enclosed in quotes",
    ],
  },
  {
    it: 'a number for text',
    soql: 'SELECT Id FROM Account WHERE Name = 5',
    code: 'INVALID_FIELD',
    says: [
      'SELECT Id FROM Account WHERE Name = 5',
      '                             ^',
      'ERROR at Row:1:Column:30',
      "value of filter criterion for field 'Name' must be of type string and should be enclosed in quotes",
    ],
  },
  {
    it: 'text for an id',
    soql: "SELECT Id FROM Account WHERE OwnerId = 'me'",
    code: 'INVALID_QUERY_FILTER_OPERATOR',
    says: [
      "SELECT Id FROM Account WHERE OwnerId = 'me'",
      '                             ^',
      'ERROR at Row:1:Column:30',
      'invalid ID field: me',
    ],
  },
  {
    it: 'INCLUDES on a field that is not a multi-select picklist',
    soql: "SELECT Id FROM Account WHERE Industry INCLUDES ('Energy')",
    code: 'INVALID_FIELD',
    says: [
      "SELECT Id FROM Account WHERE Industry INCLUDES ('Energy')",
      '                             ^',
      'ERROR at Row:1:Column:30',
      'invalid operator on picklist field',
    ],
  },
  {
    it: 'a time for text',
    soql: 'SELECT Id FROM Account WHERE Name = 12:00:00.000Z',
    code: 'INVALID_FIELD',
    says: [
      'SELECT Id FROM Account WHERE Name = 12:00:00.000Z',
      '                             ^',
      'ERROR at Row:1:Column:30',
      "value of filter criterion for field 'Name' must be of type string and should be enclosed in quotes",
    ],
  },
  {
    it: 'a filter on long text',
    soql: "SELECT Id FROM Account WHERE Description = 'x'",
    code: 'INVALID_FIELD',
    says: [
      "SELECT Id FROM Account WHERE Description = 'x'",
      '                             ^',
      'ERROR at Row:1:Column:30',
      "field 'Description' can not be filtered in a query call",
    ],
  },
  {
    it: 'a field that is neither grouped nor aggregated',
    soql: 'SELECT Name, COUNT(Id) FROM Account',
    code: 'MALFORMED_QUERY',
    says: [
      'SELECT Name, COUNT(Id) FROM Account',
      '       ^',
      'ERROR at Row:1:Column:8',
      'Field must be grouped or aggregated: Name',
    ],
  },
  {
    it: 'an offset beyond the limit',
    soql: 'SELECT Id FROM Account OFFSET 2001',
    code: 'NUMBER_OUTSIDE_VALID_RANGE',
    says: [
      'SELECT Id FROM Account OFFSET 2001',
      '                              ^',
      'ERROR at Row:1:Column:31',
      'Maximum SOQL offset allowed is 2000',
    ],
  },
];

let org: Org;
beforeAll(async () => {
  org = await orgOf({ 'org.json': { absent: ['Territory2'] } });
});
afterAll(() => org.close());

function refusal(soql: string, visibility: Visibility = ALL): { readonly code: string; readonly message: string } {
  try {
    org.query(soql, { all: false, visibility });
  } catch (error) {
    if (error instanceof SoqlError) return { code: error.errorCode, message: error.message };
    throw error;
  }
  throw new Error(`The query was not refused: ${soql}`);
}

test.each(ROWS)('$it', ({ soql, code, says }) => {
  expect(refusal(soql)).toEqual({ code, message: ['', ...says].join('\n') });
});

test.each([
  ['an offset at the limit', 'SELECT Id FROM Account OFFSET 2000'],
  ['AND and OR with parentheses', "SELECT Id FROM Account WHERE Name = 'a' AND (Name = 'b' OR Name = 'c')"],
  ['a grouped field next to an aggregate', 'SELECT Name, COUNT(Id) FROM Account GROUP BY Name'],
  ['a filter on short text', "SELECT Id FROM Account WHERE BillingStreet = 'x'"],
  ['five relationships in a path', 'SELECT Owner.Manager.Manager.Manager.Manager.Name FROM Account'],
])('the near miss is accepted: %s', (_name, soql) => {
  expect(org.query(soql, { all: false, visibility: ALL }).totalSize).toBe(0);
});

test('six relationships in a path are one too many', () => {
  const soql = 'SELECT Owner.Manager.Manager.Manager.Manager.Manager.Name FROM Account';
  expect(refusal(soql).code).toBe('MALFORMED_QUERY');
});

test('an object that the user cannot read looks as if it did not exist', () => {
  const visibility: Visibility = { ...ALL, object: (name) => name !== 'Case' };
  expect(refusal('SELECT Id FROM Case', visibility)).toMatchObject({ code: 'INVALID_TYPE' });
  expect(refusal('SELECT (SELECT Id FROM Cases) FROM Account', visibility)).toMatchObject({ code: 'INVALID_TYPE' });
  expect(org.query('SELECT Id FROM Account', { all: false, visibility }).totalSize).toBe(0);
});

test.each([
  'SELECT Id, Industry FROM Account',
  "SELECT Id FROM Account WHERE Industry = 'Energy'",
  'SELECT Id FROM Account ORDER BY Industry',
  'SELECT COUNT(Industry) FROM Account',
  'SELECT Account.Industry FROM Contact',
  "SELECT Id FROM Contact WHERE AccountId IN (SELECT Id FROM Account WHERE Industry = 'Energy')",
])('a field that the user cannot read looks as if it did not exist: %s', (soql) => {
  const visibility: Visibility = { ...ALL, field: (object, name) => object !== 'Account' || name !== 'Industry' };
  expect(refusal(soql, visibility)).toMatchObject({ code: 'INVALID_FIELD' });
  expect(org.query(soql, { all: false, visibility: ALL })).toBeDefined();
});

test('a long query is quoted only around the place', () => {
  const parts = ['Street', 'City', 'State', 'PostalCode', 'Country', 'Latitude', 'Longitude'];
  const fields = [...parts.map((part) => `Billing${part}`), 'Nope__c', ...parts.map((part) => `Shipping${part}`)];
  const [, shown, caret] = refusal(`SELECT ${fields.join(',')} FROM Account`).message.split('\n');
  expect(shown).toBe('BillingLatitude,BillingLongitude,Nope__c,ShippingStreet,ShippingCity');
  expect(shown?.slice(caret?.indexOf('^'))).toMatch(/^Nope__c,/);
});
