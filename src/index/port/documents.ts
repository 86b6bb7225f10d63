import type { RecordFacts, ShareRow } from '../../access/types.ts';
import type { UnindexedCause, UnindexedRecord } from '../../facts/unindexed.ts';
import type { Stream } from '../../facts/warnings.ts';
import type { ObjectName } from '../../objects/index.ts';
import type { FencingToken } from './admission.ts';
import type { BackfillPosition } from './backfill.ts';

/** The record part of a document. */
export interface RecordWrite extends RecordFacts {
  readonly id: string;
  /** Text by API field name. Empty and null fields are left out. */
  readonly fields: Readonly<Record<string, string>>;
  /** SystemModstamp, ISO. Hits show it, and are sorted and filtered by it. */
  readonly modified: string;
  readonly version: number;
  /** Left out: the store computes it. */
  readonly prepared?: PreparedStrings;
}

/**
 * What a store computes of a record's strings. See `Documents.take`.
 */
export interface PreparedStrings {
  /** See `stringsHash`. */
  readonly hash: string;
  /** The object's title fields, which the contents depend on, joined by spaces. */
  readonly titleFields: string;
  /** The contents of full-text columns, by field, where they are not the string itself. */
  readonly contents: Readonly<Record<string, string>>;
}

/** A record whose document is removed. */
export interface Removal {
  readonly id: string;
  readonly object: ObjectName;
  readonly version: number;
  /**
   * Why a record that exists in the org cannot be indexed (see `UnindexedRecord`). Left out: the record must not be
   * indexed.
   */
  readonly cause?: UnindexedCause;
}

/** All share rows of one parent, as one query returned them. Empty: the parent has none. */
export interface ShareWrite {
  readonly parentId: string;
  readonly object: ObjectName;
  /** The number of rows that `query` returned. The ledger stores it, to find removed shares. */
  readonly rowCount: number;
  readonly rows: readonly ShareRow[];
  /** The newest LastModifiedDate among the rows, ISO. Left out or null: unknown. */
  readonly newest?: string | null;
  readonly version: number;
}

/** What one transaction writes. */
export interface WriteBatch {
  readonly records?: readonly RecordWrite[];
  readonly removals?: readonly Removal[];
  readonly shares?: readonly ShareWrite[];
  /** The progress of the open backfill, committed with the batch. */
  readonly position?: { readonly object: ObjectName; readonly position: BackfillPosition };
  /**
   * Streams that are read up to `at`, and so are no longer blocked. Committed with the batch. A watermark never moves
   * back.
   */
  readonly watermarks?: readonly (Stream & { readonly at: string })[];
}

/** A batch that a store has taken. */
export interface TakenBatch {
  /** See `Documents.write`. */
  write(fence: FencingToken): Promise<WriteResult>;
}

/** What a batch changed. Counts are numbers of documents, except `outdated`. */
export interface WriteResult {
  /** Documents that did not exist, or were tombstones. */
  readonly added: number;
  /** Documents whose text or principals changed, including the children of a changed account. */
  readonly changed: number;
  /** Documents that only got a new version. */
  readonly renewed: number;
  readonly removed: number;
  /** Record or share parts that were left out because the index has a newer version. */
  readonly outdated: number;
  /**
   * Records of this batch whose share rows must be read. These are new or restored records, and records with another
   * owner or account. Removed records that the ledger has rows of are among them, too. They remain due until share rows
   * arrive that are as new as the record or removal. Empty in a backfill that opens its records' cursor before its
   * shares' cursor.
   */
  readonly sharesUnknown: readonly string[];
}

/** Writes documents and share rows. */
export interface Documents {
  /**
   * Writes the batch in one transaction. The record part and the share part of a document each yield only to an equal
   * or newer version. The transaction derives principals for every document that the batch touches, including the
   * children of a touched account. They come from the document's facts, its share rows and its account's share rows. An
   * unchanged document only gets new versions.
   *
   * A removal with a cause lists its record as unindexed until the record is written or removed. If the engine cannot
   * store a record's content, the record becomes unindexed and the rest of the batch is written. More than a few of
   * these in one batch cannot be the records' fault, so the write throws.
   */
  write(fence: FencingToken, batch: WriteBatch): Promise<WriteResult>;

  /**
   * Takes a batch that will be written later, and does a part of the work, while an earlier batch is written. `close`
   * drops what was not written.
   */
  take(batch: WriteBatch): Promise<TakenBatch>;

  /** Returns unindexed records of these objects. The ones tried longest ago come first. */
  unindexed(objects: readonly ObjectName[], limit: number): Promise<UnindexedRecord[]>;
}
