import { expect, test } from 'vitest';
import { explainer } from '../../../src/access/explain/explain.ts';
import type { AccountFacts, RecordFacts, ShareRow } from '../../../src/access/types.ts';
import { STANDARD_FIELDS } from '../../../src/objects/index.ts';
import { describedField, NOW, share, type TestOrg, tablesOf, user } from '../org.ts';

const ORG: TestOrg = {
  Organization: [{ Id: '00Dorg', DefaultLeadAccess: 'Read', DefaultContactAccess: 'ControlledByParent' }],
  UserRole: [
    { Id: '00Echief', Name: 'Development Director' },
    { Id: '00Egifts', Name: 'Major Gifts', ParentRoleId: '00Echief' },
    { Id: '00Ejunior', Name: 'Gift Officer', ParentRoleId: '00Egifts' },
    { Id: '00Edesk', Name: 'Desk' },
  ],
  User: [
    user('005chief', { Name: 'Maren Berg', UserRoleId: '00Echief' }),
    user('005priya', { Name: 'Priya Raman', UserRoleId: '00Egifts' }),
    user('005jun', { Name: 'Jun Ito', UserRoleId: '00Ejunior' }),
    user('005desk', { Name: 'Dora Desk', UserRoleId: '00Edesk' }),
    user('005loose', { Name: 'Lee Loose', ProfileId: 'none' }),
    user('005admin', { Name: 'Ada Min', ProfileId: 'admin' }),
    user('005gone', { Name: 'Gone Girl', IsActive: false }),
    user('005partner', { Name: 'Paul Partner', UserType: 'PowerPartner' }),
  ],
  Group: [
    { Id: '00Gqueue', Name: 'Tier 1', Type: 'Queue', DoesIncludeBosses: true },
    { Id: '00Gteam', Name: 'Gifts Team', Type: 'Regular' },
    { Id: '00Grole', Type: 'RoleAndSubordinates', RelatedId: '00Egifts' },
    { Id: '00Gportal', Name: 'Portal', Type: 'AllCustomerPortal' },
  ],
  GroupMember: [
    { GroupId: '00Gqueue', UserOrGroupId: '00Gteam' },
    { GroupId: '00Gteam', UserOrGroupId: '005jun' },
  ],
  PermissionSet: [
    { Id: '0PSstandard', Label: 'X00e1', IsOwnedByProfile: true, ProfileId: 'standard' },
    {
      Id: '0PSadmin',
      Label: 'System Administrator',
      IsOwnedByProfile: true,
      ProfileId: 'admin',
      PermissionsViewAllData: true,
    },
    { Id: '0PScases', Label: 'See Cases' },
  ],
  PermissionSetAssignment: [{ AssigneeId: '005chief', PermissionSetId: '0PScases' }],
  ObjectPermissions: [
    ...['Account', 'Contact', 'Opportunity', 'Lead'].map((SobjectType) => ({
      ParentId: '0PSstandard',
      SobjectType,
      PermissionsRead: true,
    })),
    { ParentId: '0PSstandard', SobjectType: 'Case', PermissionsRead: true },
    { ParentId: '0PScases', SobjectType: 'Case', PermissionsViewAllRecords: true },
  ],
  described: { Lead: [describedField('Name', false), describedField('Phone', true)] },
};

const explain = explainer(tablesOf(ORG), { fields: STANDARD_FIELDS.fields, now: NOW, documents: 'controlled' });

interface Asked extends Partial<RecordFacts> {
  readonly object: RecordFacts['object'];
  readonly shares?: ShareRow[];
  readonly account?: AccountFacts | null;
}

/** The explanation as an operator reads it. */
function told(userId: string, { shares = [], account = null, ...facts }: Asked): string {
  const explanation = explain(userId, {
    id: '500record',
    label: `${facts.object} 1026`,
    accountName: account === null ? null : 'Acme',
    facts: { ownerId: null, accountId: null, isPrivate: false, isPersonAccount: false, ...facts },
    shares,
    account,
  });
  const { reads, chain, ways, missing } = explanation;
  const lines = (reads ? chain : missing).map(({ text }) => text);
  return [`${reads ? `yes, ${ways}` : 'no'}:`, ...lines].join('\n');
}

