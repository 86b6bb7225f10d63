import type { Held } from './permission-sets.ts';

/** The permission sets that apply until a moment, in milliseconds since 1970; null for no end. */
export interface Period {
  readonly until: number | null;
  readonly setIds: readonly string[];
}

/**
 * Splits the time from now on at each end of an assignment. Earliest period first; the last has no end. Set ids are
 * sorted and unique.
 */
export function periodsOf(held: readonly Held[]): Period[] {
  const ends = [...new Set(held.map(({ until }) => until ?? Number.POSITIVE_INFINITY))].sort((a, b) => a - b);
  if (ends.at(-1) !== Number.POSITIVE_INFINITY) ends.push(Number.POSITIVE_INFINITY);
  return ends.map((end) => ({
    until: Number.isFinite(end) ? end : null,
    setIds: [
      ...new Set(held.filter(({ until }) => (until ?? Number.POSITIVE_INFINITY) >= end).map(({ setId }) => setId)),
    ].sort(),
  }));
}
