import type { ContactSharing } from '../access/types.ts';
import type { RunWarning, Stream } from '../facts/warnings.ts';
import { includesStream } from '../index/model/blocked.ts';
import type { FencingToken } from '../index/port/admission.ts';
import type { RecordWrite, Removal, ShareWrite } from '../index/port/documents.ts';
import type { ChangeStream, PassNote } from '../index/port/progress.ts';
import type { RunStore } from '../index/port/run-store.ts';
import type { IndexState } from '../index/port/state.ts';
import { OBJECTS, type ObjectName } from '../objects/index.ts';
import type { Salesforce } from '../salesforce/client.ts';
import type { SoqlQuery } from '../soql/query.ts';
import { tryBlocked } from './blocked-streams.ts';
import { rowsByIds } from './by-ids.ts';
import { changeStreams, nextRound, streamKeyset, wholeSecond } from './change-streams.ts';
import { checkClock } from './check-clock.ts';
import { addCounts, type Counts, countsOf, NO_COUNTS } from './counts.ts';
import { readsInParts } from './field-parts.ts';
import { checkSchema } from './held-schema.ts';
import { versionNow } from './org-time.ts';
import type { QuerySizes } from './query-sizes.ts';
import { readStreams, type StreamRead } from './read-streams.ts';
import { isRecord, type RawRecord, recordOf } from './record.ts';
import { recordsOfIds } from './records-by-id.ts';
import { Refusals } from './refusals.ts';
import { isFiltered } from './resolve-schema.ts';
import { type ObjectSchema, type ResolvedSchema, readsShares } from './resolved-schema.ts';
import { readRetries } from './retries.ts';
import { compareShareTables } from './share-tables.ts';
import { shareWrites } from './share-writes.ts';
import { sharesOf } from './soql.ts';

const STREAMS = ['records', 'shares'] as const;

const BATCH = 1_000;

/** Ids in one IN list, because a URI is limited to 16 KB. */
const IDS_PER_QUERY = 500;

export interface ChangesInput {
  readonly salesforce: Salesforce;
  readonly store: RunStore;
  readonly fence: FencingToken;
  readonly schema: ResolvedSchema;
  /**
   * The upper bound of the pass to continue, exclusive, ISO. Null in the first round, which sets it to the org's time.
   * The index knows how far the pass is.
   */
  readonly before: string | null;
  /** Maximum number of rows that a stream reads in a round. */
  readonly limit: number;
  /** Rows in one reply of the org. */
  readonly pageSize: number;
  readonly sizes: QuerySizes;
  /** See `Config.sweepGuardPercent`, which also guards against a mass of missing share rows. */
  readonly guardPercent: number;
  readonly signal: AbortSignal;
  /** See `Patience`. */
  readonly attempt: number;
}

export interface ChangesOutput {
  readonly before: string;
  readonly streams: readonly ChangeStream[];
  readonly counts: Partial<Record<ObjectName, Counts>>;
  /** For the operator: what the pass could not do. */
  readonly warnings?: readonly RunWarning[];
}

/**
 * Runs one round of an incremental pass over all objects. Reads changes in [watermark − overlap, before), including
 * deleted records and added or changed share rows. A stream's watermark moves, in the index, once the stream is read to
 * its end. A stream that the org refuses is marked as blocked, and the others continue. The last round also looks for
 * removed share rows, and tries blocked streams again.
 *
 * A later round continues where the index says the pass is. If the index does not know the pass, a new one begins: a
 * position that the index did not record may be beyond changes that nobody has read.
 *
 * @throws ClockSetBackError if the index has versions ahead of the org's clock
 */
