import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

type Cell = string | number | boolean | null;
type Rows = Record<string, Cell>[];

/** A valid record id for the number: `recordId('001', 7)`. */
export function recordId(prefix: string, n: number): string {
  const fifteen = prefix + String(n).padStart(12, '0');
  let suffix = '';
  for (let chunk = 0; chunk < 3; chunk += 1) {
    let bits = 0;
    for (let i = 0; i < 5; i += 1) {
      const char = fifteen[chunk * 5 + i] ?? '';
      if (char >= 'A' && char <= 'Z') bits |= 1 << i;
    }
    suffix += 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345'[bits];
  }
  return fifteen + suffix;
}

export const account = (n: number) => recordId('001', n);
export const contact = (n: number) => recordId('003', n);
export const caseId = (n: number) => recordId('500', n);
export const opportunity = (n: number) => recordId('006', n);
export const lead = (n: number) => recordId('00Q', n);
const user = (n: number) => recordId('005', n);
const role = (n: number) => recordId('00E', n);
const group = (n: number) => recordId('00G', n);

/** The users of the org, by their purpose. */
export const PEOPLE = {
  chief: user(1),
  manager: user(2),
  seller: user(3),
  otherSeller: user(4),
  agent: user(5),
  retired: user(6),
  admin: user(90),
  integration: user(91),
} as const;

export const ROLES = {
  chief: role(1),
  manager: role(2),
  seller: role(3),
  otherSeller: role(4),
  agent: role(5),
} as const;
const SUPPORT_QUEUE = group(1);

const STAMP = '2026-01-01T00:00:00.000Z';
const STANDARD = recordId('0PS', 2);
const OWNERS = [PEOPLE.seller, PEOPLE.otherSeller, PEOPLE.retired];

/**
 * Writes an org of a given size into a new temporary folder: private accounts, opportunities and cases, contacts
 * controlled by parent, open leads; a small role hierarchy; share rows of several causes. Always the same for the same
 * size.
 */
