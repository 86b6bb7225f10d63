import { expect, onTestFinished, test } from 'vitest';
import { openAccess } from '../../src/access/access.ts';
import { readableIds } from '../../src/access/readable.ts';
import { openOrg } from '../../src/org/open.ts';
import type { Org, Row } from '../../src/org/types.ts';
import { type OrgTables, sfId, writeFolder } from '../../src/testing/folder.ts';
import { SMALL_ORG, USERS } from '../../src/testing/small-org.ts';
import { column, pick, type Served, served } from '../http/served.ts';

const PERSON = sfId('001', 11);
const COMPANY = sfId('001', 12);
const PERSON_CONTACT = sfId('003', 11);
const EMPLOYEE = sfId('003', 12);

const person = {
  Id: PERSON,
  Name: 'Pia Lund',
  OwnerId: USERS.rep,
  IsPersonAccount: true,
  PersonContactId: PERSON_CONTACT,
};
const personContact = { Id: PERSON_CONTACT, AccountId: PERSON, Name: 'Pia Lund', OwnerId: USERS.roleless };
const employee = { Id: EMPLOYEE, AccountId: COMPANY, Name: 'Emil Holm', OwnerId: USERS.rep };
const CONTACT_SHARE = {
  Id: sfId('03s', 1),
  ContactId: PERSON_CONTACT,
  UserOrGroupId: USERS.viewer,
  ContactAccessLevel: 'Read',
  RowCause: 'Manual',
};

/** Private accounts, and contacts that everyone could read if none were a person's. */
function personOrg(contacts: readonly Row[], change: OrgTables = {}): OrgTables {
  const [organization] = SMALL_ORG.Organization ?? [];
  return {
    ...SMALL_ORG,
    Organization: [{ ...organization, DefaultContactAccess: 'Read' }],
    Account: [
      person,
      { Id: COMPANY, Name: 'Harbor', OwnerId: USERS.rep, IsPersonAccount: false, PersonContactId: null },
    ],
    Contact: contacts,
    ContactShare: [CONTACT_SHARE],
    ...change,
  };
}

const FLAGGED = [
  { ...personContact, IsPersonAccount: true },
  { ...employee, IsPersonAccount: false },
];
const UNFLAGGED = [personContact, employee];

async function opened(tables: OrgTables, settings: Readonly<Record<string, unknown>> = {}): Promise<Org> {
  const files = writeFolder(tables, settings);
  onTestFinished(() => files.remove());
  const org = await openOrg(files.folder);
  onTestFinished(() => org.close());
  return org;
}

test.each([
  ['with the flag', FLAGGED],
  ['that only its account marks', UNFLAGGED],
])(
  'a person account’s contact %s is readable by readers of the account: its own default, shares and owner do not count',
  async (_, rows) => {
    const org = await opened(personOrg(rows));
    const reads = (user: string) => readableIds(org, openAccess(org), user, 'Contact');
    expect(reads(USERS.rep)).toEqual([PERSON_CONTACT, EMPLOYEE]);
    expect(reads(USERS.chief)).toEqual([PERSON_CONTACT, EMPLOYEE]);
    for (const user of [USERS.viewer, USERS.roleless, USERS.eastLead]) expect(reads(user)).toEqual([EMPLOYEE]);

    org.put('AccountShare', {
      Id: sfId('00r', 1),
      AccountId: PERSON,
      UserOrGroupId: USERS.viewer,
      AccountAccessLevel: 'Read',
    });
    expect(reads(USERS.viewer)).toEqual([PERSON_CONTACT, EMPLOYEE]);
  },
);

test('UserRecordAccess gives the same answers', async () => {
  const org = await served(personOrg(FLAGGED));
  const ids = `'${PERSON_CONTACT}', '${EMPLOYEE}'`;
  const asked = (user: string) =>
    org.query(`SELECT RecordId, HasReadAccess FROM UserRecordAccess WHERE UserId = '${user}' AND RecordId IN (${ids})`);
  expect(column((await asked(USERS.viewer)).body, 'HasReadAccess')).toEqual([false, true]);
  expect(column((await asked(USERS.rep)).body, 'HasReadAccess')).toEqual([true, true]);
});

