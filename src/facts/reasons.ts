import type { ObjectName } from '../objects/index.ts';
import type { SelectionChange } from '../sync/selection-changes.ts';

/**
 * Why a run is what it is: complete for one of these reasons, or incremental. Codes and data are stored in states, memos and
 * results; `src/sentences/reasons.ts` has their words.
 */
export type RunReason =
  /** An open complete backfill goes on; null: the index alone knows of it. */
  | { readonly code: 'backfill_resumed'; readonly beganRun: number | null }
  /** The index holds a time (ISO) after the org's clock. */
  | { readonly code: 'index_ahead'; readonly latest: string }
  /** The index is not the one that the run before wrote. */
  | { readonly code: 'index_replaced' }
  /** The index is older than the last run. */
  | { readonly code: 'index_restored' }
  /** The ConnectionWorkflow does not know of the runs that the index knows. */
  | { readonly code: 'connection_lost' }
  | { readonly code: 'never_completed' }
  /** How what is to be indexed differs from what is; empty: an older worker told a text alone. */
  | { readonly code: 'selection_changed'; readonly changes: readonly SelectionChange[] }
  /** The integration user's rights have changed. */
  | { readonly code: 'changes_missed'; readonly objects: readonly ObjectName[] }
  /** The last successful run is longer ago than Salesforce keeps deleted records. */
  | { readonly code: 'recycle_bin_exceeded'; readonly days: number }
  /** `complete_backfill_frequency`. */
  | { readonly code: 'cadence'; readonly frequency: number }
  /** A backfill that the ConnectionWorkflow holds open is not in the index. */
  | { readonly code: 'backfill_not_in_index'; readonly beganRun: number }
  | { readonly code: 'requested' }
  /** The org answers queries of these objects again: only they are read. */
  | { readonly code: 'objects_answer_again'; readonly objects: readonly ObjectName[] }
  /** Found by an incremental run, for the run after it. */
  | { readonly code: 'contact_sharing_changed' }
  /** Found by a run that failed of it, for the run after it. */
  | { readonly code: 'selection_changed_mid_run' }
  /** Nothing asks for a complete backfill. */
  | { readonly code: 'incremental'; readonly nextComplete: number }
  /** An earlier version of this program stored a text alone. */
  | { readonly code: 'earlier_version' };

/** What a run finds that makes the next one complete. */
export const FOUND_REASONS = ['contact_sharing_changed', 'selection_changed_mid_run', 'earlier_version'] as const;
export type FoundReason = Extract<RunReason, { readonly code: (typeof FOUND_REASONS)[number] }>;

/** A reason with its text: both are stored, and the text is for people only. */
export interface ToldReason {
  readonly reason: string;
  readonly why: RunReason;
}
