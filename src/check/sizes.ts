import type { ContactDerivation } from '../access/types.ts';
import { OBJECT_NAMES } from '../objects/index.ts';
import type { Salesforce } from '../salesforce/client.ts';
import { answersToCounts, countIn } from '../sync/counted.ts';
import { readsShares, type Selection } from '../sync/selection.ts';
import { countAllShares, countIndexed } from '../sync/soql.ts';
import type { ReadObject } from './forecast.ts';
import type { Trial } from './trial.ts';

/** Counts, plans and scans of a table of so few rows take no time worth mentioning. */
const SMALL_TABLE = 200_000;

/** About how many rows sObjects have; one that is not among them has an unknown number. */
export type Estimates = ReadonlyMap<string, number>;

export function isSmall(estimates: Estimates, table: string): boolean {
  return (estimates.get(table) ?? Number.POSITIVE_INFINITY) <= SMALL_TABLE;
}

/**
 * How much of each object a run reads. Small tables are counted, two API calls; of large ones the estimate stands. One of
 * which nothing is known is counted as long as there is time.
 *
 * @param slow tables over which the org takes too long
 */
export async function sizesOf(
  salesforce: Salesforce,
  trial: Trial,
  selection: Selection,
  contacts: ContactDerivation,
  { estimates, slow }: { readonly estimates: Estimates; readonly slow: ReadonlySet<string> },
): Promise<ReadObject[]> {
  const chosen = OBJECT_NAMES.map((name) => {
    const one = selection.objects[name];
    return { one, readsRecords: one.readable, readsShares: readsShares(one, contacts) };
  });
  const all = chosen.flatMap(({ one, readsRecords, readsShares: shares }) => [
    ...(readsRecords ? [countIndexed(one)] : []),
    ...(shares ? [countAllShares(one)] : []),
  ]);
  const small = all.filter(({ from }) => isSmall(estimates, from));
  const answers = await trial.within((signal) => answersToCounts(salesforce, small, { signal }));
  const counted = new Map(small.map(({ from }, at) => [from, countIn(answers?.[at])] as const));
  const unknown = all.filter(({ from }) => !estimates.has(from) && !slow.has(from));
  const tried = await trial.askAll(unknown.map((soql) => ({ soql })));
  for (const [at, { from }] of unknown.entries()) {
    const answer = tried[at];
    if (answer?.kind === 'answered')
      counted.set(from, countIn({ ok: true, records: [...answer.records], totalSize: answer.records.length }));
  }
  const rowsOf = (table: string, isRead: boolean) => {
    if (!isRead) return { rows: null, isEstimate: false };
    const rows = counted.get(table) ?? null;
    return { rows: rows ?? estimates.get(table) ?? null, isEstimate: rows === null && estimates.has(table) };
  };
  return chosen.map(({ one: { object }, ...reads }) => {
    const records = rowsOf(object.name, reads.readsRecords);
    const shares = rowsOf(object.share.object, reads.readsShares);
    return {
      object: object.name,
      records: records.rows,
      shareObject: object.share.object,
      shareRows: shares.rows,
      estimated: [
        ...(records.isEstimate ? (['records'] as const) : []),
        ...(shares.isEstimate ? (['shareRows'] as const) : []),
      ],
      ...reads,
    };
  });
}