export function orgFolder(size: { accounts: number; settings?: Record<string, unknown> }): string {
  const folder = mkdtempSync(join(tmpdir(), 'connector-org-'));
  const write = (object: string, rows: Rows) => writeFileSync(join(folder, `${object}.csv`), csv(rows));
  const numbers = Array.from({ length: size.accounts }, (_, i) => i + 1);
  const ownerOf = (n: number) => OWNERS[n % OWNERS.length] ?? PEOPLE.seller;
  const stamps = { CreatedDate: STAMP, LastModifiedDate: STAMP, SystemModstamp: STAMP, IsDeleted: false };

  writeFileSync(join(folder, 'org.json'), JSON.stringify({ run_as: PEOPLE.integration, ...size.settings }));
  write('Organization', [
    {
      Id: recordId('00D', 1),
      Name: 'Test org',
      IsSandbox: false,
      DefaultAccountAccess: 'None',
      DefaultContactAccess: 'ControlledByParent',
      DefaultCaseAccess: 'None',
      DefaultOpportunityAccess: 'None',
      DefaultLeadAccess: 'ReadEdit',
    },
  ]);
  write('UserRole', [
    { Id: ROLES.chief, Name: 'Chief', DeveloperName: 'Chief', ParentRoleId: null, SystemModstamp: STAMP },
    { Id: ROLES.manager, Name: 'Manager', DeveloperName: 'Manager', ParentRoleId: ROLES.chief, SystemModstamp: STAMP },
    { Id: ROLES.seller, Name: 'Seller', DeveloperName: 'Seller', ParentRoleId: ROLES.manager, SystemModstamp: STAMP },
    {
      Id: ROLES.otherSeller,
      Name: 'Other',
      DeveloperName: 'Other',
      ParentRoleId: ROLES.manager,
      SystemModstamp: STAMP,
    },
    { Id: ROLES.agent, Name: 'Agent', DeveloperName: 'Agent', ParentRoleId: ROLES.chief, SystemModstamp: STAMP },
  ]);
  const person = (id: string, name: string, roleId: string | null, profile: number, active = true) => ({
    Id: id,
    FirstName: name,
    LastName: 'Test',
    Name: `${name} Test`,
    Username: `${name.toLowerCase()}@test.example`,
    Email: `${name.toLowerCase()}@mail.example`,
    IsActive: active,
    UserType: 'Standard',
    UserRoleId: roleId,
    ManagerId: null,
    ProfileId: recordId('00e', profile),
    SystemModstamp: STAMP,
  });
  write('User', [
    person(PEOPLE.chief, 'Chief', ROLES.chief, 2),
    person(PEOPLE.manager, 'Manager', ROLES.manager, 2),
    person(PEOPLE.seller, 'Seller', ROLES.seller, 2),
    person(PEOPLE.otherSeller, 'Other', ROLES.otherSeller, 2),
    person(PEOPLE.agent, 'Agent', ROLES.agent, 2),
    person(PEOPLE.retired, 'Retired', ROLES.seller, 2, false),
    person(PEOPLE.admin, 'Admin', null, 1),
    person(PEOPLE.integration, 'Integration', null, 3),
  ]);
  write('Group', [
    {
      Id: SUPPORT_QUEUE,
      Name: 'Support',
      DeveloperName: 'Support',
      Type: 'Queue',
      RelatedId: null,
      DoesIncludeBosses: false,
    },
  ]);
  write('GroupMember', [{ Id: recordId('011', 1), GroupId: SUPPORT_QUEUE, UserOrGroupId: PEOPLE.agent }]);
  write(
    'Profile',
    [1, 2, 3].map((n) => ({ Id: recordId('00e', n), Name: `Profile ${n}` })),
  );
  write(
    'PermissionSet',
    [1, 2, 3].map((n) => ({
      Id: recordId('0PS', n),
      Name: `X${n}`,
      Label: `Profile ${n}`,
      IsOwnedByProfile: true,
      ProfileId: recordId('00e', n),
      Type: 'Profile',
      HasActivationRequired: false,
      PermissionsViewAllData: n !== 2,
      PermissionsModifyAllData: n === 1,
    })),
  );
  write(
    'ObjectPermissions',
    ['Account', 'Contact', 'Case', 'Opportunity', 'Lead'].map((SobjectType, at) => ({
      Id: recordId('110', at + 1),
      ParentId: STANDARD,
      SobjectType,
      PermissionsRead: true,
      PermissionsViewAllRecords: false,
      PermissionsModifyAllRecords: false,
    })),
  );
  write(
    'Account',
    numbers.map((n) => ({
      Id: account(n),
      Name: `Harbour ${n} Shipping`,
      Phone: `555-01${String(n).padStart(2, '0')}`,
      BillingCity: n % 2 === 0 ? 'Oslo' : 'Porto',
      Description: `Customer number ${n}`,
      OwnerId: ownerOf(n),
      ...stamps,
    })),
  );
  write(
    'AccountShare',
    numbers.flatMap((n) => [
      accountShare(2 * n, account(n), ownerOf(n), 'All', n % 2 === 0 ? 'Edit' : 'None', 'Owner'),
      ...(n % 5 === 0 ? [accountShare(2 * n + 1, account(n), PEOPLE.agent, 'Read', 'Read', 'Manual')] : []),
    ]),
  );
  write(
    'Contact',
    numbers.map((n) => ({
      Id: contact(n),
      FirstName: 'Ines',
      LastName: `Contact${n}`,
      Name: `Ines Contact${n}`,
      Email: `ines${n}@mail.example`,
      AccountId: n % 10 === 0 ? null : account(n),
      OwnerId: PEOPLE.otherSeller,
      ...stamps,
    })),
  );
  write(
    'Case',
    numbers.map((n) => ({
      Id: caseId(n),
      CaseNumber: String(1000 + n).padStart(8, '0'),
      Subject: `Crane ${n} does not lift`,
      Description: `The crane on pier ${n} stopped.`,
      Status: 'New',
      AccountId: account(n),
      OwnerId: n % 3 === 0 ? SUPPORT_QUEUE : PEOPLE.agent,
      ...stamps,
    })),
  );
  write(
    'CaseShare',
    numbers.map((n) => share('01n', n, 'Case', caseId(n), n % 3 === 0 ? SUPPORT_QUEUE : PEOPLE.agent, 'All', 'Owner')),
  );
  write(
    'Opportunity',
    numbers.map((n) => ({
      Id: opportunity(n),
      Name: `Renewal ${n}`,
      StageName: 'Prospecting',
      Amount: 100 * n,
      CloseDate: '2026-12-31',
      IsPrivate: n % 7 === 0,
      AccountId: account(n),
      OwnerId: ownerOf(n + 1),
      ...stamps,
    })),
  );
  write(
    'OpportunityShare',
    numbers.map((n) => share('00t', n, 'Opportunity', opportunity(n), ownerOf(n + 1), 'All', 'Owner')),
  );
  write(
    'Lead',
    numbers.map((n) => ({
      Id: lead(n),
      FirstName: 'Lea',
      LastName: `Lead${n}`,
      Name: `Lea Lead${n}`,
      Company: `Future ${n} Ltd`,
      Status: 'Open',
      IsConverted: n % 9 === 0,
      OwnerId: PEOPLE.seller,
      ...stamps,
    })),
  );
  write(
    'LeadShare',
    numbers.map((n) => share('01o', n, 'Lead', lead(n), PEOPLE.seller, 'All', 'Owner')),
  );
  return folder;
}

/** A row of AccountShare as the change API takes it. */
export function accountShare(
  n: number,
  accountId: string,
  grantee: string,
  level: string,
  childLevel: string,
  cause: string,
) {
  return {
    Id: recordId('00r', n),
    AccountId: accountId,
    UserOrGroupId: grantee,
    AccountAccessLevel: level,
    ContactAccessLevel: '',
    CaseAccessLevel: childLevel,
    OpportunityAccessLevel: childLevel,
    RowCause: cause,
    LastModifiedDate: STAMP,
    IsDeleted: false,
  };
}

/** A row of another share object. */
export function share(
  prefix: string,
  n: number,
  object: string,
  parentId: string,
  grantee: string,
  level: string,
  cause: string,
): Record<string, Cell> {
  return {
    Id: recordId(prefix, n),
    [`${object}Id`]: parentId,
    UserOrGroupId: grantee,
    [`${object}AccessLevel`]: level,
    RowCause: cause,
    LastModifiedDate: STAMP,
    IsDeleted: false,
  };
}

function csv(rows: Rows): string {
  const columns = Object.keys(rows[0] ?? { Id: null });
  const cell = (value: Cell | undefined) =>
    `"${value === null || value === undefined ? '' : String(value).replaceAll('"', '""')}"`;
  const lines = [columns.map(cell), ...rows.map((row) => columns.map((column) => cell(row[column])))];
  return lines.map((cells) => `${cells.join(',')}\n`).join('');
}
