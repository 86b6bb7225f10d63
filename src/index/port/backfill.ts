import type { ContactSharing } from '../../access/types.ts';
import type { FieldLists, IndexedFields, ObjectName } from '../../objects/index.ts';
import type { FencingToken } from './admission.ts';

/**
 * Where the reading of an object's records continues: a plain JSON value, tagged with the way of reading. Only the code
 * that reads the records opens it (`src/sync/slice-records.ts`). Everything else stores it and passes it on.
 */
export interface ReadingCursor {
  /** Today `keyset` only. A later version may have written another. */
  readonly kind: string;
}

/** How far a complete backfill has read one object. Everything before the cursor is read and durably indexed. */
export interface BackfillPosition {
  /** Null: nothing is read yet. */
  readonly cursor: ReadingCursor | null;
  readonly done: boolean;
  readonly recordsRead: number;
}

/** What a complete backfill is opened with. */
export interface BackfillOpening {
  /** ISO. */
  readonly start: string;
  readonly schema: string;
  readonly contacts: ContactSharing;
  /** The fields that the schema indexes. */
  readonly indexed: IndexedFields;
  /** See `HeldFields`. */
  readonly everHeld: FieldLists;
  /**
   * Objects that the new schema narrows. The sweep guard does not apply to them, because the removal is intended.
   */
  readonly unguarded: readonly ObjectName[];
}

/** The limits of what a sweep may remove. */
export interface SweepGuard {
  /** The percentage of an object's documents that a sweep may remove. Null: remove nothing. */
  readonly percent: number | null;
  /** What a sweep may also remove if the object is hidden, or may have been hidden after the backfill began. */
  readonly evenIfHidden: 'nothing' | 'documents' | 'all';
}

export interface SweepResult {
  readonly removed: number;
  /** Set if the guard stopped the sweep. Nothing was removed then. */
  readonly stopped: { readonly wouldRemove: number; readonly of: number } | null;
}

/** Complete backfills, from their beginning to their end. */
export interface Backfills {
  /**
   * Begins the admitted run. Binds an unbound index to the organization and clears `refusedOrganizationId`. If the
   * index is bound to another organization, throws an `OrganizationChangedError` and changes nothing.
   *
   * With `backfill`, whose start must be the admitted one, opens that complete backfill:
   * - If its start is the open backfill's, continues that one (`SelectionChangedError` if the schema differs).
   * - If that backfill has already ended, does not open it again.
   * - With a new start, drops the old positions and makes the file's fields those of `indexed`. The words and strings
   *   of fields that are no longer indexed are removed at once. New fields have none until records are written.
   */
  begin(fence: FencingToken, backfill: BackfillOpening | null): Promise<void>;

  /**
   * Removes what the open backfill has not seen of an object. That backfill must have begun at `before`, must read the
   * object, and must have read everything completely, by the positions in the index (`BackfillUnreadError`).
   *
   * Documents with a record version below `before` become tombstones of version `before`, and lose their share rows.
   * Share rows of parents without a document are removed if their own version is below `before`. Unindexed records of a
   * version below `before` are no longer listed.
   *
   * The guard stops the sweep if it would remove more than 50 documents and more than `guard.percent` of the object's;
   * with null it lets nothing be removed. A stopped sweep only lists the object as stale, until a sweep of it succeeds.
   * Nothing is removed if this backfill was refused a stream of the object.
   */
  sweep(fence: FencingToken, object: ObjectName, before: number, guard: SweepGuard): Promise<SweepResult>;

  /**
   * Reports whether the object has documents, or share rows of parents, of a version below `before`, which a sweep
   * would remove.
   */
  hasUnseen(object: ObjectName, before: number): Promise<boolean>;

  /**
   * Ends the open backfill, once every object of it is read completely (`BackfillUnreadError`). Watermarks rise to its
   * start, except those of streams that it was refused. Older tombstones are removed. `contacts` becomes definite,
   * unless `contactsMixed` is set or the backfill has not seen some contacts.
   */
  endBackfill(fence: FencingToken, options: { readonly contactsMixed: boolean }): Promise<void>;
}
