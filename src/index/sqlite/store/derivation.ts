import { documentPrincipals } from '../../../access/principals.ts';
import type { AccountFacts, ContactSharing, RecordFacts } from '../../../access/types.ts';
import type { Database } from '../file/database.ts';
import { optional, text } from '../file/stored.ts';
import { shareRows, shareText } from './parents.ts';
import type { Principals } from './principals.ts';

/**
 * Returns the owner that a batch gives an account. Null: the batch removes the account; undefined: the batch does not
 * contain it.
 */
type PendingOwner = (accountId: string) => string | null | undefined;

/** A derivation of documents' principals, from the index and a batch. Also finds the accounts that changed. */
export class Derivation {
  readonly #db: Database;
  readonly #principals: Principals;
  readonly #contacts: ContactSharing | null;
  readonly #pendingOwner: PendingOwner;
  readonly #before = new Map<string, string>();
  readonly #accounts = new Map<string, AccountFacts>();

  constructor(db: Database, principals: Principals, contacts: ContactSharing | null, pendingOwner: PendingOwner) {
    this.#db = db;
    this.#principals = principals;
    this.#contacts = contacts;
    this.#pendingOwner = pendingOwner;
  }

  /** Notes an account's state before the batch changes it. */
  noteAccount(id: string): void {
    if (!this.#before.has(id)) this.#before.set(id, this.#accountText(id));
  }

  /** Returns the noted accounts with another owner or other share rows now. Their children need new principals. */
  changedAccounts(): string[] {
    return [...this.#before].filter(([id, before]) => this.#accountText(id) !== before).map(([id]) => id);
  }

  /** Returns the principal numbers of a live document. Call it after all share rows of the batch are stored. */
  principalNumbersOf(id: string, facts: RecordFacts): number[] {
    // Before the first backfill it is unknown how contacts are shared: access is denied.
    if (this.#contacts === null && facts.object === 'Contact') return [];
    const account = facts.accountId === null ? null : this.#accountFacts(facts.accountId);
    const names = documentPrincipals(facts, shareRows(this.#db, id), account, this.#contacts ?? 'controlled');
    return this.#principals.numbersOf(names);
  }

  #accountFacts(id: string): AccountFacts {
    const known = this.#accounts.get(id);
    if (known !== undefined) return known;
    const facts = { ownerId: this.#ownerOf(id), shares: shareRows(this.#db, id) };
    this.#accounts.set(id, facts);
    return facts;
  }

  #accountText(id: string): string {
    return `${this.#ownerOf(id)} ${shareText(this.#db, id)}`;
  }

  #ownerOf(id: string): string | null {
    const pending = this.#pendingOwner(id);
    if (pending !== undefined) return pending;
    return this.#db.value(optional(text('owner')), 'from doc where id = ? and live = 1', id) ?? null;
  }
}
