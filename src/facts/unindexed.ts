import type { ObjectName } from '../objects/index.ts';

/**
 * Why a record of the org could not be indexed. Names the field, never the content; `src/sentences/unindexed.ts` has
 * the words.
 */
export type UnindexedCause =
  | { readonly code: 'field_holds_list'; readonly field: string }
  | { readonly code: 'field_holds_object'; readonly field: string }
  | { readonly code: 'field_too_long'; readonly field: string; readonly characters: number; readonly most: number }
  | { readonly code: 'modified_malformed' }
  /** The engine failed on the record's content, with this code of the engine. */
  | { readonly code: 'engine_refused'; readonly engineCode: string }
  /** An earlier version of this program stored only a text. */
  | { readonly code: 'earlier_version'; readonly text: string };

/** Unindexed records as a run reports them. */
export interface UnindexedSummary {
  readonly count: number;
  /** The first twenty, by id. */
  readonly records: readonly {
    readonly id: string;
    readonly object: ObjectName;
    /** For a person. */
    readonly cause: string;
    /** The cause as a value. Older workers leave it out. */
    readonly why?: UnindexedCause;
  }[];
}

export interface Unindexed {
  readonly count: number;
  /** The first twenty, by id. */
  readonly records: readonly UnindexedRecord[];
}

/** A record that exists in the org but could not be indexed. */
export interface UnindexedRecord {
  readonly id: string;
  readonly object: ObjectName;
  /** Why. Never contains record content. */
  readonly cause: UnindexedCause;
}
