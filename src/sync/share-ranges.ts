import type { FencingToken } from '../index/port/admission.ts';
import type { LedgerRange, ParentRange } from '../index/port/ledger.ts';
import type { RunStore } from '../index/port/run-store.ts';
import type { IndexState } from '../index/port/state.ts';
import type { QueryOutcome } from '../salesforce/batch.ts';
import type { Salesforce } from '../salesforce/client.ts';
import type { SalesforceError } from '../salesforce/errors.ts';
import { Meter } from '../salesforce/meter.ts';
import type { SoqlQuery } from '../soql/query.ts';
import { answersToCounts, countIn } from './ask-counts.ts';
import { isTooLarge } from './by-ids.ts';
import { addCounts, type Counts, countsOf, NO_COUNTS } from './counts.ts';
import { afterStep, type CountedRange, differs, nextStep } from './ledger-search.ts';
import { iso, versionNow } from './org-time.ts';
import { queryMany } from './query-many.ts';
import type { RawRecord } from './record.ts';
import { shareWrites } from './share-writes.ts';
import { backfillShares, compareShares, countShares, firstShares, type Shared } from './soql.ts';

export interface ShareRangesInput {
  readonly salesforce: Salesforce;
  readonly store: RunStore;
  readonly fence: FencingToken;
  readonly state: IndexState;
  /**
   * ISO time: only rows stamped before it are counted. Null: all rows are counted, and their newest dates are compared
   * too.
   */
  readonly before: string | null;
  /** Rows in one reply of the org, and so the most that are read of a range at once. */
  readonly pageSize: number;
  readonly signal: AbortSignal;
}

/** A range with the org's count, or why there is none; null if the answer is not a count. */
export type RangeCount =
  | { readonly range: CountedRange }
  | { readonly tooLarge: SalesforceError }
  | { readonly refused: SalesforceError }
  | null;

export interface ShareSearch {
  readonly counts: Counts;
  /** Ranges still to be searched, because no API call was left for them. */
  readonly left: readonly CountedRange[];
  /** True if the org gave no count for some of them. */
  readonly uncounted: boolean;
}

/** Share rows by ranges of their parents, with the ledger's and the org's counts. */
export interface ShareRanges {
  /** Counts ranges, five per API call. */
  count(asked: readonly { readonly chosen: Shared; readonly range: LedgerRange }[]): Promise<RangeCount[]>;
  /** Reads the share rows of ranges. Returns the rest of those that were too long for one reply. */
  read(chosen: Shared, ranges: readonly CountedRange[]): Promise<Omit<ShareSearch, 'uncounted'>>;
  /** Finds the parents that differ in these ranges, and reads their share rows, with at most `mostCalls` API calls. */
  search(chosen: Shared, ranges: readonly (CountedRange | null)[], mostCalls: number): Promise<ShareSearch>;
}

export function countedIn(count: RangeCount | undefined): CountedRange | null {
  return count && 'range' in count ? count.range : null;
}

export function shareRanges(input: ShareRangesInput): ShareRanges {
  const { salesforce, store, before, signal } = input;

  async function count(asked: Parameters<ShareRanges['count']>[0]): Promise<RangeCount[]> {
    if (asked.length === 0) return [];
    const queries = asked.map(({ chosen, range }) =>
      before === null ? compareShares(chosen, range) : countShares(chosen, range, before),
    );
    const answers = await answersToCounts(salesforce, queries, { signal });
    return asked.map(({ range }, at) => countOf(range, answers[at], before === null));
  }

  async function search(
    chosen: Shared,
    ranges: readonly (CountedRange | null)[],
    mostCalls: number,
  ): Promise<ShareSearch> {
    const spent = new Meter();
    const metered = { ...input, salesforce: salesforce.metered(spent) };
    const counting = shareRanges(metered);
    let counts = NO_COUNTS;
    let uncounted = false;
    const known = (some: readonly (CountedRange | null)[]): CountedRange[] => {
      uncounted ||= some.includes(null);
      return some.filter((range) => range !== null);
    };
    let open: readonly CountedRange[] = known(ranges).filter(differs);
    for (;;) {
      const step = nextStep(open, mostCalls - spent.calls);
      if (step === null) return { counts, left: open, uncounted };
      if (step.kind === 'read') {
        const read = await readRanges(metered, chosen, step.ranges);
        counts = addCounts(counts, read.counts);
        open = afterStep(open, step, read.left);
      } else {
        const parts: LedgerRange[] = [];
        for (const { range, pieces } of step.splits)
          parts.push(...(await store.shareLedger(chosen.object.name, range, pieces)));
        const counted = await counting.count(parts.map((range) => ({ chosen, range })));
        open = afterStep(open, step, known(counted.map(countedIn)));
      }
    }
  }

  return { count, read: (chosen, ranges) => readRanges(input, chosen, ranges), search };
}

