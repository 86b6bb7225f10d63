import { expect, test } from 'vitest';
import type { Row } from '../../src/org/types.ts';
import { type OrgTables, sfId } from '../../src/testing/folder.ts';
import { RECORDS, ROLES, SETS, SMALL_ORG, USERS } from '../../src/testing/small-org.ts';
import { column, pick, type Served, served } from './served.ts';

const STAMP = '2025-05-05T05:05:05.000+0000';
const SALES = sfId('00G', 1);
const MEMBER = sfId('011', 1);
const GRANT = sfId('01k', 1);
const SHARE = sfId('01o', 7);
const ASSIGNED = sfId('0Pa', 1);

/**
 * SMALL_ORG with one granted field and a public group. The lead is shared with the group, whose only member is the
 * viewer.
 */
const ORG: OrgTables = {
  ...SMALL_ORG,
  Group: [{ Id: SALES, Name: 'Sales', Type: 'Regular' }],
  GroupMember: [{ Id: MEMBER, GroupId: SALES, UserOrGroupId: USERS.viewer }],
  LeadShare: [
    { Id: sfId('01o', 1), LeadId: RECORDS.lead, UserOrGroupId: USERS.rep, LeadAccessLevel: 'All', RowCause: 'Owner' },
    { Id: sfId('01o', 2), LeadId: RECORDS.lead, UserOrGroupId: SALES, LeadAccessLevel: 'Read', RowCause: 'Rule' },
  ],
  FieldPermissions: [
    { Id: GRANT, ParentId: SETS.extra, SobjectType: 'Lead', Field: 'Lead.Phone', PermissionsRead: true },
  ],
};

const share = { LeadId: RECORDS.lead, LeadAccessLevel: 'Read', RowCause: 'Rule' };
const grant = { ParentId: SETS.extra, SobjectType: 'Lead', PermissionsRead: true };

interface Kind {
  readonly of: string;
  readonly change: Readonly<Record<string, unknown>>;
  /** The user whose access to the lead, or to a field of it, is read before and after the change. */
  readonly asks: readonly [user: string, field?: string];
  readonly becomes: boolean;
}

const put = (object: string, row: Row) => ({ put: object, row });
const KINDS: readonly Kind[] = [
  {
    of: 'an owner',
    change: put('Lead', { Id: RECORDS.lead, OwnerId: USERS.eastLead }),
    asks: [USERS.eastLead],
    becomes: true,
  },
  {
    of: 'a share, added',
    change: put('LeadShare', { Id: SHARE, UserOrGroupId: USERS.colleague, ...share }),
    asks: [USERS.colleague],
    becomes: true,
  },
  {
    of: 'an org-wide default in EntityDefinition, whose rows have no Id',
    change: put('EntityDefinition', { QualifiedApiName: 'Lead', InternalSharingModel: 'Read' }),
    asks: [USERS.colleague],
    becomes: true,
  },
  {
    of: 'a share, removed',
    change: { erase: 'LeadShare', id: sfId('01o', 2) },
    asks: [USERS.viewer],
    becomes: false,
  },
  {
    of: 'a role, moved below another',
    change: put('UserRole', { Id: ROLES.rep, ParentRoleId: ROLES.east }),
    asks: [USERS.eastLead],
    becomes: true,
  },
  {
    of: 'a user’s role',
    change: put('User', { Id: USERS.roleless, UserRoleId: ROLES.west }),
    asks: [USERS.roleless],
    becomes: true,
  },
  {
    of: 'a user, deactivated',
    change: put('User', { Id: USERS.rep, IsActive: false }),
    asks: [USERS.rep],
    becomes: false,
  },
  {
    of: 'a group’s member, added',
    change: put('GroupMember', { Id: sfId('011', 2), GroupId: SALES, UserOrGroupId: USERS.roleless }),
    asks: [USERS.roleless],
    becomes: true,
  },
  {
    of: 'a group’s member, removed',
    change: { erase: 'GroupMember', id: MEMBER },
    asks: [USERS.viewer],
    becomes: false,
  },
  {
    of: 'an object permission',
    change: put('ObjectPermissions', {
      Id: sfId('110', 50),
      ParentId: SETS.standard,
      SobjectType: 'Lead',
      PermissionsRead: true,
      PermissionsViewAllRecords: true,
    }),
    asks: [USERS.colleague],
    becomes: true,
  },
  {
    of: 'a permission set’s system permission',
    change: put('PermissionSet', { Id: SETS.standard, PermissionsViewAllData: true }),
    asks: [USERS.roleless],
    becomes: true,
  },
  {
    of: 'an assignment',
    change: put('PermissionSetAssignment', {
      Id: sfId('0Pa', 2),
      AssigneeId: USERS.roleless,
      PermissionSetId: SETS.admin,
      IsActive: true,
    }),
    asks: [USERS.roleless],
    becomes: true,
  },
  {
    of: 'an org-wide default',
    change: put('Organization', { Id: sfId('00D', 1), DefaultLeadAccess: 'Read' }),
    asks: [USERS.roleless],
    becomes: true,
  },
  {
    of: 'a field permission, granted',
    change: put('FieldPermissions', { Id: sfId('01k', 2), Field: 'Lead.Fax', ...grant }),
    asks: [USERS.viewer, 'Fax'],
    becomes: true,
  },
  {
    of: 'a field permission, removed',
    change: { erase: 'FieldPermissions', id: GRANT },
    asks: [USERS.viewer, 'Phone'],
    becomes: false,
  },
  {
    of: 'the assignment that grants a field permission, removed',
    change: { erase: 'PermissionSetAssignment', id: ASSIGNED },
    asks: [USERS.viewer, 'Phone'],
    becomes: false,
  },
];

