import type {
  CoverageGap,
  GapCode,
  GapOf,
  SystemRightId,
  TableLoss,
  TableName,
  TableReason,
} from '../facts/coverage-gaps.ts';
import { grantDeciding, grantFields, grantObject, grantRight } from './grants.ts';
import { hiddenRecordsWords, missingRightWords, type RightGapWords } from './integration-rights.ts';
import { thousands } from './numbers.ts';

/** A coverage gap in words for an operator. */
export interface GapWords {
  readonly what: string;
  readonly why: string;
  /** What a person can do about it. Left out: nothing. */
  readonly remedy?: string;
}

/** Describes a gap in one line. */
export function gapText(gap: CoverageGap): string {
  const { what, why, remedy } = gapWords(gap);
  const { count } = gap;
  return `${what}${count === null ? '' : ` (${count})`}: ${why}${remedy === undefined ? '' : ` → ${remedy}`}`;
}

/** Returns the parts of a gap's line. */
export function gapWords(gap: CoverageGap): GapWords {
  const words = WORDS[gap.code] as (of: CoverageGap) => GapWords;
  return words(gap);
}

const LOSSES: Readonly<Record<TableLoss, string>> = {
  users: 'every user',
  frozen_users: 'frozen users (they are treated like other users)',
  role_hierarchy: 'access through the role hierarchy',
  groups: 'access through groups',
  group_members: 'members of groups and queues',
  territories: 'territory groups',
  permission_sets: 'every object permission',
  assigned_permission_sets: 'assigned permission sets',
  permission_set_groups: 'permission set groups',
  object_permissions: 'object permissions',
  field_permissions: 'fields with field-level security',
};

/** The system permission that shows a table's rows. Every API user sees the other tables. */
const RIGHT_FOR: Readonly<Partial<Record<TableName, SystemRightId>>> = {
  User: 'view-all-users',
  UserLogin: 'manage-users',
  UserRole: 'view-roles',
  PermissionSet: 'view-setup',
  PermissionSetGroup: 'view-setup',
  PermissionSetAssignment: 'view-setup',
  ObjectPermissions: 'view-setup',
  FieldPermissions: 'view-setup',
};

