import type { IndexWriter, RecordWrite, Removal, Stream } from '../index/port.ts';
import { OBJECT_NAMES } from '../objects/index.ts';
import type { Salesforce } from '../salesforce/client.ts';
import type { QuerySizes } from './query-sizes.ts';
import { recordOf } from './record.ts';
import { recordsOfIds } from './records-by-id.ts';
import type { Refusals } from './refusals.ts';
import type { Selection } from './selection.ts';
import { RECORDS_PER_QUERY } from './soql.ts';

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
    sizes,
    isBlocked,
    refusals,
    signal,
  }: {
    readonly salesforce: Salesforce;
    readonly index: IndexWriter;
    readonly selection: Selection;
    readonly sizes: QuerySizes;
    readonly isBlocked: (stream: Stream) => boolean;
    readonly refusals: Refusals;
    readonly signal: AbortSignal;
  },
  version: number,
): Promise<(RecordWrite | Removal)[]> {
  const readable = OBJECT_NAMES.filter(
    (object) => selection.objects[object].readable && !isBlocked({ object, of: 'records' }),
  );
  const listed = await index.unindexed(readable, RECORDS_PER_QUERY);
  const writes: (RecordWrite | Removal)[] = [];
  for (const object of readable) {
    const chosen = selection.objects[object];
    const ids = listed.filter((record) => record.object === object).map(({ id }) => id);
    const found = await refusals.guard({ object, of: 'records' }, () =>
      recordsOfIds(salesforce, chosen, ids, sizes, signal),
    );
    if (found === null) continue;
    for (const id of ids) {
      const raw = found.get(id);
      writes.push(raw === undefined ? { id, object, version } : recordOf(chosen, raw, version));
    }
  }
  return writes;
}
