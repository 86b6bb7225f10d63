import type { CoverageGap, GapCode, GapOf, TableLoss } from '../access/coverage-gaps.ts';
import { rightFor } from '../access/integration-rights.ts';
import type { TableReason } from '../access/tables.ts';
import { grantDeciding, grantFields, grantObject, grantRight } from './grants.ts';
import { hiddenRecordsWords, missingRightWords, type RightGapWords } from './integration-rights.ts';
import { thousands } from './numbers.ts';

/** What is closed, in words for an operator. */
export interface GapWords {
  readonly what: string;
  readonly why: string;
  /** What a person can do about it; left out: nothing. */
  readonly remedy?: string;
}

/** A gap as one line. */
export function gapText(gap: CoverageGap): string {
  const { what, why, remedy } = gapWords(gap);
  const { count } = gap;
  return `${what}${count === null ? '' : ` (${count})`}: ${why}${remedy === undefined ? '' : ` → ${remedy}`}`;
}

/** The parts of its line. */
export function gapWords(gap: CoverageGap): GapWords {
  const words = WORDS[gap.code] as (of: CoverageGap) => GapWords;
  return words(gap);
}

const LOSSES: Readonly<Record<TableLoss, string>> = {
  users: 'every user',
  frozen_users: 'frozen users (they are served like others)',
  role_hierarchy: 'access by the role hierarchy',
  groups: 'access by groups',
  group_members: 'members of groups and queues',
  territories: 'groups of territories',
  permission_sets: 'every object permission',
  assigned_permission_sets: 'assigned permission sets',
  permission_set_groups: 'permission set groups',
  object_permissions: 'object permissions',
  field_permissions: 'fields with field-level security',
};

