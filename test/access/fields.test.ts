import { describe, expect, test } from 'vitest';
import { readableFields } from '../../src/access/fields.ts';
import type { FieldPermissionsRow, ObjectPermissionsRow, PermissionSetRow } from '../../src/access/tables.ts';
import { objectNamed, STANDARD_FIELDS } from '../../src/objects/index.ts';
import type { TestOrg } from './org.ts';
import { describedField, memberOf, membershipOf, user } from './org.ts';

const described = [
  describedField('Name', false, 'Name'),
  describedField('FirstName', true, 'Name'),
  describedField('Phone', true),
  describedField('Website', true),
  describedField('Rating', false),
  describedField('BillingAddress', true),
  describedField('BillingCity', true, 'BillingAddress'),
  describedField('BillingStreet', true, 'BillingAddress'),
  describedField('ShippingCity', true, 'ShippingAddress'),
  describedField('OpenCity', true, 'OpenAddress'),
  describedField('OpenAddress', false),
  describedField('PersonFax', false),
  describedField('PersonPhone', true),
  describedField('Tier__pc', true),
  describedField('Rank__pc', true),
  describedField('Personality', false),
];

/** The fields of contacts that the user may read. */
const ofContact = (name: string) => ['Phone', 'Rank__c'].includes(name);

test.each<[string, string[], string[], boolean]>([
  ['a field without field-level security is open to everybody', ['Rating'], [], true],
  ['a field with field-level security is denied', ['Phone'], [], false],
  ['a field with field-level security is opened by its permission', ['Phone'], ['Phone'], true],
  ['a field with field-level security is not opened by the permission of another field', ['Phone'], ['Website'], false],
  ['an address part is opened by the address', ['BillingCity', 'BillingStreet'], ['BillingAddress'], true],
  ['an address part cannot be read through its own permission', ['BillingCity'], ['BillingCity'], false],
  ['an address part is not opened by another address', ['BillingCity'], ['ShippingAddress'], false],
  ['an address part is opened by an address that describe does not list', ['ShippingCity'], ['ShippingAddress'], true],
  ['an address part is denied without an address that describe does not list', ['ShippingCity'], [], false],
  ['a part of an address without security is open to everybody', ['OpenCity'], [], true],
  ['Name is open to everybody', ['Name'], [], true],
  ['a part of the name is open to everybody', ['FirstName'], [], true],
  ['a field that describe does not list is denied', ['Fax'], ['Fax'], false],
  ["a person account's field is denied without the contact's permission", ['PersonFax'], ['PersonFax'], false],
  ["a person account's field is denied without its own permission", ['PersonPhone'], [], false],
  ["a person account's field is opened by both permissions", ['PersonPhone'], ['PersonPhone'], true],
  ["a person account's custom field is denied without the contact's permission", ['Tier__pc'], ['Tier__pc'], false],
  ["a person account's custom field is opened by both permissions", ['Rank__pc'], ['Rank__pc'], true],
  ["a field whose name only starts like a person account's is not one", ['Personality'], [], true],
])('%s', (_, asked, granted, readable) => {
  const grants = { everyField: false, granted: (field: string) => granted.includes(field) };
  expect(readableFields('Account', asked, described, grants, ofContact)).toEqual(readable ? 'all' : []);
});

test("View All Fields gives access to every field, but a person account's field needs it on Contact too", () => {
  const grants = { everyField: true, granted: () => false };
  expect(readableFields('Account', ['Phone', 'Fax'], described, grants, ofContact)).toBe('all');
  expect(readableFields('Account', ['Phone', 'PersonFax'], described, grants, ofContact)).toEqual(['Phone']);
  // These names have that meaning only on Account.
  expect(readableFields('Lead', ['Phone', 'PersonFax'], described, grants, ofContact)).toBe('all');
});

test('an object that is not described has no readable field', () => {
  expect(readableFields('Account', ['Name'], null, { everyField: false, granted: () => true }, ofContact)).toEqual([]);
});

