import { expect, test } from 'vitest';
import { type OrgTables, sfId } from '../../src/testing/folder.ts';
import { RECORDS, SETS, SMALL_ORG, USERS } from '../../src/testing/small-org.ts';
import { column, pick, served } from '../http/served.ts';

/** The integration user is the viewer, who has one permission set in addition to the standard profile. */
const AS_VIEWER = { run_as: USERS.viewer };

function withRow(table: string, id: string, row: Record<string, string | boolean>): OrgTables {
  const rows = SMALL_ORG[table] ?? [];
  return { ...SMALL_ORG, [table]: rows.map((old) => (old.Id === id ? { ...old, ...row } : old)) };
}
const withRight = (right: string, held: boolean): OrgTables => withRow('PermissionSet', SETS.extra, { [right]: held });

test('rows that the Run-As user cannot read are missing without an error', async () => {
  const org = await served(
    { ...SMALL_ORG, Lead: [...(SMALL_ORG.Lead ?? []), { Id: sfId('00Q', 2), OwnerId: USERS.viewer }] },
    AS_VIEWER,
  );
  const reply = await org.query('SELECT Id FROM Lead');
  expect(reply.status).toBe(200);
  expect(pick(reply.body, 'totalSize')).toBe(1);
  expect(column(reply.body, 'Id')).toEqual([sfId('00Q', 2)]);
  expect(pick((await org.query('SELECT COUNT() FROM Lead')).body, 'totalSize')).toBe(1);
});

test('a share row is visible if its record is', async () => {
  const org = await served(
    {
      ...SMALL_ORG,
      LeadShare: [USERS.viewer, USERS.eastLead].map((user, i) => ({
        Id: sfId('01o', i + 1),
        LeadId: sfId('00Q', i + 1),
        UserOrGroupId: user,
        LeadAccessLevel: 'Read',
        RowCause: 'Manual',
      })),
      Lead: [1, 2].map((n) => ({ Id: sfId('00Q', n), OwnerId: USERS.rep })),
    },
    AS_VIEWER,
  );
  expect(column((await org.query('SELECT Id FROM LeadShare')).body, 'Id')).toEqual([sfId('01o', 1)]);
});

test('an object without Read, and its shares, are INVALID_TYPE, 404 and not listed', async () => {
  const org = await served(withRow('ObjectPermissions', sfId('110', 5), { PermissionsRead: false }), AS_VIEWER);
  const headers = await org.login();
  for (const object of ['Lead', 'LeadShare']) {
    expect(await org.query(`SELECT Id FROM ${object}`, headers)).toMatchObject({
      status: 400,
      body: [{ errorCode: 'INVALID_TYPE' }],
    });
    const described = await org.request('GET', `/services/data/v67.0/sobjects/${object}/describe`, { headers });
    expect(described).toMatchObject({ status: 404, body: [{ errorCode: 'NOT_FOUND' }] });
  }
  const listed = await org.request('GET', '/services/data/v67.0/sobjects', { headers });
  const names = (pick(listed.body, 'sobjects') as unknown[]).map((object) => pick(object, 'name'));
  expect(names).toContain('Case');
  expect(names).not.toContain('Lead');
});

test('a hidden field is absent in describe and INVALID_FIELD in a query', async () => {
  const granted = { ParentId: SETS.extra, SobjectType: 'Account', PermissionsRead: true };
  const org = await served(
    { ...SMALL_ORG, FieldPermissions: [{ Id: sfId('01k', 1), Field: 'Account.Phone', ...granted }] },
    AS_VIEWER,
  );
  const headers = await org.login();
  const described = await org.request('GET', '/services/data/v67.0/sobjects/Account/describe', { headers });
  const names = (pick(described.body, 'fields') as unknown[]).map((field) => pick(field, 'name'));
  expect(names).toContain('Phone');
  expect(names).not.toContain('Fax');
  expect((await org.query('SELECT Phone FROM Account', headers)).status).toBe(200);
  expect((await org.query('SELECT Fax FROM Account', headers)).body).toMatchObject([{ errorCode: 'INVALID_FIELD' }]);
});

test('FieldPermissions rows of objects and fields that the Run-As user cannot see are counted, but not sent', async () => {
  const row = (n: number, field: string, set: string) => ({
    Id: sfId('01k', n),
    ParentId: set,
    SobjectType: field.slice(0, field.indexOf('.')),
    Field: field,
    PermissionsRead: true,
  });
  const rows = [
    row(1, 'Account.Fax', SETS.none),
    row(2, 'Account.Phone', SETS.extra),
    row(3, 'Lead.Phone', SETS.none),
    row(4, 'Case.Subject', SETS.extra),
    row(5, 'Account.Phone', SETS.none),
  ];
  const noLeads = (SMALL_ORG.ObjectPermissions ?? []).filter((permissions) => permissions.SobjectType !== 'Lead');
  const org = await served(
    { ...SMALL_ORG, FieldPermissions: rows, ObjectPermissions: noLeads },
    { ...AS_VIEWER, page_size: 2 },
  );
  const headers = await org.login();
  const fields: unknown[] = [];
  const sizes: unknown[] = [];
  let page = await org.query('SELECT Field FROM FieldPermissions ORDER BY Id', headers);
  for (;;) {
    fields.push(...column(page.body, 'Field'));
    sizes.push(pick(page.body, 'totalSize'));
    const next = pick(page.body, 'nextRecordsUrl');
    if (next === undefined) break;
    page = await org.request('GET', String(next), { headers });
  }
  expect(fields).toEqual(['Account.Phone', 'Case.Subject', 'Account.Phone']);
  expect(sizes).toEqual([5, 5, 5]);
  expect(pick((await org.query('SELECT COUNT() FROM FieldPermissions', headers)).body, 'totalSize')).toBe(5);
});

