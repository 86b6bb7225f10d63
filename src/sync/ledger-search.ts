import type { LedgerRange } from '../index/port/ledger.ts';

/** A range of parents in the ledger, with the org's counts. */
export interface CountedRange extends LedgerRange {
  /** The org's number of rows. */
  readonly counted: number;
  /** The newest date among the org's rows, ISO; null if there are none. Missing if it was not requested. */
  readonly newestThere?: string | null;
}

/**
 * Maximum number of API calls in one search for removed rows, per counted range, for at most ten ranges. The next
 * search finds the rest.
 */
export const MOST_CALLS = 10;

/**
 * Maximum number of rows to count in one query. For a range with more than a million rows, Salesforce ignores the index
 * and reads the whole table. The margin is for rows that the ledger does not know.
 */
export const ROWS_A_COUNT = 800_000;

/** Ranges counted or read in one API call. */
export const RANGES_A_CALL = 5;

/** A range with at most this many parents and rows is read instead of counted further. */
const FEW_PARENTS = 200;
const FEW_ROWS = 2_000;

export interface Split {
  readonly range: CountedRange;
  readonly pieces: number;
}

/**
 * One step of a search for the parents whose share rows differ between the org and the ledger: split ranges and count
 * their parts, or read ranges again. Each step is one API call.
 */
export type Step =
  | { readonly kind: 'split'; readonly splits: readonly Split[] }
  | { readonly kind: 'read'; readonly ranges: readonly CountedRange[] };

/**
 * Returns the next step for the ranges that differ; null if there are none, or too few calls are left to find anything.
 * The smallest range goes first, so that a search always finds something, however much differs. The ranges that remain
 * are not stored, because the next search finds them again by their counts.
 */
export function nextStep(open: readonly CountedRange[], callsLeft: number): Step | null {
  if (callsLeft < 1) return null;
  const small = open.filter((range) => sizeOf(range) <= 1);
  if (small.length >= RANGES_A_CALL) return { kind: 'read', ranges: small.slice(0, RANGES_A_CALL) };
  // Don't split a range that no call is left to read.
  const large = open.filter((range) => sizeOf(range) > 1 && callsLeft > splitsOf(range));
  const splits = together(large.toSorted((one, other) => sizeOf(one) - sizeOf(other)));
  if (splits.length > 0) return { kind: 'split', splits };
  return small.length === 0 ? null : { kind: 'read', ranges: small };
}

/** Returns the ranges that differ after a step. `found`: the counted parts, or what was too long to be read. */
export function afterStep(
  open: readonly CountedRange[],
  step: Step,
  found: readonly CountedRange[],
): readonly CountedRange[] {
  const done = step.kind === 'read' ? step.ranges : step.splits.map(({ range }) => range);
  return [...open.filter((range) => !done.includes(range)), ...found.filter(differs)];
}

/** Returns the first ranges that fit into one call together. */
function together(ranges: readonly CountedRange[]): Split[] {
  const splits: Split[] = [];
  let room = RANGES_A_CALL;
  for (const range of ranges) {
    const pieces = Math.min(RANGES_A_CALL, Math.ceil(sizeOf(range)));
    if (pieces > room) break;
    splits.push({ range, pieces });
    room -= pieces;
  }
  return splits;
}

/** Returns whether the rows of the org and of the ledger differ in the range. */
export function differs({ rows, counted, newest, newestThere }: CountedRange): boolean {
  return rows !== counted || (newestThere !== undefined && newestThere !== newest);
}

/** Returns the number of pieces that are small enough to be read, assuming that the rows are spread evenly. */
function sizeOf({ parents, rows }: LedgerRange): number {
  return parents <= 1 ? 1 : Math.max(parents / FEW_PARENTS, Math.min(rows / FEW_ROWS, parents));
}

/** Returns how often a range must be split before it can be read. */
function splitsOf(range: CountedRange): number {
  return Math.ceil(Math.log(sizeOf(range)) / Math.log(RANGES_A_CALL));
}
