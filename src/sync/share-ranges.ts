import type { IndexState, IndexWriter, LedgerRange, ParentRange, Ticket } from '../index/port.ts';
import type { QueryOutcome } from '../salesforce/batch.ts';
import type { Salesforce } from '../salesforce/client.ts';
import type { SalesforceError } from '../salesforce/errors.ts';
import { Meter } from '../salesforce/meter.ts';
import type { SoqlQuery } from '../soql/query.ts';
import { isTooLarge } from './by-ids.ts';
import { answersToCounts, countIn } from './counted.ts';
import { addCounts, type Counts, countsOf, NO_COUNTS } from './counts.ts';
import { type CountedRange, searchLedger } from './ledger-search.ts';
import { queryMany } from './query-many.ts';
import type { RawRecord } from './record.ts';
import { shareWrites } from './share-writes.ts';
import { backfillShares, compareShares, countShares, firstShares, type Shared } from './soql.ts';
import { iso } from './stamps.ts';
import { versionNow } from './version.ts';

export interface ShareRangesInput {
  readonly salesforce: Salesforce;
  readonly index: IndexWriter;
  readonly ticket: Ticket;
  readonly state: IndexState;
  /** ISO: only rows that were stamped before are counted. Null: all are, and their newest dates are compared, too. */
  readonly before: string | null;
  /** Rows in one reply of the org: so many are read of one range at once. */
  readonly pageSize: number;
  readonly signal: AbortSignal;
}

/** A range as the org counts it, or why it does not; null: its answer is no count. */
export type RangeCount =
  | { readonly range: CountedRange }
  | { readonly tooLarge: SalesforceError }
  | { readonly refused: SalesforceError }
  | null;

export interface ShareSearch {
  readonly counts: Counts;
  /** Ranges that are still to be searched: there was no API call left for them. */
  readonly left: readonly CountedRange[];
  /** The org gave no count of some. */
  readonly uncounted: boolean;
}

/** Share rows by ranges of their parents: the ledger's beside the org's. */
export interface ShareRanges {
  /** Counts ranges, five to an API call. */
  count(asked: readonly { readonly chosen: Shared; readonly range: LedgerRange }[]): Promise<RangeCount[]>;
  /** Reads the share rows of ranges, and answers what is left of those that were too long to be read to their end. */
  read(chosen: Shared, ranges: readonly CountedRange[]): Promise<Omit<ShareSearch, 'uncounted'>>;
  /** Finds the parents that differ in these ranges, and reads their share rows, in so many API calls at most. */
  search(chosen: Shared, ranges: readonly (CountedRange | null)[], mostCalls: number): Promise<ShareSearch>;
}

export function countedIn(count: RangeCount | undefined): CountedRange | null {
  return count && 'range' in count ? count.range : null;
}

export function shareRanges(input: ShareRangesInput): ShareRanges {
  const { salesforce, index, before, signal } = input;

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
    const left = await searchLedger(known(ranges), {
      callsLeft: () => mostCalls - spent.calls,
      async split(partings) {
        const parts: LedgerRange[] = [];
        for (const { range, pieces } of partings)
          parts.push(...(await index.shareLedger(chosen.object.name, range, pieces)));
        return known((await counting.count(parts.map((range) => ({ chosen, range })))).map(countedIn));
      },
      async read(some) {
        const read = await readRanges(metered, chosen, some);
        counts = addCounts(counts, read.counts);
        return read.left;
      },
    });
    return { counts, left, uncounted };
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

/** Reads all share rows of the ranges, and has the ledger's parents without any among them lose theirs. */
async function readRanges(
  input: ShareRangesInput,
  chosen: Shared,
  ranges: readonly CountedRange[],
): Promise<{ readonly counts: Counts; readonly left: readonly CountedRange[] }> {
  const { salesforce, index, ticket, state, pageSize } = input;
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
    const known = await index.sharedParents(name, { after: range.after, upTo });
    const shares = shareWrites(chosen, rows, known, version);
    counts = addCounts(counts, countsOf(await index.write(ticket, { shares })));
    if (upTo === range.upTo) continue;
    const [rest] = await index.shareLedger(name, { after: upTo, upTo: range.upTo }, 1);
    if (rest !== undefined) left.push({ ...rest, counted: range.counted - rows.length });
  }
  return { counts, left };
}

/** A full answer may end in the middle of a parent, whose rows then belong to the rest of the range. */
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
  // A parent with more rows than a page.
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