const change = (org: Served, ...changes: unknown[]) => org.control('POST', 'change', { changes });

async function holds(org: Served, [user, field]: Kind['asks']): Promise<boolean> {
  const what = field === undefined ? 'access' : 'fields';
  const { body } = await org.control('GET', `${what}?user=${user}&object=Lead`);
  const found = pick(body, field === undefined ? 'ids' : 'fields');
  return Array.isArray(found) && found.includes(field ?? RECORDS.lead);
}

test.each(KINDS)('$of takes effect at once', async ({ change: one, asks, becomes }) => {
  const org = await served(ORG);
  expect(await holds(org, asks)).toBe(!becomes);
  expect(await change(org, one)).toMatchObject({ status: 200, body: { changed: expect.any(Array) } });
  expect(await holds(org, asks)).toBe(becomes);
});

const STAMPED: readonly (readonly [object: string, row: Row & { Id: string }])[] = [
  ['Lead', { Id: RECORDS.lead, Company: 'Quay' }],
  ['UserRole', { Id: ROLES.rep, Name: 'Reps' }],
  ['User', { Id: USERS.rep, Alias: 'rep' }],
  ['Group', { Id: SALES, Name: 'Seller' }],
  ['GroupMember', { Id: MEMBER }],
  ['PermissionSet', { Id: SETS.extra, Label: 'Extra' }],
  ['PermissionSetAssignment', { Id: ASSIGNED, IsActive: false }],
  ['ObjectPermissions', { Id: sfId('110', 1), PermissionsEdit: true }],
  ['FieldPermissions', { Id: GRANT, PermissionsEdit: true }],
];

test('a batch stamps every row with the org’s time unless the row gives its own stamp', async () => {
  const org = await served(ORG);
  await org.control('POST', 'clock', { advance_seconds: 86_400 });
  const now = Date.parse(String(pick((await org.control('GET', 'clock')).body, 'now')));
  const stampOf = async (object: string, id: string) =>
    String(pick((await org.control('GET', `rows/${object}?Id=${id}`)).body, 'rows', 0, 'SystemModstamp'));
  const { body } = await change(org, ...STAMPED.map(([object, row]) => put(object, row)));
  expect(pick(body, 'changed')).toEqual(STAMPED.map(([object, { Id }]) => ({ object, id: Id, change: 'changed' })));
  for (const [object, { Id }] of STAMPED)
    expect(Date.parse((await stampOf(object, Id)).replace('+0000', 'Z'))).toBeGreaterThan(now - 2000);
  await change(org, ...STAMPED.map(([object, row]) => put(object, { ...row, SystemModstamp: STAMP })));
  for (const [object, { Id }] of STAMPED) expect(await stampOf(object, Id)).toBe(STAMP);
});

test('share rows have no SystemModstamp, so LastModifiedDate is stamped', async () => {
  const org = await served(ORG);
  const one = put('LeadShare', { Id: SHARE, UserOrGroupId: USERS.colleague, ...share });
  const stampOf = async () =>
    String(pick((await org.control('GET', `rows/LeadShare?Id=${SHARE}`)).body, 'rows', 0, 'LastModifiedDate'));
  const before = Math.floor(Date.now() / 1000) * 1000;
  await change(org, one);
  expect(Date.parse((await stampOf()).replace('+0000', 'Z'))).toBeGreaterThanOrEqual(before);
  await change(org, { ...one, row: { ...one.row, LastModifiedDate: STAMP } });
  expect(await stampOf()).toBe(STAMP);
});

