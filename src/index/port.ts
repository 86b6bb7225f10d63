import type { CoverageGap } from '../access/coverage-gaps.ts';
import type { OrgTables, TableName } from '../access/tables.ts';
import type { ContactDerivation, Member, RecordFacts, ShareRow, UserName } from '../access/types.ts';
import type { UnindexedCause } from '../facts/unindexed.ts';
import type { FieldLists, IndexedFields, ObjectName } from '../objects/index.ts';

/**
 * The index: one interface, several engines (`sqlite/` is the first), one contract suite.
 *
 * Versions are milliseconds since 1970 on the org's clock, taken just before the first request of the query that read
 * the data. Ids are 18 characters and case-sensitive. Every promise is written beside the method that keeps it.
 */

/**
 * Who writes. Every write is refused when the index has moved on (`StaleRunError`, `IndexReplacedError`), and unless the run
 * is the one that was admitted last (`NotAdmittedError`).
 */
export interface Ticket {
  readonly run: number;
  readonly indexId: string;
  readonly organizationId: string;
}

/** Where a complete backfill stands in one object: everything with an Id up to `after` is read and durably indexed. */
export interface BackfillPosition {
  /** The last Id read; null: nothing yet. */
  readonly after: string | null;
  readonly done: boolean;
  readonly recordsRead: number;
}

/** What is read of an object by itself: its records, or its share rows. */
export interface Stream {
  readonly object: ObjectName;
  readonly of: 'records' | 'shares';
}

/** A stream that the org refuses for good, or that cannot be read in time. Runs go on without it. */
export interface BlockedStream extends Stream {
  /** Salesforce's error code; null: the reply had none. */
  readonly code: string | null;
  /** The refusal, without content of records. */
  readonly message: string;
  /** Everything of it that the org stamped before this ISO time is in the index; null: it was never read to its end. */
  readonly since: string | null;
  /** When it was first refused, ISO. */
  readonly at: string;
  /** The first run that was refused. */
  readonly run: number;
  /** The start (ISO) of the last backfill in which it was refused; null: only incremental passes were refused. */
  readonly triedIn: string | null;
  /** A complete backfill has ended without it: only a backfill of its object makes up for that. */
  readonly missedBackfill: boolean;
  /** The org answers again: the next run reads its object again. */
  readonly answers: boolean;
  /** Backfills of its object alone that were refused it, too. */
  readonly rereads: number;
}

/** What a run tells the index of streams that it could not read, or that answer again. */
export interface StreamNotes {
  readonly blocked?: readonly (Stream & Pick<BlockedStream, 'code' | 'message'>)[];
  /** The org's time, ISO. */
  readonly at: string;
  /** By the open backfill, which then goes on without them. Left out or false: by an incremental pass. */
  readonly inBackfill?: boolean;
  readonly answering?: readonly Stream[];
  /** No longer to be read at all. */
  readonly dropped?: readonly Stream[];
  /** Objects whose share rows are compared by ranges from now on. */
  readonly slowShares?: readonly ObjectName[];
}

/** How much one query of something may ask for. */
export interface QuerySize {
  /** Rows; left out: as many as wanted. */
  readonly rows?: number;
  /** How wide its range may be: seconds, or parents; left out: as wide as wanted. */
  readonly span?: number;
  /** Quick answers in a row, and how many of them it takes until more is asked for. */
  readonly quick: number;
  readonly patience: number;
  /** It has grown since the last time-out. */
  readonly grown?: true;
}

/** What runs have learned of how much the org answers in time. */
export interface KnownQuerySizes {
  /** By what is read: `changed records of Account`. */
  readonly sizes: Readonly<Record<string, QuerySize>>;
  /** In how many queries an object's fields are read, where one has too many. */
  readonly parts: Readonly<Record<string, number>>;
}

/** One stream of an incremental pass: changed records, or changed share rows. */
export interface ChangeStream extends Stream {
  /** The last row read, in the order of stamp (ISO) and id; null: nothing yet. */
  readonly after: { readonly stamp: string; readonly id: string } | null;
}

