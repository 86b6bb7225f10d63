import { afterAll, beforeAll, expect, test } from 'vitest';
import { openAccess } from '../../../sandbox/access/access.ts';
import type { SharedObject } from '../../../sandbox/access/shares.ts';
import { openOrg } from '../../../sandbox/org/open.ts';
import type { Org, Row } from '../../../sandbox/org/types.ts';
import { sfId, writeFolder } from './folder.ts';
import { RECORDS, type RecordKey, ROLES, SETS, SMALL_ORG, USERS, type UserKey } from './small-org.ts';

type Put = readonly [object: string, row: Row];
type Case = readonly [
  sentence: string,
  given: readonly Put[],
  reads: readonly (readonly [UserKey, RecordKey, boolean])[],
];

const GROUP = sfId('00G', 1);
const OUTER = sfId('00G', 2);
const TERRITORY = { top: sfId('0MI', 1), middle: sfId('0MI', 2), bottom: sfId('0MI', 3), model: sfId('0MA', 1) };

const org = (row: Row): Put => ['Organization', { Id: sfId('00D', 1), ...row }];
const share = (object: SharedObject, to: string, row: Row = {}): Put => [
  `${object}Share`,
  {
    Id: sfId({ Account: '00r', Contact: '03s', Case: '01n', Opportunity: '00t', Lead: '01o' }[object], 1),
    [`${object}Id`]: RECORDS[object.toLowerCase() as RecordKey],
    UserOrGroupId: to,
    [`${object}AccessLevel`]: 'Read',
    RowCause: 'Manual',
    ...row,
  },
];
const group = (type: string, row: Row = {}, id = GROUP): Put => ['Group', { Id: id, Type: type, ...row }];
const member = (n: number, who: string, of = GROUP): Put => [
  'GroupMember',
  { Id: sfId('011', n), GroupId: of, UserOrGroupId: who },
];
const set = (id: string, row: Row): Put => ['PermissionSet', { Id: id, ...row }];
const objectPermission = (id: string, object: string, row: Row): Put => [
  'ObjectPermissions',
  { Id: sfId('110', 50), ParentId: id, SobjectType: object, ...row },
];
const assignment = (row: Row): Put => ['PermissionSetAssignment', { Id: sfId('0Pa', 1), ...row }];
const user = (key: UserKey, row: Row): Put => ['User', { Id: USERS[key], ...row }];
const record = (object: string, key: RecordKey, row: Row): Put => [object, { Id: RECORDS[key], ...row }];
const territories: readonly Put[] = [
  ['Territory2Model', { Id: TERRITORY.model, State: 'Active' }],
  ['Territory2', { Id: TERRITORY.top, ParentTerritory2Id: null, Territory2ModelId: TERRITORY.model }],
  ['Territory2', { Id: TERRITORY.middle, ParentTerritory2Id: TERRITORY.top, Territory2ModelId: TERRITORY.model }],
  ['Territory2', { Id: TERRITORY.bottom, ParentTerritory2Id: TERRITORY.middle, Territory2ModelId: TERRITORY.model }],
];
const inTerritory = (n: number, key: UserKey, territory: string, row: Row = {}): Put => [
  'UserTerritory2Association',
  { Id: sfId('0MC', n), UserId: USERS[key], Territory2Id: territory, IsActive: true, ...row },
];