const described = async (org: Served) => {
  const headers = await org.login();
  const { body } = await org.request('GET', '/services/data/v67.0/sobjects/Lead/describe', { headers });
  const fields = pick(body, 'fields') as unknown[];
  return new Map(fields.map((field) => [pick(field, 'name'), pick(field, 'type')]));
};
const regions = async (org: Served) => org.query('SELECT Region__c FROM Lead');

test('describe and queries follow when a custom field is added or dropped', async () => {
  const org = await served(SMALL_ORG);
  expect((await regions(org)).body).toMatchObject([{ errorCode: 'INVALID_FIELD' }]);
  const added = await change(
    org,
    { add_field: 'Lead', name: 'Region__c' },
    { add_field: 'Lead', name: 'Score__c', type: 'double' },
    put('Lead', { Id: RECORDS.lead, Region__c: 'North', Score__c: 2.5 }),
  );
  expect(added.body).toMatchObject({ changed: [{ object: 'Lead', id: 'Region__c', change: 'created' }, {}, {}] });
  expect(column((await regions(org)).body, 'Region__c')).toEqual(['North']);
  expect((await org.query('SELECT Score__c FROM Lead WHERE Score__c > 2')).body).toMatchObject({ totalSize: 1 });
  expect([...(await described(org))]).toEqual(
    expect.arrayContaining([
      ['Region__c', 'string'],
      ['Score__c', 'double'],
    ]),
  );

  await change(org, { drop_field: 'Lead', name: 'Region__c' });
  expect((await regions(org)).body).toMatchObject([{ errorCode: 'INVALID_FIELD' }]);
  expect((await described(org)).has('Region__c')).toBe(false);
  await change(org, { add_field: 'Lead', name: 'Region__c', type: 'boolean' });
  expect(column((await regions(org)).body, 'Region__c')).toEqual([null]);
});

test('a cursor can be read to the end after its field was dropped', async () => {
  const leads = [1, 2, 3].map((n) => ({ Id: sfId('00Q', n), OwnerId: USERS.rep, Region__c: `R${n}` }));
  const org = await served({ ...SMALL_ORG, Lead: leads }, { page_size: 2 });
  const headers = await org.login();
  const first = await org.query('SELECT Region__c FROM Lead ORDER BY Id', headers);
  await change(org, { drop_field: 'Lead', name: 'Region__c' });
  const next = await org.request('GET', String(pick(first.body, 'nextRecordsUrl')), { headers });
  expect(column(next.body, 'Region__c')).toEqual(['R3']);
});

test('a failed batch leaves fields, rows and the recycle bin unchanged', async () => {
  const org = await served(ORG);
  await change(org, { delete: 'Account', id: RECORDS.account });
  const failed = await change(
    org,
    { add_field: 'Lead', name: 'Region__c' },
    { undelete: 'Account', id: RECORDS.account },
    { erase: 'GroupMember', id: sfId('011', 99) },
  );
  expect(failed).toMatchObject({ status: 400, body: { error: expect.stringContaining('Change 3') } });
  expect((await described(org)).has('Region__c')).toBe(false);
  await change(org, { undelete: 'Account', id: RECORDS.account });
  expect((await org.query('SELECT COUNT() FROM Case')).body).toMatchObject({ totalSize: 1 });
  expect((await change(org, { add_field: 'Lead', name: 'Region__c' })).status).toBe(200);
});

test.each([
  ['a standard field', { drop_field: 'Lead', name: 'Company' }, /name must be the name of a custom field/],
  ['an unknown field', { drop_field: 'Lead', name: 'Nope__c' }, /Lead has no field Nope__c/],
  ['a type that custom fields cannot have', { add_field: 'Lead', name: 'X__c', type: 'id' }, /type/],
  ['an unknown object', { add_field: 'Nope', name: 'X__c' }, /no sObject Nope/],
])('%s is refused', async (_what, broken, message) => {
  const org = await served(SMALL_ORG);
  expect(await change(org, broken)).toMatchObject({ status: 400, body: { error: expect.stringMatching(message) } });
});

test('a field that already exists is refused', async () => {
  const org = await served(SMALL_ORG);
  const twice = { add_field: 'Lead', name: 'Region__c' };
  const reply = await change(org, twice, twice);
  expect(reply).toMatchObject({ status: 400, body: { error: 'Change 2: Lead already has a field Region__c.' } });
});
