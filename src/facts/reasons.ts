import type { ObjectName } from '../objects/index.ts';
import type { SchemaChange } from './schema-changes.ts';

/**
 * Why a run is complete, or incremental. States, memos and results store codes and data; `src/sentences/reasons.ts` has
 * the words.
 */
export type RunReason =
  /** The run resumes an open complete backfill. Null: only the index knows about it. */
  | { readonly code: 'backfill_resumed'; readonly beganRun: number | null }
  /** The index has a time (ISO) after the org's clock. */
  | { readonly code: 'index_ahead'; readonly latest: string }
  /** The index is not the one that the previous run wrote. */
  | { readonly code: 'index_replaced' }
  /** The index is older than the last run. */
  | { readonly code: 'index_restored' }
  /** The ConnectionWorkflow does not know the runs that the index knows. */
  | { readonly code: 'connection_lost' }
  | { readonly code: 'never_completed' }
  /** What is selected for the index differs from what it has. Empty: an older worker gave only a text. */
  | { readonly code: 'selection_changed'; readonly changes: readonly SchemaChange[] }
  /** The integration user's rights have changed. */
  | { readonly code: 'changes_missed'; readonly objects: readonly ObjectName[] }
  /** The last successful run is further back than Salesforce retains deleted records. */
  | { readonly code: 'recycle_bin_exceeded'; readonly days: number }
  /** The run is complete by `complete_backfill_frequency`. */
  | { readonly code: 'cadence'; readonly frequency: number }
  /** The ConnectionWorkflow has an open backfill that is not in the index. */
  | { readonly code: 'backfill_not_in_index'; readonly beganRun: number }
  | { readonly code: 'requested' }
  /** The org answers queries for these objects again. Only they are read. */
  | { readonly code: 'objects_answer_again'; readonly objects: readonly ObjectName[] }
  /** An incremental run found this, for the next run. */
  | { readonly code: 'contact_sharing_changed' }
  /** A run failed because of this, and the next run must be complete. */
  | { readonly code: 'selection_changed_mid_run' }
  /** No reason for a complete backfill. */
  | { readonly code: 'incremental'; readonly nextComplete: number }
  /** An earlier version of this program stored only a text. */
  | { readonly code: 'earlier_version' };

/** The reasons that a run can find for the next run to be complete. */
export const FOUND_REASONS = ['contact_sharing_changed', 'selection_changed_mid_run', 'earlier_version'] as const;
export type FoundReason = Extract<RunReason, { readonly code: (typeof FOUND_REASONS)[number] }>;

/** A reason with its text. Both are stored; the text is only for people. */
export interface ReasonWithText {
  readonly reason: string;
  readonly why: RunReason;
}
