import { performance } from 'node:perf_hooks';
import type { ContactDerivation } from '../access/types.ts';
import { OBJECT_NAMES } from '../objects/index.ts';
import type { Salesforce } from '../salesforce/client.ts';
import { answersToCounts, countIn } from '../sync/counted.ts';
import type { Selection } from '../sync/selection.ts';
import { readsShares } from '../sync/selection.ts';
import { backfillRecords, conditionsOf } from '../sync/soql.ts';
import type { ReadObject } from './forecast.ts';

/** What a run reads of each object, and how much of it the org counts. Two API calls. */
export async function countSizes(
  salesforce: Salesforce,
  selection: Selection,
  contacts: ContactDerivation,
): Promise<ReadObject[]> {
  const chosen = OBJECT_NAMES.map((name) => {
    const one = selection.objects[name];
    return { one, readsRecords: one.readable, readsShares: readsShares(one, contacts) };
  });
  const queries = chosen.flatMap(({ one, readsRecords, readsShares: shares }) => {
    const conditions = conditionsOf(one);
    const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
    return [
      ...(readsRecords ? [count(one.object.name, where)] : []),
      ...(shares ? [count(one.object.share.object, '')] : []),
    ];
  });
  const answers = await answersToCounts(
    salesforce,
    queries.map(({ soql }) => soql),
  );
  const counted = new Map(
    queries.map(({ of }, at) => {
      return [of, countIn(answers[at])];
    }),
  );
  return chosen.map(({ one: { object }, ...reads }) => ({
    object: object.name,
    records: counted.get(object.name) ?? null,
    shareObject: object.share.object,
    shareRows: counted.get(object.share.object) ?? null,
    ...reads,
  }));
}

function count(of: string, where: string) {
  return { of, soql: `SELECT COUNT(Id) n FROM ${of}${where}` };
}

/** How the org serves a page: its rows, and the seconds until they were there. */
export interface SamplePage {
  readonly rows: number;
  readonly seconds: number;
}

/** Reads one page of the largest object, as a backfill would; null where there is nothing to read. One API call. */
export async function samplePage(
  salesforce: Salesforce,
  selection: Selection,
  sizes: readonly ReadObject[],
  pageSize: number,
): Promise<SamplePage | null> {
  const largest = sizes.toSorted((a, b) => (b.records ?? 0) - (a.records ?? 0))[0];
  if (largest === undefined || !largest.records) return null;
  const soql = backfillRecords(selection.objects[largest.object], null, pageSize);
  const from = performance.now();
  for await (const page of salesforce.query(soql))
    return { rows: page.records.length, seconds: (performance.now() - from) / 1000 };
  return null;
}
