import type { OrgTables } from '../access/tables.ts';
import type { ContactSharing, Member, RecordFacts, ShareRow, UserName } from '../access/types.ts';
import type { CoverageGap, TableName } from '../facts/coverage-gaps.ts';
import type { Unindexed, UnindexedCause, UnindexedRecord } from '../facts/unindexed.ts';
import type { Stream } from '../facts/warnings.ts';
import type { FieldLists, IndexedFields, ObjectName } from '../objects/index.ts';

/**
 * How far a run's number may exceed the highest one in the index. A restored copy lacks the runs since it was made. A
 * higher number is forged, and accepting it could use up all numbers.
 */
export const MOST_RUNS_AHEAD = 1_000_000_000;

/**
 * The index: one interface, several engines (`sqlite/` is the first), one contract suite.
 *
 * A version is a time in milliseconds since 1970, on the org's clock. It is taken just before the first request of the
 * query that read the data. Ids have 18 characters and are case-sensitive. Each promise is written beside its method.
 */

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

/** How far a complete backfill has read one object. Everything with an Id up to `after` is read and durably indexed. */
export interface BackfillPosition {
  /** The last Id read. Null: nothing yet. */
  readonly after: string | null;
  readonly done: boolean;
  readonly recordsRead: number;
}

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

/** What a run is admitted to do. */
export interface Admission {
  /** The start (ISO) of the complete backfill that the run begins or continues. Null: an incremental run. */
  readonly backfillStart: string | null;
  /** The only objects that the run reads. Left out: all. */
  readonly objects?: readonly ObjectName[];
  /** The org's current time, ISO. */
  readonly now: string;
}

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

/** The fields in the index, once a backfill has begun to fill it. */
export interface HeldFields {
  readonly indexed: IndexedFields;
  /**
   * Default fields and titles that the index has ever held. A field that it no longer holds is a loss,
   * unless the config excludes it.
   */
  readonly everHeld: FieldLists;
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

/** The record part of a document. */
export interface RecordWrite extends RecordFacts {
  readonly id: string;
  /** Text by API field name. Empty and null fields are left out. */
  readonly fields: Readonly<Record<string, string>>;
  /** SystemModstamp, ISO. Hits show it, and are sorted and filtered by it. */
  readonly modified: string;
  readonly version: number;
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

/** One version of the membership, with everything that it was computed from. */
export interface MembershipGeneration {
  /**
   * The org's time of the first query behind the generation, as a version. If it is older than the current
   * generation's, the generation is refused (`StaleMembershipError`).
   */
  readonly asOf: number;
  readonly gaps: readonly CoverageGap[];
  /**
   * Every group that the integration user can see. `orphanedPrincipals` counts the documents that carry other groups.
   */
  readonly groups: readonly string[];
  /** Objects whose records are read through share rows, so each record has some. */
  readonly shared: readonly ObjectName[];
  /**
   * The fields that `all` means in the members. Nobody can read a field that is not here, because nobody's right to it
   * was read.
   */
  readonly fields: FieldLists;
  /** The tables that the generation was computed from, stored with it for the next run and for explanations. */
  readonly tables: OrgTables;
  readonly readings: TableReadings;
}

/** How a table was read. From this the next run decides whether to read it again. */
export interface TableReading {
  readonly soql: string;
  /** The org's time just before the rows were requested, as a version. */
  readonly at: number;
  /** The row count and the newest stamp (ISO) that the org gave *before* `at`. Null: it gave no stamp. */
  readonly count: number;
  readonly newest: string | null;
}

/** The readings of the tables whose changes show in a count and a stamp. */
export type TableReadings = Readonly<Partial<Record<TableName, TableReading>>>;

/** The org's tables behind the current membership. */
export interface StoredTables {
  readonly asOf: number;
  readonly tables: OrgTables;
  readonly readings: TableReadings;
}

/** Counts of documents with orphaned principals: some share rows reach nobody. Each count stops at 10,000. */
export interface OrphanedPrincipals {
  /** Documents shared with, or owned by, a group that is not in the current membership's org. */
  readonly byGroups: number;
  /** Documents shared with, or owned by, a user who is not in it. */
  readonly byUsers: number;
  /** Documents with a row of Compliant Data Sharing, which reaches its user and nobody above in the role hierarchy. */
  readonly byCompliantSharing: number;
  /** Objects whose records are read through share rows, and whose share rows are all missing. */
  readonly withoutShares: readonly ObjectName[];
}

/** The side of the index that runs use. */
export interface IndexWriter {
  /** Reads the state that a run bases its decisions on. */
  state(): Promise<IndexState>;

  /** Reads what is listed for an operator. */
  health(): Promise<IndexHealth>;

