import type { Stream } from '../../facts/warnings.ts';
import type { ObjectName } from '../../objects/index.ts';
import type { FencingToken } from './admission.ts';

/** What the integration user's own rights show of an object: its visibility. */
export interface ObjectVisibility {
  /** The user can see every record. False: some are hidden, or it cannot be determined. */
  readonly whole: boolean;
  /**
   * Hashes of the rows that this was decided from, with their stamps, keyed by what the rows are. If a hash differs
   * later under the same key, the rows were changed in between.
   */
  readonly traces: Readonly<Record<string, string>>;
}

/**
 * An object whose documents may be stale. Either the integration user can no longer see all of it, or the sweep guard
 * retains documents that a complete backfill has not seen. It remains stale until a sweep of the object succeeds.
 */
export interface Stale {
  readonly object: ObjectName;
  /**
   * The last time that a run surely saw all of the object, ISO. If only a stopped sweep made it stale: the start of the
   * last sweep that succeeded.
   */
  readonly since: string;
  /** The first run that did not see all of it. */
  readonly run: number;
  /** Documents that the last backfill has not seen, out of `of`. Null: no backfill has reached its sweep yet. */
  readonly wouldRemove: number | null;
  readonly of: number | null;
  /** The integration user cannot see all of the object now, by its rights or by the org's counts. */
  readonly hidden: boolean;
  /** A blocked stream that the object depends on: its own, or its accounts'. Left out: none. */
  readonly blockedBy?: Stream;
}

/** Notes about what the integration user can see. */
export interface VisibilityNotes {
  /**
   * Notes what the integration user's rights showed of objects at `at` (ISO). An object that runs saw completely, and
   * no longer do, is listed as stale since then. An object that is completely visible again, or whose rights were
   * changed, is `missed` until a backfill that began later has read it.
   */
  noteRights(
    fence: FencingToken,
    visibility: Readonly<Partial<Record<ObjectName, ObjectVisibility>>>,
    at: string,
  ): Promise<void>;
}