export async function readChanges(input: ChangesInput): Promise<ChangesOutput> {
  const { salesforce, store, fence, schema, limit, sizes, signal } = input;
  await checkClock(salesforce, store, signal);
  const state = await store.state();
  checkSchema(state, schema);
  const pass = openPass(state, input);
  if (pass?.streams.length === 0) return { before: pass.before, streams: [], counts: {} };
  const before = pass?.before ?? wholeSecond(salesforce.clock.now());
  const contacts: ContactSharing = state.contacts === 'controlled' ? 'controlled' : 'own';
  const all = changeStreams(schema, contacts);
  const isSlow = ({ object, of }: Stream): boolean => of === 'shares' && state.shareLooks[object] !== undefined;
  const streams = pass?.streams ?? all.filter((stream) => !includesStream(state.blocked, stream) && !isSlow(stream));
  const refusals = new Refusals(input);

  const version = versionNow(salesforce, state.backfill?.start ?? null);
  const keysetOf = (stream: ChangeStream) => streamKeyset(stream, schema, { state, before, limit }, sizes);
  const keysets = streams.map(keysetOf);
  const read = await readStreams(salesforce, keysets, sizes, refusals, signal);
  const slow = streams.filter((_, at) => read[at] === 'slow').map(({ object }) => object);
  if (slow.length > 0) await store.noteStreams(fence, { slowShares: slow, at: orgTimeOf(salesforce) });
  const isBlocked = (stream: Stream): boolean =>
    refusals.has(stream) || (includesStream(state.blocked, stream) && !includesStream(streams, stream));
  const again = pass === null ? await readRetries({ ...input, isBlocked, refusals }, version) : [];

  const readAt = (at: number): StreamRead => {
    const rows = read[at];
    return typeof rows === 'object' ? rows : { rows: [] };
  };

  const counts: Partial<Record<ObjectName, Counts>> = {};
  const left: ChangeStream[] = [];
  for (const { name } of OBJECTS) {
    const own = streams.flatMap((stream, at) => (stream.object === name ? [at] : []));
    // Ended in an earlier round, which also moved the watermarks.
    if (own.length === 0 && pass !== null) continue;
    const rowsOf = (of: ChangeStream['of']): readonly RawRecord[] =>
      own.flatMap((at) => (streams[at]?.of === of ? readAt(at).rows : []));
    const more = own.flatMap((at) =>
      nextRound(streams[at] as ChangeStream, readAt(at), { limit: keysets[at]?.keyset.rows ?? limit, before }),
    );
    const ended = STREAMS.filter((of) => {
      const stream: Stream = { object: name, of };
      const isOfRound = pass === null || includesStream(streams, stream);
      const goesOn = includesStream(more, stream) || isSlow(stream) || (of === 'shares' && slow.includes(name));
      return isOfRound && !goesOn;
    });
    counts[name] = await apply({ ...input, refusals, isBlocked }, schema.objects[name], {
      again: again.filter(({ object }) => object === name),
      records: rowsOf('records'),
      shares: rowsOf('shares'),
      version,
      contacts,
      state,
      before,
      ended,
    });
    left.push(...more.filter((stream) => !isBlocked(stream)));
  }
  await noteBlocked(input, refusals);
  if (left.length > 0) {
    await store.notePass(fence, { before, streams: left, ...(pass?.tried ? { tried: true } : {}) });
    return { before, streams: left, counts };
  }
  const { stale, missed } = await store.health();
  const hidden = new Set(stale.flatMap(({ object, hidden }) => (hidden ? [object] : [])));
  if (pass?.tried !== true && state.backfill === null && state.blocked.length > 0) {
    const { resumed, ...notes } = await tryBlocked({ ...input, state, missed, streams: all, keysetOf });
    await store.noteStreams(fence, { ...notes, at: orgTimeOf(salesforce) });
    slow.push(...notes.slowShares);
    if (resumed.length > 0) {
      await store.notePass(fence, { before, streams: resumed, tried: true });
      return { before, streams: resumed, counts };
    }
  }
  const begun = Object.fromEntries(slow.map((name) => [name, { began: null, after: null }]));
  const known = { ...state, shareLooks: { ...begun, ...state.shareLooks } };
  const isStillBlocked = (stream: Stream): boolean =>
    isBlocked(stream) && !(stream.of === 'shares' && slow.includes(stream.object));
  const compared = { ...input, contacts, state: known, hidden, before, refusals, isBlocked: isStillBlocked };
  const found = await compareShareTables(compared);
  await noteBlocked(input, refusals);
  for (const { name } of OBJECTS) {
    const more = found.counts[name];
    if (more !== undefined) counts[name] = addCounts(counts[name] ?? NO_COUNTS, more);
  }
  const { shares, warnings } = found;
  await store.endPass(fence, before, shares);
  return { before, streams: left, counts, ...(warnings.length > 0 ? { warnings } : {}) };
}

/** Returns the progress of the pass that the round continues; null if the round begins a new one. */
function openPass({ pass }: IndexState, { fence, before }: ChangesInput): PassNote | null {
  return pass !== null && pass.run === fence.run && pass.before === before ? pass : null;
}

