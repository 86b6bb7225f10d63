import type { Member, ObjectAccess, ObjectReach, UserName } from '../../access/types.ts';
import type { FieldLists, IndexedFields, ObjectName } from '../../objects/index.ts';
import type { Filters, Sort } from '../model/filters.ts';
import type { UserNameKind } from '../model/user-name.ts';
import type { Term } from '../text/words.ts';

/**
 * The search engine: the side of the index that answers searches, and all that another engine has to implement. The run
 * store decides what documents and memberships are, and sends them. The embedded engine shares the store's file and
 * transactions, so it only implements the reading half (`SearchReads`).
 */
export interface SearchEngine extends SearchReads {
  /**
   * Lets only the fence's run write. From now on, a call of an earlier run throws a `StaleRunError`. A call of another
   * store throws an `IndexReplacedError` until that store claims the engine.
   *
   * Returns whose content the engine has: this store's, none, or another store's. Content of another store answers
   * searches until `wipe`. If the content is not this store's, every other write throws an `IndexReplacedError` until
   * then.
   *
   * The content also counts as another store's if the engine has a higher sequence than the store has ever given (the
   * store was restored from a copy), or lacks one that it has acknowledged (the engine was).
   */
  claim(fence: EngineFence, sequences: StoreSequences): Promise<'this' | 'none' | 'other'>;

  /**
   * Removes everything: documents, membership, settings and the key of the cursors. From now on the engine has content
   * of this store, which is empty.
   */
  wipe(fence: EngineFence): Promise<void>;

  /**
   * Stores the settings. Words and strings of fields that are no longer indexed are removed for good: they do not come
   * back if the field is indexed again. Searches that begin later use the settings. The engine acknowledges the
   * sequence, like those of documents.
   */
  configure(fence: EngineFence, settings: EngineSettings, sequence: number): Promise<void>;

  /**
   * Stores documents and removes others. Ignores a change unless its sequence is higher than that of the record's last
   * change, which may be a document or a removal. Searches may find the documents only after `refresh`. Throws a
   * `DocumentsRefusedError` for documents with content that the engine cannot store. It has stored all other changes
   * then, and still has the old documents of these records. Throws an error for a string of a field that is not indexed.
   *
   * Returns the highest sequence that the engine has acknowledged, or that it met in these records. If the store never
   * gave it, another store writes, too.
   */
  apply(fence: EngineFence, changes: readonly DocumentChange[]): Promise<number>;

  /** Makes everything that was applied visible to searches that begin later. */
  refresh(): Promise<void>;

  /**
   * Replaces the membership in one step. Searches use the old one until then. The engine acknowledges the sequence, like
   * those of documents.
   */
  publishMembership(fence: EngineFence, membership: PublishedMembership, sequence: number): Promise<void>;

  /** Counts documents that carry any of these principals, up to `upTo`. */
  countCarrying(principals: readonly string[], upTo: number): Promise<number>;
}

/** The reading half of an engine. */
export interface SearchReads {
  /**
   * Runs `work` on one consistent state. Throws a `SearchRefusedError` if there is nothing that this version can read,
   * and an `IndexUnavailableError` if the engine cannot be reached or read.
   *
   * @param now the time at which access must be valid, in milliseconds since 1970
   */
  reading<Result>(now: number, work: (view: EngineView) => Promise<Result>): Promise<Result>;

  close(): Promise<void>;
}

/** What a store knows about its sequences. 0: none. */
export interface StoreSequences {
  /** The highest that it has ever given. */
  readonly highest: number;
  /** The highest that an engine has acknowledged. */
  readonly acknowledged: number;
}

/** What every write to an engine carries. */
export interface EngineFence {
  /** The id of the store that the content comes from (`IndexState.indexId`). */
  readonly storeId: string;
  readonly run: number;
}

/** What searches must know in addition to documents and membership. */
export interface EngineSettings {
  /** Null: no run has begun. */
  readonly organizationId: string | null;
  /** See `IndexState.refusedOrganizationId`. */
  readonly refusedOrganizationId: string | null;
  readonly indexed: IndexedFields;
}

/** The new state of one record's document. */
export interface DocumentChange {
  readonly id: string;
  /** Rises with every change that the store makes. */
  readonly sequence: number;
  /** Null: removed. */
  readonly document: EngineDocument | null;
}

/** What is shown of a document. The reading side leaves out what the searcher may not read. */
export interface ShownDocument {
  readonly id: string;
  readonly object: ObjectName;
  /** Milliseconds since 1970. */
  readonly modified: number;
  readonly accountId: string | null;
  /** Text by API field name. An engine may leave out fields that are not in the scope. */
  readonly strings: Readonly<Record<string, string>>;
}

