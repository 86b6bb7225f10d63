import type { ObjectName } from '../objects/index.ts';

/** Why a record of the org could not be indexed, by field and never by content; `src/sentences/unindexed.ts` has the words. */
export type UnindexedCause =
  | { readonly code: 'field_holds_list'; readonly field: string }
  | { readonly code: 'field_holds_object'; readonly field: string }
  | { readonly code: 'field_too_long'; readonly field: string; readonly characters: number; readonly most: number }
  | { readonly code: 'modified_malformed' }
  /** The engine failed on its content, with a code of the engine's. */
  | { readonly code: 'engine_refused'; readonly engineCode: string }
  /** An earlier version of this program stored a text alone. */
  | { readonly code: 'earlier_version'; readonly text: string };

/** Unindexed records as a run tells of them. */
export interface ToldUnindexed {
  readonly count: number;
  /** The first twenty, by id. */
  readonly records: readonly {
    readonly id: string;
    readonly object: ObjectName;
    /** For a person. */
    readonly cause: string;
    /** The same as a value; left out by older workers. */
    readonly why?: UnindexedCause;
  }[];
}