async function noteBlocked({ salesforce, store, fence }: ChangesInput, { blocked }: Refusals): Promise<void> {
  if (blocked.length > 0) await store.noteStreams(fence, { blocked, at: orgTimeOf(salesforce) });
}

function orgTimeOf({ clock }: Salesforce): string {
  return new Date(clock.now()).toISOString();
}

interface Changes {
  /** The current state of records that could not be indexed before. */
  readonly again: readonly (RecordWrite | Removal)[];
  readonly records: readonly RawRecord[];
  readonly shares: readonly RawRecord[];
  readonly version: number;
  readonly contacts: ContactSharing;
  readonly state: IndexState;
  /** The pass's upper bound, ISO, which becomes the watermark of streams that have ended. */
  readonly before: string;
  readonly ended: readonly Stream['of'][];
}

type Applied = ChangesInput & {
  readonly refusals: Refusals;
  /** Returns whether the org refuses the stream. */
  readonly isBlocked: (stream: Stream) => boolean;
};

async function apply(input: Applied, chosen: ObjectSchema, changes: Changes): Promise<Counts> {
  const { store, fence, refusals, isBlocked } = input;
  const { name, share } = chosen.object;
  let counts: Counts = { ...NO_COUNTS, read: changes.records.length };
  const parents = new Set(changes.shares.map((row) => String(row[share.parentField])));
  async function write(writes: readonly (RecordWrite | Removal)[]): Promise<void> {
    const written = await store.write(fence, {
      records: writes.filter(isRecord),
      removals: writes.filter((write) => !isRecord(write)),
    });
    counts = addCounts(counts, countsOf(written));
    for (const id of written.sharesUnknown) parents.add(id);
  }
  if (changes.again.length > 0) await write(changes.again);
  const records: Stream = { object: name, of: 'records' };
  for (let from = 0; from < changes.records.length; from += BATCH) {
    const some = changes.records.slice(from, from + BATCH);
    const writes = await refusals.guard(records, () => writesOf(input, chosen, some, changes));
    if (writes === null) break;
    await write(writes);
  }
  const shared: Stream = { object: name, of: 'shares' };
  if (readsShares(chosen, changes.contacts) && !isBlocked(shared)) {
    const read = await refusals.guard(shared, () => allSharesOf(input, chosen, [...parents], changes.state));
    for (const shares of read ?? []) counts = addCounts(counts, countsOf(await store.write(fence, { shares })));
  }
  const watermarks = changes.ended
    .map((of) => ({ object: name, of, at: changes.before }))
    .filter((stream) => !isBlocked(stream));
  if (watermarks.length > 0) await store.write(fence, { watermarks });
  return counts;
}

/**
 * Returns the writes for changed records. If records are filtered, or read in parts, only their ids are known so far.
 * Those that exist and match the filter are read in their current state. All others are removed, even if they were
 * never indexed.
 */
async function writesOf(
  { salesforce, sizes, signal }: ChangesInput,
  chosen: ObjectSchema,
  changed: readonly RawRecord[],
  { version, state }: Changes,
): Promise<(RecordWrite | Removal)[]> {
  if (!isFiltered(chosen) && !readsInParts(chosen, sizes)) return changed.map((raw) => recordOf(chosen, raw, version));
  const now = versionNow(salesforce, state.backfill?.start ?? null);
  const ids = changed.filter((raw) => raw.IsDeleted !== true).map((raw) => String(raw.Id));
  const taken = await recordsOfIds(salesforce, chosen, ids, sizes, signal);
  return changed.map((raw) => {
    const id = String(raw.Id);
    const record = taken.get(id);
    return record === undefined ? { id, object: chosen.object.name, version: now } : recordOf(chosen, record, now);
  });
}

/**
 * Reads all share rows of the parents, in batches, including parents without any. Only the complete set shows which
 * rows are gone.
 */
async function allSharesOf(
  { salesforce, signal }: ChangesInput,
  chosen: ObjectSchema & { shareColumns: readonly string[] },
  parents: readonly string[],
  state: IndexState,
): Promise<ShareWrite[][]> {
  if (parents.length === 0) return [];
  const version = versionNow(salesforce, state.backfill?.start ?? null);
  const soql = (some: readonly string[]): SoqlQuery => sharesOf(chosen, some);
  return (await rowsByIds(salesforce, parents, IDS_PER_QUERY, soql, signal)).map(({ ids, rows: all }) => {
    return shareWrites(chosen, all, ids, version);
  });
}