/** How far an incremental pass is: all before the streams' places is read and durably indexed. */
export interface PassNote {
  readonly run: number;
  /** The pass's upper bound, ISO. */
  readonly before: string;
  /** What is left to read. Empty: the pass is over. */
  readonly streams: readonly ChangeStream[];
  /** It has tried the blocked streams. Left out: it has not. */
  readonly tried?: boolean;
}

/** What a run is admitted for. */
export interface Admission {
  /** The start (ISO) of the complete backfill that it is to begin or go on with; null: an incremental run. */
  readonly backfillStart: string | null;
  /** The only objects that it reads. Left out: all. */
  readonly objects?: readonly ObjectName[];
  /** The org's present time, ISO. */
  readonly now: string;
}

/** What a run decides by. Read without a ticket. */
export interface IndexState {
  /** Random, made with the index: another file, a wiped or rebuilt index has another. */
  readonly indexId: string;
  readonly organizationId: string | null;
  /** Another org was met under this index (see `refuse`): searches are refused while it is not null. */
  readonly refusedOrganizationId: string | null;
  readonly highestRun: number;
  /** Per object: every change of its records that the org stamped before this ISO time is in the index. */
  readonly watermarks: Readonly<Partial<Record<ObjectName, string>>>;
  /** The same for its share rows. */
  readonly shareWatermarks: Readonly<Partial<Record<ObjectName, string>>>;
  readonly blocked: readonly BlockedStream[];
  /** Objects whose share rows are compared by ranges, until a backfill has read them. */
  readonly shareLooks: Readonly<Partial<Record<ObjectName, ShareLook>>>;
  /** The fields and filters that the documents were read with, as one string; null before the first backfill began. */
  readonly selection: string | null;
  /** The open complete backfill: its start (ISO) and how far it is durably in the index. */
  readonly backfill: {
    readonly start: string;
    readonly positions: Readonly<Partial<Record<ObjectName, BackfillPosition>>>;
    /** See `BackfillOpening`. */
    readonly unguarded: readonly ObjectName[];
    /** The only objects that it reads; null: it is a complete one, which reads all. */
    readonly objects: readonly ObjectName[] | null;
  } | null;
  /** The start (ISO) of the last complete backfill that ended; null: none has, or it ended before the index noted it. */
  readonly lastBackfill: string | null;
  /** The last incremental pass; null: none was noted. */
  readonly pass: PassNote | null;
  /** How contacts' documents got their principals; `mixed` while a backfill changes it; null before the first. */
  readonly contacts: ContactDerivation | 'mixed' | null;
}

/** What is listed for an operator. Read without a ticket. */
export interface IndexHealth extends Pick<IndexState, 'shareWatermarks' | 'blocked' | 'shareLooks' | 'lastBackfill'> {
  readonly unindexed: Unindexed;
  readonly stale: readonly Stale[];
  /** Objects of which runs may have missed something, for records were hidden or may have been; no backfill has read them since. */
  readonly missed: readonly ObjectName[];
}

/** Live documents per object. */
export type DocumentCounts = Readonly<Record<ObjectName, number>>;

/** A record that is in the org, and could not be indexed. */
export interface UnindexedRecord {
  readonly id: string;
  readonly object: ObjectName;
  /** Why; never what the record holds. */
  readonly cause: UnindexedCause;
}

export interface Unindexed {
  readonly count: number;
  /** The first twenty, by id. */
  readonly records: readonly UnindexedRecord[];
}

/** What the integration user's own rights show of an object. */
export interface Sight {
  /** Every record of it. False: some are hidden, or nobody can tell. */
  readonly whole: boolean;
  /**
   * Hashes of the rows that it comes from, with their stamps, by what they are. Another hash of the same says that they
   * were touched in between.
   */
  readonly traces: Readonly<Record<string, string>>;
}

/**
 * An object whose documents may be stale: the integration user does not see all of it any more, or a complete backfill
 * did not meet documents that the sweep guard keeps. Until a sweep of it goes through.
 */
