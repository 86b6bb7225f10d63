import { describe, expect, test } from 'vitest';
import type { ContactSharing } from '../../src/access/types.ts';
import type { GapCode } from '../../src/facts/coverage-gaps.ts';
import type { ObjectName } from '../../src/objects/index.ts';
import type { TestOrg, TestRecord } from './org.ts';
import { describedField, memberOf, membershipOf, readers, share, standardProfile, user } from './org.ts';

const CONTROLLED = { Organization: [{ DefaultContactAccess: 'ControlledByParent' }] } satisfies TestOrg;
const PRIVATE = { Organization: [{ DefaultContactAccess: 'None' }] } satisfies TestOrg;

const set = (Id: string) => ({ Id, IsOwnedByProfile: true, ProfileId: Id });
const viewAll = (ParentId: string, SobjectType: ObjectName) => [
  { ParentId, SobjectType, PermissionsRead: true, PermissionsViewAllRecords: true },
];
const profile = standardProfile(['Account', 'Contact']);

/** Roles: boss above rep. The profile of `005noacc` reads contacts, not accounts. */
const org = {
  UserRole: [{ Id: 'boss' }, { Id: 'rep', ParentRoleId: 'boss' }],
  User: [
    user('005acc', { UserRoleId: 'rep' }),
    user('005boss', { UserRoleId: 'boss' }),
    user('005own', { UserRoleId: 'rep' }),
    user('005row'),
    user('005fsc'),
    user('005child'),
    user('005noacc', { ProfileId: 'contacts' }),
    user('005allacc', { ProfileId: 'accounts' }),
    user('005allcon', { ProfileId: 'all' }),
  ],
  PermissionSet: [...profile.PermissionSet, set('contacts'), set('accounts'), set('all')],
  ObjectPermissions: [
    ...profile.ObjectPermissions,
    { ParentId: 'contacts', SobjectType: 'Contact', PermissionsRead: true },
    { ParentId: 'accounts', SobjectType: 'Contact', PermissionsRead: true },
    ...viewAll('accounts', 'Account'),
    ...viewAll('all', 'Contact'),
  ],
} satisfies TestOrg;

const contact: TestRecord = {
  object: 'Contact',
  ownerId: '005own',
  accountId: '001a',
  shares: [share('005row', ['Contact'])],
  account: {
    ownerId: '005acc',
    shares: [
      share('005child', ['Contact']),
      share('005noacc', ['Account', 'Contact']),
      share('005fsc', ['Account'], 'CompliantDataSharing'),
    ],
  },
};

describe('controlled by parent', () => {
  test('everyone who reads the account reads the contact: owner, those above, share rows, View All', () => {
    // Not by its own owner and share rows, not through the account's contact level alone, and not without Read on
    // Account.
    expect(readers({ ...org, ...CONTROLLED }, contact)).toEqual([
      '005acc',
      '005allacc',
      '005allcon',
      '005boss',
      '005fsc',
    ]);
  });

  test('an open default of the account gives access to the contact to everyone with Read on Account', () => {
    const Organization = [{ DefaultContactAccess: 'ControlledByParent', DefaultAccountAccess: 'Read' }];
    expect(readers({ ...org, Organization }, contact)).toEqual(
      org.User.map((row) => row.Id)
        .filter((id) => id !== '005noacc')
        .sort(),
    );
  });

  test('a Compliant Data Sharing row on the account requires Read on Account like any other row', () => {
    const shares = [share('005noacc', ['Account'], 'CompliantDataSharing')];
    const record = { ...contact, account: { ownerId: null, shares } };
    expect(readers({ ...org, ...CONTROLLED }, record)).toEqual(['005allacc', '005allcon']);
  });
});

test('a Compliant Data Sharing row on a contact with an account reaches users matched by all principals', () => {
  const record = { ...contact, shares: [share('005noacc', ['Contact'], 'CompliantDataSharing')], account: null };
  expect(readers({ ...org, ...PRIVATE }, record)).toContain('005noacc');
  const EntityDefinition = [
    { QualifiedApiName: 'Contact', InternalSharingModel: 'Private', ExternalSharingModel: 'ControlledByParent' },
  ];
  const User = org.User.map((row) => ({ ...row, UserType: 'PowerPartner' }));
  expect(readers({ ...org, User, EntityDefinition }, record)).not.toContain('005noacc');
});

test('contacts with their own sharing are read by owner, share rows, those above, and account rows', () => {
  expect(readers({ ...org, ...PRIVATE }, contact)).toEqual([
    '005allcon',
    '005boss',
    '005child',
    '005noacc',
    '005own',
    '005row',
  ]);
});

test.each([
  ['controlled by parent', CONTROLLED],
  ['private', PRIVATE],
  ['open', { Organization: [{ DefaultContactAccess: 'Edit' }] }],
])('with contacts %s, a contact without an account is read only by its owner and through View All', (_, more) => {
  const orphan = { ...contact, accountId: null, account: null };
  expect(readers({ ...org, ...more }, orphan)).toEqual(['005allcon', '005own']);
  // This includes an owner without Read on Account.
  expect(readers({ ...org, ...more }, { ...orphan, ownerId: '005noacc' })).toEqual(['005allcon', '005noacc']);
});

