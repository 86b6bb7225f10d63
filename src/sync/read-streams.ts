import type { Stream } from '../facts/warnings.ts';
import type { Salesforce } from '../salesforce/client.ts';
import { type SalesforceError, TransientError } from '../salesforce/errors.ts';
import { isTooLarge } from './by-ids.ts';
import { askForLess, type Keyset, readKeyset } from './keyset.ts';
import { queryMany } from './query-many.ts';
import type { QuerySizes } from './query-sizes.ts';
import type { RawRecord } from './record.ts';
import type { Refusals } from './refusals.ts';

export interface StreamKeyset extends Stream {
  readonly keyset: Keyset;
}

/**
 * Queries for one stream in a round, when it is read alone: at up to two minutes each, they must fit into an activity's
 * two hours.
 */
const MOST_QUERIES = 20;

export interface StreamRead {
  readonly rows: readonly RawRecord[];
  /**
   * The round ends here although the stream continues: everything stamped before this time (ISO) is read. If missing,
   * the round ends with the rows.
   */
  readonly endsAt?: string;
}

/**
 * Reads the rows of several streams, each up to the number that it wants. Five go into a call, because most have few
 * rows. A stream that gets no answer there is read alone, by smaller queries or with fewer fields. Share rows are not:
 * their dates may have no index, so that each smaller query could take two minutes as well.
 *
 * @returns per stream its rows; `refused` if the org refuses it; `slow` if the dates of its share rows are too slow to
 *   query
 */
export async function readStreams(
  salesforce: Salesforce,
  streams: readonly StreamKeyset[],
  sizes: QuerySizes,
  refusals: Refusals,
  signal: AbortSignal,
): Promise<(StreamRead | 'refused' | 'slow')[]> {
  const together = streams.filter(({ keyset }) => sizes.of(keyset.what) === null && sizes.span(keyset.what) === null);
  const queries = together.map(({ keyset: { soql, rows, all = false } }) => ({ soql: soql(null, rows, null), all }));
  const answers = await queryMany(salesforce, queries, signal, { unanswered: 'refused' });
  const read: (StreamRead | 'refused' | 'slow')[] = [];
  for (const stream of streams) {
    const answer = answers[together.indexOf(stream)];
    if (answer?.ok === true) read.push({ rows: answer.records });
    else if (stream.of === 'shares' && isTooLarge(answer)) read.push('slow');
    else {
      const alone = (): Promise<StreamRead> => readAlone(salesforce, stream.keyset, answer?.error, sizes, signal);
      read.push((await refusals.guard(stream, alone)) ?? 'refused');
    }
  }
  return read;
}

async function readAlone(
  salesforce: Salesforce,
  keyset: Keyset,
  error: SalesforceError | undefined,
  sizes: QuerySizes,
  signal: AbortSignal,
): Promise<StreamRead> {
  if (error instanceof TransientError) askForLess(keyset, sizes, error);
  const rows: RawRecord[] = [];
  for await (const page of readKeyset(salesforce, { ...keyset, mostQueries: MOST_QUERIES }, sizes, signal)) {
    rows.push(...page.records);
    if (page.endsAt !== undefined) return { rows, endsAt: page.endsAt };
  }
  return { rows };
}
