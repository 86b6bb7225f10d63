import type { IndexedFields } from '../../../objects/index.ts';
import type { Strings } from '../../model/merge.ts';
import type { PreparedStrings } from '../../port/documents.ts';
import type { Database } from '../file/database.ts';
import type { DocumentRow } from './documents.ts';
import type { Principals } from './principals.ts';

/** What a write transaction does to the row of one document. */
export interface RowChange {
  /** Null: the store did not have it. */
  readonly old: DocumentRow | null;
  /** The document, or its tombstone. */
  readonly next: DocumentRow;
  /** The new strings. */
  readonly strings: Strings;
  readonly prepared: PreparedStrings | undefined;
}

/**
 * How the store's changes reach the search engine. `change`, `renew`, `reshape`, `changeOrganization` and
 * `changeMembership` run in the write transaction that makes the change.
 */
export interface Publication {
  /**
   * Publishes changes of documents. Called before the store saves them: the store's strings are the old ones. Throws a
   * `DocumentsRefusedError` for a document whose content the engine cannot store.
   */
  change(changes: readonly RowChange[]): void;

  /** Publishes a document if only `modified` has changed, within the same second. */
  renew(row: DocumentRow): void;

  /** Publishes new fields. The store's strings have no other fields. */
  reshape(indexed: IndexedFields): Promise<void>;

  /** Publishes which organization the index belongs to, and which other organization has answered. */
  changeOrganization(): void;

  /** Publishes the membership that is current now. */
  changeMembership(): void;

  /** Counts the documents that carry one of the principals, up to `upTo`. */
  countCarrying(principalNumbers: readonly number[], upTo: number): number | Promise<number>;

  /**
   * Lets only the admitted run write to the engine, and begins to bring the engine up to date. Returns the number of
   * documents that it sends again, because the engine lacks them.
   */
  claim(store: OpenStore): Promise<number>;

  /** Call before a transaction. Throws an `IndexReplacedError` if another store writes to the engine, too. */
  check(): Promise<void>;

  /** Sends what was committed, and returns as soon as little is left to send. */
  flush(store: OpenStore): Promise<void>;

  /** Returns once searches that begin later see everything that was committed. */
  settle(store: OpenStore): Promise<void>;

  /** Stops sending. The next store that is opened continues. */
  close(): Promise<void>;
}

/** An open store: its file, its numbers of principals, and its way to the search engine. */
export interface OpenStore {
  readonly db: Database;
  readonly principals: Principals;
  readonly publication: Publication;
}
