import type { ContactSharing } from '../access/types.ts';
import type { Stream } from '../facts/warnings.ts';
import { isUnreadBy } from '../index/model/blocked.ts';
import type { BackfillPosition } from '../index/port/backfill.ts';
import type { RecordWrite, ShareWrite, WriteBatch } from '../index/port/documents.ts';
import { IndexReplacedError } from '../index/port/errors.ts';
import type { ParentRange } from '../index/port/ledger.ts';
import { checkClock } from './check-clock.ts';
import { addCounts, type Counts, countsOf, NO_COUNTS } from './counts.ts';
import { checkSchema } from './held-schema.ts';
import { readKeyset } from './keyset.ts';
import { sharesKeyset } from './keysets.ts';
import { versionNow } from './org-time.ts';
import type { RawRecord } from './record.ts';
import { Refusals } from './refusals.ts';
import { type ObjectSchema, readsShares } from './resolved-schema.ts';
import { shareWrites } from './share-writes.ts';
import { inOneGo, rowsOf, type SliceInput } from './slice-input.ts';
import { cursorAfter, noRecords, readRecords } from './slice-records.ts';

/** Documents per transaction: enough to be fast, few enough not to delay heartbeats. */
const BATCH = 1_000;

/**
 * Memory limit of a slice, in characters. A slice of records with the longest texts that Salesforce allows would
 * otherwise take gigabytes.
 */
export const SLICE_CHARACTERS = 100_000_000;

/**
 * Reads one slice of an object in a complete backfill: records by Id, then the share rows of the same range. Writes
 * both together. The transaction of the slice's last batch also moves the position in the index, so an interrupted
 * slice is read again as a whole, and nothing is lost or counted twice. A stream that the org refuses is marked as
 * blocked, and the backfill continues without it.
 *
 * @throws IndexReplacedError if the index does not have this backfill, or is behind the run
 * @throws ClockSetBackError if the index has versions ahead of the org's clock
 */
export async function backfillSlice(input: SliceInput): Promise<{ position: BackfillPosition; counts: Counts }> {
  const { salesforce, store, fence, start } = input;
  const schema = input.schema.objects[input.object];
  const { name: object } = schema.object;
  await checkClock(salesforce, store, input.signal);
  const { from, contacts, blocked } = await heldPosition(input);
  if (from.done) return { position: from, counts: NO_COUNTS };

  const refusals = new Refusals(input);
  const isRead = (of: Stream['of']): boolean =>
    !isUnreadBy(blocked, { object, of }, start) && !refusals.has({ object, of });
  for (;;) {
    const reading: Reading = {
      from,
      records: schema.readable && isRead('records'),
      shares: readsShares(schema, contacts) && isRead('shares') ? schema : null,
    };
    const slice = await readSlice(input, reading, refusals);
    if (slice !== null) {
      const { position, flush } = slice;
      // Streams that were blocked before this backfill, and that it has now read.
      const read = blocked.filter((note) => note.object === object && isRead(note.of));
      const watermarks = position.done ? read.map(({ of }) => ({ object, of, at: start })) : [];
      return { position, counts: await flush({ position: { object, position }, watermarks }) };
    }
    await store.noteStreams(fence, {
      blocked: refusals.blocked,
      at: new Date(salesforce.clock.now()).toISOString(),
      inBackfill: true,
    });
  }
}

interface Reading {
  readonly from: BackfillPosition;
  readonly records: boolean;
  /** How the share rows are read; null if they are not. */
  readonly shares: Shared | null;
}

type Shared = ObjectSchema & { readonly shareColumns: readonly string[] };

/**
 * Reads a slice and writes all but its last batch, which `flush` writes. Returns null if the org refuses one of its
 * streams.
 */