export interface Stale {
  readonly object: ObjectName;
  /** The last time that a run surely saw it whole, ISO; where only a sweep stopped, the start of the last that went through. */
  readonly since: string;
  /** The first run that did not. */
  readonly run: number;
  /** Documents that the last backfill did not meet, of all; null: none has come to its sweep yet. */
  readonly wouldRemove: number | null;
  readonly of: number | null;
  /** By its rights or by what the org counts, the integration user does not see all of it now. */
  readonly hidden: boolean;
  /** A blocked stream that it depends on: its own, or its accounts'. Left out: it depends on none. */
  readonly blockedBy?: Stream;
}

/** What the index holds of fields, once a backfill has begun to fill it. */
export interface HeldFields {
  readonly indexed: IndexedFields;
  /** Usual fields and titles that it has ever held: one that it holds no longer is a loss, unless it was left out. */
  readonly everHeld: FieldLists;
}

export interface BackfillOpening {
  /** ISO. */
  readonly start: string;
  readonly selection: string;
  readonly contacts: ContactDerivation;
  /** The fields that the selection indexes. */
  readonly indexed: IndexedFields;
  /** See `HeldFields`. */
  readonly everHeld: FieldLists;
  /** Objects that the selection narrows: the sweep guard would stop what is meant. */
  readonly unguarded: readonly ObjectName[];
}

export interface RecordWrite extends RecordFacts {
  readonly id: string;
  /** Text by API field name; empty and null ones left out. */
  readonly fields: Readonly<Record<string, string>>;
  /** SystemModstamp, ISO: what hits show, are sorted by and are narrowed by. */
  readonly modified: string;
  readonly version: number;
}

export interface Removal {
  readonly id: string;
  readonly object: ObjectName;
  readonly version: number;
  /** Why the record, which is in the org, cannot be indexed (see `UnindexedRecord`). Left out: it is not to be indexed. */
  readonly cause?: UnindexedCause;
}

/** All share rows of one parent, as one query returned them. No rows: the parent has none. */
export interface ShareWrite {
  readonly parentId: string;
  readonly object: ObjectName;
  /** How many rows `query` returned: the ledger by which removed shares are found. */
  readonly rowCount: number;
  readonly rows: readonly ShareRow[];
  /** The newest LastModifiedDate among the rows, ISO. Left out or null: it is not known. */
  readonly newest?: string | null;
  readonly version: number;
}

/** Parents with `after` < id <= `upTo`; null: from the first, to the last. */
export interface ParentRange {
  readonly after: string | null;
  readonly upTo: string | null;
}

/** What the ledger of share rows holds of a range. */
export interface LedgerRange extends ParentRange {
  /** Parents that have share rows. */
  readonly parents: number;
  /** Their rows together. */
  readonly rows: number;
  /** The newest LastModifiedDate among them, ISO; null: none is known. */
  readonly newest: string | null;
}

/** Where a round stands that compares an object's share rows by ranges of their parents, for their dates are too slow. */
export interface ShareLook {
  /** When the round began, ISO; null: none has. */
  readonly began: string | null;
  /** All parents up to this id are compared; null: none yet. */
  readonly after: string | null;
}

export interface WriteBatch {
  readonly records?: readonly RecordWrite[];
  readonly removals?: readonly Removal[];
  readonly shares?: readonly ShareWrite[];
  /** Committed with the batch: how far the open backfill is. */
  readonly position?: { readonly object: ObjectName; readonly position: BackfillPosition };
  /** Committed with the batch: the streams are read up to `at`, and so no longer blocked. A watermark never moves back. */
  readonly watermarks?: readonly (Stream & { readonly at: string })[];
}

export interface WriteResult {
  /** Documents that were not there (or were tombstones). */
  readonly added: number;
  /** Documents whose text or principals changed, children of a changed account among them. */
  readonly changed: number;
  /** Documents that only moved their version. */
  readonly renewed: number;
  readonly removed: number;
  /** Parts that were older than what the index holds, and were left out. */
  readonly outdated: number;
  /**
   * Records of this batch whose share rows must be read: new, back from the dead, or with another owner or account, and
   * removed ones that the ledger has rows of, until share rows come that are as new as the record (or removal) that asked
   * for them. A backfill that opens its records' cursor before its shares' has none.
   */
  readonly sharesUnknown: readonly string[];
}