export interface EngineDocument extends ShownDocument {
  /** Its place in the order of hits with equal scores; the highest comes first. No two documents have the same. */
  readonly order: number;
  readonly ownerId: string | null;
  /** A user who has one of these may read the document. */
  readonly principals: readonly string[];
}

/** A membership as searches need it. */
export interface PublishedMembership {
  /** See `MembershipGeneration.fields`. */
  readonly fields: FieldLists;
  readonly members: Iterable<Member>;
  readonly names: Iterable<UserName>;
}

/** One consistent state of an engine. Valid only within `SearchReads.reading`. */
export interface EngineView {
  readonly settings: EngineSettings;
  /** False: no membership was ever published, so nobody may read anything. */
  readonly hasMembership: boolean;
  /** 32 random bytes that belong to this engine's content. Cursors are encrypted with them. */
  readonly cursorKey: Buffer;

  /** Finds users by one kind of name. */
  usersNamed(name: UserNameQuery): Promise<NamedUsers>;

  /** Returns what the user may read at the view's time. Null: the membership does not say. */
  accessOf(userId: string): Promise<UserAccess | null>;

  /**
   * Returns the first `limit` documents that match the query, after this place: the highest score first, then the
   * highest `order`. There need not be a document at the place.
   *
   * @param isOver asked between two steps. If it is true, the engine stops, but never before its first step
   */
  find(query: EngineQuery, after: Place | null, limit: number, isOver?: () => boolean): Promise<Finding>;

  /**
   * Counts the documents that match the query, up to `upTo`.
   *
   * @param isOver as in `find`. The count is then of what was counted
   */
  count(query: EngineQuery, upTo: number, isOver?: () => boolean): Promise<number>;

  /** Reports whether that document matches the query. */
  matches(query: EngineQuery, id: string): Promise<boolean>;

  /**
   * Returns the ids of all documents that match the query, each once. Their order may depend only on documents that
   * match.
   */
  ids(query: EngineQuery): Promise<string[]>;

  /** Returns those of the documents that are in the scope, by id, in no order. */
  records(ids: readonly string[], scope: Scope): Promise<ShownDocument[]>;
}

export interface UserNameQuery {
  /** The kinds are tried in an order (see `SearchOptions.as`). A user's id, stored as the username, is not a username. */
  readonly kind: UserNameKind;
  /** For ids, 18 characters; for usernames and e-mails, folded by `foldName`; otherwise as typed, without spaces. */
  readonly name: string;
  /** Leave out users who are inactive. */
  readonly activeOnly: boolean;
}

export interface NamedUsers {
  /** The first two of them. */
  readonly users: readonly NamedUser[];
  readonly count: number;
}

export interface NamedUser {
  readonly userId: string;
  readonly name: string;
  /** Folded by `foldName`. */
  readonly username: string;
  /** Why searches refuse the user. Null: they serve the user. */
  readonly refused: UserName['refused'];
}

export interface UserAccess {
  readonly objects: Readonly<Record<ObjectName, ObjectAccess>>;
  /** The fields that `all` means in `objects`. */
  readonly everyField: FieldLists;
}

/** What a search asks an engine for. */
export interface EngineQuery {
  /** The text as typed. */
  readonly words: string;
  /** What the documents must have. Empty: every document in the scope matches, with score 0. */
  readonly terms: readonly Term[];
  /** `modified`: every score is 0. */
  readonly sort: Sort;
  readonly scope: Scope;
}

/** The documents, and their fields, that one user may read within the filters. Computed by `scopeOf`. */
export interface Scope {
  readonly userId: string;
  /** Each object is in one group at most. No groups: no document. */
  readonly groups: readonly ScopeGroup[];
  readonly filters: Filters;
}

/** Objects with the same kind of access. */
export interface ScopeGroup {
  /**
   * `all`: every document. `principals`: documents that carry a principal of the user. `bare`: documents that carry the
   * user's owner-only principal (`ownerOnly`).
   */
  readonly reach: Exclude<ObjectReach, 'none'>;
  readonly objects: readonly ScopeObject[];
}

export interface ScopeObject {
  readonly name: ObjectName;
  /** The indexed fields that the user may read, in the object's order. */
  readonly fields: readonly string[];
  /** Those of them that are titles. */
  readonly titleFields: readonly string[];
}

/** The place of a document in the order of the hits. */
export interface Place {
  /** The level of the match; higher is better (docs/search.md). 0 without words, or sorted by date. */
  readonly score: number;
  /** See `EngineDocument.order`. */
  readonly order: number;
}

export interface Finding {
  readonly documents: readonly FoundDocument[];
  /** The engine stopped here, because the time was over: `documents` are all up to this place. Null: it did not. */
  readonly stoppedAt: Place | null;
}

export interface FoundDocument extends ShownDocument, Place {}
