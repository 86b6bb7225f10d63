import type { ObjectName } from '../objects/index.ts';
import type { ToldUnindexed } from './unindexed.ts';

/**
 * What a run warns of. Codes and data are stored in memos and results; `src/sentences/warnings.ts` has their words.
 */
export type RunWarning =
  /** The index held times up to `latest` (ISO), after the org's clock (`now`): they were taken back. */
  | { readonly code: 'clock_set_back'; readonly latest: string; readonly now: string }
  /** The guard kept what the sweep of a complete backfill would have removed. */
  | { readonly code: 'sweep_stopped'; readonly object: ObjectName; readonly wouldRemove: number; readonly of: number }
  /** Rows are missing together with the records that they share; `shown`: how many of these the org counts, null: none. */
  | {
      readonly code: 'share_rows_hidden';
      readonly shareObject: string;
      readonly parents: number;
      readonly shown: number | null;
    }
  | { readonly code: 'share_rows_uncounted'; readonly shareObject: string }
  /** The same where ranges are compared, because dates are too slow. */
  | { readonly code: 'share_rows_uncompared'; readonly shareObject: string }
  /** The search for changed rows has used up its API calls. */
  | { readonly code: 'share_search_unfinished'; readonly shareObject: string; readonly apiCalls: number }
  /** The org refuses it. */
  | {
      readonly code: 'stream_blocked';
      readonly object: ObjectName;
      readonly of: 'records' | 'shares';
      readonly errorCode: string | null;
      readonly message: string;
    }
  /** The first of them are named. */
  | { readonly code: 'records_unindexed'; readonly count: number; readonly records: ToldUnindexed['records'] }
  /** An earlier version of this program stored a text alone. */
  | { readonly code: 'earlier_version' };

/** Warnings with their texts, one for each. Facts are left out by older workers. */
export interface ToldWarnings {
  readonly warnings?: readonly string[];
  readonly warningFacts?: readonly RunWarning[];
}
