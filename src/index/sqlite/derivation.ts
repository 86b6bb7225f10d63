import { documentPrincipals } from '../../access/principals.ts';
import type { AccountFacts, ContactDerivation, RecordFacts } from '../../access/types.ts';
import type { Database } from './database.ts';
import { shareRows, shareText } from './parents.ts';
import type { Principals } from './principals.ts';
import { optional, text } from './stored.ts';

/** The owner that a batch gives an account: null where it takes the account away, undefined where it says nothing of it. */
type PendingOwner = (accountId: string) => string | null | undefined;

/** Derives the principals of documents from what the index holds and a batch brings, and tells which accounts changed. */
export class Derivation {
  readonly #db: Database;
  readonly #principals: Principals;
  readonly #contacts: ContactDerivation | null;
  readonly #pendingOwner: PendingOwner;
  readonly #before = new Map<string, string>();
  readonly #accounts = new Map<string, AccountFacts>();

  constructor(db: Database, principals: Principals, contacts: ContactDerivation | null, pendingOwner: PendingOwner) {
    this.#db = db;
    this.#principals = principals;
    this.#contacts = contacts;
    this.#pendingOwner = pendingOwner;
  }

  /** Remembers an account as it is, before the batch changes it. */
  noteAccount(id: string): void {
    if (!this.#before.has(id)) this.#before.set(id, this.#accountText(id));
  }

  /** The noted accounts whose owner or share rows are others now: their children need new principals. */
  changedAccounts(): string[] {
    return [...this.#before].filter(([id, before]) => this.#accountText(id) !== before).map(([id]) => id);
  }

  /** Numbers of the principals of a live document. Called when all share rows of the batch are stored. */
  pidsOf(id: string, facts: RecordFacts): number[] {
    // Before the first backfill nobody knows how contacts get theirs: closed.
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
