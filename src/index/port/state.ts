import type { ContactSharing } from '../../access/types.ts';
import type { Unindexed } from '../../facts/unindexed.ts';
import type { FieldLists, IndexedFields, ObjectName } from '../../objects/index.ts';
import type { BackfillPosition } from './backfill.ts';
import type { ShareLook } from './ledger.ts';
import type { BlockedStream, PassNote } from './progress.ts';
import type { Stale } from './visibility.ts';

/** The state that a run bases its decisions on. Reading it takes no fencing token. */
export interface IndexState {
  /** Random, and made with the index: another file, or a wiped or rebuilt index, has another. */
  readonly indexId: string;
  readonly organizationId: string | null;
  /** Another org answered for this index (see `refuse`). Searches are refused while this is not null. */
  readonly refusedOrganizationId: string | null;
  readonly highestRun: number;
  /** Per object: the index has every change of a record that the org stamped before this ISO time. */
  readonly watermarks: Readonly<Partial<Record<ObjectName, string>>>;
  /** The same for the object's share rows. */
  readonly shareWatermarks: Readonly<Partial<Record<ObjectName, string>>>;
  readonly blocked: readonly BlockedStream[];
  /** Objects whose share rows are compared by ranges until a backfill has read them. */
  readonly shareLooks: Readonly<Partial<Record<ObjectName, ShareLook>>>;
  /** The fields and filters that the documents were read with, as one string. Null: no backfill has begun. */
  readonly schema: string | null;
  /** The open complete backfill: its start (ISO), and how much of it is durably in the index. */
  readonly backfill: {
    readonly start: string;
    readonly positions: Readonly<Partial<Record<ObjectName, BackfillPosition>>>;
    /** See `BackfillOpening`. */
    readonly unguarded: readonly ObjectName[];
    /** The only objects that it reads. Null: all, so the backfill is complete. */
    readonly objects: readonly ObjectName[] | null;
  } | null;
  /**
   * The start (ISO) of the last complete backfill that ended. Null: none has, or it ended before indexes noted this.
   */
  readonly lastBackfill: string | null;
  /** The last incremental pass. Null: none was noted. */
  readonly pass: PassNote | null;
  /**
   * How contacts' documents got their principals: `mixed` while a backfill changes that. Null: no backfill has begun.
   */
  readonly contacts: ContactSharing | 'mixed' | null;
}

/** The parts of the state that are listed for an operator. Reading it takes no fencing token. */
export interface IndexHealth extends Pick<IndexState, 'shareWatermarks' | 'blocked' | 'shareLooks' | 'lastBackfill'> {
  readonly unindexed: Unindexed;
  readonly stale: readonly Stale[];
  /**
   * Objects that runs may have read incompletely, because records were hidden or may have been. No backfill has read
   * them since.
   */
  readonly missed: readonly ObjectName[];
}

/** The number of live documents per object. */
export type DocumentCounts = Readonly<Record<ObjectName, number>>;

/** The fields in the index, once a backfill has begun to fill it. */
export interface HeldFields {
  readonly indexed: IndexedFields;
  /**
   * Default fields and titles that the index has ever held. A field that it no longer holds is a loss,
   * unless the config excludes it.
   */
  readonly everHeld: FieldLists;
}

/** What runs and operators read of the state. */
export interface StateReader {
  /** Reads the state that a run bases its decisions on. */
  state(): Promise<IndexState>;

  /** Reads the fields that documents have. */
  indexed(): Promise<IndexedFields>;

  /** Reads what is listed for an operator. */
  health(): Promise<IndexHealth>;

  /**
   * Returns the live documents per object. Each write maintains the counts, so this counts no documents. An index that
   * an earlier version wrote has no counts: all documents are counted until the next write. If an earlier version
   * writes in between, its writes are missing from the counts until the object is swept.
   */
  counts(): Promise<DocumentCounts>;
}
