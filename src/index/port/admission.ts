import type { ObjectName } from '../../objects/index.ts';

/**
 * How far a run's number may exceed the highest one in the index. A restored copy lacks the runs since it was made. A
 * higher number is forged, and accepting it could use up all numbers.
 */
export const MOST_RUNS_AHEAD = 1_000_000_000;

/**
 * The fencing token of a run, which every write carries. The index refuses a write if a later run was admitted
 * (`StaleRunError`) or the index was replaced (`IndexReplacedError`). It also refuses one if this run is not the one
 * admitted last (`NotAdmittedError`).
 */
export interface FencingToken {
  readonly run: number;
  readonly indexId: string;
  readonly organizationId: string;
}

/** What a run is admitted to do. */
export interface Admission {
  /** The start (ISO) of the complete backfill that the run begins or continues. Null: an incremental run. */
  readonly backfillStart: string | null;
  /** The only objects that the run reads. Left out: all. */
  readonly objects?: readonly ObjectName[];
  /** The org's current time, ISO. */
  readonly now: string;
}

/** Decides which run may write. */
export interface Admissions {
  /**
   * Returns the latest time (ISO) in any version, watermark or note of the index if it is more than ten minutes after
   * `now` (ISO); null otherwise. A result means that the org's clock was ahead and was set back. What is read now would
   * then count as outdated, and never enter the index.
   */
  aheadOf(now: string): Promise<string | null>;

  /**
   * Admits a run. From here on only this run may write, with the backfill that it is admitted for. Raises the fence to
   * `fence.run`; a lower run is a `StaleRunError`. A run that is a billion ahead cannot belong to this connection:
   * `NotAdmittedError`. So is a new backfill that would start more than ten minutes before a watermark. Repeating the
   * call changes nothing.
   *
   * If the index is ahead of `now` (see `aheadOf`), the same transaction takes back everything after `now`:
   * - Versions become 0, so that what is read next is accepted, and what is not seen is swept.
   * - Later watermarks, notes and the open backfill are dropped.
   * - Every table of the membership is read again.
   *
   * An incremental run cannot make up for this (`ClockSetBackError`).
   *
   * Returns the number of documents that are sent again, because a search engine outside the file lacks them.
   */
  admit(fence: FencingToken, admission: Admission): Promise<number>;

  /** Notes that another org answered. Searches are refused from now on. Writes nothing else. */
  refuse(organizationId: string): Promise<void>;
}