export interface SweepGuard {
  /** Of an object's documents; null: nothing goes. */
  readonly percent: number | null;
  /** What goes also of an object that is hidden, or may have been hidden after the backfill's start. */
  readonly evenIfHidden: 'nothing' | 'documents' | 'all';
}

export interface SweepResult {
  readonly removed: number;
  /** Set when the guard stopped the sweep: nothing was removed. */
  readonly stopped: { readonly wouldRemove: number; readonly of: number } | null;
}

export interface MembershipGeneration {
  /** The org's time of the first query that it is made from, as a version. An older one than the current is refused (`StaleMembershipError`). */
  readonly asOf: number;
  readonly gaps: readonly CoverageGap[];
  /** Every group that the org shows: documents that carry others are what `unreached` counts. */
  readonly groups: readonly string[];
  /** Objects whose records are read by share rows, so that each has some. */
  readonly shared: readonly ObjectName[];
  /** What `all` means in its members. Nobody reads a field that is not here, for nobody's right to it was looked at. */
  readonly fields: FieldLists;
  /** What it was made of: kept beside it, for the next run and for explanations. */
  readonly tables: OrgTables;
  readonly readings: TableReadings;
}

/** How a table was read, by which the next run knows whether it must be read again. */
export interface TableReading {
  readonly soql: string;
  /** The org's time just before its rows were asked for, as a version. */
  readonly at: number;
  /** What the org counted, and the newest stamp (ISO) that it named, *before* `at`; null: it named none. */
  readonly count: number;
  readonly newest: string | null;
}

/** Of the tables that a count and a stamp say something about. */
export type TableReadings = Readonly<Partial<Record<TableName, TableReading>>>;

/** The org's tables behind the current membership. */
export interface StoredTables {
  readonly asOf: number;
  readonly tables: OrgTables;
  readonly readings: TableReadings;
}

/** Documents whose share rows are closed to somebody, counted up to 10,000 each. */
export interface Unreached {
  /** They are shared with, or owned by, a group that the current membership's org does not show. */
  readonly byGroups: number;
  /** They are shared with, or owned by, a user whom it does not show. */
  readonly byUsers: number;
  /** They have a row of Compliant Data Sharing, which reaches its user and nobody above. */
  readonly byCompliantSharing: number;
  /** Objects of which no record has a share row, although records of them are read by share rows. */
  readonly withoutShares: readonly ObjectName[];
}

/** The side that a run uses. */
export interface IndexWriter {
  state(): Promise<IndexState>;

  health(): Promise<IndexHealth>;

  /**
   * Kept with each write, so that no document is counted here; in an index of an earlier version all are, until something
   * is written. What an earlier version writes meanwhile is missing from them until the object is swept.
   */
  counts(): Promise<DocumentCounts>;

  /**
   * The latest time (ISO) that the index holds in a version, a watermark or a note, where it lies more than ten minutes after
   * `now` (ISO); null: there is none. It does if the org's clock was ahead and came back: what is read now would be
   * outdated, and never come in.
   */
  aheadOf(now: string): Promise<string | null>;

  /**
   * Admits a run: from here on it alone writes, with the backfill that it is admitted for. Raises the fence to `ticket.run`:
   * a lower run is a `StaleRunError`. A run that is a billion ahead is no run of this connection: a `NotAdmittedError`, as is a
   * new backfill that would start more than ten minutes before a watermark. The same again changes nothing.
   *
   * Where the index is ahead of `now` (see `aheadOf`), whatever lies after `now` is taken back in the same transaction:
   * versions become 0, so that whatever is read next counts and what is not met is swept; later watermarks, notes, and the open
   * backfill are forgotten; every table of the membership is read again. An incremental run cannot make up for it
   * (`ClockSetBackError`).
   */
  admit(ticket: Ticket, admission: Admission): Promise<void>;

