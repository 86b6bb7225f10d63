import type { ObjectName } from '../objects/index.ts';

/** One row of a share object, reduced to what decides on reading. */
export interface ShareRow {
  /** UserOrGroupId, 18 characters. */
  readonly grantee: string;
  /** RowCause as Salesforce writes it: an open list. */
  readonly cause: string;
  /** What the row opens: the shared record's own object, and for an AccountShare also the children it reaches. Empty: nothing. */
  readonly opens: readonly ObjectName[];
}

/** What a record itself says about who may read it. */
export interface RecordFacts {
  readonly object: ObjectName;
  readonly ownerId: string | null;
  readonly accountId: string | null;
  /** Opportunity.IsPrivate. */
  readonly isPrivate: boolean;
  /** Contact.IsPersonAccount. `unknown`: the org has person accounts, and the value of this contact cannot be read. */
  readonly isPersonAccount: boolean | 'unknown';
}

/** What the index knows of a record's account: its owner (null where the account is not indexed) and all its share rows. */
export interface AccountFacts {
  readonly ownerId: string | null;
  readonly shares: readonly ShareRow[];
}

/** What an object's org-wide default does for reading. Only Contact can be `controlled`: users who read the account read it. */
export type SharingDefault = 'private' | 'open' | 'controlled';

/**
 * How contacts get their principals: `controlled` by their account, or by shares of their `own`. A property of the
 * org-wide default; documents carry principals of one derivation.
 */
export type ContactDerivation = 'controlled' | 'own';

/**
 * What a user reads of an object. `none`: nothing. `bare`: documents that carry the bare principal of that user, and no
 * others. `principals`: documents that share a principal with the user. `all`: every document.
 */
export type ObjectReach = 'none' | 'bare' | 'principals' | 'all';

export interface ObjectAccess {
  readonly reach: ObjectReach;
  /** The fields of the object, of those decided on, that the user may read, by API name; `all` for every one. */
  readonly fields: 'all' | readonly string[];
}

/** What one user may read, up to a moment. A user has one row a period; a search takes the first that has not ended. */
export interface Member {
  readonly userId: string;
  /** ISO time at which this row stops being true; null: until a new generation. */
  readonly validUntil: string | null;
  /** Every principal that reaches the user: user ids, group ids, the bare user (`=005…`), markers (`@open:Lead`). Sorted, unique. */
  readonly principals: readonly string[];
  readonly objects: Readonly<Record<ObjectName, ObjectAccess>>;
}

/** How a user can be named, and whether the search serves them. */
export interface UserName {
  readonly userId: string;
  readonly name: string;
  readonly username: string;
  readonly federationId: string | null;
  readonly email: string | null;
  /** null: served. Else why not, as a clause: `inactive`, `frozen`. */
  readonly refused: string | null;
}