async function fieldsOf(org: Served, object: string): Promise<readonly unknown[]> {
  const headers = await org.login();
  const { body } = await org.request('GET', `/services/data/v67.0/sobjects/${object}/describe`, { headers });
  return (pick(body, 'fields') as unknown[]).map((field) => pick(field, 'name'));
}

test('only an org with person accounts describes their fields', async () => {
  const [org, plain] = [await served(personOrg(FLAGGED)), await served({ ...SMALL_ORG, Contact: [] })];
  const account = ['IsPersonAccount', 'PersonContactId', 'PersonEmail', 'PersonMailingAddress', 'LastName'];
  expect(await fieldsOf(org, 'Account')).toEqual(expect.arrayContaining(account));
  expect(await fieldsOf(org, 'Contact')).toContain('IsPersonAccount');
  const without = [...(await fieldsOf(plain, 'Account')), ...(await fieldsOf(plain, 'Contact'))];
  expect(without.filter((name) => /Person/.test(String(name)))).toEqual([]);
  expect((await plain.query('SELECT IsPersonAccount FROM Contact')).body).toMatchObject([
    { errorCode: 'INVALID_FIELD' },
  ]);
});

test.each([
  ['hidden_fields', personOrg(FLAGGED), { hidden_fields: ['Contact.IsPersonAccount'] }],
  ['a file without the column', personOrg(UNFLAGGED), {}],
])('%s hides the contacts’ flag from the API but does not change access', async (_, tables, settings) => {
  const org = await served(tables, settings);
  expect(await fieldsOf(org, 'Account')).toContain('IsPersonAccount');
  expect(await fieldsOf(org, 'Contact')).not.toContain('IsPersonAccount');
  expect((await org.query('SELECT IsPersonAccount FROM Contact')).body).toMatchObject([{ errorCode: 'INVALID_FIELD' }]);
  expect((await org.query('SELECT Id FROM Contact WHERE Account.IsPersonAccount = true')).body).toMatchObject({
    totalSize: 1,
  });
  const { body } = await org.control('GET', `access?user=${USERS.viewer}&object=Contact`);
  expect(pick(body, 'ids')).toEqual([EMPLOYEE]);
});

test('nobody can be denied the fields that mark a person account; its other fields need both permissions', async () => {
  const grant = (n: number, field: string) => ({
    Id: sfId('01k', n),
    ParentId: sfId('0PS', 1),
    SobjectType: field.slice(0, field.indexOf('.')),
    Field: field,
    PermissionsRead: true,
  });
  const granted = [
    'Account.PersonEmail',
    'Contact.Email',
    'Account.PersonMobilePhone',
    'Account.PersonMailingAddress',
    'Contact.MailingAddress',
  ];
  const org = await opened(personOrg(FLAGGED, { FieldPermissions: granted.map((field, at) => grant(at + 1, field)) }));
  const access = openAccess(org);
  const names = [
    'IsPersonAccount',
    'PersonContactId',
    'LastName',
    'PersonEmail',
    'PersonMobilePhone',
    'PersonMailingCity',
    'PersonOtherCity',
  ];
  const reads = names.filter((name) => access.mayReadField(USERS.viewer, 'Account', name));
  expect(reads).toEqual(['IsPersonAccount', 'PersonContactId', 'LastName', 'PersonEmail', 'PersonMailingCity']);
  expect(access.mayReadField(USERS.viewer, 'Contact', 'IsPersonAccount')).toBe(true);
});

test('hidden_fields that the org lacks are refused', async () => {
  const files = writeFolder(SMALL_ORG, { hidden_fields: ['Contact.IsPersonAcount'] });
  onTestFinished(() => files.remove());
  await expect(openOrg(files.folder)).rejects.toThrow(
    'org.json: "hidden_fields" names Contact.IsPersonAcount, which this org does not have. Remove it.',
  );
});
