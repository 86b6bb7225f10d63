import type { Stream } from '../index/port.ts';
import type { Salesforce } from '../salesforce/client.ts';
import { type SalesforceError, TransientError } from '../salesforce/errors.ts';
import { isTooLarge } from './by-ids.ts';
import { askForLess, type Keyset, readKeyset } from './keyset.ts';
import { queryMany } from './query-many.ts';
import type { QuerySizes } from './query-sizes.ts';
import type { RawRecord } from './record.ts';
import type { Refusals } from './refusals.ts';

/** A stream, and how to read it. */
export interface StreamKeyset extends Stream {
  readonly keyset: Keyset;
}

/** Queries in which a stream is read by itself in a round, at up to two minutes each: an activity has two hours. */
const MOST_QUERIES = 20;

export interface StreamRead {
  readonly rows: readonly RawRecord[];
  /** The round ends here, though the stream goes on: all that is stamped before (ISO) is read. Left out: by its rows. */
  readonly endsAt?: string;
}

/**
 * The rows of several streams, each up to the number that it wants: five in a call, for most have few. One that the org
 * does not answer there is read by itself, in smaller queries or with fewer fields. Share rows are not: no index need
 * serve their dates, so that each smaller query may take two minutes as well.
 *
 * @returns `refused`: the org refuses the stream; `slow`: the dates of its share rows are too slow to ask for
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