const CASES: readonly Case[] = [
  // Objects and View All
  [
    'the owner reads a record',
    [],
    [
      ['rep', 'account', true],
      ['colleague', 'account', false],
    ],
  ],
  [
    'whoever is above the owner reads it, whoever is beside does not',
    [],
    [
      ['westLead', 'lead', true],
      ['chief', 'lead', true],
      ['eastLead', 'lead', false],
      ['roleless', 'lead', false],
    ],
  ],
  [
    'an owner without Read on the object reads nothing',
    [objectPermissionOf('Lead', { PermissionsRead: false })],
    [
      ['rep', 'lead', false],
      ['rep', 'account', true],
    ],
  ],
  [
    'an inactive user reads nothing, active ones above them do',
    [record('Lead', 'lead', { OwnerId: USERS.inactive })],
    [
      ['inactive', 'lead', false],
      ['westLead', 'lead', true],
      ['rep', 'lead', false],
    ],
  ],
  [
    'View All Data reads everything',
    [],
    [
      ['integration', 'lead', true],
      ['viewer', 'lead', false],
    ],
  ],
  [
    'Modify All Data of an assigned set does too',
    [set(SETS.extra, { PermissionsModifyAllData: true })],
    [
      ['viewer', 'case', true],
      ['roleless', 'case', false],
    ],
  ],
  [
    'View All on one object opens that object alone',
    [objectPermission(SETS.extra, 'Case', { PermissionsViewAllRecords: true })],
    [
      ['viewer', 'case', true],
      ['viewer', 'lead', false],
    ],
  ],
  [
    'View All counts only with Read',
    [
      objectPermissionOf('Case', { PermissionsRead: false }),
      objectPermission(SETS.extra, 'Case', { PermissionsViewAllRecords: true }),
    ],
    [['viewer', 'case', false]],
  ],
  [
    'Modify All on an object opens it',
    [objectPermission(SETS.extra, 'Lead', { PermissionsModifyAllRecords: true })],
    [['viewer', 'lead', true]],
  ],
  [
    'a set that is not the user’s own opens nothing',
    [objectPermission(SETS.none, 'Lead', { PermissionsViewAllRecords: true })],
    [['viewer', 'lead', false]],
  ],
  [
    'an expired assignment does not count',
    [
      objectPermission(SETS.extra, 'Lead', { PermissionsViewAllRecords: true }),
      assignment({ ExpirationDate: '2020-01-01T00:00:00.000Z' }),
    ],
    [['viewer', 'lead', false]],
  ],
  [
    'an assignment that will expire counts until then',
    [
      objectPermission(SETS.extra, 'Lead', { PermissionsViewAllRecords: true }),
      assignment({ ExpirationDate: '2099-01-01T00:00:00.000Z' }),
    ],
    [['viewer', 'lead', true]],
  ],
  [
    'a revoked assignment does not count',
    [objectPermission(SETS.extra, 'Lead', { PermissionsViewAllRecords: true }), assignment({ IsRevoked: true })],
    [['viewer', 'lead', false]],
  ],
  [
    'an inactive assignment does not count, one that does not say counts',
    [
      objectPermission(SETS.extra, 'Lead', { PermissionsViewAllRecords: true }),
      assignment({ IsActive: false }),
      ['PermissionSetAssignment', { Id: sfId('0Pa', 2), AssigneeId: USERS.roleless, PermissionSetId: SETS.extra }],
    ],
    [
      ['viewer', 'lead', false],
      ['roleless', 'lead', true],
    ],
  ],
  [
    'a session-based set does not count',
    [
      objectPermission(SETS.extra, 'Lead', { PermissionsViewAllRecords: true }),
      set(SETS.extra, { HasActivationRequired: true }),
    ],
    [['viewer', 'lead', false]],
  ],
  [
    'a permission set group counts through its aggregate set',
    [
      ['PermissionSetGroup', { Id: sfId('0PG', 1), HasActivationRequired: false }],
      set(SETS.none, { Type: 'Group', PermissionSetGroupId: sfId('0PG', 1) }),
      objectPermission(SETS.none, 'Lead', { PermissionsViewAllRecords: true }),
      assignment({ PermissionSetId: null, PermissionSetGroupId: sfId('0PG', 1) }),
    ],
    [
      ['viewer', 'lead', true],
      ['roleless', 'lead', false],
    ],
  ],
  [
    'a session-based permission set group does not count',
    [
      ['PermissionSetGroup', { Id: sfId('0PG', 1), HasActivationRequired: true }],
      set(SETS.none, { Type: 'Group', PermissionSetGroupId: sfId('0PG', 1) }),
      objectPermission(SETS.none, 'Lead', { PermissionsViewAllRecords: true }),
      assignment({ PermissionSetId: SETS.none, PermissionSetGroupId: sfId('0PG', 1) }),
    ],
    [['viewer', 'lead', false]],
  ],

  // Org-wide defaults
  [
    'an open default opens the object to internal users, not to external ones',
    [org({ DefaultLeadAccess: 'ReadEditTransfer' })],
    [
      ['roleless', 'lead', true],
      ['portal', 'lead', false],
    ],
  ],
  [
    'a default that is not known is private',
    [org({ DefaultLeadAccess: 'ControlledByCampaign' })],
    [['roleless', 'lead', false]],
  ],
  [
    'EntityDefinition wins over Organization',
    [org({ DefaultLeadAccess: 'Read' }), entity('Lead', { InternalSharingModel: 'Private' })],
    [['roleless', 'lead', false]],
  ],
  [
    'an open external default opens the object to external users',
    [entity('Lead', { InternalSharingModel: 'ReadWrite', ExternalSharingModel: 'Read' })],
    [
      ['portal', 'lead', true],
      ['portal', 'case', false],
    ],
  ],
  [
    'ControlledByParent means private for anything but contacts',
    [org({ DefaultCaseAccess: 'ControlledByParent' })],
    [
      ['rep', 'case', true],
      ['roleless', 'case', false],
    ],
  ],

  // Share rows to users
  [
    'a share row to a user reaches the user and those above',
    [share('Lead', USERS.eastLead)],
    [
      ['eastLead', 'lead', true],
      ['roleless', 'lead', false],
    ],
  ],
  [
    'a share row of level None gives nothing',
    [share('Lead', USERS.eastLead, { LeadAccessLevel: 'None' })],
    [['eastLead', 'lead', false]],
  ],
  [
    'a deleted share row gives nothing',
    [share('Lead', USERS.eastLead, { IsDeleted: true })],
    [['eastLead', 'lead', false]],
  ],
  [
    'a share row to an inactive user reaches those above',
    [record('Lead', 'lead', { OwnerId: USERS.integration }), share('Lead', USERS.inactive)],
    [
      ['westLead', 'lead', true],
      ['rep', 'lead', false],
      ['inactive', 'lead', false],
    ],
  ],
  [
    'a Compliant Data Sharing row reaches its user alone',
    [
      record('Lead', 'lead', { OwnerId: USERS.integration }),
      share('Lead', USERS.rep, { RowCause: 'CompliantDataSharing' }),
    ],
    [
      ['rep', 'lead', true],
      ['westLead', 'lead', false],
    ],
  ],
  ['a share row to an unknown group reaches nobody', [share('Lead', sfId('00G', 99))], [['roleless', 'lead', false]]],

  // Groups
  [
    'a group reaches its members, not those above them',
    [share('Lead', GROUP), group('Regular'), member(1, USERS.eastLead)],
    [
      ['eastLead', 'lead', true],
      ['roleless', 'lead', false],
    ],
  ],
  [
    'a group with DoesIncludeBosses reaches those above its members',
    [
      record('Lead', 'lead', { OwnerId: USERS.integration }),
      share('Lead', GROUP),
      group('Regular', { DoesIncludeBosses: true }),
      member(1, USERS.eastLead),
    ],
    [
      ['chief', 'lead', true],
      ['westLead', 'lead', false],
    ],
  ],
  [
    '… and one without it does not',
    [
      record('Lead', 'lead', { OwnerId: USERS.integration }),
      share('Lead', GROUP),
      group('Regular', { DoesIncludeBosses: false }),
      member(1, USERS.eastLead),
    ],
    [
      ['eastLead', 'lead', true],
      ['chief', 'lead', false],
    ],
  ],
  [
    'an inactive member brings nobody',
    [
      record('Lead', 'lead', { OwnerId: USERS.integration }),
      share('Lead', GROUP),
      group('Regular', { DoesIncludeBosses: true }),
      member(1, USERS.inactive),
    ],
    [
      ['westLead', 'lead', false],
      ['inactive', 'lead', false],
    ],
  ],
  [
    'groups nested in a cycle reach their members and end',
    [
      share('Lead', OUTER),
      group('Regular', {}, OUTER),
      group('Regular'),
      member(1, GROUP, OUTER),
      member(2, OUTER, GROUP),
      member(3, USERS.eastLead, GROUP),
    ],
    [
      ['eastLead', 'lead', true],
      ['roleless', 'lead', false],
    ],
  ],
  [
    'a nested group with DoesIncludeBosses brings its bosses whatever the outer says',
    [
      record('Lead', 'lead', { OwnerId: USERS.integration }),
      share('Lead', OUTER),
      group('Regular', { DoesIncludeBosses: false }, OUTER),
      group('Regular', { DoesIncludeBosses: true }),
      member(1, GROUP, OUTER),
      member(2, USERS.rep, GROUP),
    ],
    [
      ['westLead', 'lead', true],
      ['eastLead', 'lead', false],
    ],
  ],
  [
    'an outer group with DoesIncludeBosses has the bosses of nested members too',
    [
      record('Lead', 'lead', { OwnerId: USERS.integration }),
      share('Lead', OUTER),
      group('Regular', { DoesIncludeBosses: true }, OUTER),
      group('ManagerAndSubordinatesInternal', { RelatedId: USERS.westLead, DoesIncludeBosses: false }),
      member(1, GROUP, OUTER),
    ],
    [
      ['westLead', 'lead', true],
      ['rep', 'lead', true],
      ['chief', 'lead', true],
      ['eastLead', 'lead', false],
    ],
  ],
  [
    'a queue that owns a lead reaches its members',
    [record('Lead', 'lead', { OwnerId: GROUP }), group('Queue', { DoesIncludeBosses: true }), member(1, USERS.rep)],
    [
      ['rep', 'lead', true],
      ['westLead', 'lead', true],
      ['colleague', 'lead', false],
    ],
  ],
  [
    'a queue whose bosses are switched off does not reach them',
    [record('Lead', 'lead', { OwnerId: GROUP }), group('Queue', { DoesIncludeBosses: false }), member(1, USERS.rep)],
    [
      ['rep', 'lead', true],
      ['westLead', 'lead', false],
    ],
  ],
  [
    'a Role group reaches the role and those above',
    [
      record('Lead', 'lead', { OwnerId: USERS.integration }),
      share('Lead', GROUP),
      group('Role', { RelatedId: ROLES.west }),
    ],
    [
      ['westLead', 'lead', true],
      ['chief', 'lead', true],
      ['rep', 'lead', false],
      ['eastLead', 'lead', false],
    ],
  ],
  [
    'a Role group inside a group brings those above the role',
    [
      record('Lead', 'lead', { OwnerId: USERS.integration }),
      share('Lead', OUTER),
      group('Regular', { DoesIncludeBosses: false }, OUTER),
      group('Role', { RelatedId: ROLES.west }),
      member(1, GROUP, OUTER),
    ],
    [
      ['chief', 'lead', true],
      ['rep', 'lead', false],
    ],
  ],
  [
    'RoleAndSubordinates reaches below too, portal users included',
    [
      record('Lead', 'lead', { OwnerId: USERS.integration }),
      share('Lead', GROUP),
      group('RoleAndSubordinates', { RelatedId: ROLES.west }),
    ],
    [
      ['rep', 'lead', true],
      ['portal', 'lead', true],
      ['chief', 'lead', true],
      ['eastLead', 'lead', false],
    ],
  ],
  [
    'RoleAndSubordinatesInternal leaves portal users out',
    [
      record('Lead', 'lead', { OwnerId: USERS.integration }),
      share('Lead', GROUP),
      group('RoleAndSubordinatesInternal', { RelatedId: ROLES.west }),
    ],
    [
      ['rep', 'lead', true],
      ['portal', 'lead', false],
    ],
  ],
  [
    'Organization reaches every active internal user',
    [share('Lead', GROUP), group('Organization')],
    [
      ['roleless', 'lead', true],
      ['inactive', 'lead', false],
      ['portal', 'lead', false],
    ],
  ],
  [
    'a Manager group reaches the managers, through inactive ones, not the user',
    [
      record('Lead', 'lead', { OwnerId: USERS.integration }),
      share('Lead', GROUP),
      group('Manager', { RelatedId: USERS.colleague }),
    ],
    [
      ['eastLead', 'lead', true],
      ['colleague', 'lead', false],
      ['westLead', 'lead', false],
    ],
  ],
  [
    'ManagerAndSubordinatesInternal reaches the user and all who report to them',
    [
      record('Lead', 'lead', { OwnerId: USERS.integration }),
      share('Lead', GROUP),
      group('ManagerAndSubordinatesInternal', { RelatedId: USERS.chief }),
    ],
    [
      ['chief', 'lead', true],
      ['rep', 'lead', true],
      ['colleague', 'lead', false],
    ],
  ],
  [
    'a Territory group reaches the territory and those above',
    [
      ...territories,
      share('Lead', GROUP),
      group('Territory', { RelatedId: TERRITORY.middle }),
      inTerritory(1, 'eastLead', TERRITORY.top),
      inTerritory(2, 'roleless', TERRITORY.middle),
      inTerritory(3, 'viewer', TERRITORY.bottom),
    ],
    [
      ['eastLead', 'lead', true],
      ['roleless', 'lead', true],
      ['viewer', 'lead', false],
    ],
  ],
  [
    'TerritoryAndSubordinates reaches those below too',
    [
      ...territories,
      share('Lead', GROUP),
      group('TerritoryAndSubordinates', { RelatedId: TERRITORY.middle }),
      inTerritory(1, 'viewer', TERRITORY.bottom),
      inTerritory(2, 'roleless', TERRITORY.bottom, { IsActive: false }),
    ],
    [
      ['viewer', 'lead', true],
      ['roleless', 'lead', false],
    ],
  ],
  [
    'a territory of a model that is not active gives nothing',
    [
      ...territories,
      ['Territory2Model', { Id: TERRITORY.model, State: 'Archived' }],
      share('Lead', GROUP),
      group('Territory', { RelatedId: TERRITORY.middle }),
      inTerritory(1, 'roleless', TERRITORY.middle),
    ],
    [['roleless', 'lead', false]],
  ],
  [
    'a group of an unknown type reaches nobody',
    [share('Lead', GROUP), group('AllCustomerPortal'), member(1, USERS.roleless)],
    [
      ['portal', 'lead', false],
      ['roleless', 'lead', false],
    ],
  ],

  // Through the account
  [
    'an account’s share row reaches the children that it names',
    [share('Account', USERS.eastLead, { CaseAccessLevel: 'Edit', OpportunityAccessLevel: 'None' })],
    [
      ['eastLead', 'case', true],
      ['eastLead', 'opportunity', false],
      ['eastLead', 'account', true],
      ['roleless', 'case', false],
    ],
  ],
  [
    'a share row of another account reaches no child',
    [share('Account', USERS.eastLead, { AccountId: RECORDS.otherAccount, CaseAccessLevel: 'Edit' })],
    [['eastLead', 'case', false]],
  ],
  [
    'View All on the account, or its open default, opens no child',
    [
      org({ DefaultAccountAccess: 'Edit' }),
      objectPermission(SETS.extra, 'Account', { PermissionsViewAllRecords: true }),
    ],
    [
      ['viewer', 'account', true],
      ['viewer', 'case', false],
    ],
  ],

  // Contacts
  [
    'controlled by parent: whoever reads the account reads the contact',
    [],
    [
      ['rep', 'contact', true],
      ['chief', 'contact', true],
    ],
  ],
  [
    '… and its owner and its share rows give nothing',
    [share('Contact', USERS.roleless)],
    [
      ['eastLead', 'contact', false],
      ['roleless', 'contact', false],
    ],
  ],
  [
    '… by View All on the account too',
    [objectPermission(SETS.extra, 'Account', { PermissionsViewAllRecords: true })],
    [
      ['viewer', 'contact', true],
      ['viewer', 'looseContact', false],
    ],
  ],
  [
    '… only with Read on accounts',
    [objectPermissionOf('Account', { PermissionsRead: false })],
    [['rep', 'contact', false]],
  ],
  [
    '… a ContactAccessLevel without the account is not enough',
    [share('Account', USERS.roleless, { AccountAccessLevel: 'None', ContactAccessLevel: 'Edit' })],
    [['roleless', 'contact', false]],
  ],
  [
    'a contact without an account is read by its owner alone',
    [share('Contact', USERS.roleless, { ContactId: RECORDS.looseContact })],
    [
      ['rep', 'looseContact', true],
      ['westLead', 'looseContact', false],
      ['roleless', 'looseContact', false],
      ['integration', 'looseContact', true],
    ],
  ],
  [
    '… also where the default is open',
    [org({ DefaultContactAccess: 'Edit' })],
    [
      ['roleless', 'looseContact', false],
      ['roleless', 'contact', true],
    ],
  ],
  [
    'contacts of their own sharing have owner, share rows and the account’s level',
    [
      org({ DefaultContactAccess: 'None' }),
      share('Account', USERS.viewer, { ContactAccessLevel: 'Read' }),
      share('Contact', USERS.roleless),
    ],
    [
      ['eastLead', 'contact', true],
      ['roleless', 'contact', true],
      ['viewer', 'contact', true],
      ['rep', 'contact', false],
    ],
  ],
  [
    'a person account’s contact goes with its account whatever the default',
    [org({ DefaultContactAccess: 'None' }), record('Contact', 'contact', { IsPersonAccount: true })],
    [
      ['rep', 'contact', true],
      ['eastLead', 'contact', false],
    ],
  ],

  // Private opportunities
  [
    'a private opportunity is read by its owner, those above and View All',
    [
      org({ DefaultOpportunityAccess: 'Edit' }),
      record('Opportunity', 'opportunity', { IsPrivate: true }),
      share('Opportunity', USERS.eastLead),
      share('Account', USERS.roleless, { OpportunityAccessLevel: 'Edit' }),
      objectPermission(SETS.extra, 'Opportunity', { PermissionsViewAllRecords: true }),
    ],
    [
      ['rep', 'opportunity', true],
      ['westLead', 'opportunity', true],
      ['viewer', 'opportunity', true],
      ['eastLead', 'opportunity', false],
      ['roleless', 'opportunity', false],
      ['colleague', 'opportunity', false],
    ],
  ],
  [
    'a frozen user keeps access',
    [['UserLogin', { Id: sfId('0Yw', 1), UserId: USERS.rep, IsFrozen: true }]],
    [['rep', 'lead', true]],
  ],
  [
    'a user who moves to another role takes their reach along',
    [user('eastLead', { UserRoleId: ROLES.west })],
    [
      ['eastLead', 'lead', true],
      ['eastLead', 'looseContact', false],
    ],
  ],
];