async function readSlice(input: SliceInput, { from, ...reading }: Reading, refusals: Refusals) {
  const { salesforce, store, fence, start } = input;
  const object = input.object;
  const found = reading.records
    ? await refusals.guard({ object, of: 'records' }, () => readRecords(input, from.cursor))
    : noRecords(from.cursor);
  if (found === null) return null;
  const { pending, removals, read, parents: range } = found;

  // If only share rows are read, the slice ends between two parents.
  const byRows = !reading.records && reading.shares !== null;
  let { cursor, done } = found;
  let rows = 0;
  let counts: Counts = { ...NO_COUNTS, read };
  const records: RecordWrite[] = [];
  const shares: ShareWrite[] = [];
  async function flush(batch: Pick<WriteBatch, 'position' | 'watermarks'> = {}): Promise<Counts> {
    const written = await store.write(fence, {
      records: records.splice(0),
      removals: removals.splice(0),
      shares: shares.splice(0),
      ...batch,
    });
    counts = addCounts(counts, countsOf(written));
    return counts;
  }

  const version = versionNow(salesforce, start);
  const parents = [...pending.keys()];
  async function readShares(schema: Shared): Promise<true> {
    for await (const group of shareGroups(input, schema, range, parents, version)) {
      const record = pending.get(group.parentId);
      if (record !== undefined) records.push(record);
      pending.delete(group.parentId);
      shares.push(group);
      if (shares.length >= BATCH) await flush();
      rows += group.rowCount;
      if (!byRows || rows < inOneGo(input)) continue;
      cursor = cursorAfter(group.parentId);
      done = false;
      break;
    }
    return true;
  }
  const { shares: schema } = reading;
  if (schema !== null && (await refusals.guard({ object, of: 'shares' }, () => readShares(schema))) === null)
    return null;
  // The remaining records have no share rows.
  for (const record of pending.values()) {
    records.push(record);
    if (schema !== null) shares.push({ parentId: record.id, object, rowCount: 0, rows: [], version });
    if (records.length >= BATCH) await flush();
  }
  const position: BackfillPosition = { cursor, done, recordsRead: from.recordsRead + (byRows ? rows : read) };
  return { position, flush };
}

/** Returns the index's position, which is where the data is. It may be ahead of the run's, but not behind it. */
async function heldPosition({ store, fence, schema, object, start, from }: SliceInput) {
  const state = await store.state();
  if (state.indexId !== fence.indexId || state.backfill?.start !== start) {
    throw new IndexReplacedError(
      `the index does not have the backfill that began at ${start}: it was replaced during the run; the next run starts over`,
    );
  }
  checkSchema(state, schema);
  const held = state.backfill.positions[object] ?? { cursor: null, done: false, recordsRead: 0 };
  if (held.recordsRead < (from?.recordsRead ?? 0)) {
    throw new IndexReplacedError(
      `the index is behind the run in ${object}: it was restored from a copy during the run; the next run continues from what it contains`,
    );
  }
  const contacts: ContactSharing = state.contacts === 'controlled' ? 'controlled' : 'own';
  return { from: held, contacts, blocked: state.blocked };
}

/** Yields the share rows of a range of parents, one parent at a time, regardless of page boundaries. */
async function* shareGroups(
  { salesforce, sizes, signal }: SliceInput,
  schema: Shared,
  range: ParentRange,
  parents: readonly string[],
  version: number,
): AsyncGenerator<ShareWrite> {
  let open: RawRecord[] = [];
  const { object: shareObject, parentField } = schema.object.share;
  const shares = sharesKeyset(rowsOf(shareObject), schema, range, parents);
  for await (const page of readKeyset(salesforce, shares, sizes, signal)) {
    const rows = [...open, ...page.records];
    // The last parent of a page may continue on the next one.
    const lastParent = rows.at(-1)?.[parentField];
    open = page.done ? [] : rows.filter((row) => row[parentField] === lastParent);
    const whole = page.done ? rows : rows.slice(0, rows.length - open.length);
    yield* shareWrites(schema, whole, [], version);
  }
}
