import type { Salesforce } from '../salesforce/client.ts';
import { isTooLarge, rowsOrThrow } from './by-ids.ts';
import { type Keyset, readKeyset } from './keyset.ts';
import { queryMany } from './query-many.ts';
import type { QuerySizes } from './query-sizes.ts';
import type { RawRecord } from './record.ts';

/**
 * The rows of several keysets, each up to the number that it wants: five in a call, for most have few. One over which the
 * org takes too long is read by itself, in smaller queries.
 */
export async function readStreams(
  salesforce: Salesforce,
  streams: readonly Keyset[],
  sizes: QuerySizes,
  signal: AbortSignal,
): Promise<(readonly RawRecord[])[]> {
  const together = streams.filter(({ what }) => sizes.of(what) === null);
  const queries = together.map(({ soql, rows, all = false }) => ({ soql: soql(null, rows), all }));
  const answers = await queryMany(salesforce, queries, signal);
  const read: (readonly RawRecord[])[] = [];
  for (const stream of streams) {
    const answer = answers[together.indexOf(stream)];
    if (isTooLarge(answer)) sizes.narrow(stream.what, stream.rows);
    else if (answer !== undefined) {
      read.push(rowsOrThrow(answer));
      continue;
    }
    const rows: RawRecord[] = [];
    for await (const page of readKeyset(salesforce, stream, sizes, signal)) rows.push(...page.records);
    read.push(rows);
  }
  return read;
}