  /**
   * Returns the live documents per object. Each write maintains the counts, so this counts no documents. An index that
   * an earlier version wrote has no counts: all documents are counted until the next write. If an earlier version
   * writes in between, its writes are missing from the counts until the object is swept.
   */
  counts(): Promise<DocumentCounts>;

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
   */
  admit(fence: FencingToken, admission: Admission): Promise<void>;

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

  /** Notes that another org answered. Searches are refused from now on. Writes nothing else. */
  refuse(organizationId: string): Promise<void>;

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

  /**
   * Notes the progress of a round that compares share rows; they are no longer blocked. With `upTo` (ISO) the round is
   * over, and their watermark rises to that time.
   */
  noteLook(fence: FencingToken, object: ObjectName, look: ShareLook, upTo: string | null): Promise<void>;

  /** Returns the parents in the range that have share rows, in order. */
  sharedParents(object: ObjectName, range: ParentRange): Promise<string[]>;

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
   * Notes what the integration user's rights showed of objects at `at` (ISO). An object that runs saw completely, and
   * no longer do, is listed as stale since then. An object that is completely visible again, or whose rights were
   * changed, is `missed` until a backfill that began later has read it.
   */
  noteRights(
    fence: FencingToken,
    visibility: Readonly<Partial<Record<ObjectName, ObjectVisibility>>>,
    at: string,
  ): Promise<void>;

  /** Notes the progress of an incremental pass up to `before` (ISO). A later round resumes there. */
  notePass(fence: FencingToken, pass: Omit<PassNote, 'run'>): Promise<void>;

  /**
   * Notes streams that are blocked, and blocked streams that answer again. A stream that is already noted retains its
   * beginning.
   */
  noteStreams(fence: FencingToken, notes: StreamNotes): Promise<void>;

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

  /** Returns what the last run noted. Null: nothing. */
  querySizes(): Promise<KnownQuerySizes | null>;

  /** Stores the sizes for later activities and runs. */
  noteQuerySizes(fence: FencingToken, known: KnownQuerySizes): Promise<void>;

  /** Returns unindexed records of these objects. The ones tried longest ago come first. */
  unindexed(objects: readonly ObjectName[], limit: number): Promise<UnindexedRecord[]>;

  /**
   * Ends the open backfill, once every object of it is read completely (`BackfillUnreadError`). Watermarks rise to its
   * start, except those of streams that it was refused. Older tombstones are removed. `contacts` becomes definite,
   * unless `contactsMixed` is set or the backfill has not seen some contacts.
   */
  endBackfill(fence: FencingToken, options: { readonly contactsMixed: boolean }): Promise<void>;

  /**
   * Writes a new generation of the membership table, and the tables behind it, in chunks, and then makes it current in
   * one step. Rewrites no document. Readers use the old generation until that step.
   */
  replaceMembership(
    fence: FencingToken,
    generation: MembershipGeneration,
    members: Iterable<Member>,
    names: Iterable<UserName>,
  ): Promise<{ readonly members: number }>;

  /** Counts documents with principals that the current membership gives to nobody. Reads no document. */
  orphanedPrincipals(): Promise<OrphanedPrincipals>;

  /**
   * Returns the tables behind the current generation, as they were given. A missing column may come back as null. Null:
   * there is no generation yet.
   */
  membershipTables(): Promise<StoredTables | null>;

  /** Returns the same without the tables, which may be large. */
  membershipReadings(): Promise<Omit<StoredTables, 'tables'> | null>;

  /**
   * Confirms that the generation of `was` is still true at `asOf`, and moves it to `asOf`. Returns false, and changes
   * nothing, if another generation is current by now or `asOf` is older.
   */
  confirmMembership(fence: FencingToken, was: number, asOf: number): Promise<boolean>;

