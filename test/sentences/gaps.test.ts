import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CoverageGap, GapCode, GapOf, TableReason } from '../../src/facts/coverage-gaps.ts';
import { packageRoot } from '../../src/process/package-root.ts';
import { gapText, gapWords } from '../../src/sentences/gaps.ts';

type Rows<Code extends GapCode> = readonly (readonly [
  gap: Omit<GapOf<Code>, 'code' | 'count'> & { readonly count: number | null },
  sentence: string,
])[];

const REFUSED: TableReason = { kind: 'org_error', errorCode: 'INVALID_TYPE', message: 'INVALID_TYPE: no such table' };
const GRANT_SETUP =
  '→ Grant "View Setup and Configuration" in the integration user\'s permission set (System Permissions).';
const GRANT_ROLES =
  '→ Grant "View Roles and Role Hierarchy" in the integration user\'s permission set (System Permissions).';
const GRANT_USERS = '→ Grant "View All Users" in the integration user\'s permission set (System Permissions).';
const GRANT_MANAGE = '→ Grant "Manage Users" in the integration user\'s permission set (System Permissions).';

/** The whole line of each gap. The compiler checks that no code is left out. */
const LINES: { readonly [Code in GapCode]: Rows<Code> } = {
  table_unreadable: [
    [
      { table: 'User', loss: 'users', reason: REFUSED, count: 1 },
      `every user (1): User could not be read: INVALID_TYPE: no such table ${GRANT_USERS}`,
    ],
    [
      { table: 'UserLogin', loss: 'frozen_users', reason: { kind: 'table_hidden' }, count: 1 },
      `frozen users (they are treated like other users) (1): UserLogin could not be read: the org does not show UserLogin to the integration user ${GRANT_MANAGE}`,
    ],
    [
      {
        table: 'UserRole',
        loss: 'role_hierarchy',
        reason: { kind: 'columns_hidden', columns: ['ParentRoleId'] },
        count: 1,
      },
      `access through the role hierarchy (1): UserRole could not be read: the integration user cannot see UserRole.ParentRoleId ${GRANT_ROLES}`,
    ],
    [
      { table: 'Group', loss: 'groups', reason: { kind: 'columns_hidden', columns: ['Type', 'RelatedId'] }, count: 1 },
      'access through groups (1): Group could not be read: the integration user cannot see Group.Type, Group.RelatedId',
    ],
    [
      { table: 'GroupMember', loss: 'group_members', reason: { kind: 'not_kept' }, count: 1 },
      'members of groups and queues (1): GroupMember could not be read: it was not stored',
    ],
    [
      { table: 'Territory2', loss: 'territories', reason: { kind: 'told', text: 'the stored text' }, count: 2 },
      'territory groups (2): Territory2 could not be read: the stored text',
    ],
    [
      { table: 'PermissionSet', loss: 'permission_sets', reason: { kind: 'table_hidden' }, count: 1 },
      `every object permission (1): PermissionSet could not be read: the org does not show PermissionSet to the integration user ${GRANT_SETUP}`,
    ],
    [
      { table: 'PermissionSetAssignment', loss: 'assigned_permission_sets', reason: REFUSED, count: 1 },
      `assigned permission sets (1): PermissionSetAssignment could not be read: INVALID_TYPE: no such table ${GRANT_SETUP}`,
    ],
    [
      { table: 'PermissionSetGroup', loss: 'permission_set_groups', reason: REFUSED, count: 1 },
      `permission set groups (1): PermissionSetGroup could not be read: INVALID_TYPE: no such table ${GRANT_SETUP}`,
    ],
    [
      { table: 'ObjectPermissions', loss: 'object_permissions', reason: REFUSED, count: 1 },
      `object permissions (1): ObjectPermissions could not be read: INVALID_TYPE: no such table ${GRANT_SETUP}`,
    ],
    [
      { table: 'FieldPermissions', loss: 'field_permissions', reason: REFUSED, count: 1 },
      `fields with field-level security (1): FieldPermissions could not be read: INVALID_TYPE: no such table ${GRANT_SETUP}`,
    ],
  ],
  role_hidden: [
    [
      { count: 2 },
      `roles above hidden roles (2): users or roles refer to roles that UserRole does not show ${GRANT_ROLES}`,
    ],
  ],
  role_cycle: [
    [
      { count: 3 },
      'roles above those in a cycle (3): UserRole puts them above themselves → Correct "This role reports to" in one of them (Setup › Roles).',
    ],
  ],
  manager_cycle: [
    [
      { count: 2 },
      'managers above users in a cycle (2): ManagerId makes these users their own managers → Correct the Manager of one of them (Setup › Users).',
    ],
  ],
  territory_cycle: [
    [
      { count: 2 },
      'territories above those in a cycle (2): Territory2 puts them above themselves → Correct the parent territory of one of them (Setup › Territory Models).',
    ],
  ],
  group_members_unknown: [
    [
      { groupType: 'PRMOrganization', count: 2 },
      'groups of type PRMOrganization (2): their members are external users, or unknown: these groups give nobody access',
    ],
    [
      { groupType: null, count: 1 },
      'groups of an unnamed type (1): their members are external users, or unknown: these groups give nobody access',
    ],
  ],
  group_related_hidden: [
    [
      { groupType: 'Manager', count: 1 },
      'groups of type Manager whose related record is hidden (1): the record in their RelatedId is not visible',
    ],
  ],
  group_member_hidden: [
    [
      { count: 2 },
      `hidden group members (2): GroupMember refers to users or groups that User and Group do not show ${GRANT_USERS}`,
    ],
  ],
  org_default_unknown: [
    [
      { objects: ['Lead', 'Contact'], count: 2 },
      'org-wide defaults (2): neither Organization nor EntityDefinition shows the default of Lead, Contact: treated as private',
    ],
  ],
  external_default_unknown: [
    [
      { objects: ['Account', 'Case'], count: 4 },
      'public defaults for external users (4): EntityDefinition does not show the external default of Account, Case',
    ],
  ],
  contact_defaults_differ: [
    [
      { count: 4 },
      'contacts with an account, for external users (4): only one of the internal and external defaults is Controlled by Parent',
    ],
  ],
  contact_default_unknown: [
    [{ count: 9 }, 'contacts, except with View All (9): their org-wide default could not be read'],
  ],
  contact_default_changed: [
    [
      { count: 9 },
      'contacts, except with View All (9): their org-wide default has changed: the next complete backfill determines again who can read them',
    ],
  ],
  sharing_sets: [[{ count: 3 }, 'sharing sets of external users (3): Salesforce does not store what they grant']],
  permission_set_hidden: [
    [
      { count: 1 },
      `assignments of hidden permission sets (1): PermissionSet does not show the assigned set ${GRANT_SETUP}`,
    ],
  ],
  permission_set_session_based: [
    [
      { count: 1 },
      'session-based permission sets (1): they or their group apply in some sessions only, or the org hides whether they do',
    ],
  ],
  object_fields_hidden: [
    [
      { objects: ['Lead', 'Case'], count: 2 },
      "fields of hidden objects (2): the integration user cannot see Lead, Case → Grant Read and View All on Lead, Case in the integration user's permission set (Object Settings).",
    ],
  ],
  object_hidden: [
    [
      { object: 'Lead', count: 1 },
      "Lead (1): the integration user cannot see it → Grant Read and View All on Lead in the integration user's permission set (Object Settings).",
    ],
  ],
  share_object_hidden: [
    [
      { object: 'Case', shareObject: 'CaseShare', count: 1 },
      "shares of Case (1): the integration user cannot see CaseShare (no gap if the org-wide default is Public Read/Write) → Grant Read and View All on Case in the integration user's permission set (Object Settings).",
    ],
  ],
  deciding_field_hidden: [
    [
      { object: 'Contact', field: 'AccountId', count: 1 },
      'what depends on Contact.AccountId (1): the integration user cannot see the field → Grant Read on this field of Contact (Object Settings › Field Permissions).',
    ],
    [
      { object: 'Contact', field: 'IsPersonAccount', count: 1 },
      'what depends on Contact.IsPersonAccount (1): the integration user cannot see the field → Find out what hides IsPersonAccount: Salesforce shows it to everyone who can read contacts.',
    ],
  ],
  field_hidden: [
    [
      { object: 'Case', field: 'Subject', count: 1 },
      'field Case.Subject (1): the integration user cannot see it → Grant Read on this field of Case (Object Settings › Field Permissions).',
    ],
  ],
  field_no_room: [
    [
      { object: 'Account', field: 'Region__c', most: 1_900, count: 1 },
      'field Account.Region__c (1): the index has room for only 1,900 fields across all objects → Leave some out under objects in the config file.',
    ],
  ],
  field_unknown: [
    [
      { object: 'Account', field: 'Regoin__c', near: ['Region__c', 'Reason__c'], count: 1 },
      'field Account.Regoin__c (1): the org has no such field, or hides it from the integration user; did you mean Region__c, Reason__c? → Correct the name under objects in the config file, or grant the integration user Read on the field.',
    ],
    [
      { object: 'Account', field: 'Foreign*__c', near: [], count: 1 },
      'field Account.Foreign*__c (1): no field that the integration user can see matches this pattern → Correct the name under objects in the config file, or grant the integration user Read on the field.',
    ],
  ],
  field_not_indexable: [
    [
      { object: 'Account', field: 'Secret__c', type: 'encryptedstring', count: 1 },
      'field Account.Secret__c (1): fields of type encryptedstring are not indexed → Remove it from objects in the config file.',
    ],
    [
      { object: 'Account', field: 'Place__c', type: 'location', count: 1 },
      'field Account.Place__c (1): it has no text of its own: list its parts instead → Remove it from objects in the config file.',
    ],
    [
      { object: 'Account', field: 'BillingAddress', type: 'address', count: 1 },
      'field Account.BillingAddress (1): it has no text of its own: list its parts instead → Remove it from objects in the config file.',
    ],
  ],
  unknown_group_shares: [
    [
      { count: 5 },
      'records shared with groups that the API does not show (5): these are personal groups, or groups that were deleted: access through these share rows is denied → Share with the users themselves or with a public group. The next complete backfill drops the share rows of deleted groups.',
    ],
  ],
  unknown_user_shares: [
    [
      { count: 5 },
      `records owned by or shared with hidden users (5): User does not show them, nor who is above them: users above them get no access ${GRANT_USERS}`,
    ],
  ],
  compliant_data_sharing: [
    [
      { count: 1 },
      'records under Compliant Data Sharing (1): here a share row gives access only to the user that it names, not to users above',
    ],
  ],
  shares_missing: [
    [
      { object: 'Case', shareObject: 'CaseShare', count: null },
      "share rows of Case: CaseShare shows no rows, although every record has at least its owner's row: only owners and users above them find records → Grant Read and View All on Case in the integration user's permission set (Object Settings).",
    ],
  ],
  right_missing: [
    [
      { right: 'view-setup', inferred: true, externalOnly: false, count: null },
      `View Setup and Configuration is missing (PermissionSet shows no rows, although every org has some): this hides every object and field from everyone: nobody finds anything ${GRANT_SETUP}`,
    ],
    [
      { right: 'view-roles', inferred: true, externalOnly: false, count: null },
      `View Roles and Role Hierarchy is missing (UserRole shows no rows, although users have roles): this hides access through the role hierarchy: nobody finds what users below them own, and role groups are empty ${GRANT_ROLES}`,
    ],
    [
      { right: 'view-all-users', inferred: false, externalOnly: false, count: null },
      `View All Users is missing: this hides everything from hidden users: external ones, and internal ones too if User is private ${GRANT_USERS}`,
    ],
    [
      { right: 'view-all-users', inferred: false, externalOnly: true, count: null },
      `View All Users is missing: this hides everything from external users, who are hidden ${GRANT_USERS}`,
    ],
    [
      { right: 'manage-users', inferred: true, externalOnly: false, count: null },
      `Manage Users is missing (UserLogin shows no rows): this hides nothing: frozen users are treated like other users, because the connector cannot see who is frozen ${GRANT_MANAGE}`,
    ],
  ],
  records_hidden: [
    [
      { object: 'Case', internalDefault: 'private', count: null },
      'Case: Read is granted, but View All is missing: this hides every record and share row of Case that is not shared with the integration user → Grant View All on Case (Object Settings), or "View All Data" (System Permissions), in the integration user\'s permission set.',
    ],
    [
      { object: 'Contact', internalDefault: 'controlled', count: null },
      'Contact: Read is granted, but View All is missing: this hides every record and share row of Contact that is not shared with the integration user → Grant View All on Contact (Object Settings), or "View All Data" (System Permissions), in the integration user\'s permission set.',
    ],
    [
      { object: 'Lead', internalDefault: 'open', count: null },
      'Lead: Read is granted, but View All is missing; the org-wide default makes the records visible: this hides every record of Lead if the default changes → Grant View All on Lead (Object Settings), or "View All Data" (System Permissions), in the integration user\'s permission set.',
    ],
    [
      { object: 'Opportunity', internalDefault: 'open', count: null },
      'Opportunity: Read is granted, but View All is missing; the org-wide default makes the records visible: this hides private opportunities, and all opportunities if the default changes → Grant View All on Opportunity (Object Settings), or "View All Data" (System Permissions), in the integration user\'s permission set.',
    ],
  ],
};

const ROWS = Object.entries(LINES).flatMap(([code, rows]) =>
  rows.map(([gap, line]): [CoverageGap, string] => [{ code, ...gap } as CoverageGap, line]),
);

describe('a coverage gap becomes the line', () => {
  it.each(ROWS)('%j', (gap, line) => {
    expect(gapText(gap)).toBe(line);
  });

  it('in parts that make up the line', () => {
    for (const [gap, line] of ROWS) {
      const { what, why, remedy } = gapWords(gap);
      expect(line).toContain(what);
      expect(line).toContain(`: ${why}`);
      expect(line.endsWith(remedy === undefined ? why : ` → ${remedy}`)).toBe(true);
    }
  });

  it('and the same line after it has been stored', () => {
    for (const [gap, line] of ROWS) expect(gapText(JSON.parse(JSON.stringify(gap)))).toBe(line);
  });
});

it('each code is in docs/coverage-gaps.md', () => {
  const manual = readFileSync(join(packageRoot(), 'docs', 'coverage-gaps.md'), 'utf8');
  expect(Object.keys(LINES).filter((code) => !manual.includes(`\`${code}\``))).toEqual([]);
});
