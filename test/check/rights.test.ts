import { describe, expect, it } from 'vitest';
import { OBJECTS } from '../../src/objects/index.ts';
import { gapWords } from '../../src/sentences/gaps.ts';
import { account, accountShare, PEOPLE, recordId } from '../sync/org-folder.ts';
import type { SandboxOrg } from '../sync/sandbox-org.ts';
import { bad, checkOf, finding, folderOf, goodOrg, OWN_SET, own } from './checked.ts';

describe('a missing system permission is reported with what it hides and what to grant', () => {
  it.each([
    ['view-setup', 'PermissionsViewSetup', 'failed', 'View Setup and Configuration', 'nobody finds anything'],
    ['view-roles', 'PermissionsViewRoles', 'failed', 'View Roles and Role Hierarchy', 'what users below them own'],
    ['view-all-users', 'PermissionsViewAllUsers', 'failed', 'View All Users', 'from hidden users'],
    ['manage-users', 'PermissionsManageUsers', 'warning', 'Manage Users', 'frozen users are treated like other users'],
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

  it('and is the only finding if it alone is missing', async () => {
    const org = await goodOrg();
    await own(org, { PermissionsViewRoles: false });
    expect(bad(await checkOf(org))).toEqual(['failed view-roles']);
  });
});

it('requires no Manage Users if the config serves frozen users anyway', async () => {
  const org = await goodOrg();
  await own(org, { PermissionsManageUsers: false });
  expect(bad(await checkOf(org, { frozen_users: 'open' }))).toEqual([]);
});

it('reports View All Users as a warning if User is public, because only external users are missing', async () => {
  const org = await goodOrg(
    folderOf({ 'EntityDefinition.csv': 'DurableId,QualifiedApiName,InternalSharingModel\nUser,User,Read\n' }),
  );
  await own(org, { PermissionsViewAllUsers: false });
  expect(finding(await checkOf(org), 'view-all-users')).toMatchObject({
    status: 'warning',
    closes: 'everything from external users, who are hidden',
  });
});

describe('if the right itself cannot be read', () => {
  const NONE = { PermissionsViewSetup: false, PermissionsViewRoles: false, PermissionsManageUsers: false };

  it('infers it from what is visible, and says so', async () => {
    const org = await goodOrg();
    await own(org, NONE);
    const report = await checkOf(org);
    expect(finding(report, 'view-setup')).toMatchObject({
      status: 'failed',
      found: 'View Setup and Configuration is missing (PermissionSet shows no rows, although every org has some)',
    });
    expect(finding(report, 'view-roles')).toMatchObject({
      status: 'failed',
      found: 'View Roles and Role Hierarchy is missing (UserRole shows no rows, although users have roles)',
    });
    expect(finding(report, 'manage-users')?.found).toBe('Manage Users is missing (UserLogin shows no rows)');
    expect(finding(report, 'view-all-users')).toMatchObject({ status: 'unknown', closes: null });
    expect(finding(report, 'Lead')).toMatchObject({
      status: 'unknown',
      found: expect.stringContaining('cannot be checked without View Setup and Configuration'),
    });
    expect(report.closed?.length).toBeGreaterThan(0);
    for (const { gap, count, ...words } of report.closed ?? [])
      expect({ count, ...words }).toEqual({ count: gap.count, ...gapWords(gap) });
  });

  it('infers the opposite from rows that only its holders see', async () => {
    const org = await goodOrg();
    await own(org, { PermissionsViewSetup: null, PermissionsViewRoles: null });
    const report = await checkOf(org);
    expect(finding(report, 'view-roles')?.found).toBe('View Roles and Role Hierarchy (UserRole shows rows)');
    expect(finding(report, 'view-setup')?.status).toBe('ok');
  });

  it('takes it from UserPermissionAccess, which every user can read about themselves', async () => {
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

  /** Gives the integration user Read and View All on each object, except on the named one. */
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

  it('accepts Read and View All on each object instead of View All Data', async () => {
    const org = await goodOrg();
    await perObject(org, {});
    expect(bad(await checkOf(org))).toEqual([]);
  });

  it('reports an object without Read', async () => {
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

  it('reports that accounts without Read hide their children too', async () => {
    const org = await goodOrg();
    await perObject(org, { read: 'Account' });
    expect(finding(await checkOf(org), 'Account')?.closes).toContain('contacts, cases and opportunities');
  });

  it('reports a private object without View All', async () => {
    const org = await goodOrg();
    await perObject(org, { viewAll: 'Case' });
    expect(finding(await checkOf(org), 'Case')).toMatchObject({
      status: 'failed',
      found: 'Case: Read is granted, but View All is missing',
      remedy: expect.stringContaining('Grant View All on Case (Object Settings), or "View All Data"'),
    });
  });

  it('reports an object with an open default as a warning without View All', async () => {
    const org = await goodOrg();
    await perObject(org, { viewAll: 'Lead' });
    expect(bad(await checkOf(org))).toEqual(['warning Lead']);
  });

  it('reports a share object that is not visible, unless the default gives access to the object', async () => {
    const org = await goodOrg(folderOf({}, { absent: ['CaseShare', 'LeadShare', 'ContactShare'] }));
    const report = await checkOf(org);
    expect(bad(report)).toEqual(['failed CaseShare']);
    expect(finding(report, 'CaseShare')?.closes).toBe('Case from everyone except the owners and users above them');
  });

  it('fails for hidden fields that decide access, and only warns about the others', async () => {
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
    expect(finding(report, 'Account.fields')?.found).toBe('Account: Phone is not visible');
    expect(finding(report, 'Opportunity.access')).toMatchObject({
      closes: expect.stringContaining('every opportunity is treated as private'),
      remedy: 'Grant Read on this field of Opportunity (Object Settings › Field Permissions).',
    });
  });
});

it('warns about an assignment of the integration user that will end, with the time', async () => {
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
    found: 'a permission set assignment of the integration user expires at 2099-05-01T00:00:00.000Z',
  });
});

it('warns about users that share a name, with their usernames', async () => {
  const org = await goodOrg();
  await org.change(
    { put: 'User', row: { Id: recordId('005', 3), Email: 'Team@mail.example' } },
    { put: 'User', row: { Id: recordId('005', 4), Email: 'team@mail.example' } },
  );
  expect(finding(await checkOf(org), 'names')).toMatchObject({
    status: 'warning',
    found:
      '2 users cannot be identified by e-mail, because others have the same one (other@test.example, seller@test.example); not served: 1 inactive user',
  });
});

it("warns about a federation identifier that is another user's address, but not one's own", async () => {
  const org = await goodOrg();
  await org.change({ put: 'User', row: { Id: recordId('005', 3), FederationIdentifier: 'seller@mail.example' } });
  expect(finding(await checkOf(org), 'names')?.status).toBe('ok');
  await org.change(
    { put: 'User', row: { Id: recordId('005', 3), FederationIdentifier: null } },
    { put: 'User', row: { Id: recordId('005', 4), FederationIdentifier: 'seller@mail.example' } },
  );
  expect(finding(await checkOf(org), 'names')?.found).toBe(
    '1 user cannot be identified by e-mail, because others have the same one (seller@test.example); not served: 1 inactive user',
  );
});

it('counts users who are not served by cause, and accepts inactive and frozen ones', async () => {
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
    found: 'every name identifies one of the 5 served users; not served: 2 inactive users, 1 frozen user',
  });
  expect(report.unserved).toMatchObject({ inactive: 2, frozen: 1, sharedEmail: { users: 0, addresses: 0 } });
});

describe('sharing outside the role hierarchy', () => {
  const participants = {
    'AccountParticipant.csv': 'Id,AccountId\n',
    'OpportunityParticipant.csv': 'Id,OpportunityId\n',
  };

  it('is reported with its share rows, without a further call', async () => {
    const org = await goodOrg(folderOf(participants));
    const row = { ...accountShare(90, account(1), PEOPLE.agent, 'Read', 'None', 'CompliantDataSharing') };
    await org.change({ put: 'AccountShare', row });
    const report = await checkOf(org);
    expect(finding(report, 'compliant-sharing')).toMatchObject({
      status: 'warning',
      found: 'Compliant Data Sharing is on for Account (1 share row) and Opportunity (0 share rows)',
    });
    expect(report.apiCalls).toBe((await checkOf(await goodOrg())).apiCalls);
  });

  it('is reported without a count if that would read a large table', async () => {
    const org = await goodOrg(folderOf(participants, { costs: { tables: { Account: { scale: 1_000_000 } } } }));
    expect(finding(await checkOf(org), 'compliant-sharing')?.found).toBe(
      'Compliant Data Sharing is on for Account (not counted) and Opportunity (0 share rows)',
    );
  });

  it('is not reported if there is none', async () => {
    expect(finding(await checkOf(await goodOrg()), 'compliant-sharing')).toBeUndefined();
  });
});

it('fails for a share object without rows only if the default is private', async () => {
  const header = (name: string) => `Id,${name}Id,UserOrGroupId,${name}AccessLevel,RowCause\n`;
  const org = await goodOrg(folderOf({ 'CaseShare.csv': header('Case'), 'LeadShare.csv': header('Lead') }));
  const report = await checkOf(org);
  expect(bad(report)).toEqual(['failed CaseShare.rows']);
  expect(finding(report, 'CaseShare.rows')).toMatchObject({
    found: "CaseShare shows no rows, although every record has at least its owner's row",
    closes: 'Case from everyone except the owners and users above them',
    remedy: "Grant Read and View All on Case in the integration user's permission set (Object Settings).",
  });
});
