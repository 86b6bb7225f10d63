import { describe, expect, it } from 'vitest';
import { OBJECTS } from '../../src/objects/index.ts';
import { gapWords } from '../../src/sentences/gaps.ts';
import { account, accountShare, PEOPLE, recordId } from '../sync/org-folder.ts';
import type { SandboxOrg } from '../sync/sandbox-org.ts';
import { bad, checkOf, finding, folderOf, goodOrg, OWN_SET, own } from './checked.ts';

describe('a missing system permission is named, with what it closes and what to grant', () => {
  it.each([
    ['view-setup', 'PermissionsViewSetup', 'failed', 'View Setup and Configuration', 'nobody finds anything'],
    ['view-roles', 'PermissionsViewRoles', 'failed', 'View Roles and Role Hierarchy', 'what those below them own'],
    ['view-all-users', 'PermissionsViewAllUsers', 'failed', 'View All Users', 'to the users who are not seen'],
    ['manage-users', 'PermissionsManageUsers', 'warning', 'Manage Users', 'frozen users are served like others'],
  ])('%s', async (test, column, status, name, closes) => {
    const org = await goodOrg();
    await own(org, { [column]: false });
    expect(finding(await checkOf(org), test)).toMatchObject({
      step: 'permission-set',
      status,
      found: expect.stringContaining(`${name} is missing`),
      closes: expect.stringContaining(closes),
      gap: { code: 'right_missing', right: test },
      remedy: `Grant "${name}" in the integration user's permission set (System Permissions).`,
    });
  });

  it('and nothing else is, where one alone is missing', async () => {
    const org = await goodOrg();
    await own(org, { PermissionsViewRoles: false });
    expect(bad(await checkOf(org))).toEqual(['failed view-roles']);
  });
});

it('frozen users that the config serves anyway need no Manage Users', async () => {
  const org = await goodOrg();
  await own(org, { PermissionsManageUsers: false });
  expect(bad(await checkOf(org, { frozen_users: 'open' }))).toEqual([]);
});

it('View All Users is a warning where User is public: only external users are missing', async () => {
  const org = await goodOrg(
    folderOf({ 'EntityDefinition.csv': 'DurableId,QualifiedApiName,InternalSharingModel\nUser,User,Read\n' }),
  );
  await own(org, { PermissionsViewAllUsers: false });
  expect(finding(await checkOf(org), 'view-all-users')).toMatchObject({
    status: 'warning',
    closes: 'everything to external users, who are not seen',
  });
});

describe('where the right itself cannot be read', () => {
  const NONE = { PermissionsViewSetup: false, PermissionsViewRoles: false, PermissionsManageUsers: false };

  it('it is inferred from what is visible, and that is said', async () => {
    const org = await goodOrg();
    await own(org, NONE);
    const report = await checkOf(org);
    expect(finding(report, 'view-setup')).toMatchObject({
      status: 'failed',
      found: 'View Setup and Configuration is missing (PermissionSet shows no row, and every org has some)',
    });
    expect(finding(report, 'view-roles')).toMatchObject({
      status: 'failed',
      found: 'View Roles and Role Hierarchy is missing (UserRole shows no row, and users have roles)',
    });
    expect(finding(report, 'manage-users')?.found).toBe('Manage Users is missing (UserLogin shows no row)');
    expect(finding(report, 'view-all-users')).toMatchObject({ status: 'unknown', closes: null });
    expect(finding(report, 'Lead')).toMatchObject({
      status: 'unknown',
      found: expect.stringContaining('cannot be told before View Setup and Configuration is'),
    });
    expect(report.closed?.length).toBeGreaterThan(0);
    for (const { gap, count, ...words } of report.closed ?? [])
      expect({ count, ...words }).toEqual({ count: gap.count, ...gapWords(gap) });
  });

  it('the opposite is inferred from rows that only its holders see', async () => {
    const org = await goodOrg();
    await own(org, { PermissionsViewSetup: null, PermissionsViewRoles: null });
    const report = await checkOf(org);
    expect(finding(report, 'view-roles')?.found).toBe('View Roles and Role Hierarchy (UserRole shows its rows)');
    expect(finding(report, 'view-setup')?.status).toBe('ok');
  });

  it('UserPermissionAccess, which every user sees of themselves, tells it', async () => {
    const file =
      'PermissionsViewSetup,PermissionsViewRoles,PermissionsViewAllUsers,PermissionsManageUsers,PermissionsViewAllData,PermissionsModifyAllData,Id\nfalse,false,true,true,true,false,000000000000001AAA\n';
    const org = await goodOrg(folderOf({ 'UserPermissionAccess.csv': file }));
    await own(org, NONE);
    const report = await checkOf(org);
    expect(bad(report)).toEqual(['failed view-setup', 'failed view-roles']);
    expect(finding(report, 'view-roles')?.found).toBe('View Roles and Role Hierarchy is missing');
    expect(finding(report, 'Lead')?.found).toBe('Lead: Read, View All');
  });
});

