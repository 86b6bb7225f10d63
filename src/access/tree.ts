import { append } from './multimap.ts';

/** A forest of ids that name their parent. Cycles, which Salesforce refuses, end at the first id met again. */
export interface Tree {
  has(id: string): boolean;
  /** The ids above, nearest first; without the id itself. */
  above(id: string): readonly string[];
  /** The ids below, at any depth; without the id itself. */
  below(id: string): readonly string[];
}

/** @param parents each known id with its parent; a parent that is not known ends the line above it, and belongs to it */
export function treeOf(parents: ReadonlyMap<string, string | null>): Tree {
  const children = new Map<string, string[]>();
  for (const [id, parent] of parents) if (parent !== null) append(children, parent, id);
  const lines = new Map<string, readonly string[]>();
  return {
    has: (id) => parents.has(id),
    above(id) {
      const known = lines.get(id);
      if (known !== undefined) return known;
      const met = new Set([id]);
      for (let up = parents.get(id); up && !met.has(up); up = parents.get(up)) met.add(up);
      met.delete(id);
      const line = [...met];
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
