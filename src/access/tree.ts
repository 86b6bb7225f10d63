import { append } from './multimap.ts';

/** A forest of ids that name their parent. */
export interface Tree {
  has(id: string): boolean;
  /** The ids above, nearest first; without the id itself. */
  above(id: string): readonly string[];
  /** The ids below, at any depth; without the id itself. */
  below(id: string): readonly string[];
  /** The ids that name themselves as above themselves, over however many others. They have nobody above. */
  readonly inCircle: readonly string[];
}

/**
 * Salesforce refuses circles. One that is met all the same says of nobody in it who is above whom: its ids count as if they had no
 * parent, and stay above what leads to them.
 *
 * @param parents each known id with its parent; a parent that is not known ends the line above it, and belongs to it
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
      // A set visits what is added while it is walked.
      for (const at of met) for (const child of children.get(at) ?? []) met.add(child);
      met.delete(id);
      return [...met];
    },
  };
}

/** The parents of `treeOf` from rows; rows without an id are left out. */
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

/** Walks up from every id until it meets an id of an earlier walk, or one of its own: that one is in a circle. */
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
