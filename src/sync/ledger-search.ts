import type { LedgerRange } from '../index/port.ts';

/** A range of parents as the ledger has it, and what the org says of it. */
export interface CountedRange extends LedgerRange {
  /** Rows. */
  readonly counted: number;
  /** The newest date among them, ISO; null: there is no row. Left out: it was not asked for. */
  readonly newestThere?: string | null;
}

/** API calls that one search for removed rows may take for each range that was counted, of ten at most; what it does not find is found by the next. */
export const MOST_CALLS = 10;

/**
 * Rows that the org counts in one query. Of a range with more than a million Salesforce does not use the index, but reads
 * the whole table; some rows come beside those that the ledger knows.
 */
export const ROWS_A_COUNT = 800_000;

/** Ranges in one API call, counted or read. */
export const RANGES_A_CALL = 5;

/** A range of no more parents, and no more rows, is read rather than counted further. */
const FEW_PARENTS = 200;
const FEW_ROWS = 2_000;

export interface Parting {
  readonly range: CountedRange;
  readonly pieces: number;
}

/** What the search asks for: how to part a range and count its parts, and how to read ranges anew. */
export interface LedgerSearch {
  /** Parts each range in so many pieces, and counts them, `RANGES_A_CALL` together. One API call. */
  split(parts: readonly Parting[]): Promise<readonly CountedRange[]>;
  /** Reads ranges anew, and answers what is left of those that were too long to be read to their end. */
  read(ranges: readonly CountedRange[]): Promise<readonly CountedRange[]>;
  /** API calls that are left. */
  callsLeft(): number;
}

/**
 * Finds the parents whose share rows differ in the org and in the ledger, range by range, and has them read again.
 * The smallest range goes first: so what is found is found in one search, however much there is. Answers the ranges that
 * are still to be searched; nothing is remembered of them, for the next search finds them by their counts.
 */
export async function searchLedger(
  whole: readonly CountedRange[],
  search: LedgerSearch,
): Promise<readonly CountedRange[]> {
  let open = whole.filter(differs);
  for (;;) {
    const step = nextStep(open, search.callsLeft());
    if (step === null) return open;
    const ranges = step.kind === 'read' ? step.ranges : step.partings.map(({ range }) => range);
    const rest = open.filter((range) => !ranges.includes(range));
    const found = step.kind === 'read' ? await search.read(ranges) : await search.split(step.partings);
    open = [...rest, ...found.filter(differs)];
  }
}

export type Step =
  | { readonly kind: 'split'; readonly partings: readonly Parting[] }
  | { readonly kind: 'read'; readonly ranges: readonly CountedRange[] };

/** What to do next with the ranges that differ; null: there are none, or no call would lead to a find. */
export function nextStep(open: readonly CountedRange[], callsLeft: number): Step | null {
  if (callsLeft < 1) return null;
  const small = open.filter((range) => sizeOf(range) <= 1);
  if (small.length >= RANGES_A_CALL) return { kind: 'read', ranges: small.slice(0, RANGES_A_CALL) };
  // Without a call left to read it, a range were parted for nothing.
  const large = open.filter((range) => sizeOf(range) > 1 && callsLeft > splitsOf(range));
  const partings = together(large.toSorted((one, other) => sizeOf(one) - sizeOf(other)));
  if (partings.length > 0) return { kind: 'split', partings };
  return small.length === 0 ? null : { kind: 'read', ranges: small };
}

/** As many of the ranges as have room in one call, from the first. */
function together(ranges: readonly CountedRange[]): Parting[] {
  const partings: Parting[] = [];
  let room = RANGES_A_CALL;
  for (const range of ranges) {
    const pieces = Math.min(RANGES_A_CALL, Math.ceil(sizeOf(range)));
    if (pieces > room) break;
    partings.push({ range, pieces });
    room -= pieces;
  }
  return partings;
}

/** Whether the org has other rows in the range than the ledger. */
export function differs({ rows, counted, newest, newestThere }: CountedRange): boolean {
  return rows !== counted || (newestThere !== undefined && newestThere !== newest);
}

/** In how many pieces a range is small enough to be read, if its rows are spread evenly. */
function sizeOf({ parents, rows }: LedgerRange): number {
  return parents <= 1 ? 1 : Math.max(parents / FEW_PARENTS, Math.min(rows / FEW_ROWS, parents));
}

/** How often a range is parted until it is. */
function splitsOf(range: CountedRange): number {
  return Math.ceil(Math.log(sizeOf(range)) / Math.log(RANGES_A_CALL));
}
