import type { IndexedFields } from '../../../objects/index.ts';
import type { Strings } from '../../model/merge.ts';
import type { DocumentRow } from './documents.ts';

/** What a write transaction does to one document. */
export interface DocumentChange {
  /** Null: the store did not have it. */
  readonly old: DocumentRow | null;
  /** The document, or its tombstone. */
  readonly next: DocumentRow;
  /** The new strings. */
  readonly strings: Strings;
}

/** How changes of the store reach the search engine. Each call is part of the write transaction that makes the change. */
export interface Publication {
  /**
   * Publishes changes of documents. Called before the store saves them: the store's strings are the old ones. Throws a
   * `DocumentsRefusedError` for a document whose content the engine cannot store.
   */
  change(changes: readonly DocumentChange[]): void;

  /** Publishes a document of which only `modified` has changed, within the same second. */
  renew(row: DocumentRow): void;

  /** Publishes new fields. The store's strings have no other fields. */
  reshape(indexed: IndexedFields): Promise<void>;

  /** Publishes the organization that the index belongs to, and the one that answered in its place. */
  changeOrganization(): void;

  /** Publishes the membership that is current now. */
  changeMembership(): void;

  /** Counts the documents that carry one of the principals, up to `upTo`. */
  countCarrying(principalNumbers: readonly number[], upTo: number): number | Promise<number>;
}