  close(): Promise<void>;
}

export interface SearchOptions {
  /**
   * The user who searches: user id (15 or 18 characters), username, FederationIdentifier or e-mail. They are tried in
   * this order, and the first kind with a match decides. So a username finds its own user, even if the same text is
   * another user's e-mail. If several users share a federation identifier or an e-mail, the active one is meant.
   * Several active ones, or several rows with one username, match nobody.
   */
  readonly as: string;
  readonly types?: readonly ObjectName[];
  /**
   * Only records modified at this time or later. An ISO date, which means midnight UTC, or an ISO date-time with its
   * time zone. Compared with `Hit.modified`, to the millisecond.
   */
  readonly modifiedFrom?: string;
  /** Only records modified before this time. Format as in `modifiedFrom`. */
  readonly modifiedBefore?: string;
  /**
   * Only records of this owner: the id of a user or a queue, 15 or 18 characters. Finds nothing in objects whose
   * OwnerId the user may not read.
   */
  readonly owner?: string;
  /**
   * Only records of this account, by id, 15 or 18 characters: exactly the hits that show it as `Hit.account`. An
   * account that the user cannot find looks the same as one that does not exist. The account itself is not among the
   * hits.
   */
  readonly account?: string;
  /**
   * `relevance` (default), or `modified`: the last modified first, regardless of the words, with `Hit.score` 0. A
   * record whose id is typed comes first in both. Without words the two are the same.
   */
  readonly sort?: 'relevance' | 'modified';
  /** The number of hits, 1 to 200. Default 20. */
  readonly limit?: number;
  /** `SearchResult.cursor` of the previous page. Null or left out: the first page. */
  readonly cursor?: string | null;
  /**
   * Ask Salesforce about each hit and its account, and leave out what it does not confirm. Needs an index opened with a
   * `verifier`. Costs one API call a page, and up to five if much is left out. Left out or false: only the index
   * answers.
   */
  readonly verify?: boolean;
}

export interface Hit {
  readonly id: string;
  readonly object: ObjectName;
  /** The record's page in Lightning Experience. Only its path if the index was opened without the org's base URL. */
  readonly url: string;
  /** The first title field that is not empty and that the user may read; otherwise the id. */
  readonly title: string;
  /**
   * The account of a contact, a case or an opportunity, with its current name. Only for users who can find that account
   * (whether or not they search accounts) and may read the hit's AccountId. Null does not say why: there may be no
   * account, or it may not be indexed, or the user may not know it.
   */
  readonly account: { readonly id: string; readonly name: string } | null;
  /**
   * An excerpt around the match, from readable fields only. Matches are between ⟦ and ⟧. Empty without words, and for a
   * match far into a long text.
   */
  readonly snippet: string;
  /** The API name of the snippet's field. */
  readonly snippetField: string | null;
  /**
   * Salesforce's SystemModstamp, ISO: the last change by anybody, including automated changes. Everybody may read it.
   */
  readonly modified: string;
  /**
   * The level of the match; higher is better. 0 without words, or if the search sorts by date. Comparable within one
   * result only.
   */
  readonly score: number;
  /** The text of every readable field. */
  readonly fields: Readonly<Record<string, string>>;
}

export interface SearchResult {
  readonly userId: string;
  readonly hits: readonly Hit[];
  /**
   * The number of matching documents, counted up to 1,000 by the first page. With `verify`: the number of hits on this
   * page.
   */
  readonly total: number;
  /** With `verify`: whether there is a cursor. */
  readonly totalIsLowerBound: boolean;
  /**
   * The cursor of the next page. Null: nothing is left. Opaque, and valid only for the same words, types, filters,
   * order and user.
   */
  readonly cursor: string | null;
}

/**
 * Asks Salesforce which of these records the user can read. A record that Salesforce says nothing about is not in the
 * answer. Throws if Salesforce does not answer.
 */
export type Verifier = (userId: string, recordIds: readonly string[]) => Promise<ReadonlyMap<string, boolean>>;

/**
 * What one verified search left out. It reveals what was hidden from the user, so show it to an operator, never to that
 * user.
 */
export interface Unconfirmed {
  readonly userId: string;
  /** Hits that Salesforce denies to the user. */
  readonly denied: number;
  /** Hits that Salesforce says nothing about: the record was deleted, or the integration user cannot read it. */
  readonly unverified: number;
}

/** Called by each verified search that left something out, before it answers. */
export type OnUnconfirmed = (unconfirmed: Unconfirmed) => void;

/** The side of the index that search developers use. Loads no Temporal code. */
export interface IndexReader {
  /**
   * Finds what the user may read. Every word must match in fields that the user may read; the last word also matches as
   * a prefix. A record whose id is typed comes first.
   *
   * **Filters** only narrow the result. What they let through is found exactly as without them. They are part of the
   * question, so secrecy and pages also apply with each filter.
   *
   * **Order.** Without words, or sorted by date: the last modified first. With words: by where and how the words occur
   * in the record's readable fields (docs/search.md lists the levels), then the last modified first. Times are compared
   * by the second.
   *
   * **Secrecy.** A change only in documents or fields that the user may not read changes nothing that the user sees:
   * hits, order, scores, totals, snippets, cursors.
   *
   * **Pages.** Following the cursor from page to page returns *everything* that is found, each record once, with any
   * limits. A write between two pages moves nothing else: a record that is unchanged, and remains readable, comes
   * exactly once. A record that is new or changed in between (text, modified, rights) may be missing from later pages;
   * a new search has it. The user, and what the user may read, is looked up again for every page. The total is the
   * first page's.
   *
   * Throws `UserNotServedError` (unknown, ambiguous, inactive, frozen), `SearchRefusedError` (another org under the
   * index; nothing indexed yet), `CursorRefusedError` (the cursor of another search) and RangeError (an invalid limit,
   * time, id or order).
   */
  search(words: string, options: SearchOptions): Promise<SearchResult>;
  /** Returns every id that `search` would find, without a limit, each once, in no order. */
  ids(words: string, options: Omit<SearchOptions, 'sort' | 'limit' | 'cursor' | 'verify'>): Promise<string[]>;
  close(): Promise<void>;
}