test('with View All Fields on an object, its FieldPermissions answer PermissionsRead = true', async () => {
  const row = (n: number, object: string) => ({
    Id: sfId('01k', n),
    ParentId: SETS.extra,
    SobjectType: object,
    Field: `${object}.OwnerId`,
    PermissionsRead: false,
  });
  const ObjectPermissions = [
    ...(SMALL_ORG.ObjectPermissions ?? []),
    { Id: sfId('110', 60), ParentId: SETS.extra, SobjectType: 'Account', PermissionsViewAllFields: true },
  ];
  const org = await served({ ...SMALL_ORG, FieldPermissions: [row(1, 'Account'), row(2, 'Case')], ObjectPermissions });
  const fields = 'SELECT Field, PermissionsRead FROM FieldPermissions';
  expect((await org.query(`${fields} ORDER BY Id`)).body).toMatchObject({
    records: [
      { Field: 'Account.OwnerId', PermissionsRead: true },
      { Field: 'Case.OwnerId', PermissionsRead: false },
    ],
  });
  expect(column((await org.query(`${fields} WHERE PermissionsRead = true`)).body, 'Field')).toEqual([
    'Account.OwnerId',
  ]);
});

const permissionRows = 'SELECT Id FROM ObjectPermissions';
const roleRows = 'SELECT Id FROM UserRole';

test.each([
  ['View Setup opens ObjectPermissions', withRight('PermissionsViewSetup', true), permissionRows, 5],
  ['… without it they are missing', withRight('PermissionsViewSetup', false), permissionRows, 0],
  ['… and everyone has it if no set has the column', SMALL_ORG, permissionRows, 5],
  ['View Roles opens UserRole', withRight('PermissionsViewRoles', true), roleRows, 5],
  ['… without it they are missing', withRight('PermissionsViewRoles', false), roleRows, 0],
  ['View All Users opens external users', withRight('PermissionsViewAllUsers', true), 'SELECT Id FROM User', 10],
  ['… without it internal users are visible', withRight('PermissionsViewAllUsers', false), 'SELECT Id FROM User', 9],
  ['Manage Users opens UserLogin', withLogins(true), 'SELECT Id FROM UserLogin', 1],
  ['… without it they are missing', withLogins(false), 'SELECT Id FROM UserLogin', 0],
])('%s', async (_sentence, tables, soql, count) => {
  const org = await served(tables, AS_VIEWER);
  const reply = await org.query(soql);
  expect(reply.status).toBe(200);
  expect(column(reply.body, 'Id')).toHaveLength(count);
});

test('if users are private, users without View All Users see only themselves', async () => {
  const org = await served(
    {
      ...withRight('PermissionsViewAllUsers', false),
      EntityDefinition: [{ QualifiedApiName: 'User', InternalSharingModel: 'Private' }],
    },
    AS_VIEWER,
  );
  expect(column((await org.query('SELECT Id FROM User')).body, 'Id')).toEqual([USERS.viewer]);
});

test('an administrator can lack a right that View All Data does not include', async () => {
  const org = await served(withRight('PermissionsViewRoles', true));
  expect(column((await org.query(roleRows)).body, 'Id')).toEqual([]);
  expect(column((await org.query('SELECT Id FROM Lead')).body, 'Id')).toEqual([RECORDS.lead]);
});

test('UserRecordAccess leaves out records that the Run-As user cannot read, instead of saying no', async () => {
  const org = await served(SMALL_ORG, AS_VIEWER);
  const soql = `SELECT RecordId, HasReadAccess FROM UserRecordAccess WHERE UserId = '${USERS.rep}' AND RecordId = '${RECORDS.lead}'`;
  expect((await org.query(soql)).body).toMatchObject({ totalSize: 0 });
  const admin = await served(SMALL_ORG);
  expect((await admin.query(soql)).body).toMatchObject({ records: [{ HasReadAccess: true }] });
});

function withLogins(held: boolean): OrgTables {
  return {
    ...withRight('PermissionsManageUsers', held),
    UserLogin: [{ Id: sfId('0Yw', 1), UserId: USERS.rep, IsFrozen: true }],
  };
}
