import { documentPrincipals } from '../../access/principals.ts';
import type { AccountFacts, ContactSharing, RecordFacts, ShareRow } from '../../access/types.ts';

/** What a store knows about share rows and owners. */
export interface ShareFacts {
  shareRows(id: string): readonly ShareRow[];
  /** Equal texts are equal rows. */
  shareText(id: string): string;
  /** Null: there is no such document, or its owner is unknown. */
  ownerOf(id: string): string | null;
}

/**
 * Returns the owner that a batch gives an account. Null: the batch removes the account; undefined: the batch does not
 * contain it.
 */
type PendingOwner = (accountId: string) => string | null | undefined;

/** A derivation of documents' principals, from a store and a batch. Also finds the accounts that changed. */
export class Derivation {
  readonly #known: ShareFacts;
  readonly #contacts: ContactSharing | null;
  readonly #pendingOwner: PendingOwner;
  readonly #before = new Map<string, string>();
  readonly #accounts = new Map<string, AccountFacts>();

  /** @param contacts null: it is unknown how contacts are shared */
  constructor(known: ShareFacts, contacts: ContactSharing | null, pendingOwner: PendingOwner) {
    this.#known = known;
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

  /** Returns the principals of a live document. Call it after all share rows of the batch are stored. */
  principalsOf(id: string, facts: RecordFacts): readonly string[] {
    // Before the first backfill it is unknown how contacts are shared: access is denied.
    if (this.#contacts === null && facts.object === 'Contact') return [];
    const account = facts.accountId === null ? null : this.#accountFacts(facts.accountId);
    return documentPrincipals(facts, this.#known.shareRows(id), account, this.#contacts ?? 'controlled');
  }

  #accountFacts(id: string): AccountFacts {
    const known = this.#accounts.get(id);
    if (known !== undefined) return known;
    const facts = { ownerId: this.#ownerOf(id), shares: this.#known.shareRows(id) };
    this.#accounts.set(id, facts);
    return facts;
  }

  #accountText(id: string): string {
    return `${this.#ownerOf(id)} ${this.#known.shareText(id)}`;
  }

  #ownerOf(id: string): string | null {
    const pending = this.#pendingOwner(id);
    return pending === undefined ? this.#known.ownerOf(id) : pending;
  }
}