  /**
   * Begins the admitted run: binds the index to the organization (an unbound one; another is an `OrganizationChangedError` and
   * changes nothing), clears `refusedOrganizationId`. With `backfill`, whose start must be the admitted one: opens that
   * complete backfill, or goes on with it where its start is the open one's (`SelectionChangedError` where the selection
   * is another); one that has ended is not opened again; a new start forgets the old positions, and makes the file's fields those of `indexed`: the words and
   * strings of fields that are no longer among them are gone at once, new ones have none until records are written.
   */
  begin(ticket: Ticket, backfill: BackfillOpening | null): Promise<void>;

  /** Remembers that another org answered: from now on searches are refused. Writes nothing else. */
  refuse(organizationId: string): Promise<void>;

  /**
   * One transaction. Record part and share part of a document each yield only to an equal or newer version; a
   * document's principals are derived from its facts, its own share rows and its account's, in this transaction, for
   * every document that the batch touches, the children of a touched account included. An unchanged document moves its
   * versions only.
   *
   * A removal with a cause lists its record as unindexed, from then until the record is written or removed. A record whose
   * content the engine cannot take becomes one, and the rest of the batch is written; more than a few in one batch are not
   * the records' fault, and throw.
   */
  write(ticket: Ticket, batch: WriteBatch): Promise<WriteResult>;

  /**
   * The ledger of share rows: of every parent how many there were when they were read last, whether or not it is indexed.
   * Answers the range in `pieces` of about as many parents each, in order and without gaps; in fewer where it has fewer
   * parents than that, in one where it has none.
   */
  shareLedger(object: ObjectName, range: ParentRange, pieces: number): Promise<LedgerRange[]>;

  /**
   * The same from the front of the range: at most so many pieces (null: all), each of about `rows` share rows, and of at
   * least one parent. The last piece of all ends where the range ends.
   */
  shareLedgerAhead(object: ObjectName, range: ParentRange, rows: number, most: number | null): Promise<LedgerRange[]>;

  /**
   * Notes where a round of comparing share rows stands: they are no longer blocked. `upTo` (ISO): the round is over, and
   * their watermark rises to that time.
   */
  noteLook(ticket: Ticket, object: ObjectName, look: ShareLook, upTo: string | null): Promise<void>;

  /** The parents of the range that have share rows, in order. */
  sharedParents(object: ObjectName, range: ParentRange): Promise<string[]>;

  /**
   * Only in the open backfill that began at `before`, of an object that it reads, and once all that it reads is read to its
   * end, by the positions that the index holds (`BackfillUnreadError`).
   *
   * Turns documents of the object with a record version below `before` into tombstones of version `before`, and drops
   * their share rows; share rows of parents without a document go when their own version is below `before`. The guard
   * counts documents: more than `guard.percent` of the object's and more than 50 stop it and change nothing but that the
   * object is listed as stale, until a sweep of it goes through; null: nothing goes. Unindexed records of a version below
   * `before` are no longer listed. Nothing goes of an object with a stream that this backfill was refused.
   */
  sweep(ticket: Ticket, object: ObjectName, before: number, guard: SweepGuard): Promise<SweepResult>;

  /** Whether the object has documents, or share rows of parents, of a version below `before`: a sweep would remove them. */
  hasUnmet(object: ObjectName, before: number): Promise<boolean>;

  /**
   * Notes what the integration user's rights showed of objects at `at` (ISO). One that runs saw whole, and that is no
   * more, is listed as stale since then; one that is whole again, or whose rights were touched, is `missed` until a
   * backfill that began later has read it.
   */
  noteRights(ticket: Ticket, sights: Readonly<Partial<Record<ObjectName, Sight>>>, at: string): Promise<void>;

  /** Notes how far an incremental pass up to `before` (ISO) is: a later round goes on there. */
  notePass(ticket: Ticket, pass: Omit<PassNote, 'run'>): Promise<void>;

  /** Notes streams that are blocked, and blocked ones that answer again. A note that stands keeps its beginning. */
  noteStreams(ticket: Ticket, notes: StreamNotes): Promise<void>;

