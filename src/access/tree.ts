import { append } from '../lib/collections.ts';

/** A forest of ids that name their parent. */
export interface Tree {
  has(id: string): boolean;
  /** Returns the ids above, nearest first, without the id itself. */
  above(id: string): readonly string[];
  /** Returns the ids below, at any depth, without the id itself. */
  below(id: string): readonly string[];
  /** Ids that are their own ancestors. They count as having nothing above them. */
  readonly inCircle: readonly string[];
}

/**
 * Builds a tree from each id's parent. Salesforce refuses cycles. If there is one anyway, it does not show who in it is
 * above whom. So its ids count as having no parent, but stay above the ids that lead to them.
 *
 * @param parents the parent of each known id; an unknown parent ends the line above an id and is part of it
 */
export function treeOf(parents: ReadonlyMap<string, string | null>): Tree {
  const inCircle = circlesOf(parents);
  const children = new Map<string, string[]>();
  for (const [id, parent] of parents) if (parent !== null && !inCircle.has(id)) append(children, parent, id);
  const lines = new Map<string, readonly string[]>();
  return {
    has: (id) => parents.has(id),
    inCircle: [...inCircle],
    above(id) {
      const known = lines.get(id);
      if (known !== undefined) return known;
      const line: string[] = [];
      for (let at = id; !inCircle.has(at); ) {
        const parent = parents.get(at);
        if (!parent) break;
        line.push(parent);
        at = parent;
      }
      lines.set(id, line);
      return line;
    },
    below(id) {
      const met = new Set([id]);
      // Iterating over a set also visits elements added during the iteration.
      for (const at of met) for (const child of children.get(at) ?? []) met.add(child);
      met.delete(id);
      return [...met];
    },
  };
}

/** Returns the parents for `treeOf` from rows. Skips rows without an id. */
export function parentsOf<Row>(
  rows: readonly Row[],
  id: (row: Row) => string | null | undefined,
  parent: (row: Row) => string | null | undefined,
): Map<string, string | null> {
  const parents = new Map<string, string | null>();
  for (const row of rows) {
    const key = id(row);
    if (key) parents.set(key, parent(row) || null);
  }
  return parents;
}

/**
 * Returns the ids in cycles. Walks up from each id until it meets one already visited. If the same walk visited it, it
 * is in a cycle.
 */
function circlesOf(parents: ReadonlyMap<string, string | null>): Set<string> {
  const metBy = new Map<string, string>();
  const inCircle = new Set<string>();
  for (const start of parents.keys()) {
    let at: string | null | undefined = start;
    while (at && !metBy.has(at)) {
      metBy.set(at, start);
      at = parents.get(at);
    }
    if (!at || metBy.get(at) !== start) continue;
    for (let id: string | null | undefined = at; id && !inCircle.has(id); id = parents.get(id)) inCircle.add(id);
  }
  return inCircle;
}
