import type { ContactDerivation } from '../access/types.ts';
import { OBJECT_NAMES } from '../objects/index.ts';
import type { Salesforce } from '../salesforce/client.ts';
import { answersToCounts, countIn } from '../sync/counted.ts';
import { readsShares, type Selection } from '../sync/selection.ts';
import { conditionsOf } from '../sync/soql.ts';
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
  const all = chosen.flatMap(({ one, readsRecords, readsShares: shares }) => {
    const conditions = conditionsOf(one);
    const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
    return [
      ...(readsRecords ? [count(one.object.name, where)] : []),
      ...(shares ? [count(one.object.share.object, '')] : []),
    ];
  });
  const small = all.filter(({ of }) => isSmall(estimates, of));
  const soqls = small.map(({ soql }) => soql);
  const answers = await trial.within((signal) => answersToCounts(salesforce, soqls, { signal }));
  const counted = new Map(small.map(({ of }, at) => [of, countIn(answers?.[at])] as const));
  const unknown = all.filter(({ of }) => !estimates.has(of) && !slow.has(of));
  const tried = await trial.askAll(unknown);
  for (const [at, { of }] of unknown.entries()) {
    const answer = tried[at];
    if (answer?.kind === 'answered')
      counted.set(of, countIn({ ok: true, records: [...answer.records], totalSize: answer.records.length }));
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

function count(of: string, where: string) {
  return { of, soql: `SELECT COUNT(Id) n FROM ${of}${where}` };
}
