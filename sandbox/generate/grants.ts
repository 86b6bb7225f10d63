/** What a share row gives: on the record, and of an account on its cases and opportunities. */
export interface Levels {
  readonly own: 'Read' | 'Edit' | 'All';
  readonly cases: 'None' | 'Read' | 'Edit';
  readonly opportunities: 'None' | 'Read' | 'Edit';
}

export interface Grant extends Levels {
  readonly grantee: string;
  readonly cause: string;
}

/** Salesforce keeps one row for these causes together, under the highest. */
const COMPRESSED = ['ImplicitParent', 'Manual', 'Owner'];

/** The share rows of one record, as they add up: of a grantee and a cause there is one. */
export class Grants {
  readonly #grants = new Map<string, Grant>();

  /** A row that is there already stays. Causes must come from the highest to the lowest. */
  add(grantee: string, cause: string, levels: Levels): void {
    const key = `${grantee} ${COMPRESSED.includes(cause) ? 'compressed' : cause}`;
    if (!this.#grants.has(key)) this.#grants.set(key, { grantee, cause, ...levels });
  }

  all(): IterableIterator<Grant> {
    return this.#grants.values();
  }

  /** Whom the rows name, each once. */
  grantees(): Set<string> {
    return new Set([...this.#grants.values()].map(({ grantee }) => grantee));
  }
}

export const READ: Levels = { own: 'Read', cases: 'None', opportunities: 'None' };
export const EDIT: Levels = { own: 'Edit', cases: 'None', opportunities: 'None' };
export const ALL: Levels = { own: 'All', cases: 'None', opportunities: 'None' };
