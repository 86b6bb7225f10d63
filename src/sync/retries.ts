import type { Stream } from '../facts/warnings.ts';
import type { RecordWrite, Removal } from '../index/port/documents.ts';
import type { RunStore } from '../index/port/run-store.ts';
import { OBJECT_NAMES } from '../objects/index.ts';
import type { Salesforce } from '../salesforce/client.ts';
import type { QuerySizes } from './query-sizes.ts';
import { recordOf } from './record.ts';
import { recordsOfIds } from './records-by-id.ts';
import type { Refusals } from './refusals.ts';
import type { ResolvedSchema } from './resolved-schema.ts';
import { RECORDS_PER_QUERY } from './soql.ts';

/**
 * Reads some of the records again that could not be indexed, those that were tried longest ago first, and returns their
 * writes. The cause may be gone without a new stamp: the configuration now leaves out a field, or the connector has
 * another version. A record that is not found was deleted, or no longer matches the filter.
 */
export async function readRetries(
  {
    salesforce,
    store,
    schema,
    sizes,
    isBlocked,
    refusals,
    signal,
  }: {
    readonly salesforce: Salesforce;
    readonly store: RunStore;
    readonly schema: ResolvedSchema;
    readonly sizes: QuerySizes;
    readonly isBlocked: (stream: Stream) => boolean;
    readonly refusals: Refusals;
    readonly signal: AbortSignal;
  },
  version: number,
): Promise<(RecordWrite | Removal)[]> {
  const readable = OBJECT_NAMES.filter(
    (object) => schema.objects[object].readable && !isBlocked({ object, of: 'records' }),
  );
  const listed = await store.unindexed(readable, RECORDS_PER_QUERY);
  const writes: (RecordWrite | Removal)[] = [];
  for (const object of readable) {
    const chosen = schema.objects[object];
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
