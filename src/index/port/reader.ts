import type { ObjectName } from '../../objects/index.ts';
import type { UserNameKind } from '../model/user-name.ts';

/**
 * A user by one kind of name, and by no other: for names that an identity provider vouches for. An e-mail that several
 * users have, active or not, matches nobody.
 */
export interface UserReference {
  readonly kind: UserNameKind;
  readonly name: string;
  /** The organization that the user belongs to, 18 characters. An index of another one does not know the user. */
  readonly organizationId?: string;
}

export interface AsUser {
  /**
   * The user who searches. A string is a user id (15 or 18 characters), username, FederationIdentifier or e-mail. They
   * are tried in this order, and the first kind with a match decides. So a username finds its own user, even if the
   * same text is another user's e-mail. If several users share a federation identifier or an e-mail, the active one is
   * meant. Several active ones, or several rows with one username, match nobody.
   */
  readonly as: string | UserReference;
}

export interface SearchOptions extends AsUser {
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

/** One record, as the user sees it. */
export type ShownRecord = Omit<Hit, 'snippet' | 'snippetField' | 'score'>;

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
   * The search reached its time limit, and stopped. The hits are the first ones, in the right order, but there may be
   * fewer than `limit`; the cursor continues after them. `total` may be too low: then `totalIsLowerBound` is true.
   */
  readonly isCut: boolean;
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

/** The measure of one search. It has no words and no record content. */
export interface Searched {
  readonly userId: string;
  /** From the call to the answer, including the time that Salesforce takes for `verify`. */
  readonly milliseconds: number;
  /** The number of hits on the page. */
  readonly hits: number;
  readonly isVerified: boolean;
}

/** Called after each search that answered. */
export type OnSearched = (searched: Searched) => void;

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
  /**
   * Returns what the user sees of one record. Null does not say why: there may be no such record, or the user may not
   * read it. Throws as `search` does.
   *
   * @param id 15 or 18 characters
   */
  record(id: string, options: AsUser): Promise<ShownRecord | null>;
  close(): Promise<void>;
}
