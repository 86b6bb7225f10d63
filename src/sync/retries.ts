import type { IndexWriter, RecordWrite, Removal } from '../index/port.ts';
import { OBJECT_NAMES, type ObjectName } from '../objects/index.ts';
import { type RawRecord, recordOf } from './record.ts';
import type { ObjectSelection, Selection } from './selection.ts';
import { RECORDS_PER_QUERY } from './soql.ts';

/** Unindexed records of an object that a pass reads again. */
export interface Retry {
  readonly object: ObjectName;
  /** As many as `recordsById` takes. */
  readonly ids: readonly string[];
}

/**
 * What a pass reads again of the records that could not be indexed: what they broke by may be mended without a stamp (a
 * field left out by the configuration, another version of the connector). Those come first that were tried longest ago.
 */
export async function retriesOf(index: IndexWriter, { objects }: Selection): Promise<Retry[]> {
  const readable = OBJECT_NAMES.filter((name) => objects[name].readable);
  const records = await index.unindexed(readable, RECORDS_PER_QUERY);
  return readable
    .map((object) => ({ object, ids: records.filter((record) => record.object === object).map(({ id }) => id) }))
    .filter(({ ids }) => ids.length > 0);
}

/** What they are to the index now. One that was not found again is deleted, or the filter takes it no more. */
export function retryWrites(
  chosen: ObjectSelection,
  ids: readonly string[],
  found: readonly RawRecord[],
  version: number,
): (RecordWrite | Removal)[] {
  const writes = new Map(found.map((raw) => [String(raw.Id), recordOf(chosen, raw, version)] as const));
  return ids.map((id) => writes.get(id) ?? { id, object: chosen.object.name, version });
}
