import { performance } from 'node:perf_hooks';
import type { RunWarning } from '../facts/warnings.ts';
import type { LedgerRange } from '../index/port/ledger.ts';
import type { ObjectName } from '../objects/index.ts';
import type { SalesforceError } from '../salesforce/errors.ts';
import { Meter } from '../salesforce/meter.ts';
import { addCounts, type Counts, NO_COUNTS } from './counts.ts';
import { readDatedShares } from './dated-shares.ts';
import { hiddenParents, hiddenWarning } from './hidden-parents.ts';
import { type CountedRange, differs, MOST_CALLS, RANGES_A_CALL, ROWS_A_COUNT } from './ledger-search.ts';
import { OVERLAP_MS } from './org-time.ts';
import type { QuerySizes } from './query-sizes.ts';
import { type RemovedSharesInput, rangeOf } from './removed-shares.ts';
import { countedIn, type RangeCount, shareRanges } from './share-ranges.ts';
import type { Shared } from './soql.ts';

/**
 * Compares share rows whose dates are too slow to query. Share objects have no SystemModstamp, and Salesforce need not
 * have an index on their LastModifiedDate, but it has one on the parent id. So a round goes through the table by ranges
 * of parents:
 *
 * - The count and the newest date of a range are compared with the ledger's.
 * - If they differ, the range is queried for rows dated since the previous round. That finds added and changed rows. A
 *   transaction can commit up to ten minutes after its rows' stamp. So a range is also queried if it has a row younger
 *   than the previous round minus the overlap.
 * - If the count still differs, rows were removed. Smaller ranges are counted until one is small enough to be read.
 *
 * When a run has used its budget, it records the round's position, and the next run continues there.
 */

/** What one run may spend on one object. A run finishes the step that it has begun, so it may spend slightly more. */
export interface LookBudget {
  readonly calls: number;
  /** Ms by the org's clock. Changed records wait for that time. */
  readonly ms: number;
}

const BUDGET: LookBudget = { calls: 100, ms: 8 * 60_000 };

/** The unit in which ranges grow and shrink: a thousand rows of the ledger. */
const UNIT = 1_000;

/** Ranges compared together. With more of them, the calls that read their changes are fuller. */
const RANGES_TOGETHER = 5 * RANGES_A_CALL;

export interface ShareLooksInput extends RemovedSharesInput {
  readonly sizes: QuerySizes;
  /** If missing, the default budget. */
  readonly budget?: LookBudget;
}

export interface LookedAt {
  readonly counts: Counts;
  /** Whether rows are missing together with the records that they share; null if unknown. */
  readonly shares: 'shown' | 'hidden' | null;
  readonly warnings: readonly RunWarning[];
}

const NOTHING: LookedAt = { counts: NO_COUNTS, shares: null, warnings: [] };

/** Compares an object's share rows, from the round's position as far as the budget of one run allows. */
export async function lookAtShares(given: ShareLooksInput, chosen: Shared): Promise<LookedAt> {
  const spent = new Meter();
  const input = { ...given, salesforce: given.salesforce.metered(spent) };
  const { salesforce, store, fence, state, sizes, budget = BUDGET } = input;
  const { name } = chosen.object;
  const whole = rangeOf(state, name);
  if (whole === null || input.hidden.has(name)) return NOTHING;
  const startedAt = salesforce.clock.now();
  const callsLeft = (): number => budget.calls - spent.calls;
  const isSpent = (): boolean => callsLeft() < 1 || salesforce.clock.now() - startedAt >= budget.ms;
  const began = state.shareLooks[name]?.began ?? new Date(startedAt).toISOString();
  const since = settledUpTo(input, name);
  let after = state.shareLooks[name]?.after ?? null;
  let counts = NO_COUNTS;
  let shares: LookedAt['shares'] = null;
  do {
    const rows = UNIT * spanOf(sizes, name);
    const most = Math.min(RANGES_TOGETHER, RANGES_A_CALL * Math.max(1, callsLeft()));
    const pieces = await store.shareLedgerAhead(name, { after, upTo: whole.upTo }, rows, most);
    // With fewer calls, an unfinished search may have found nothing.
    const looked = await lookAtRanges(input, chosen, pieces, since, () => Math.max(MOST_CALLS, callsLeft()));
    if ('tooLarge' in looked) {
      narrow(sizes, name, pieces, looked.tooLarge);
      continue;
    }
    counts = addCounts(counts, looked.counts);
    ({ shares } = looked);
    if (shares !== 'shown') return { counts, shares, warnings: looked.warnings };
    const end = pieces.at(-1)?.upTo ?? null;
    if (looked.left.length === 0 && end === whole.upTo) {
      await store.noteLook(fence, name, { began: null, after: null }, whole.upTo === null ? began : null);
      break;
    }
    after = looked.left.length === 0 ? end : firstOf(looked.left);
    await store.noteLook(fence, name, { began, after }, null);
  } while (!isSpent());
  return { counts, shares, warnings: [] };
}