describe('object by object', () => {
  const NO_DATA = { PermissionsViewAllData: false, PermissionsModifyAllData: false };

  /** Gives the integration user Read and View All on each object, but for what is named. */
  async function perObject(org: SandboxOrg, but: { read?: string; viewAll?: string }): Promise<void> {
    await own(org, NO_DATA);
    const rows = OBJECTS.filter(({ name }) => name !== but.read).map(({ name }, at) => ({
      put: 'ObjectPermissions',
      row: {
        Id: recordId('110', 100 + at),
        ParentId: OWN_SET,
        SobjectType: name,
        PermissionsRead: true,
        PermissionsViewAllRecords: name !== but.viewAll,
        PermissionsModifyAllRecords: false,
      },
    }));
    await org.change(...rows);
  }

  it('Read and View All on each is as good as View All Data', async () => {
    const org = await goodOrg();
    await perObject(org, {});
    expect(bad(await checkOf(org))).toEqual([]);
  });

  it('an object without Read', async () => {
    const org = await goodOrg();
    await perObject(org, { read: 'Lead' });
    const report = await checkOf(org);
    expect(bad(report)).toEqual(['failed Lead']);
    expect(finding(report, 'Lead')).toEqual({
      test: 'Lead',
      step: 'permission-set',
      status: 'failed',
      found: 'Lead: Read is missing',
      closes: 'every record of Lead: none is read',
      remedy: "Grant Read and View All on Lead in the integration user's permission set (Object Settings).",
      gap: { code: 'object_hidden', object: 'Lead', count: 1 },
    });
  });

  it('accounts without Read close their children too', async () => {
    const org = await goodOrg();
    await perObject(org, { read: 'Account' });
    expect(finding(await checkOf(org), 'Account')?.closes).toContain('contacts, cases and opportunities');
  });

  it('a private object without View All', async () => {
    const org = await goodOrg();
    await perObject(org, { viewAll: 'Case' });
    expect(finding(await checkOf(org), 'Case')).toMatchObject({
      status: 'failed',
      found: 'Case: Read, but View All is missing',
      remedy: expect.stringContaining('Grant View All on Case (Object Settings), or "View All Data"'),
    });
  });

  it('an object that its default opens is a warning without View All', async () => {
    const org = await goodOrg();
    await perObject(org, { viewAll: 'Lead' });
    expect(bad(await checkOf(org))).toEqual(['warning Lead']);
  });

  it('a share object that is not seen, unless the default opens the object', async () => {
    const org = await goodOrg(folderOf({}, { absent: ['CaseShare', 'LeadShare', 'ContactShare'] }));
    const report = await checkOf(org);
    expect(bad(report)).toEqual(['failed CaseShare']);
    expect(finding(report, 'CaseShare')?.closes).toBe('Case to all but the owners and those above');
  });

  it('hidden fields: those that decide on access fail, others are only not found', async () => {
    const hidden = ['Account.Phone', 'Opportunity.IsPrivate'];
    const compounds = ['Account.BillingAddress', 'Account.ShippingAddress', 'Contact.MailingAddress', 'Lead.Address'];
    const fields = OBJECTS.flatMap((object) =>
      [...object.fields, ...object.accessFields].map((field) => `${object.name}.${field}`),
    );
    const rows = [...fields, ...compounds]
      .filter((field) => !hidden.includes(field))
      .map((field, at) => `${recordId('01k', at + 1)},${OWN_SET},${field.split('.')[0]},${field},true`);
    const header = 'Id,ParentId,SobjectType,Field,PermissionsRead';
    const org = await goodOrg(folderOf({ 'FieldPermissions.csv': `${[header, ...rows].join('\n')}\n` }));
    const report = await checkOf(org);
    expect(bad(report)).toEqual(['warning Account.fields', 'failed Opportunity.access']);
    expect(finding(report, 'Account.fields')?.found).toBe('Account: Phone is not seen');
    expect(finding(report, 'Opportunity.access')).toMatchObject({
      closes: expect.stringContaining('every opportunity is taken for private'),
      remedy: 'Grant Read on this field of Opportunity (Object Settings › Field Permissions).',
    });
  });
});

