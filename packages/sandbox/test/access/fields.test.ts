import { expect, onTestFinished, test } from 'vitest';
import { FIELD_ORG } from '../../../../test/access/cases/field-org.ts';
import { FIELD_CASES } from '../../../../test/access/cases/index.ts';
import { openAccess } from '../../src/access/access.ts';
import { openOrg } from '../../src/org/open.ts';
import type { Row } from '../../src/org/types.ts';
import { type OrgTables, sfId, writeFolder } from '../../src/testing/folder.ts';
import { SETS, SMALL_ORG, USERS } from '../../src/testing/small-org.ts';

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

test.each<[sentence: string, tables: OrgTables, reads: readonly [field: string, boolean][]]>([
  [
    'a person account’s field also needs the contact’s permission',
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
  ['a field that the org lacks cannot be read', orgWith([grant(1, 'Account.Nope__c')]), [['Account.Nope__c', false]]],
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

test.each(FIELD_CASES)('$rule', async ({ rows, reads }) => {
  const files = writeFolder(FIELD_ORG);
  onTestFinished(() => files.remove());
  const org = await openOrg(files.folder);
  onTestFinished(() => org.close());
  for (const [object, row] of rows) org.put(object, row);
  const access = openAccess(org);
  const found = reads.map(([who, name]) => {
    const [object = '', field = ''] = name.split('.');
    return [who, name, access.mayReadField(USERS[who], object, field)];
  });
  expect(found).toEqual(reads);
});