  /**
   * Notes that an incremental pass up to `before` (ISO) is over. `shares`: of the share tables that it counted, whether
   * rows are missing together with the records that they share (`hidden`: listed as stale, too).
   */
  endPass(
    ticket: Ticket,
    before: string,
    shares: Readonly<Partial<Record<ObjectName, 'shown' | 'hidden'>>>,
  ): Promise<void>;

  /** What the last run has noted; null: nothing. */
  querySizes(): Promise<KnownQuerySizes | null>;

  /** Remembers it for later activities and runs. */
  noteQuerySizes(ticket: Ticket, known: KnownQuerySizes): Promise<void>;

  /** Unindexed records of these objects, those first that were tried longest ago. */
  unindexed(objects: readonly ObjectName[], limit: number): Promise<UnindexedRecord[]>;

  /**
   * Ends the open backfill, once every object of it is read to its end (`BackfillUnreadError`): watermarks rise to its
   * start, except of streams that it was refused; tombstones older than it go; `contacts` is settled unless `contactsMixed`, or contacts
   * are left that it did not meet.
   */
  endBackfill(ticket: Ticket, options: { readonly contactsMixed: boolean }): Promise<void>;

  /**
   * Writes a whole new generation of the membership table and the tables that it was made of, in chunks, then makes it
   * the current one in one flip. Rewrites no document. Readers see the old one until the flip.
   */
  replaceMembership(
    ticket: Ticket,
    generation: MembershipGeneration,
    members: Iterable<Member>,
    names: Iterable<UserName>,
  ): Promise<{ readonly members: number }>;

  /** What the documents carry that the current membership gives to nobody. No document is read. */
  unreached(): Promise<Unreached>;

  /**
   * The tables that the current generation was made of, as they were given; a missing column may come back as null.
   * null: there is no generation yet.
   */
  membershipTables(): Promise<StoredTables | null>;

  /** The same without the tables, which may be large. */
  membershipReadings(): Promise<Omit<StoredTables, 'tables'> | null>;

  /**
   * Says that the generation of `was` is still true at `asOf`: it is that of `asOf` from now on. False, and nothing
   * changed, where another is current by now, or `asOf` is older.
   */
  confirmMembership(ticket: Ticket, was: number, asOf: number): Promise<boolean>;

  close(): Promise<void>;
}

export interface SearchOptions {
  /**
   * Who asks: user id (15 or 18 characters), username, FederationIdentifier or e-mail. They are tried in this order, and the
   * first kind that anybody has decides: a username is its user's, whoever has the same text as an e-mail. Where a
   * federation identifier or an e-mail is of several users, the one that is active is meant; of several active ones, or
   * of several rows with one username, nobody is.
   */
  readonly as: string;
  readonly types?: readonly ObjectName[];
  /**
   * Only records modified at that time or later: an ISO date, which is midnight UTC, or an ISO date-time with its time
   * zone. `Hit.modified` is what is compared, to the millisecond.
   */
  readonly modifiedFrom?: string;
  /** Only records modified before that time: as `modifiedFrom`. */
  readonly modifiedBefore?: string;
  /**
   * Only records of this owner: the id of a user or a queue, 15 or 18 characters. Of objects whose OwnerId the user may not read
   * it finds nothing.
   */
  readonly owner?: string;
  /**
   * Only records of this account, by its id, 15 or 18 characters: exactly the hits that show it as `Hit.account`. An account
   * that the user does not find cannot be told from one that there is not, and the account itself is not among the hits.
   */
  readonly account?: string;
  /**
   * `relevance` (default), or `modified`: the last modified first, whatever the words, and `Hit.score` is 0. A record whose id
   * is typed comes first all the same. Without words both are one.
   */
  readonly sort?: 'relevance' | 'modified';
  /** How many hits, 1 to 200; default 20. */
  readonly limit?: number;
  /** `SearchResult.cursor` of the page before; null or left out: the first page. */
  readonly cursor?: string | null;
  /**
   * Ask Salesforce for each hit and its account, and leave out what it does not confirm: for an index opened with a
   * `verifier`. One API call a page; up to five where much is left out. Left out or false: the index alone answers.
   */
  readonly verify?: boolean;
}

