import type { Stream } from '../../facts/warnings.ts';
import type { ObjectName } from '../../objects/index.ts';
import type { FencingToken } from './admission.ts';

/** A stream that the org refuses permanently, or that cannot be read in time. Runs continue without it. */
export interface BlockedStream extends Stream {
  /** Salesforce's error code. Null: the reply had none. */
  readonly code: string | null;
  /** The text of the refusal, without record content. */
  readonly message: string;
  /**
   * The index has every change of the stream that the org stamped before this ISO time. Null: it was never read
   * completely.
   */
  readonly since: string | null;
  /** When the stream was first refused, ISO. */
  readonly at: string;
  /** The first run that was refused. */
  readonly run: number;
  /**
   * The start (ISO) of the last backfill in which the stream was refused. Null: only incremental passes were refused.
   */
  readonly triedIn: string | null;
  /** A complete backfill ended without the stream. Only another backfill of its object makes up for that. */
  readonly missedBackfill: boolean;
  /** The org answers again. The next run reads the object again. */
  readonly answers: boolean;
  /** How many backfills of this object alone were also refused the stream. */
  readonly rereads: number;
}

/** What a run reports to the index about streams that it could not read, or that answer again. */
export interface StreamNotes {
  readonly blocked?: readonly (Stream & Pick<BlockedStream, 'code' | 'message'>)[];
  /** The org's time, ISO. */
  readonly at: string;
  /**
   * True: the open backfill reports these, and continues without them. Left out or false: an incremental pass reports
   * them.
   */
  readonly inBackfill?: boolean;
  readonly answering?: readonly Stream[];
  /** Streams that are no longer read at all. */
  readonly dropped?: readonly Stream[];
  /** Objects whose share rows are compared by ranges from now on. */
  readonly slowShares?: readonly ObjectName[];
}

/** How much one query of a kind may ask for. */
export interface QuerySize {
  /** Rows. Left out: no limit. */
  readonly rows?: number;
  /** The widest range allowed, in seconds or in parents. Left out: no limit. */
  readonly span?: number;
  /** Quick answers in a row. After `patience` of them, queries ask for more. */
  readonly quick: number;
  readonly patience: number;
  /** The size has grown since the last timeout. */
  readonly grown?: true;
}

/** What runs have learned about how much the org can answer in time. */
export interface KnownQuerySizes {
  /** Keyed by what is read, such as `changed records of Account`. */
  readonly sizes: Readonly<Record<string, QuerySize>>;
  /** How many queries an object's fields are split into, for objects with too many fields for one. */
  readonly parts: Readonly<Record<string, number>>;
}

/** One stream of an incremental pass: changed records or changed share rows. */
export interface ChangeStream extends Stream {
  /** The last row read, in the order of stamp (ISO) and id. Null: nothing yet. */
  readonly after: { readonly stamp: string; readonly id: string } | null;
}

/** The progress of an incremental pass. Everything before each stream's place is read and durably indexed. */
export interface PassNote {
  readonly run: number;
  /** The pass's upper bound, ISO. */
  readonly before: string;
  /** Streams that are left to read. Empty: the pass is over. */
  readonly streams: readonly ChangeStream[];
  /** The pass has tried the blocked streams. Left out: it has not. */
  readonly tried?: boolean;
}

/** Notes about incremental passes, blocked streams and query sizes. */
export interface ProgressNotes {
  /** Notes the progress of an incremental pass up to `before` (ISO). A later round resumes there. */
  notePass(fence: FencingToken, pass: Omit<PassNote, 'run'>): Promise<void>;

  /**
   * Notes that an incremental pass up to `before` (ISO) is over. `shares` says, for each share table that the pass
   * counted, whether rows are missing together with the records that they share (`hidden`: the object is also listed as
   * stale).
   */
  endPass(
    fence: FencingToken,
    before: string,
    shares: Readonly<Partial<Record<ObjectName, 'shown' | 'hidden'>>>,
  ): Promise<void>;

  /**
   * Notes streams that are blocked, and blocked streams that answer again. A stream that is already noted retains its
   * beginning.
   */
  noteStreams(fence: FencingToken, notes: StreamNotes): Promise<void>;

  /** Returns what the last run noted. Null: nothing. */
  querySizes(): Promise<KnownQuerySizes | null>;

  /** Stores the sizes for later activities and runs. */
  noteQuerySizes(fence: FencingToken, known: KnownQuerySizes): Promise<void>;
}
