import type { WriteResult } from '../index/port/documents.ts';

/** What a run did with the documents of an object. */
export interface Counts {
  readonly read: number;
  readonly added: number;
  readonly changed: number;
  readonly renewed: number;
  readonly removed: number;
}

export const NO_COUNTS: Counts = { read: 0, added: 0, changed: 0, renewed: 0, removed: 0 };

export function addCounts(a: Counts, b: Counts): Counts {
  return {
    read: a.read + b.read,
    added: a.added + b.added,
    changed: a.changed + b.changed,
    renewed: a.renewed + b.renewed,
    removed: a.removed + b.removed,
  };
}

export function countsOf({ added, changed, renewed, removed }: WriteResult): Counts {
  return { read: 0, added, changed, renewed, removed };
}