const OWNED_BY_PRIYA: Asked = {
  object: 'Opportunity',
  ownerId: '005priya',
  shares: [share('005priya', ['Opportunity'], 'Owner')],
};

const OF_ACCOUNT: Asked = {
  object: 'Case',
  ownerId: '00Gqueue',
  accountId: '001acme',
  shares: [share('00Gqueue', ['Case'], 'Owner')],
  account: { ownerId: '005desk', shares: [share('00Grole', ['Account', 'Case'], 'Rule')] },
};

const CASES: readonly [what: string, userId: string, asked: Asked][] = [
  ['the owner', '005priya', OWNED_BY_PRIYA],
  ['a role above the owner', '005chief', OWNED_BY_PRIYA],
  ['a role below the owner', '005jun', OWNED_BY_PRIYA],
  ['two roles above', '005chief', { object: 'Opportunity', ownerId: '005jun' }],
  ['no permission set', '005loose', OWNED_BY_PRIYA],
  ['no permission set, but the owner', '005loose', { object: 'Opportunity', ownerId: '005loose' }],
  ['View All Data', '005admin', OWNED_BY_PRIYA],
  ['View All by one set, Read by another', '005chief', { object: 'Case', ownerId: '005jun' }],
  ['an open default', '005desk', { object: 'Lead', ownerId: '005priya' }],
  ['an open default is not for external users', '005partner', { object: 'Lead', ownerId: '005priya' }],
  ['a group in a queue', '005jun', OF_ACCOUNT],
  ['the bosses of a queue, before the account', '005priya', OF_ACCOUNT],
  ['in no group', '005desk', OF_ACCOUNT],
  ['the account', '005priya', { ...OF_ACCOUNT, ownerId: null, shares: [] }],
  [
    'an account that opens no cases',
    '005priya',
    { ...OF_ACCOUNT, ownerId: null, shares: [], account: { ownerId: '005priya', shares: [] } },
  ],
  ['a private opportunity', '005desk', { ...OWNED_BY_PRIYA, isPrivate: true, accountId: '001acme' }],
  [
    'a contact of an account',
    '005desk',
    { object: 'Contact', ownerId: '005priya', accountId: '001acme', account: { ownerId: '005desk', shares: [] } },
  ],
  [
    'a contact of an account of all',
    '005admin',
    { object: 'Contact', accountId: '001acme', account: { ownerId: '005desk', shares: [] } },
  ],
  [
    'a contact of an account of others',
    '005jun',
    {
      object: 'Contact',
      ownerId: '005jun',
      accountId: '001acme',
      account: { ownerId: '005desk', shares: [share('00Gportal', ['Account'], 'Manual')] },
    },
  ],
  ['a contact without an account', '005chief', { object: 'Contact', ownerId: '005priya' }],
  [
    'a group that cannot be computed, and one that is not shown',
    '005desk',
    { object: 'Case', shares: [share('00Gportal', ['Case']), share('00Ghidden', ['Case'])] },
  ],
  [
    'Compliant Data Sharing stops at its user',
    '005chief',
    { object: 'Opportunity', shares: [share('005priya', ['Opportunity'], 'CompliantDataSharing')] },
  ],
  ['an inactive user', '005gone', OWNED_BY_PRIYA],
  ['a user who is not there', '005nobody', OWNED_BY_PRIYA],
];

test('explains access in the words that an operator reads', async () => {
  const text = CASES.map(([what, userId, asked]) => `${what}\n${told(userId, asked).replaceAll(/^/gm, '  ')}\n`).join(
    '\n',
  );
  await expect(text).toMatchFileSnapshot('told.txt');
});

test('names the fields that the user does not see', () => {
  const { hiddenFields } = explain('005desk', {
    id: '00Qrecord',
    label: 'Lead 1',
    accountName: null,
    facts: { object: 'Lead', ownerId: null, accountId: null, isPrivate: false, isPersonAccount: false },
    shares: [],
    account: null,
  });
  expect(hiddenFields).toContain('Phone');
  expect(hiddenFields).not.toContain('Name');
});
