import type { OrgControl } from '@salesforce-connector/sandbox/control';
import { type VirtualTable, valueAt } from '@salesforce-connector/sandbox/testing';
import type { Database } from '../../src/index/sqlite/file/database.ts';
import { recordId } from '../../test/sync/org-folder.ts';
import { readLedger } from './share-ledger.ts';

const KINDS = ['added', 'changed', 'removed'] as const;

type ChangingOrg = Pick<OrgControl, 'change' | 'now'>;

interface Change {
  readonly account: string;
  readonly kind: (typeof KINDS)[number];
  /** On the org's clock. */
  readonly at: number;
}

/** Share rows that change in an org, at any time and anywhere in the table, and when the index gets them. */
export class ShareChanges {
  readonly #org: ChangingOrg;
  readonly #shares: VirtualTable;
  readonly #each: number;
  readonly #grantee: string;
  readonly #random: () => number;
  readonly #rowsOf = new Map<string, number>();
  #open: Change[] = [];
  #made = 0;
  /** For each change in the ledger, the ms until the end of the run that read it. */
  readonly waits: number[] = [];

  constructor(org: ChangingOrg, shares: VirtualTable, each: number, grantee: string, random: () => number) {
    this.#org = org;
    this.#shares = shares;
    this.#each = each;
    this.#grantee = grantee;
    this.#random = random;
  }

  get made(): number {
    return this.#made;
  }

  get open(): readonly Change[] {
    return this.#open;
  }

  /** Makes changes, each in a different account. In five rows, two are added, two changed and one removed. */
  async make(count: number): Promise<void> {
    for (let made = 0; made < count; made += 1) {
      const n = this.#account() * this.#each;
      const account = String(valueAt(this.#shares, 'AccountId', n));
      const kind = KINDS[Math.floor((this.#made % 5) / 2)] ?? 'added';
      const Id = String(valueAt(this.#shares, 'Id', n + this.#each - 1));
      this.#rowsOf.set(account, this.#each + (kind === 'added' ? 1 : kind === 'removed' ? -1 : 0));
      await this.#org.change(
        kind === 'removed'
          ? { erase: 'AccountShare', id: Id }
          : kind === 'changed'
            ? { put: 'AccountShare', row: { Id, AccountAccessLevel: 'Edit' } }
            : { put: 'AccountShare', row: this.#added(account) },
      );
      this.#open.push({ account, kind, at: await this.#org.now() });
      this.#made += 1;
    }
  }

  /** Checks which changes the ledger has since the last run. */
  note(index: Database, now: number): void {
    this.#open = this.#open.filter(({ account, at }) => {
      const ledger = readLedger(index, account);
      if (ledger.at < at || ledger.rows !== this.#rowsOf.get(account)) return true;
      this.waits.push(now - at);
      return false;
    });
  }

  #account(): number {
    for (;;) {
      const account = Math.floor(this.#random() * (this.#shares.size / this.#each));
      if (!this.#rowsOf.has(String(valueAt(this.#shares, 'AccountId', account * this.#each)))) return account;
    }
  }

  #added(account: string) {
    return {
      Id: recordId('00r', 900_000_000 + this.#made),
      AccountId: account,
      UserOrGroupId: this.#grantee,
      AccountAccessLevel: 'Read',
      ContactAccessLevel: 'None',
      CaseAccessLevel: 'None',
      OpportunityAccessLevel: 'None',
      RowCause: 'Manual',
    };
  }
}

/** Returns Mulberry32: the same numbers for the same seed. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
