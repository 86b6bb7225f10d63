import { expect, onTestFinished, test } from 'vitest';
import { openAccess } from '../../../sandbox/access/access.ts';
import { openOrg } from '../../../sandbox/org/open.ts';
import type { Row } from '../../../sandbox/org/types.ts';
import { type OrgTables, sfId, writeFolder } from './folder.ts';
import { SETS, SMALL_ORG, USERS } from './small-org.ts';

const grant = (n: number, field: string, set: string = SETS.extra): Row => ({
  Id: sfId('01k', n),
  ParentId: set,
  SobjectType: field.slice(0, field.indexOf('.')),
  Field: field,
  PermissionsRead: true,
});

/** The standard objects, with two columns that only orgs with person accounts have. */
function orgWith(fieldPermissions: readonly Row[], change: OrgTables = {}): OrgTables {
  return {
    ...SMALL_ORG,
    Account: [{ Id: sfId('001', 1), OwnerId: USERS.rep, PersonEmail: 'a@b.example', Level__pc: 'x', PersonBadge: 'y' }],
    Contact: [{ Id: sfId('003', 1), OwnerId: USERS.rep, Level__c: 'x' }],
    FieldPermissions: fieldPermissions,
    ...change,
  };
}

const other = grant(90, 'Case.Subject', SETS.none);
const viewAllFields: OrgTables = {
  ObjectPermissions: [
    ...(SMALL_ORG.ObjectPermissions ?? []),
    { Id: sfId('110', 60), ParentId: SETS.extra, SobjectType: 'Account', PermissionsViewAllFields: true },
  ],
};
const viewAllFieldsGlobal: OrgTables = {
  PermissionSet: (SMALL_ORG.PermissionSet ?? []).map((set) =>
    set.Id === SETS.extra ? { ...set, PermissionsViewAllFieldsGlobal: true } : set,
  ),
};
const noLeads: OrgTables = {
  ObjectPermissions: (SMALL_ORG.ObjectPermissions ?? []).filter((row) => row.SobjectType !== 'Lead'),
};

test.each<[sentence: string, tables: OrgTables, reads: readonly [field: string, boolean][]]>([
  [
    'a granted field is read, another is not',
    orgWith([grant(1, 'Account.Phone')]),
    [
      ['Account.Phone', true],
      ['Account.Fax', false],
      ['Contact.Phone', false],
    ],
  ],
  [
    'a grant of a set that is not the user’s own opens nothing',
    orgWith([grant(1, 'Account.Phone', SETS.none)]),
    [['Account.Phone', false]],
  ],
  [
    'system, name and required fields need no grant',
    orgWith([other]),
    [
      ['Account.Id', true],
      ['Account.Name', true],
      ['Account.OwnerId', true],
      ['Contact.LastName', true],
      ['Case.Status', true],
      ['Case.Subject', false],
    ],
  ],
  [
    'an address decides for all its parts, and no row of a part counts',
    orgWith([grant(1, 'Account.BillingAddress'), grant(2, 'Account.ShippingCity')]),
    [
      ['Account.BillingCity', true],
      ['Account.BillingStreet', true],
      ['Account.ShippingCity', false],
    ],
  ],
  [
    'View All Fields opens the fields of its object',
    orgWith([other], viewAllFields),
    [
      ['Account.Fax', true],
      ['Account.BillingCity', true],
      ['Lead.Email', false],
    ],
  ],
  [
    'View All Fields (Global) opens all fields',
    orgWith([other], viewAllFieldsGlobal),
    [
      ['Account.Fax', true],
      ['Lead.Email', true],
    ],
  ],
  [
    'without Read on the object no field is read',
    orgWith([grant(1, 'Lead.Email')], noLeads),
    [
      ['Lead.Email', false],
      ['Lead.Id', false],
    ],
  ],
  [
    'a person account’s field asks for the contact’s too',
    orgWith([
      grant(1, 'Account.PersonEmail'),
      grant(2, 'Contact.Email'),
      grant(3, 'Account.Level__pc'),
      grant(4, 'Account.PersonBadge'),
    ]),
    [
      ['Account.PersonEmail', true],
      ['Account.Level__pc', false],
      ['Account.PersonBadge', false],
    ],
  ],
  [
    'a field that the org does not have is not read',
    orgWith([grant(1, 'Account.Nope__c')]),
    [['Account.Nope__c', false]],
  ],
  ['without a FieldPermissions file nothing is hidden', SMALL_ORG, [['Account.Fax', true]]],
])('%s', async (_sentence, tables, reads) => {
  const files = writeFolder(tables);
  onTestFinished(() => files.remove());
  const org = await openOrg(files.folder);
  onTestFinished(() => org.close());
  const access = openAccess(org);
  const found = reads.map(([name]) => {
    const [object = '', field = ''] = name.split('.');
    return [name, access.mayReadField(USERS.viewer, object, field)];
  });
  expect(found).toEqual(reads);
});

test('View All Data opens no field', async () => {
  const files = writeFolder(orgWith([other]));
  onTestFinished(() => files.remove());
  const org = await openOrg(files.folder);
  onTestFinished(() => org.close());
  expect(openAccess(org).mayReadField(USERS.integration, 'Account', 'Phone')).toBe(false);
  expect(openAccess(org).mayReadField(USERS.integration, 'Account', 'Name')).toBe(true);
});
