import type { Stream } from '../facts/warnings.ts';
import { includesStream, isSameStream, mayBeReadAgain, needsBackfill } from '../index/model/blocked.ts';
import type { BlockedStream, ChangeStream } from '../index/port/progress.ts';
import type { IndexState } from '../index/port/state.ts';
import type { ObjectName } from '../objects/index.ts';
import type { Salesforce } from '../salesforce/client.ts';
import { RejectedQueryError, TransientError } from '../salesforce/errors.ts';
import { type SoqlQuery, toSoql } from '../soql/query.ts';
import { BEGINNING } from './keyset.ts';
import { recordsKeyset } from './keysets.ts';
import type { QuerySizes } from './query-sizes.ts';
import type { StreamKeyset } from './read-streams.ts';
import { isFiltered } from './resolve-schema.ts';
import { type ResolvedSchema, readsShares } from './resolved-schema.ts';
import { firstShares } from './soql.ts';

export interface BlockedTried {
  /** Streams that answer again, and whose missed changes this pass reads. */
  readonly resumed: readonly ChangeStream[];
  /** Streams that answer again, but have missed more than a pass can read. */
  readonly answering: readonly Stream[];
  /** Streams that the resolved schema no longer reads. */
  readonly dropped: readonly Stream[];
  /** Objects whose share rows must be compared by ranges, because their dates are too slow. */
  readonly slowShares: readonly ObjectName[];
}

export interface TryBlockedInput {
  readonly salesforce: Salesforce;
  readonly state: IndexState;
  /** See `IndexHealth`. */
  readonly missed: readonly ObjectName[];
  readonly schema: ResolvedSchema;
  /** The streams that the resolved schema reads. */
  readonly streams: readonly ChangeStream[];
  /** Returns how an incremental pass reads a stream. */
  readonly keysetOf: (stream: ChangeStream) => StreamKeyset;
  readonly sizes: QuerySizes;
  readonly signal: AbortSignal;
}

/** Tries the blocked streams again. Sends for each the query that would read what it has missed, limited to one row. */
export async function tryBlocked(input: TryBlockedInput): Promise<BlockedTried> {
  const { salesforce, state, streams, signal } = input;
  const resumed: ChangeStream[] = [];
  const answering: Stream[] = [];
  const slowShares: ObjectName[] = [];
  for (const note of state.blocked) {
    const { object, of } = note;
    const stream = streams.find((one) => isSameStream(one, note));
    if (stream === undefined || note.answers) continue;
    const mustReread = needsBackfill(note, salesforce.clock.now()) || input.missed.includes(object);
    if (mustReread && !mayBeReadAgain(note, salesforce.clock.now())) continue;
    if (!mustReread && of === 'shares' && state.shareLooks[object] !== undefined) {
      slowShares.push(object);
      continue;
    }
    const { soql, all } = mustReread ? backfillQuery(input, note) : passQuery(input, stream);
    try {
      await salesforce.query(toSoql(soql), { all, signal }).next();
    } catch (error) {
      const isSlow = error instanceof TransientError && error.remedy === 'smaller-range';
      if (isSlow && of === 'shares' && !mustReread) slowShares.push(object);
      else if (!isRefused(error)) throw error;
      continue;
    }
    if (mustReread) answering.push({ object, of });
    else resumed.push(stream);
  }
  const dropped = state.blocked.filter((note) => !includesStream(streams, note));
  return { resumed, answering, dropped: dropped.map(({ object, of }) => ({ object, of })), slowShares };
}

interface Question {
  readonly soql: SoqlQuery;
  readonly all: boolean;
}

function backfillQuery({ schema, sizes }: TryBlockedInput, { object, of }: BlockedStream): Question {
  const chosen = schema.objects[object];
  const contacts = 'own';
  if (of === 'shares' && readsShares(chosen, contacts))
    return { soql: firstShares(chosen, { after: null, upTo: null }, 1), all: false };
  const { soql } = recordsKeyset(object, chosen, { after: null, rows: 1 }, sizes);
  return { soql: soql(null, 1, null), all: false };
}

/**
 * For filtered records a pass reads ids by date, and then the records by the filter. The second query is the one that
 * may be refused.
 */
function passQuery(input: TryBlockedInput, stream: ChangeStream): Question {
  const { schema, keysetOf, sizes } = input;
  const chosen = schema.objects[stream.object];
  if (stream.of === 'records' && isFiltered(chosen)) {
    const { soql } = recordsKeyset(stream.object, chosen, { after: null, rows: 1 }, sizes);
    return { soql: soql(null, 1, null), all: false };
  }
  const { what, soql, cut, all = false } = keysetOf(stream).keyset;
  const span = sizes.span(what);
  return { soql: soql(null, 1, cut === undefined || span === null ? null : cut.end(BEGINNING, span)), all };
}

/** Network errors do not count, because they say nothing about the stream. */
function isRefused(error: unknown): boolean {
  return error instanceof RejectedQueryError || (error instanceof TransientError && error.errorCode !== null);
}