it('an assignment of the integration user that will end is a warning, with the time', async () => {
  const org = await goodOrg();
  const assignment = {
    Id: recordId('0Pa', 900),
    AssigneeId: recordId('005', 91),
    PermissionSetId: recordId('0PS', 1),
    ExpirationDate: '2099-05-01T00:00:00.000Z',
    IsActive: true,
  };
  await org.change({ put: 'PermissionSetAssignment', row: assignment });
  expect(finding(await checkOf(org), 'assignment-end')).toMatchObject({
    status: 'warning',
    found: 'an assignment of the integration user ends at 2099-05-01T00:00:00.000Z',
  });
});

it('users that share a name are a warning, with their usernames', async () => {
  const org = await goodOrg();
  await org.change(
    { put: 'User', row: { Id: recordId('005', 3), Email: 'Team@mail.example' } },
    { put: 'User', row: { Id: recordId('005', 4), Email: 'team@mail.example' } },
  );
  expect(finding(await checkOf(org), 'names')).toMatchObject({
    status: 'warning',
    found:
      '2 users cannot be named by e-mail, because others have the same one (other@test.example, seller@test.example); not served: 1 inactive user',
  });
});

it('so is a federation identifier that is another user’s address, and one of their own is not', async () => {
  const org = await goodOrg();
  await org.change({ put: 'User', row: { Id: recordId('005', 3), FederationIdentifier: 'seller@mail.example' } });
  expect(finding(await checkOf(org), 'names')?.status).toBe('ok');
  await org.change(
    { put: 'User', row: { Id: recordId('005', 3), FederationIdentifier: null } },
    { put: 'User', row: { Id: recordId('005', 4), FederationIdentifier: 'seller@mail.example' } },
  );
  expect(finding(await checkOf(org), 'names')?.found).toBe(
    '1 user cannot be named by e-mail, because others have the same one (seller@test.example); not served: 1 inactive user',
  );
});

it('users who are not served are counted by cause; inactive and frozen ones harm nobody', async () => {
  const org = await goodOrg();
  await org.change(
    { put: 'User', row: { Id: recordId('005', 3), Email: 'team@mail.example', IsActive: false } },
    { put: 'User', row: { Id: recordId('005', 4), Email: 'team@mail.example' } },
    { put: 'User', row: { Id: recordId('005', 5), Email: 'cold@mail.example' } },
    { put: 'UserLogin', row: { Id: '0Yw000000000005CAA', UserId: recordId('005', 5), IsFrozen: true } },
  );
  const report = await checkOf(org);
  expect(finding(report, 'names')).toMatchObject({
    status: 'ok',
    found: 'every name means one of the 5 users who are served; not served: 2 inactive users, 1 frozen user',
  });
  expect(report.unserved).toMatchObject({ inactive: 2, frozen: 1, sharedEmail: { users: 0, addresses: 0 } });
});

describe('sharing that goes past the role hierarchy', () => {
  const participants = {
    'AccountParticipant.csv': 'Id,AccountId\n',
    'OpportunityParticipant.csv': 'Id,OpportunityId\n',
  };

  it('is told with its share rows, and costs no further call', async () => {
    const org = await goodOrg(folderOf(participants));
    const row = { ...accountShare(90, account(1), PEOPLE.agent, 'Read', 'None', 'CompliantDataSharing') };
    await org.change({ put: 'AccountShare', row });
    const report = await checkOf(org);
    expect(finding(report, 'compliant-sharing')).toMatchObject({
      status: 'warning',
      found: 'Compliant Data Sharing is there for Account (1 share row) and Opportunity (0 share rows)',
    });
    expect(report.apiCalls).toBe((await checkOf(await goodOrg())).apiCalls);
  });

  it('is told without a count where that would read a large table', async () => {
    const org = await goodOrg(folderOf(participants, { costs: { tables: { Account: { scale: 1_000_000 } } } }));
    expect(finding(await checkOf(org), 'compliant-sharing')?.found).toBe(
      'Compliant Data Sharing is there for Account (not counted) and Opportunity (0 share rows)',
    );
  });

  it('is not, where there is none', async () => {
    expect(finding(await checkOf(await goodOrg()), 'compliant-sharing')).toBeUndefined();
  });
});

it('a share object without a row is a failure where the default is private, and nowhere else', async () => {
  const header = (name: string) => `Id,${name}Id,UserOrGroupId,${name}AccessLevel,RowCause\n`;
  const org = await goodOrg(folderOf({ 'CaseShare.csv': header('Case'), 'LeadShare.csv': header('Lead') }));
  const report = await checkOf(org);
  expect(bad(report)).toEqual(['failed CaseShare.rows']);
  expect(finding(report, 'CaseShare.rows')).toMatchObject({
    found: "CaseShare shows no row, and every record has at least its owner's",
    closes: 'Case to all but the owners and those above',
    remedy: "Grant Read and View All on Case in the integration user's permission set (Object Settings).",
  });
});
