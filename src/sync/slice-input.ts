import type { FencingToken } from '../index/port/admission.ts';
import type { BackfillPosition } from '../index/port/backfill.ts';
import type { RunStore } from '../index/port/run-store.ts';
import type { ObjectName } from '../objects/index.ts';
import type { Salesforce } from '../salesforce/client.ts';
import type { QuerySizes } from './query-sizes.ts';
import type { ResolvedSchema } from './resolved-schema.ts';

/** What slices of a complete backfill are read with. */
export interface SliceInput {
  readonly salesforce: Salesforce;
  readonly store: RunStore;
  readonly fence: FencingToken;
  readonly schema: ResolvedSchema;
  readonly object: ObjectName;
  /** The backfill's start, ISO. */
  readonly start: string;
  /** The run's own idea of its position. The index has the true one. */
  readonly from: Pick<BackfillPosition, 'recordsRead'> | null;
  readonly sliceRecords: number;
  readonly sizes: QuerySizes;
  /** Ends the slice once it has this many characters of indexed text. */
  readonly sliceCharacters: number;
  readonly signal: AbortSignal;
  /** See `Patience`. */
  readonly attempt: number;
  /** Receives the number of records read since the first slice began. */
  readonly progress: (read: number) => void;
}

/** The name of an object's records in `QuerySizes`. */
export const recordsOf = (object: string): string => `records of ${object}`;
/** The name of a share object's rows in `QuerySizes`. */
export const rowsOf = (shareObject: string): string => `rows of ${shareObject}`;

/**
 * Returns the number of records or share rows after which a slice ends; lower if the org answers only few at a time.
 */
export function inOneGo({ sizes, sliceRecords, schema, object }: SliceInput): number {
  const { share } = schema.objects[object].object;
  return sizes.inOneGo(sliceRecords, recordsOf(object), rowsOf(share.object));
}
