import type { ObjectName } from '../../objects/index.ts';
import type { FencingToken } from './admission.ts';

/** Parents with `after` < id <= `upTo`. A null bound is open. */
export interface ParentRange {
  readonly after: string | null;
  readonly upTo: string | null;
}

/** The totals that the ledger of share rows has for a range. */
export interface LedgerRange extends ParentRange {
  /** Parents with share rows. */
  readonly parents: number;
  /** The total number of their rows. */
  readonly rows: number;
  /** The newest LastModifiedDate among them, ISO. Null: unknown. */
  readonly newest: string | null;
}

/**
 * The progress of a round that compares an object's share rows by ranges of parents, because queries by date are too
 * slow.
 */
export interface ShareLook {
  /** When the round began, ISO. Null: none has. */
  readonly began: string | null;
  /** All parents up to this id are compared. Null: none yet. */
  readonly after: string | null;
}

/** The ledger of share rows, by which removed ones are found. */
export interface ShareLedger {
  /**
   * Returns the range from the ledger of share rows. The ledger has the number of share rows that each parent had when
   * it was last read, whether or not the parent is indexed. The range is cut into `pieces` with about equally many
   * parents, in order and without gaps. There are fewer pieces if there are fewer parents, and one if there are none.
   */
  shareLedger(object: ObjectName, range: ParentRange, pieces: number): Promise<LedgerRange[]>;

  /**
   * Returns pieces from the front of the range, each with about `rows` share rows and at least one parent. Returns at
   * most `most` pieces (null: all). The last of all the pieces ends where the range ends.
   */
  shareLedgerAhead(object: ObjectName, range: ParentRange, rows: number, most: number | null): Promise<LedgerRange[]>;

  /** Returns the parents in the range that have share rows, in order. */
  sharedParents(object: ObjectName, range: ParentRange): Promise<string[]>;

  /**
   * Notes the progress of a round that compares share rows; they are no longer blocked. With `upTo` (ISO) the round is
   * over, and their watermark rises to that time.
   */
  noteLook(fence: FencingToken, object: ObjectName, look: ShareLook, upTo: string | null): Promise<void>;
}