export interface Hit {
  readonly id: string;
  readonly object: ObjectName;
  /** The record's page in Lightning Experience; only its path where the index was opened without the org's base URL. */
  readonly url: string;
  /** The first title field that is not empty and that the user may read; else the id. */
  readonly title: string;
  /**
   * The account of a contact, a case or an opportunity, by its present name. Only for users who find that account (asked
   * for or not) and may read the hit's AccountId. Null says nothing: that there is none, that it is not indexed, or that
   * it is not theirs to know.
   */
  readonly account: { readonly id: string; readonly name: string } | null;
  /**
   * A piece of the text around the match, from readable fields only; empty without words, and for a match far into long
   * texts. Matches stand between ⟦ and ⟧.
   */
  readonly snippet: string;
  /** The field of the snippet, by API name. */
  readonly snippetField: string | null;
  /** Salesforce's SystemModstamp, ISO: the last change by anybody, automated ones too. Everybody may read it. */
  readonly modified: string;
  /** The level of the match, higher is better; 0 without words, or where the search sorts by date. Comparable within one result only. */
  readonly score: number;
  /** Text of every readable field. */
  readonly fields: Readonly<Record<string, string>>;
}

export interface SearchResult {
  readonly userId: string;
  readonly hits: readonly Hit[];
  /** How many documents match, counted up to 1,000, by the first page. With `verify`: how many hits this page has. */
  readonly total: number;
  /** With `verify`: whether there is a cursor. */
  readonly totalIsLowerBound: boolean;
  /** What the next page is asked for by; null: nothing is left. Opaque, and good for these words, types, filters, order and user only. */
  readonly cursor: string | null;
}

/**
 * Asks Salesforce which of these records the user reads; a record that it says nothing about is not in the
 * answer. Throws where Salesforce does not answer.
 */
export type Verifier = (userId: string, recordIds: readonly string[]) => Promise<ReadonlyMap<string, boolean>>;

/** What one verified search left out. It tells what was taken away from the user: for an operator, never for that user. */
export interface Unconfirmed {
  readonly userId: string;
  /** Hits that Salesforce denies to the user. */
  readonly denied: number;
  /** Hits that Salesforce says nothing about: the record is gone, or the integration user cannot read it. */
  readonly unverified: number;
}

/** Told by each verified search that left something out, before it answers. */
export type OnUnconfirmed = (unconfirmed: Unconfirmed) => void;

/** The side that a search developer uses. Loads no Temporal code. */
export interface IndexReader {
  /**
   * Finds what the user may read. Every word must be found, the last one also as a prefix, in fields that the user may
   * read; a record whose id is typed comes first.
   *
   * **Filters** narrow what is found, and change nothing else: what they let through is found as without them. They are part
   * of what is asked, so that secrecy and pages hold with each.
   *
   * **Order.** No words, or sorted by date: the last modified first. With words: by where and how the words stand in the record's readable
   * fields (docs/search.md lists the levels), then the last modified first. Times are compared by the second.
   *
   * **Secrecy.** Changing only documents or fields that the user may not read changes nothing that the user sees: hits,
   * order, scores, totals, snippets, cursors.
   *
   * **Pages.** From page to page, by the cursor, *everything* that is found comes, each record once, whatever the limits.
   * What is written between two pages moves nothing else: a record that stays as it is, and stays readable, comes exactly
   * once. One that is new or changed meanwhile (text, modified, rights) may be missing from later pages; a new search has it.
   * Who asks, and what they may read, is looked up anew for every page; the total is the first page's.
   *
   * Throws `UserNotServedError` (unknown, ambiguous, inactive, frozen), `SearchRefusedError` (another org under the index;
   * nothing indexed yet), `CursorRefusedError` (not of this search) and RangeError (an invalid limit, time, id or order).
   */
  search(words: string, options: SearchOptions): Promise<SearchResult>;
  /** Every id that `search` would find, without a cap, each once, in no order. */
  ids(words: string, options: Omit<SearchOptions, 'sort' | 'limit' | 'cursor' | 'verify'>): Promise<string[]>;
  close(): Promise<void>;
}