describe('the fields of a user', () => {
  const secured = objectNamed('Lead').fields.map((name) => describedField(name, name === 'Phone' || name === 'Email'));
  const rest = objectNamed('Lead').fields.filter((name) => name !== 'Phone' && name !== 'Email');
  const org = (more: TestOrg = {}, permissions: ObjectPermissionsRow = {}, set: PermissionSetRow = {}): TestOrg => ({
    User: [user('005amy')],
    PermissionSet: [{ Id: 'profile', IsOwnedByProfile: true, ProfileId: 'standard', ...set }],
    ObjectPermissions: [{ ParentId: 'profile', SobjectType: 'Lead', PermissionsRead: true, ...permissions }],
    described: { Lead: secured },
    ...more,
  });
  const phone = (row: FieldPermissionsRow = {}): TestOrg => ({
    FieldPermissions: [
      { ParentId: 'profile', SobjectType: 'Lead', Field: 'Lead.Phone', PermissionsRead: true, ...row },
    ],
  });
  const both = {
    FieldPermissions: ['Lead.Phone', 'Lead.Email'].map((Field) => ({
      ParentId: 'profile',
      SobjectType: 'Lead',
      Field,
      PermissionsRead: true,
    })),
  };

  test.each<[string, TestOrg, 'all' | string[]]>([
    ['include those without security', org(), rest],
    ['include those that a set grants', org(phone()), objectNamed('Lead').fields.filter((name) => name !== 'Email')],
    ['exclude those of a set that the user does not have', org(phone({ ParentId: 'other' })), rest],
    ['exclude those of a muting set', org(phone({ ParentId: '0QMmuting' })), rest],
    ['exclude those of a license', org(phone({ ParentId: '100license' })), rest],
    ['exclude those whose row has no Read', org(phone({ PermissionsRead: false })), rest],
    [
      'exclude a field of that name on another object',
      org(phone({ SobjectType: 'Contact', Field: 'Contact.Phone' })),
      rest,
    ],
    ['are all fields if all are granted', org(both), 'all'],
    ['are all fields with View All Fields on the object', org({}, { PermissionsViewAllFields: true }), 'all'],
    [
      'are not opened by View All Fields on another object',
      org({
        ObjectPermissions: [
          { ParentId: 'profile', SobjectType: 'Lead', PermissionsRead: true },
          { ParentId: 'profile', SobjectType: 'Case', PermissionsRead: true, PermissionsViewAllFields: true },
        ],
      }),
      rest,
    ],
    ['are all fields with View All Fields (Global)', org({}, {}, { PermissionsViewAllFieldsGlobal: true }), 'all'],
    ['are not opened by View All', org({}, { PermissionsViewAllRecords: true }), rest],
    ['are not opened by View All Data', org({}, {}, { PermissionsViewAllData: true }), rest],
    ['are not opened by Modify All Data', org({}, {}, { PermissionsModifyAllData: true }), rest],
    ['are none without Read on the object', org(both, { PermissionsRead: false }), []],
    ['are those without security if FieldPermissions cannot be read', org({ FieldPermissions: null }), rest],
    ['are none if the object is not described', org({ ...both, described: { Lead: null } }), []],
  ])('%s', (_, tables, expected) => {
    expect(memberOf(membershipOf(tables).members, '005amy')?.objects.Lead.fields).toEqual(expected);
  });

  test('an object that is not described is reported', () => {
    const { gaps } = membershipOf(org({ described: { Lead: null } }));
    expect(gaps).toEqual([{ code: 'object_fields_hidden', objects: ['Lead'], count: 1 }]);
  });

  describe('the fields of a person account', () => {
    const fields = { ...STANDARD_FIELDS.fields, Account: ['Name', 'PersonEmail'] };
    const reads = (contact: ObjectPermissionsRow, ...granted: string[]) => {
      const tables: TestOrg = {
        User: [user('005amy')],
        PermissionSet: [{ Id: 'set', IsOwnedByProfile: true, ProfileId: 'standard' }],
        ObjectPermissions: [
          { ParentId: 'set', SobjectType: 'Account', PermissionsRead: true },
          { ParentId: 'set', SobjectType: 'Contact', PermissionsRead: true, ...contact },
        ],
        FieldPermissions: granted.map((Field) => ({
          ParentId: 'set',
          SobjectType: Field.split('.')[0] ?? '',
          Field,
          PermissionsRead: true,
        })),
        described: {
          Account: [describedField('Name', false), describedField('PersonEmail', true)],
          Contact: [describedField('Email', true)],
        },
      };
      return memberOf(membershipOf(tables, { fields }).members, '005amy')?.objects.Account.fields;
    };

    test("require the account's and the contact's permission, and Read on contacts", () => {
      expect(reads({}, 'Account.PersonEmail', 'Contact.Email')).toBe('all');
      expect(reads({}, 'Account.PersonEmail')).toEqual(['Name']);
      expect(reads({}, 'Contact.Email')).toEqual(['Name']);
      expect(reads({ PermissionsRead: false }, 'Account.PersonEmail', 'Contact.Email')).toEqual(['Name']);
    });
  });
});