/** What was found in some ranges, and which ones are still to be searched; or the error if the org takes too long. */
type RangesLooked = (LookedAt & { readonly left: readonly CountedRange[] }) | { readonly tooLarge: SalesforceError };

/**
 * Compares some ranges with the ledger and reads what differs.
 *
 * @param since ISO time; the previous round saw every row stamped before it
 */
async function lookAtRanges(
  input: ShareLooksInput,
  chosen: Shared,
  pieces: readonly LedgerRange[],
  since: string,
  callsLeft: () => number,
): Promise<RangesLooked> {
  const { store, sizes } = input;
  const { name } = chosen.object;
  const ranges = shareRanges({ ...input, before: null });
  const started = performance.now();
  const answers = await ranges.count(pieces.map((range) => ({ chosen, range })));
  const tooLarge = answers.find(isTooLarge);
  if (tooLarge !== undefined) return tooLarge;
  const refused = answers.find((answer) => answer !== null && 'refused' in answer);
  if (refused !== undefined) throw refused.refused;
  sizes.answered(whatOf(name), (performance.now() - started) / pieces.length);
  const counted = answers.map(countedIn).filter((range) => range !== null);
  const unsure = { shares: null, warnings: [uncounted(chosen)], left: [] };
  if (counted.length < pieces.length) return { counts: NO_COUNTS, ...unsure };
  const hidden = await hiddenIn(input, chosen, pieces, counted);
  if (hidden !== null) return { counts: NO_COUNTS, shares: 'hidden', warnings: [hidden], left: [] };

  const changed = counted.filter((range) => differs(range) || (range.newest ?? '') >= since);
  const isSmall = ({ rows }: LedgerRange): boolean => rows <= input.pageSize;
  const small = await ranges.read(chosen, changed.filter(isSmall));
  const large = [...changed.filter((range) => !isSmall(range)), ...small.left];
  const dated = await readDatedShares({ ...input, before: null }, chosen, large, since);
  if ('tooLarge' in dated) return dated;
  const known: CountedRange[] = [];
  for (const range of large) known.push({ ...range, ...(await store.shareLedger(name, range, 1))[0] });
  const removed = await ranges.search(chosen, known, callsLeft());
  const counts = [dated.counts, removed.counts].reduce(addCounts, small.counts);
  if (removed.uncounted) return { counts, ...unsure };
  return { counts, shares: 'shown', warnings: [], left: removed.left };
}

/** Returns the time before which the previous round saw every row. Younger rows may have been committed after it. */
function settledUpTo({ state, before }: ShareLooksInput, object: ObjectName): string {
  const looked = state.shareWatermarks[object] ?? state.backfill?.start ?? before;
  return new Date(Date.parse(looked) - OVERLAP_MS).toISOString();
}

/** Returns how many thousand rows the org can count in time. */
function spanOf(sizes: QuerySizes, object: ObjectName): number {
  return Math.min(sizes.span(whatOf(object)) ?? Infinity, ROWS_A_COUNT / UNIT);
}

function whatOf(object: ObjectName): string {
  return `ranges of share rows of ${object}`;
}

/**
 * Makes the ranges smaller.
 *
 * @throws RejectedQueryError if they cannot be much smaller
 */
function narrow(sizes: QuerySizes, object: ObjectName, pieces: readonly LedgerRange[], error: SalesforceError): void {
  const widest = Math.max(...pieces.map(({ rows }) => Math.ceil(rows / UNIT)), 1);
  sizes.narrow(whatOf(object), 1, error, Math.min(widest, spanOf(sizes, object)));
}

function isTooLarge(count: RangeCount): count is { readonly tooLarge: SalesforceError } {
  return count !== null && 'tooLarge' in count;
}

/** Returns where the round continues: before the first range whose search is unfinished. */
function firstOf(left: readonly CountedRange[]): string | null {
  const starts = left.map(({ after }) => after ?? '').toSorted((one, other) => (one < other ? -1 : 1));
  return starts[0] || null;
}

function uncounted({ object: { share } }: Shared): RunWarning {
  return { code: 'share_rows_uncompared', shareObject: share.object };
}

/** Returns a warning if a mass of rows is missing together with the records that they share; null otherwise. */
async function hiddenIn(
  { salesforce, guardPercent, signal }: ShareLooksInput,
  chosen: Shared,
  pieces: readonly LedgerRange[],
  counted: readonly CountedRange[],
): Promise<RunWarning | null> {
  const range = { after: pieces[0]?.after ?? null, upTo: pieces.at(-1)?.upTo ?? null };
  const table = { chosen, range, pieces, counted: counted.reduce((sum, one) => sum + one.counted, 0) };
  const unseen = (await hiddenParents(salesforce, [table], guardPercent, signal)).get(chosen.object.name);
  return unseen === undefined ? null : hiddenWarning(chosen, unseen);
}