/** Changes what the standard profile says on an object. */
function objectPermissionOf(object: string, row: Row): Put {
  const objects = ['Account', 'Contact', 'Case', 'Opportunity', 'Lead'];
  return ['ObjectPermissions', { Id: sfId('110', objects.indexOf(object) + 1), ...row }];
}

function entity(object: string, row: Row): Put {
  return ['EntityDefinition', { QualifiedApiName: object, ...row }];
}

const OBJECT_OF: Readonly<Record<RecordKey, SharedObject>> = {
  account: 'Account',
  otherAccount: 'Account',
  contact: 'Contact',
  looseContact: 'Contact',
  case: 'Case',
  opportunity: 'Opportunity',
  lead: 'Lead',
};

let files: ReturnType<typeof writeFolder>;
beforeAll(() => {
  files = writeFolder(SMALL_ORG);
});
afterAll(() => files.remove());

function readsRecord(opened: Org, who: UserKey, key: RecordKey): boolean {
  const row = opened.rows(OBJECT_OF[key], { Id: RECORDS[key] })[0] ?? {};
  return openAccess(opened).mayRead(USERS[who], OBJECT_OF[key], row);
}

test.each(CASES)('%s', async (_sentence, given, reads) => {
  const opened = await openOrg(files.folder);
  try {
    for (const [object, row] of given) opened.put(object, row);
    const found = reads.map(([who, key]) => [who, key, readsRecord(opened, who, key)]);
    expect(found).toEqual(reads);
  } finally {
    opened.close();
  }
});

