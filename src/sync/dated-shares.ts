import type { ParentRange } from '../index/port.ts';
import type { SalesforceError } from '../salesforce/errors.ts';
import type { SoqlQuery } from '../soql/query.ts';
import { isTooLarge, rowsByIds, rowsOrThrow } from './by-ids.ts';
import { addCounts, type Counts, countsOf, NO_COUNTS } from './counts.ts';
import { RANGES_A_CALL } from './ledger-search.ts';
import { queryMany } from './query-many.ts';
import type { ShareRangesInput } from './share-ranges.ts';
import { shareWrites } from './share-writes.ts';
import { datedShares, type Shared, sharesOf } from './soql.ts';
import { versionNow } from './version.ts';

/** Parents whose share rows one query reads. */
const PARENTS_A_QUERY = 250;

/** So many are read together: five queries. */
const PARENTS_A_CALL = RANGES_A_CALL * PARENTS_A_QUERY;

/** What was read; or of which range the org takes too long to tell. */
export type DatedShares = { readonly counts: Counts } | { readonly tooLarge: SalesforceError };

/**
 * Reads the share rows of those parents in the ranges that have one stamped at `since` (ISO) or later. The index of the
 * parent leaves the rows of a range, and only their dates are looked at: so this answers where a date alone does not.
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
      // All rows of the last parent are read below, also those that the page has no room for.
      if (rows.length >= pageSize) rest.push({ after: String(rows.at(-1)?.[parentField]), upTo: range.upTo });
    }
    open = [...rest, ...open.slice(some.length)];
    if (parents.size >= PARENTS_A_CALL) await readParents();
  }
  await readParents();
  return { counts };
}

/** Without a bound no index would serve: the whole table becomes two ranges. */
async function bounded(
  { index }: ShareRangesInput,
  { object }: Shared,
  ranges: readonly ParentRange[],
): Promise<ParentRange[]> {
  const all: ParentRange[] = [];
  for (const range of ranges) {
    if (range.after !== null || range.upTo !== null) all.push(range);
    else all.push(...(await index.shareLedger(object.name, range, 2)));
  }
  return all;
}

async function readSharesOf(
  { salesforce, index, ticket, state, signal }: ShareRangesInput,
  chosen: Shared,
  parents: readonly string[],
): Promise<Counts> {
  const version = versionNow(salesforce, state.backfill?.start ?? null);
  const soql = (some: readonly string[]): SoqlQuery => sharesOf(chosen, some);
  let counts = NO_COUNTS;
  for (const { ids, rows } of await rowsByIds(salesforce, parents, PARENTS_A_QUERY, soql, signal)) {
    const shares = shareWrites(chosen, rows, ids, version);
    counts = addCounts(counts, countsOf(await index.write(ticket, { shares })));
  }
  return counts;
}
