import type { ParentRange } from '../index/port/ledger.ts';
import type { SalesforceError } from '../salesforce/errors.ts';
import type { SoqlQuery } from '../soql/query.ts';
import { isTooLarge, rowsByIds, rowsOrThrow } from './by-ids.ts';
import { addCounts, type Counts, countsOf, NO_COUNTS } from './counts.ts';
import { RANGES_A_CALL } from './ledger-search.ts';
import { versionNow } from './org-time.ts';
import { queryMany } from './query-many.ts';
import type { ShareRangesInput } from './share-ranges.ts';
import { shareWrites } from './share-writes.ts';
import { datedShares, type Shared, sharesOf } from './soql.ts';

/** Parents whose share rows one query reads. */
const PARENTS_A_QUERY = 250;

/** Parents that are read together, in five queries. */
const PARENTS_A_CALL = RANGES_A_CALL * PARENTS_A_QUERY;

/** The result; `tooLarge` if the org takes too long for a range. */
export type DatedShares = { readonly counts: Counts } | { readonly tooLarge: SalesforceError };

/**
 * Reads the share rows of those parents in the ranges that have a row stamped at `since` (ISO) or later. This works
 * where a query by date alone does not: the index on the parent id narrows the rows to a range, and only they are
 * checked by date.
 */
export async function readDatedShares(
  input: ShareRangesInput,
  chosen: Shared,
  ranges: readonly ParentRange[],
  since: string,
): Promise<DatedShares> {
  const { salesforce, pageSize, signal } = input;
  const { parentField } = chosen.object.share;
  const parents = new Set<string>();
  let counts = NO_COUNTS;
  const readParents = async (): Promise<void> => {
    counts = addCounts(counts, await readSharesOf(input, chosen, [...parents]));
    parents.clear();
  };
  let open = await bounded(input, chosen, ranges);
  while (open.length > 0) {
    const some = open.slice(0, RANGES_A_CALL);
    const queries = some.map((range) => ({ soql: datedShares(chosen, range, since, pageSize) }));
    const answers = await queryMany(salesforce, queries, signal, { unanswered: 'refused' });
    const rest: ParentRange[] = [];
    for (const [at, range] of some.entries()) {
      const answer = answers[at];
      if (isTooLarge(answer)) return { tooLarge: answer.error };
      const rows = rowsOrThrow(answer);
      for (const row of rows) parents.add(String(row[parentField]));
      // All rows of the last parent are read below, including those beyond this page.
      if (rows.length >= pageSize) rest.push({ after: String(rows.at(-1)?.[parentField]), upTo: range.upTo });
    }
    open = [...rest, ...open.slice(some.length)];
    if (parents.size >= PARENTS_A_CALL) await readParents();
  }
  await readParents();
  return { counts };
}

/** Splits an unbounded range into two, because without a bound no index applies. */
async function bounded(
  { store }: ShareRangesInput,
  { object }: Shared,
  ranges: readonly ParentRange[],
): Promise<ParentRange[]> {
  const all: ParentRange[] = [];
  for (const range of ranges) {
    if (range.after !== null || range.upTo !== null) all.push(range);
    else all.push(...(await store.shareLedger(object.name, range, 2)));
  }
  return all;
}

async function readSharesOf(
  { salesforce, store, fence, state, signal }: ShareRangesInput,
  chosen: Shared,
  parents: readonly string[],
): Promise<Counts> {
  const version = versionNow(salesforce, state.backfill?.start ?? null);
  const soql = (some: readonly string[]): SoqlQuery => sharesOf(chosen, some);
  let counts = NO_COUNTS;
  for (const { ids, rows } of await rowsByIds(salesforce, parents, PARENTS_A_QUERY, soql, signal)) {
    const shares = shareWrites(chosen, rows, ids, version);
    counts = addCounts(counts, countsOf(await store.write(fence, { shares })));
  }
  return counts;
}