test('an assignment stops counting when the clock passes its expiry', async () => {
  const opened = await openOrg(files.folder);
  try {
    const expires = new Date(opened.now().getTime() + 3_600_000).toISOString();
    opened.put('ObjectPermissions', objectPermission(SETS.extra, 'Lead', { PermissionsViewAllRecords: true })[1]);
    opened.put('PermissionSetAssignment', { Id: sfId('0Pa', 1), ExpirationDate: expires });
    const access = openAccess(opened);
    const lead = opened.rows('Lead', { Id: RECORDS.lead })[0] ?? {};
    expect(access.mayRead(USERS.viewer, 'Lead', lead)).toBe(true);
    opened.advanceClock(3_700);
    expect(access.mayRead(USERS.viewer, 'Lead', lead)).toBe(false);
  } finally {
    opened.close();
  }
});

test('a change of the org is seen by access that was computed before', async () => {
  const opened = await openOrg(files.folder);
  try {
    const access = openAccess(opened);
    const lead = opened.rows('Lead', { Id: RECORDS.lead })[0] ?? {};
    expect(access.mayRead(USERS.eastLead, 'Lead', lead)).toBe(false);
    opened.put('UserRole', { Id: ROLES.rep, ParentRoleId: ROLES.east });
    expect(access.mayRead(USERS.eastLead, 'Lead', lead)).toBe(true);
    expect(access.mayRead(USERS.westLead, 'Lead', lead)).toBe(false);
  } finally {
    opened.close();
  }
});

test('the reason names what opened the record', async () => {
  const opened = await openOrg(files.folder);
  try {
    opened.put('LeadShare', share('Lead', USERS.roleless, { RowCause: 'Team' })[1]);
    const lead = opened.rows('Lead', { Id: RECORDS.lead })[0] ?? {};
    expect(openAccess(opened).reason(USERS.roleless, 'Lead', lead)).toBe('a share row of cause Team');
  } finally {
    opened.close();
  }
});
