import type { ContactSharing } from '../access/types.ts';
import type { Stream } from '../facts/warnings.ts';
import type { ChangeStream } from '../index/port/progress.ts';
import type { IndexState } from '../index/port/state.ts';
import { changedRecordsKeyset, changedSharesKeyset, isPlaceIn } from './keysets.ts';
import { iso, OVERLAP_MS } from './org-time.ts';
import type { QuerySizes } from './query-sizes.ts';
import type { StreamKeyset, StreamRead } from './read-streams.ts';
import { isTime, type RawRecord } from './record.ts';
import { type ResolvedSchema, readsShares } from './resolved-schema.ts';

/** What the streams of an incremental pass read, and where they continue. Pure. */

/** Returns the streams that the resolved schema reads, from their beginning. */
export function changeStreams(schema: ResolvedSchema, contacts: ContactSharing): ChangeStream[] {
  return Object.values(schema.objects).flatMap((chosen) => {
    // Even if accounts are off, their share rows grant access to their children.
    if (chosen.on && !chosen.readable) return [];
    const object = chosen.object.name;
    const records: ChangeStream = { object, of: 'records', after: null };
    const shares: ChangeStream = { object, of: 'shares', after: null };
    return [...(chosen.readable ? [records] : []), ...(readsShares(chosen, contacts) ? [shares] : [])];
  });
}

export interface PassRange {
  readonly state: IndexState;
  /** The pass's upper bound, exclusive, ISO. */
  readonly before: string;
  /** Maximum number of rows that a stream reads in a round. */
  readonly limit: number;
}

/** Returns how a stream is read in a round. */
export function streamKeyset(
  stream: ChangeStream,
  schema: ResolvedSchema,
  { state, before, limit }: PassRange,
  sizes: QuerySizes,
): StreamKeyset {
  const { object, of, after } = stream;
  const chosen = schema.objects[object];
  const what = `changed ${of} of ${object}`;
  const range = { from: lowerBound(state, stream, before), before, after, limit: sizes.inOneGo(limit, what) };
  const keyset =
    of === 'records' ? changedRecordsKeyset(what, chosen, range, sizes) : changedSharesKeyset(what, chosen, range);
  return { object, of, keyset };
}

const BEFORE_EVERY_ID = '000000000000000AAA';

/** Returns the stream with its start in the next round; empty once it has been read to its end. */
export function nextRound(
  stream: ChangeStream,
  { rows, endsAt }: StreamRead,
  { limit, before }: Pick<PassRange, 'limit' | 'before'>,
): ChangeStream[] {
  if (endsAt !== undefined) return [{ ...stream, after: { stamp: endsAt, id: BEFORE_EVERY_ID } }];
  if (rows.length === 0 || rows.length < limit) return [];
  const stampIn = (row: RawRecord): unknown => row[stampOf(stream)];
  // A record with a broken stamp is unindexed, and no query can continue after it.
  const last = rows.findLast((row) => isPlaceIn({ before }, stampIn(row)));
  if (last !== undefined) return [{ ...stream, after: keyOf(stream, last) }];
  // All rows have changed since they were found, and so have left the range.
  if (rows.every((row) => isTime(stampIn(row)))) return [stream];
  throw new Error(`no ${stampOf(stream)} of ${rows.length} rows of ${stream.object} is a time`);
}

function stampOf({ of }: Stream): 'SystemModstamp' | 'LastModifiedDate' {
  return of === 'records' ? 'SystemModstamp' : 'LastModifiedDate';
}

function keyOf(stream: Stream, row: RawRecord): { stamp: string; id: string } {
  return { stamp: iso(String(row[stampOf(stream)])), id: String(row.Id) };
}

/** Returns the stream's watermark minus the overlap; in a first backfill, its start. */
function lowerBound(state: IndexState, { object, of }: Stream, before: string): string {
  const watermarks = of === 'records' ? state.watermarks : state.shareWatermarks;
  const from = watermarks[object] ?? state.backfill?.start ?? before;
  return wholeSecond(Date.parse(from) - OVERLAP_MS);
}

export function wholeSecond(ms: number): string {
  return new Date(Math.floor(ms / 1000) * 1000).toISOString();
}
