import type { ObjectName } from '../objects/index.ts';

/**
 * A coverage gap: something hidden because it could not be computed or seen. Plain JSON, which memos and the index
 * store, so codes and field names never change. `src/sentences/gaps.ts` has the sentence for each.
 */
export type CoverageGap = {
  /** Number of rows, users, groups or documents affected; null if they cannot be seen and so cannot be counted. */
  readonly count: number | null;
} & (OrgTableGap | HierarchyGap | GroupGap | DefaultGap | PermissionSetGap | SelectionGap | GranteeGap | RightGap);

export type GapCode = CoverageGap['code'];

/** The gap type with that code. */
export type GapOf<Code extends GapCode> = Extract<CoverageGap, { readonly code: Code }>;

/** A membership table, by sObject. */
export type TableName =
  | 'Organization'
  | 'EntityDefinition'
  | 'User'
  | 'UserLogin'
  | 'UserRole'
  | 'Group'
  | 'GroupMember'
  | 'PermissionSet'
  | 'PermissionSetGroup'
  | 'PermissionSetAssignment'
  | 'ObjectPermissions'
  | 'FieldPermissions'
  | 'Territory2'
  | 'Territory2Model'
  | 'UserTerritory2Association';

/** Why a table could not be read. Plain JSON, which memos and the index store. */
export type TableReason =
  | { readonly kind: 'table_hidden' }
  | { readonly kind: 'columns_hidden'; readonly columns: readonly string[] }
  /** The org's own message, and its error code if it sent one. */
  | { readonly kind: 'org_error'; readonly errorCode: string | null; readonly message: string }
  /** The index has no rows of the table. */
  | { readonly kind: 'not_kept' }
  /** The reason as a text, stored by an earlier version. */
  | { readonly kind: 'told'; readonly text: string };

/**
 * The effect of an object's org-wide default on reading. Only Contact can be `controlled`: users who can read the
 * account can read the contact.
 */
export type SharingDefault = 'private' | 'open' | 'controlled';

/** A system permission that the integration user needs. */
export type SystemRightId = 'view-setup' | 'view-roles' | 'view-all-users' | 'manage-users';

/** What is lost when a table cannot be read. */
export type TableLoss =
  | 'users'
  | 'frozen_users'
  | 'role_hierarchy'
  | 'groups'
  | 'group_members'
  | 'territories'
  | 'permission_sets'
  | 'assigned_permission_sets'
  | 'permission_set_groups'
  | 'object_permissions'
  | 'field_permissions';

/** One gap per loss. If several tables of the same loss are unreadable, `table` is the last of them. */
type OrgTableGap = {
  readonly code: 'table_unreadable';
  readonly table: TableName;
  readonly loss: TableLoss;
  readonly reason: TableReason;
};

type HierarchyGap =
  /** Users or roles refer to roles that UserRole does not show. */
  | { readonly code: 'role_hidden' }
  | { readonly code: 'role_cycle' }
  | { readonly code: 'manager_cycle' }
  | { readonly code: 'territory_cycle' };

type GroupGap =
  /** Groups of a type whose members cannot be computed; null for a missing type. */
  | { readonly code: 'group_members_unknown'; readonly groupType: string | null }
  /** Groups whose RelatedId refers to nothing that the org shows. */
  | { readonly code: 'group_related_hidden'; readonly groupType: string }
  | { readonly code: 'group_member_hidden' };

type DefaultGap =
  | { readonly code: 'org_default_unknown'; readonly objects: readonly ObjectName[] }
  | { readonly code: 'external_default_unknown'; readonly objects: readonly ObjectName[] }
  /** Exactly one of Contact's internal and external defaults is Controlled by Parent. */
  | { readonly code: 'contact_defaults_differ' }
  | { readonly code: 'contact_default_unknown' }
  | { readonly code: 'contact_default_changed' }
  | { readonly code: 'sharing_sets' };

type PermissionSetGap =
  | { readonly code: 'permission_set_hidden' }
  | { readonly code: 'permission_set_session_based' }
  | { readonly code: 'object_fields_hidden'; readonly objects: readonly ObjectName[] };

type SelectionGap =
  | { readonly code: 'object_hidden'; readonly object: ObjectName }
  | { readonly code: 'share_object_hidden'; readonly object: ObjectName; readonly shareObject: string }
  /** The field decides access. */
  | { readonly code: 'deciding_field_hidden'; readonly object: ObjectName; readonly field: string }
  | ConfiguredFieldGap
  | { readonly code: 'field_hidden'; readonly object: ObjectName; readonly field: string };

/** A field that the configuration names or matches, but that is not indexed. */
export type ConfiguredFieldGap = { readonly object: ObjectName; readonly field: string } & (
  | { readonly code: 'field_no_room'; readonly most: number }
  /** `field` is as written in the configuration, possibly a pattern. `near` has the did-you-mean suggestions. */
  | { readonly code: 'field_unknown'; readonly near: readonly string[] }
  | { readonly code: 'field_not_indexable'; readonly type: string }
);

type GranteeGap =
  /** Share rows name groups that the API does not show. */
  | { readonly code: 'unknown_group_shares' }
  | { readonly code: 'unknown_user_shares' }
  | { readonly code: 'compliant_data_sharing' }
  /** The share object shows no rows at all. */
  | { readonly code: 'shares_missing'; readonly object: ObjectName; readonly shareObject: string };

/** A right that the integration user lacks. */
type RightGap =
  | {
      readonly code: 'right_missing';
      readonly right: SystemRightId;
      /** True if the gap was inferred from missing rows, not read from the right itself. */
      readonly inferred: boolean;
      /** True if the only hidden users are external. */
      readonly externalOnly: boolean;
    }
  /** Some of the object's records are hidden, because View All is missing. */
  | { readonly code: 'records_hidden'; readonly object: ObjectName; readonly internalDefault: SharingDefault };

/** Returns whether, because of this gap, no user can find anything. */
export function gapClosesEverything(gap: CoverageGap): boolean {
  return gap.code === 'right_missing' && gap.right === 'view-setup';
}
