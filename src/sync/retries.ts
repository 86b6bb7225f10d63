import type { IndexWriter, RecordWrite, Removal } from '../index/port.ts';
import { OBJECT_NAMES } from '../objects/index.ts';
import type { Salesforce } from '../salesforce/client.ts';
import { rowsByIds } from './by-ids.ts';
import { recordOf } from './record.ts';
import type { Selection } from './selection.ts';
import { RECORDS_PER_QUERY, recordsById } from './soql.ts';

/**
 * Reads again some of the records that could not be indexed, and answers what they are to the index now: what they broke
 * by may be mended without a stamp (a field left out by the configuration, another version of the connector). Those come
 * first that were tried longest ago. One that is not found is deleted, or the filter takes it no more.
 */
export async function readRetries(
  {
    salesforce,
    index,
    selection,
    signal,
  }: {
    readonly salesforce: Salesforce;
    readonly index: IndexWriter;
    readonly selection: Selection;
    readonly signal: AbortSignal;
  },
  version: number,
): Promise<(RecordWrite | Removal)[]> {
  const readable = OBJECT_NAMES.filter((name) => selection.objects[name].readable);
  const listed = await index.unindexed(readable, RECORDS_PER_QUERY);
  const writes: (RecordWrite | Removal)[] = [];
  for (const object of readable) {
    const chosen = selection.objects[object];
    const ids = listed.filter((record) => record.object === object).map(({ id }) => id);
    const soql = (some: readonly string[]): string => recordsById(chosen, some);
    for (const { ids: asked, rows } of await rowsByIds(salesforce, ids, RECORDS_PER_QUERY, soql, signal)) {
      const found = new Map(rows.map((raw) => [String(raw.Id), recordOf(chosen, raw, version)] as const));
      for (const id of asked) writes.push(found.get(id) ?? { id, object, version });
    }
  }
  return writes;
}
