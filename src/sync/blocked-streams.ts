import { includesStream, isSameStream, mayBeReadAgain, needsBackfill } from '../index/blocked.ts';
import type { BlockedStream, ChangeStream, IndexState, Stream } from '../index/port.ts';
import type { ObjectName } from '../objects/index.ts';
import type { Salesforce } from '../salesforce/client.ts';
import { RejectedQueryError, TransientError } from '../salesforce/errors.ts';
import { type SoqlQuery, toSoql } from '../soql/query.ts';
import { isFiltered } from './describe.ts';
import { BEGINNING } from './keyset.ts';
import { recordsKeyset } from './keysets.ts';
import type { QuerySizes } from './query-sizes.ts';
import type { StreamKeyset } from './read-streams.ts';
import { readsShares, type Selection } from './selection.ts';
import { firstShares } from './soql.ts';

export interface BlockedTried {
  /** They answer again: the pass reads what they have missed. */
  readonly resumed: readonly ChangeStream[];
  /** They answer again, and have missed more than a pass can make up for. */
  readonly answering: readonly Stream[];
  /** The selection no longer reads them. */
  readonly dropped: readonly Stream[];
  /** Their share rows are to be compared by ranges, for dates are too slow. */
  readonly slowShares: readonly ObjectName[];
}

export interface TryBlockedInput {
  readonly salesforce: Salesforce;
  readonly state: IndexState;
  /** See `IndexHealth`. */
  readonly missed: readonly ObjectName[];
  readonly selection: Selection;
  /** What the selection reads. */
  readonly streams: readonly ChangeStream[];
  /** How an incremental pass reads a stream. */
  readonly keysetOf: (stream: ChangeStream) => StreamKeyset;
  readonly sizes: QuerySizes;
  readonly signal: AbortSignal;
}

/** Tries the blocked streams again, each with the query that would make up for what it has missed, for a single row. */
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

function backfillQuery({ selection, sizes }: TryBlockedInput, { object, of }: BlockedStream): Question {
  const chosen = selection.objects[object];
  const contacts = 'own';
  if (of === 'shares' && readsShares(chosen, contacts))
    return { soql: firstShares(chosen, { after: null, upTo: null }, 1), all: false };
  const { soql } = recordsKeyset(object, chosen, { after: null, rows: 1 }, sizes);
  return { soql: soql(null, 1, null), all: false };
}

/** Of filtered records a pass reads ids by date, and then the records by the filter: that is what may be refused. */
function passQuery(input: TryBlockedInput, stream: ChangeStream): Question {
  const { selection, keysetOf, sizes } = input;
  const chosen = selection.objects[stream.object];
  if (stream.of === 'records' && isFiltered(chosen)) {
    const { soql } = recordsKeyset(stream.object, chosen, { after: null, rows: 1 }, sizes);
    return { soql: soql(null, 1, null), all: false };
  }
  const { what, soql, cut, all = false } = keysetOf(stream).keyset;
  const span = sizes.span(what);
  return { soql: soql(null, 1, cut === undefined || span === null ? null : cut.end(BEGINNING, span)), all };
}

/** Network errors say nothing of the stream. */
function isRefused(error: unknown): boolean {
  return error instanceof RejectedQueryError || (error instanceof TransientError && error.errorCode !== null);
}
