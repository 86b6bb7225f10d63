/** What a share row gives: access to the record and, on an account, to its cases and opportunities. */
export interface Levels {
  readonly own: 'Read' | 'Edit' | 'All';
  readonly cases: 'None' | 'Read' | 'Edit';
  readonly opportunities: 'None' | 'Read' | 'Edit';
}

export interface Grant extends Levels {
  readonly grantee: string;
  readonly cause: string;
}

/** Salesforce stores one row for these causes, with the highest one as RowCause. */
const COMPRESSED = ['ImplicitParent', 'Manual', 'Owner'];

/** The share rows of one record: one for each grantee and cause. */
export class Grants {
  readonly #grants = new Map<string, Grant>();

  /** Adds a row; an existing one stays. Causes must come from the highest to the lowest. */
  add(grantee: string, cause: string, levels: Levels): void {
    const key = `${grantee} ${COMPRESSED.includes(cause) ? 'compressed' : cause}`;
    if (!this.#grants.has(key)) this.#grants.set(key, { grantee, cause, ...levels });
  }

  all(): IterableIterator<Grant> {
    return this.#grants.values();
  }

  /** Returns the grantees of the rows, each once. */
  grantees(): Set<string> {
    return new Set([...this.#grants.values()].map(({ grantee }) => grantee));
  }
}

export const READ: Levels = { own: 'Read', cases: 'None', opportunities: 'None' };
export const EDIT: Levels = { own: 'Edit', cases: 'None', opportunities: 'None' };
export const ALL: Levels = { own: 'All', cases: 'None', opportunities: 'None' };
