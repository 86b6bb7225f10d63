import type { ObjectName } from '../objects/index.ts';

/** A row of a share object, reduced to what decides reading. */
export interface ShareRow {
  /** UserOrGroupId, 18 characters. */
  readonly grantee: string;
  /** RowCause as Salesforce writes it: an open list. */
  readonly cause: string;
  /**
   * The objects that the row gives access to: the shared record's own, and for AccountShare also the account's
   * children. Can be empty.
   */
  readonly opens: readonly ObjectName[];
}

/** What a record itself says about who can read it. */
export interface RecordFacts {
  readonly object: ObjectName;
  readonly ownerId: string | null;
  readonly accountId: string | null;
  /** Opportunity.IsPrivate. */
  readonly isPrivate: boolean;
  /** Contact.IsPersonAccount. `unknown`: the org has person accounts, and this contact's value cannot be read. */
  readonly isPersonAccount: boolean | 'unknown';
}

/**
 * What the index knows of a record's account: its owner (null if the account is not indexed) and all its share rows.
 */
export interface AccountFacts {
  readonly ownerId: string | null;
  readonly shares: readonly ShareRow[];
}

/**
 * Contact sharing: controlled by parent (`controlled`, the account's principals) or independent (`own`, the contact's
 * own shares). The org-wide default decides it. A complete backfill gives all contact documents the same one.
 */
export type ContactSharing = 'controlled' | 'own';

/**
 * What a user reads of an object:
 * - `none`: nothing
 * - `bare`: only documents with the user's owner-only principal
 * - `principals`: documents that have a principal in common with the user
 * - `all`: every document
 */
export type ObjectReach = 'none' | 'bare' | 'principals' | 'all';

export interface ObjectAccess {
  readonly reach: ObjectReach;
  /** API names of the fields that the user can read, among those for which access is decided; `all` for every one. */
  readonly fields: 'all' | readonly string[];
}

/** What one user can read until a moment. A user has one row per period; a search uses the first that has not ended. */
export interface Member {
  readonly userId: string;
  /** ISO time at which this row ceases to apply; null: valid until the next generation. */
  readonly validUntil: string | null;
  /**
   * Every principal that reaches the user: user ids, group ids, the owner-only user (`=005…`) and markers
   * (`@open:Lead`). Sorted, unique.
   */
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
  /** Null if the search serves the user. Otherwise why not, as a clause: `inactive`, `frozen`. */
  readonly refused: string | null;
}
