import type { IndexLocation } from './location.ts';

/** How much an index can hold. */
export interface IndexLimits {
  /** The number of fields of all objects together. */
  readonly fields: number;
}

const LIMITS: Readonly<Record<IndexLocation['engine'], IndexLimits>> = {
  // A table of SQLite has 2,000 columns, a few of which FTS5 and the principals take.
  sqlite: { fields: 1_900 },
  // A code point of Unicode's first private area for each field.
  opensearch: { fields: 6_000 },
};

/** Returns how much the index can hold, whether it exists or not. */
export function limitsOf({ engine }: IndexLocation): IndexLimits {
  return LIMITS[engine];
}