function countOf(range: LedgerRange, answer: QueryOutcome | undefined, comparesDates: boolean): RangeCount {
  if (answer?.ok === false) {
    const { error } = answer;
    return isTooLarge(answer) ? { tooLarge: error } : { refused: error };
  }
  const counted = countIn(answer);
  if (counted === null || answer === undefined) return null;
  if (!comparesDates) return { range: { ...range, counted } };
  const newest = answer.records[0]?.newest;
  return { range: { ...range, counted, newestThere: typeof newest === 'string' ? iso(newest) : null } };
}

/** Reads all share rows of the ranges. Parents that the ledger has there, and that have no rows now, lose theirs. */
async function readRanges(
  input: ShareRangesInput,
  chosen: Shared,
  ranges: readonly CountedRange[],
): Promise<{ readonly counts: Counts; readonly left: readonly CountedRange[] }> {
  const { salesforce, store, fence, state, pageSize } = input;
  const { name } = chosen.object;
  const version = versionNow(salesforce, state.backfill?.start ?? null);
  const answers = await rowsOf(
    input,
    ranges.map((range) => firstShares(chosen, range, pageSize)),
  );
  let counts = NO_COUNTS;
  const left: CountedRange[] = [];
  for (const [at, range] of ranges.entries()) {
    const { rows, upTo } = await wholeParents(input, chosen, range, answers[at] ?? []);
    const known = await store.sharedParents(name, { after: range.after, upTo });
    const shares = shareWrites(chosen, rows, known, version);
    counts = addCounts(counts, countsOf(await store.write(fence, { shares })));
    if (upTo === range.upTo) continue;
    const [rest] = await store.shareLedger(name, { after: upTo, upTo: range.upTo }, 1);
    if (rest !== undefined) left.push({ ...rest, counted: range.counted - rows.length });
  }
  return { counts, left };
}

/**
 * Returns the rows of complete parents. A full reply may end in the middle of a parent, whose rows then belong to the
 * rest of the range.
 */
async function wholeParents(
  input: ShareRangesInput,
  chosen: Shared,
  range: ParentRange,
  rows: readonly RawRecord[],
): Promise<{ readonly rows: readonly RawRecord[]; readonly upTo: string | null }> {
  if (rows.length < input.pageSize) return { rows, upTo: range.upTo };
  const { parentField } = chosen.object.share;
  const parentAt = (place: number): string => String(rows.at(place)?.[parentField]);
  const last = parentAt(-1);
  if (last !== parentAt(0)) {
    const whole = rows.filter((row) => row[parentField] !== last);
    return { rows: whole, upTo: String(whole.at(-1)?.[parentField]) };
  }
  // The parent has more rows than a page.
  const [all = []] = await rowsOf(input, [
    backfillShares(chosen, { after: range.after, upTo: last, afterRow: null, limit: null }),
  ]);
  return { rows: all, upTo: last };
}

async function rowsOf(
  { salesforce, signal }: ShareRangesInput,
  queries: readonly SoqlQuery[],
): Promise<(readonly RawRecord[])[]> {
  const answers = await queryMany(
    salesforce,
    queries.map((soql) => ({ soql })),
    signal,
  );
  return answers.map((answer) => {
    if (!answer.ok) throw answer.error;
    return answer.records;
  });
}