const WORDS: { readonly [Code in GapCode]: (gap: GapOf<Code>) => GapWords } = {
  table_unreadable({ table, loss, reason }) {
    const right = RIGHT_FOR[table] ?? null;
    return {
      what: LOSSES[loss],
      why: `${table} could not be read: ${tableReasonText(table, reason)}`,
      ...(right === null ? {} : { remedy: grantRight(right) }),
    };
  },
  role_hidden: () => ({
    what: 'roles above hidden roles',
    why: 'users or roles refer to roles that UserRole does not show',
    remedy: grantRight('view-roles'),
  }),
  role_cycle: () => ({
    what: 'roles above those in a cycle',
    why: 'UserRole puts them above themselves',
    remedy: 'Correct "This role reports to" in one of them (Setup › Roles).',
  }),
  manager_cycle: () => ({
    what: 'managers above users in a cycle',
    why: 'ManagerId makes these users their own managers',
    remedy: 'Correct the Manager of one of them (Setup › Users).',
  }),
  territory_cycle: () => ({
    what: 'territories above those in a cycle',
    why: 'Territory2 puts them above themselves',
    remedy: 'Correct the parent territory of one of them (Setup › Territory Models).',
  }),
  group_members_unknown: ({ groupType }) => ({
    what: `groups of ${groupType === null ? 'an unnamed type' : `type ${groupType}`}`,
    why: 'their members are external users, or unknown: these groups give nobody access',
  }),
  group_related_hidden: ({ groupType }) => ({
    what: `groups of type ${groupType} whose related record is hidden`,
    why: 'the record in their RelatedId is not visible',
  }),
  group_member_hidden: () => ({
    what: 'hidden group members',
    why: 'GroupMember refers to users or groups that User and Group do not show',
    remedy: grantRight('view-all-users'),
  }),
  org_default_unknown: ({ objects }) => ({
    what: 'org-wide defaults',
    why: `neither Organization nor EntityDefinition shows the default of ${objects.join(', ')}: treated as private`,
  }),
  external_default_unknown: ({ objects }) => ({
    what: 'public defaults for external users',
    why: `EntityDefinition does not show the external default of ${objects.join(', ')}`,
  }),
  contact_defaults_differ: () => ({
    what: 'contacts with an account, for external users',
    why: 'only one of the internal and external defaults is Controlled by Parent',
  }),
  contact_default_unknown: () => ({
    what: 'contacts, except with View All',
    why: 'their org-wide default could not be read',
  }),
  contact_default_changed: () => ({
    what: 'contacts, except with View All',
    why: 'their org-wide default has changed: the next complete backfill determines again who can read them',
  }),
  sharing_sets: () => ({
    what: 'sharing sets of external users',
    why: 'Salesforce does not store what they grant',
  }),
  permission_set_hidden: () => ({
    what: 'assignments of hidden permission sets',
    why: 'PermissionSet does not show the assigned set',
    remedy: grantRight('view-setup'),
  }),
  permission_set_session_based: () => ({
    what: 'session-based permission sets',
    why: 'they or their group apply in some sessions only, or the org hides whether they do',
  }),
  object_fields_hidden: ({ objects }) => ({
    what: 'fields of hidden objects',
    why: `the integration user cannot see ${objects.join(', ')}`,
    remedy: grantObject(objects.join(', ')),
  }),
  object_hidden: ({ object }) => ({
    what: object,
    why: 'the integration user cannot see it',
    remedy: grantObject(object),
  }),
  share_object_hidden: ({ object, shareObject }) => ({
    what: `shares of ${object}`,
    why: `the integration user cannot see ${shareObject} (no gap if the org-wide default is Public Read/Write)`,
    remedy: grantObject(object),
  }),
  deciding_field_hidden: ({ object, field }) => ({
    what: `what depends on ${object}.${field}`,
    why: 'the integration user cannot see the field',
    remedy: grantDeciding(object, [field]),
  }),
  field_hidden: ({ object, field }) => ({
    what: fieldName(object, field),
    why: 'the integration user cannot see it',
    remedy: grantFields(object, 1),
  }),
  field_no_room: ({ object, field, most }) => ({
    what: fieldName(object, field),
    why: `the index has room for only ${thousands(most)} fields across all objects`,
    remedy: 'Leave some out under objects in the config file.',
  }),
  field_unknown({ object, field, near }) {
    const why = field.includes('*')
      ? 'no field that the integration user can see matches this pattern'
      : 'the org has no such field, or hides it from the integration user';
    return {
      what: fieldName(object, field),
      why: `${why}${near.length === 0 ? '' : `; did you mean ${near.join(', ')}?`}`,
      remedy: 'Correct the name under objects in the config file, or grant the integration user Read on the field.',
    };
  },
  field_not_indexable: ({ object, field, type }) => ({
    what: fieldName(object, field),
    why:
      type === 'address' || type === 'location'
        ? 'it has no text of its own: list its parts instead'
        : `fields of type ${type} are not indexed`,
    remedy: 'Remove it from objects in the config file.',
  }),
  unknown_group_shares: () => ({
    what: 'records shared with groups that the API does not show',
    why: 'these are personal groups, or groups that were deleted: access through these share rows is denied',
    remedy:
      'Share with the users themselves or with a public group. The next complete backfill drops the share rows of deleted groups.',
  }),
  unknown_user_shares: () => ({
    what: 'records owned by or shared with hidden users',
    why: 'User does not show them, nor who is above them: users above them get no access',
    remedy: grantRight('view-all-users'),
  }),
  compliant_data_sharing: () => ({
    what: 'records under Compliant Data Sharing',
    why: 'here a share row gives access only to the user that it names, not to users above',
  }),
  shares_missing: (gap) => ({
    what: `share rows of ${gap.object}`,
    why: `${noShareRow(gap)}: only owners and users above them find records`,
    remedy: grantObject(gap.object),
  }),
  right_missing: (gap) => ofRight(missingRightWords(gap)),
  records_hidden: (gap) => ofRight(hiddenRecordsWords(gap)),
};

/** Describes what is wrong with a share object without a row. */
export function noShareRow({ shareObject }: Pick<GapOf<'shares_missing'>, 'shareObject'>): string {
  return `${shareObject} shows no rows, although every record has at least its owner's row`;
}

function ofRight({ found, closes, remedy }: RightGapWords): GapWords {
  return { what: found, why: `this hides ${closes}`, remedy };
}

function fieldName(object: string, field: string): string {
  return `field ${object}.${field}`;
}

function tableReasonText(table: string, reason: TableReason): string {
  switch (reason.kind) {
    case 'table_hidden':
      return `the org does not show ${table} to the integration user`;
    case 'columns_hidden':
      return `the integration user cannot see ${reason.columns.map((column) => `${table}.${column}`).join(', ')}`;
    case 'org_error':
      return reason.message;
    case 'not_kept':
      return 'it was not stored';
    case 'told':
      return reason.text;
  }
}

/** Returns the gaps as lines and values. */
export function withGapTexts(gaps: readonly CoverageGap[]): {
  closed: readonly string[];
  gaps: readonly CoverageGap[];
} {
  return { closed: gaps.map(gapText), gaps };
}
