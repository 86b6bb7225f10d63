import type { Held } from './permission-sets.ts';

/** The permission sets that count up to a moment: milliseconds since 1970; null: without an end. */
export interface Period {
  readonly until: number | null;
  readonly setIds: readonly string[];
}

/** Cuts the time from now on at every end of an assignment: earliest first, the last without an end. Ids sorted, unique. */
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