describe('in an org with person accounts whose contacts have shares of their own', () => {
  const fields = [describedField('Name', false), describedField('IsPersonAccount', false)];
  const persons = { ...org, ...PRIVATE, described: { Contact: fields } };

  test("a person account's contact follows its account", () => {
    const expected = ['005acc', '005allacc', '005allcon', '005boss', '005fsc'];
    expect(readers(persons, { ...contact, isPersonAccount: true })).toEqual(expected);
  });

  test("a user without Read on Account reads their own contacts, but not a person account's contact", () => {
    expect(readers(persons, { ...contact, ownerId: '005noacc' })).toContain('005noacc');
    expect(readers(persons, { ...contact, ownerId: '005noacc', accountId: null })).toContain('005noacc');
    const account = { ownerId: '005noacc', shares: [] };
    expect(readers(persons, { ...contact, isPersonAccount: true, account })).not.toContain('005noacc');
    // Control: with Read on Account, the owner of a person account reads its contact.
    const readable = { ...contact, isPersonAccount: true, account: { ownerId: '005acc', shares: [] } };
    expect(readers(persons, readable)).toContain('005acc');
  });
});

describe("a contact that may or may not be a person account's", () => {
  const persons = { ...org, ...PRIVATE, described: { Account: [describedField('PersonContactId', false)] } };
  const unknown = { ...contact, isPersonAccount: 'unknown' } as const;

  test('is found only by users who read it in both cases', () => {
    const kinds = [true, false].map((isPersonAccount) => readers(persons, { ...contact, isPersonAccount }));
    const both = kinds[0]?.filter((id) => kinds[1]?.includes(id));
    const found = readers(persons, unknown);
    expect(both).toEqual(expect.arrayContaining(found));
    // Neither its owner nor the grantee of its own share row finds it through that alone.
    expect(kinds[1]).toEqual(expect.arrayContaining(['005own', '005row']));
    expect(found).not.toContain('005own');
    expect(found).not.toContain('005row');
    expect(found).toContain('005allcon');
  });

  test('is found by a user who owns both, and through a row that gives access to both', () => {
    const shares = [share('005acc', ['Account', 'Contact'])];
    const account = { ownerId: '005own', shares };
    expect(readers(persons, { ...unknown, ownerId: '005own', account })).toEqual(
      expect.arrayContaining(['005acc', '005own']),
    );
    // Near misses: a row that gives access to only one of them, and a row to a user without Read on Account.
    const one = { ownerId: null, shares: [share('005acc', ['Account']), share('005noacc', ['Account', 'Contact'])] };
    expect(readers(persons, { ...unknown, account: one })).toEqual(['005allcon']);
  });

  test('follows its account if contacts are controlled by parent', () => {
    const controlled = { ...persons, ...CONTROLLED };
    expect(readers(controlled, unknown)).toEqual(readers(controlled, contact));
  });

  test('is found only by its owner if it has no account', () => {
    const orphan = { ...unknown, accountId: null, account: null };
    expect(readers(persons, orphan)).toEqual(['005allcon', '005own']);
  });
});

describe('documents with another contact sharing', () => {
  const CONTACT_DEFAULT = new Set<GapCode>(['contact_default_unknown', 'contact_default_changed']);
  const reachOf = (more: TestOrg, documents: ContactSharing | 'mixed' | null) => {
    const { members, gaps, contacts, contactsClosed } = membershipOf({ ...org, ...more }, { documents });
    return {
      contacts,
      contactsClosed,
      reported: gaps.map(({ code }) => code).filter((code) => CONTACT_DEFAULT.has(code)),
      ordinary: memberOf(members, '005acc')?.objects.Contact,
      accounts: memberOf(members, '005acc')?.objects.Account.reach,
      viewAll: memberOf(members, '005allcon')?.objects.Contact.reach,
    };
  };
  const open = { contactsClosed: false, reported: [], ordinary: { reach: 'principals', fields: 'all' } };
  const shut = { contactsClosed: true, reported: ['contact_default_changed'], ordinary: { reach: 'none', fields: [] } };

  test.each<[string, TestOrg, ContactSharing | 'mixed' | null, object]>([
    ['the default moved to Controlled by Parent', CONTROLLED, 'own', { ...shut, contacts: 'controlled' }],
    ['the default moved away from Controlled by Parent', PRIVATE, 'controlled', { ...shut, contacts: 'own' }],
    ['a backfill is changing them', CONTROLLED, 'mixed', { ...shut, contacts: 'controlled' }],
    ['near miss: the default matches the documents', CONTROLLED, 'controlled', { ...open, contacts: 'controlled' }],
    ['near miss: the default moved from private to open', PRIVATE, 'own', { ...open, contacts: 'own' }],
    ['nothing is indexed yet', CONTROLLED, null, { ...open, contacts: 'controlled' }],
    [
      'no default can be read: nothing is queried, and contacts are denied',
      { Organization: null },
      'controlled',
      { ...shut, reported: ['contact_default_unknown'], contactsClosed: false, contacts: 'controlled' },
    ],
  ])('%s', (_, more, documents, expected) => {
    expect(reachOf(more, documents)).toEqual({ ...expected, accounts: 'principals', viewAll: 'all' });
  });
});

describe('external users where only one of the two defaults is Controlled by Parent', () => {
  const external = (inside: string, outside: string): TestOrg => ({
    ...org,
    User: org.User.map((row) => ({ ...row, UserType: 'PowerPartner' })),
    EntityDefinition: [{ QualifiedApiName: 'Contact', InternalSharingModel: inside, ExternalSharingModel: outside }],
  });

  test.each([
    ['ControlledByParent', 'Private'],
    ['Private', 'ControlledByParent'],
  ])(
    'with %s inside and %s outside, an external user finds only their own contacts without an account',
    (inside, outside) => {
      expect(readers(external(inside, outside), contact)).toEqual(['005allcon']);
      expect(readers(external(inside, outside), { ...contact, accountId: null })).toEqual(['005allcon', '005own']);
    },
  );

  test('near miss: with both defaults Controlled by Parent, the user finds contacts of their accounts too', () => {
    expect(readers(external('ControlledByParent', 'ControlledByParent'), contact)).toContain('005acc');
  });
});
