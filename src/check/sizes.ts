import type { ContactSharing } from '../access/types.ts';
import { OBJECT_NAMES } from '../objects/index.ts';
import type { Salesforce } from '../salesforce/client.ts';
import { answersToCounts, countIn } from '../sync/ask-counts.ts';
import { type ResolvedSchema, readsShares } from '../sync/resolved-schema.ts';
import { countAllShares, countIndexed } from '../sync/soql.ts';
import type { ReadObject } from './forecast.ts';
import type { Trial } from './trial.ts';

/** Below this, a table takes almost no time to count, plan or scan. */
const SMALL_TABLE = 200_000;

/** The approximate row count of each sObject. If one is missing, its count is unknown. */
export type Estimates = ReadonlyMap<string, number>;

export function isSmall(estimates: Estimates, table: string): boolean {
  return (estimates.get(table) ?? Number.POSITIVE_INFINITY) <= SMALL_TABLE;
}

/**
 * How much a run reads of each object. Small tables are counted, in two API calls. Large ones are estimated. A table
 * without an estimate is counted if there is time.
 *
 * @param slow tables that the org is too slow to count
 */
export async function sizesOf(
  salesforce: Salesforce,
  trial: Trial,
  schema: ResolvedSchema,
  contacts: ContactSharing,
  { estimates, slow }: { readonly estimates: Estimates; readonly slow: ReadonlySet<string> },
): Promise<ReadObject[]> {
  const chosen = OBJECT_NAMES.map((name) => {
    const one = schema.objects[name];
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
