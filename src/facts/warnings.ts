import type { ObjectName } from '../objects/index.ts';
import type { UnindexedSummary } from './unindexed.ts';

/** A warning of a run. Memos and results store codes and data; `src/sentences/warnings.ts` has the words. */
export type RunWarning =
  /** The index had times up to `latest` (ISO), after the org's clock (`now`). They were taken back. */
  | { readonly code: 'clock_set_back'; readonly latest: string; readonly now: string }
  /** The guard retained what the sweep of a complete backfill would have removed. */
  | { readonly code: 'sweep_stopped'; readonly object: ObjectName; readonly wouldRemove: number; readonly of: number }
  /**
   * Share rows are missing together with the records that they share. `shown`: how many of these records the org
   * counts; null: it could not be counted.
   */
  | {
      readonly code: 'share_rows_hidden';
      readonly shareObject: string;
      readonly parents: number;
      readonly shown: number | null;
    }
  | { readonly code: 'share_rows_uncounted'; readonly shareObject: string }
  /** The same for rows that are compared by ranges, because queries by date are too slow. */
  | { readonly code: 'share_rows_uncompared'; readonly shareObject: string }
  /** The search for changed rows has used up its API calls. */
  | { readonly code: 'share_search_unfinished'; readonly shareObject: string; readonly apiCalls: number }
  /** The org refuses the stream. */
  | {
      readonly code: 'stream_blocked';
      readonly object: ObjectName;
      readonly of: 'records' | 'shares';
      readonly errorCode: string | null;
      readonly message: string;
    }
  /** Names the first of the records. */
  | { readonly code: 'records_unindexed'; readonly count: number; readonly records: UnindexedSummary['records'] }
  /** An earlier version of this program stored only a text. */
  | { readonly code: 'earlier_version' };

/** Warnings, and a text for each. Older workers leave the facts out. */
export interface WarningsWithTexts {
  readonly warnings?: readonly string[];
  readonly warningFacts?: readonly RunWarning[];
}

/** One part of an object that is read separately: its records, or its share rows. */
export interface Stream {
  readonly object: ObjectName;
  readonly of: 'records' | 'shares';
}
