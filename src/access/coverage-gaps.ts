import type { ObjectName } from '../objects/index.ts';
import type { SystemRight } from './integration-rights.ts';
import type { Table, TableName, TableReason, TableRows } from './tables.ts';
import type { SharingDefault } from './types.ts';

/**
 * Something that is closed because it could not be computed or seen: plain JSON, which memos and the index keep. Codes and
 * fields keep their names for good. `src/sentences/gaps.ts` says each in a sentence.
 */
export type CoverageGap = {
  /** How many rows, users, groups or documents it is about; null: what is not seen cannot be counted. */
  readonly count: number | null;
} & (OrgTableGap | HierarchyGap | GroupGap | DefaultGap | PermissionSetGap | SelectionGap | GranteeGap | RightGap);

export type GapCode = CoverageGap['code'];

/** The gap with that code. */
export type GapOf<Code extends GapCode> = Extract<CoverageGap, { readonly code: Code }>;

/** What is lost with a table. */
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

/** The last of the tables that could not be read, where one loss has several. */
type OrgTableGap = {
  readonly code: 'table_unreadable';
  readonly table: TableName;
  readonly loss: TableLoss;
  readonly reason: TableReason;
};

type HierarchyGap =
  /** Users or roles name roles that UserRole does not show. */
  | { readonly code: 'role_hidden' }
  | { readonly code: 'role_cycle' }
  | { readonly code: 'manager_cycle' }
  | { readonly code: 'territory_cycle' };

type GroupGap =
  /** Groups of a type whose members cannot be computed; null: a type without a name. */
  | { readonly code: 'group_members_unknown'; readonly groupType: string | null }
  /** Groups whose RelatedId names nothing that is shown. */
  | { readonly code: 'group_related_hidden'; readonly groupType: string }
  | { readonly code: 'group_member_hidden' };

type DefaultGap =
  | { readonly code: 'org_default_unknown'; readonly objects: readonly ObjectName[] }
  | { readonly code: 'external_default_unknown'; readonly objects: readonly ObjectName[] }
  /** One of Contact's internal and external defaults is Controlled by Parent, the other is not. */
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
  /** A field that decides on access. */
  | { readonly code: 'deciding_field_hidden'; readonly object: ObjectName; readonly field: string }
  | ConfiguredFieldGap
  | { readonly code: 'field_hidden'; readonly object: ObjectName; readonly field: string };

/** A field that the configuration names or means, and that is not indexed. */
export type ConfiguredFieldGap = { readonly object: ObjectName; readonly field: string } & (
  | { readonly code: 'field_no_room'; readonly most: number }
  /** `field` as the configuration has it, a pattern too; `near`: names that are like it. */
  | { readonly code: 'field_unknown'; readonly near: readonly string[] }
  | { readonly code: 'field_not_indexable'; readonly type: string }
);

type GranteeGap =
  /** Share rows name groups that the API does not show. */
  | { readonly code: 'unknown_group_shares' }
  | { readonly code: 'unknown_user_shares' }
  | { readonly code: 'compliant_data_sharing' }
  /** The share object shows no row. */
  | { readonly code: 'shares_missing'; readonly object: ObjectName; readonly shareObject: string };

/** What the integration user may not. */
type RightGap =
  | {
      readonly code: 'right_missing';
      readonly right: SystemRight['id'];
      /** Told by rows that are not shown, not by the right itself. */
      readonly inferred: boolean;
      /** Of users no more than external ones are hidden by it. */
      readonly externalOnly: boolean;
    }
  /** Not every record of the object, for View All is missing. */
  | { readonly code: 'records_hidden'; readonly object: ObjectName; readonly internalDefault: SharingDefault };

/** Collects what a generation closes, so that nothing is closed silently. */
export interface GapList {
  /** Adds its count to the gap of the same subject; nothing for 0. */
  add(gap: CoverageGap & { readonly count: number }): void;
  list(): CoverageGap[];
}

export function gapList(): GapList {
  const gaps = new Map<string, CoverageGap & { readonly count: number }>();
  return {
    add(gap) {
      if (gap.count === 0) return;
      const subject = subjectOf(gap);
      gaps.set(subject, { ...gap, count: (gaps.get(subject)?.count ?? 0) + gap.count });
    },
    list: () => [...gaps.values()],
  };
}

/** Tables with the same loss count together. */
function subjectOf({ count: _, ...gap }: CoverageGap): string {
  return JSON.stringify(gap.code === 'table_unreadable' ? [gap.code, gap.loss] : gap);
}

/** The table's rows; none, and reported with what is lost, where it could not be read. */
export function rowsOr<T extends TableName>(
  table: Table<TableRows[T]>,
  name: T,
  loss: TableLoss,
  gaps: GapList,
): readonly TableRows[T][] {
  if (table.rows !== null) return table.rows;
  gaps.add({ code: 'table_unreadable', table: name, loss, reason: table.reason, count: 1 });
  return [];
}

/** Whether nobody finds anything by it. */
export function gapClosesEverything(gap: CoverageGap): boolean {
  return gap.code === 'right_missing' && gap.right === 'view-setup';
}