const WORDS: { readonly [Code in GapCode]: (gap: GapOf<Code>) => GapWords } = {
  table_unreadable({ table, loss, reason }) {
    const right = rightFor(table);
    return {
      what: LOSSES[loss],
      why: `${table} could not be read: ${reasonText(table, reason)}`,
      ...(right === null ? {} : { remedy: grantRight(right) }),
    };
  },
  role_hidden: () => ({
    what: 'roles above hidden roles',
    why: 'users or roles name roles that UserRole does not show',
    remedy: grantRight('view-roles'),
  }),
  role_cycle: () => ({
    what: 'roles above those in a circle',
    why: 'UserRole names them above themselves',
    remedy: 'Mend "This role reports to" of one of them (Setup › Roles).',
  }),
  manager_cycle: () => ({
    what: 'managers above users in a circle',
    why: 'ManagerId makes these users managers of themselves',
    remedy: 'Mend Manager of one of them (Setup › Users).',
  }),
  territory_cycle: () => ({
    what: 'territories above those in a circle',
    why: 'Territory2 names them above themselves',
    remedy: 'Mend their parent territory (Setup › Territory Models).',
  }),
  group_members_unknown: ({ groupType }) => ({
    what: `groups of type ${groupType ?? 'without a name'}`,
    why: 'their members are external users, or not known: nobody finds by them',
  }),
  group_related_hidden: ({ groupType }) => ({
    what: `groups of type ${groupType} that stand for something hidden`,
    why: 'their RelatedId names nothing that is shown',
  }),
  group_member_hidden: () => ({
    what: 'group members that are not shown',
    why: 'GroupMember names users or groups that User and Group do not show',
    remedy: grantRight('view-all-users'),
  }),
  org_default_unknown: ({ objects }) => ({
    what: 'org-wide defaults',
    why: `neither Organization nor EntityDefinition says the default of ${objects.join(', ')}: taken as private`,
  }),
  external_default_unknown: ({ objects }) => ({
    what: 'open defaults for external users',
    why: `EntityDefinition does not show the external default of ${objects.join(', ')}`,
  }),
  contact_defaults_differ: () => ({
    what: 'contacts with an account for external users',
    why: 'only one of the internal and external defaults is Controlled by Parent',
  }),
  contact_default_unknown: () => ({
    what: 'contacts, but for View All',
    why: 'their org-wide default could not be read',
  }),
  contact_default_changed: () => ({
    what: 'contacts, but for View All',
    why: 'their org-wide default has changed: the next complete backfill gives them other principals',
  }),
  sharing_sets: () => ({
    what: 'sharing sets of external users',
    why: 'Salesforce stores nowhere what they open',
  }),
  permission_set_hidden: () => ({
    what: 'assignments of hidden permission sets',
    why: 'PermissionSet does not show the set that is assigned',
    remedy: grantRight('view-setup'),
  }),
  permission_set_session_based: () => ({
    what: 'session-based permission sets',
    why: 'they, or their group, count in some sessions only, or that is hidden',
  }),
  object_fields_hidden: ({ objects }) => ({
    what: 'fields of hidden objects',
    why: `the integration user does not see ${objects.join(', ')}`,
    remedy: grantObject(objects.join(', ')),
  }),
  object_hidden: ({ object }) => ({
    what: object,
    why: 'the integration user does not see it',
    remedy: grantObject(object),
  }),
  share_object_hidden: ({ object, shareObject }) => ({
    what: `shares of ${object}`,
    why: `${shareObject} is not there for the integration user (no gap where the org-wide default is Public Read/Write)`,
    remedy: grantObject(object),
  }),
  deciding_field_hidden: ({ object, field }) => ({
    what: `what ${object}.${field} decides`,
    why: 'the integration user does not see the field',
    remedy: grantDeciding(object, [field]),
  }),
  field_hidden: ({ object, field }) => ({
    what: fieldName(object, field),
    why: 'the integration user does not see it',
    remedy: grantFields(object, 1),
  }),
  field_no_room: ({ object, field, most }) => ({
    what: fieldName(object, field),
    why: `the index holds ${thousands(most)} fields of all objects together`,
    remedy: 'Leave some out under objects in the config file.',
  }),
  field_unknown({ object, field, near }) {
    const why = field.includes('*')
      ? 'no field that the integration user sees has such a name'
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
        ? 'it has no text of its own: name its parts'
        : `fields of the type ${type} are not indexed`,
    remedy: 'Take it out of objects in the config file.',
  }),
  unknown_group_shares: () => ({
    what: 'records shared with groups that the API does not show',
    why: 'personal groups, or groups deleted since: what these share rows open is closed',
    remedy:
      'Share with the users themselves or a public group; what names a deleted group goes with the next complete backfill.',
  }),
  unknown_user_shares: () => ({
    what: 'records owned by or shared with users who are not shown',
    why: 'User does not show them, and so not who is above them: what reaches those above is closed',
    remedy: grantRight('view-all-users'),
  }),
  compliant_data_sharing: () => ({
    what: 'records under Compliant Data Sharing',
    why: 'such a share row reaches its user alone here: what it opens to those above is closed',
  }),
  shares_missing: (gap) => ({
    what: `share rows of ${gap.object}`,
    why: `${noShareRow(gap)}: only owners and those above find records`,
    remedy: grantObject(gap.object),
  }),
  right_missing: (gap) => ofRight(missingRightWords(gap)),
  records_hidden: (gap) => ofRight(hiddenRecordsWords(gap)),
};

/** What is odd about a share object without a row. */
export function noShareRow({ shareObject }: Pick<GapOf<'shares_missing'>, 'shareObject'>): string {
  return `${shareObject} shows no row, and every record has at least its owner's`;
}

function ofRight({ found, closes, remedy }: RightGapWords): GapWords {
  return { what: found, why: `this closes ${closes}`, remedy };
}

function fieldName(object: string, field: string): string {
  return `field ${object}.${field}`;
}

function reasonText(table: string, reason: TableReason): string {
  switch (reason.kind) {
    case 'table_hidden':
      return `the org does not show ${table} to the integration user`;
    case 'columns_hidden':
      return `the integration user does not see ${reason.columns.map((column) => `${table}.${column}`).join(', ')}`;
    case 'org_error':
      return reason.message;
    case 'not_kept':
      return 'it was not kept';
    case 'told':
      return reason.text;
  }
}

/** What is closed, as lines and values. */
export function tellGaps(gaps: readonly CoverageGap[]): { closed: readonly string[]; gaps: readonly CoverageGap[] } {
  return { closed: gaps.map(gapText), gaps };
}
