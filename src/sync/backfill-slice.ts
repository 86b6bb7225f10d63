import type { ContactDerivation } from '../access/types.ts';
import { isUnreadBy } from '../index/blocked.ts';
import { IndexReplacedError } from '../index/errors.ts';
import type {
  BackfillPosition,
  IndexWriter,
  ParentRange,
  RecordWrite,
  Removal,
  ShareWrite,
  Stream,
  Ticket,
  WriteBatch,
} from '../index/port.ts';
import type { ObjectName } from '../objects/index.ts';
import type { Salesforce } from '../salesforce/client.ts';
import { checkClock } from './check-clock.ts';
import { addCounts, type Counts, countsOf, NO_COUNTS } from './counts.ts';
import { checkSelection } from './held-selection.ts';
import { readKeyset } from './keyset.ts';
import { sharesKeyset } from './keysets.ts';
import type { QuerySizes } from './query-sizes.ts';
import { isRecord, type RawRecord, recordOf } from './record.ts';
import { recordPages } from './records-by-id.ts';
import { Refusals } from './refusals.ts';
import { type ObjectSelection, readsShares, type Selection } from './selection.ts';
import { shareWrites } from './share-writes.ts';
import { versionNow } from './version.ts';

/** Documents a transaction: large enough to be fast, short enough not to hold up heartbeats. */
const BATCH = 1_000;

/** What one slice holds in memory: as many records of Salesforce's longest texts as a slice has would take gigabytes. */
export const SLICE_CHARACTERS = 100_000_000;

export interface SliceInput {
  readonly salesforce: Salesforce;
  readonly index: IndexWriter;
  readonly ticket: Ticket;
  readonly selection: Selection;
  readonly object: ObjectName;
  /** The backfill's start, ISO. */
  readonly start: string;
  /** Where the run believes to be. */
  readonly from: BackfillPosition | null;
  readonly sliceRecords: number;
  readonly sizes: QuerySizes;
  /** Where a slice ends that reaches it, in characters of indexed text. */
  readonly sliceCharacters: number;
  readonly signal: AbortSignal;
  /** See `Patience`. */
  readonly attempt: number;
  /** Called with the number of records read so far. */
  readonly progress: (read: number) => void;
}

/**
 * Reads one slice of an object in a complete backfill: records by Id, then the share rows of the same range, and writes
 * both together. The position moves, in the index, in the transaction of the slice's last batch: a slice that breaks
 * off is read again as a whole, and nothing of it is lost or counted twice. A stream that the org refuses is noted as
 * blocked, and the backfill goes on without it.
 *
 * @throws IndexReplacedError when the index does not hold this backfill as far as the run has come; ClockSetBackError when
 *   it holds versions after the org's clock
 */
export async function backfillSlice(input: SliceInput): Promise<{ position: BackfillPosition; counts: Counts }> {
  const { salesforce, index, ticket, start } = input;
  const selection = input.selection.objects[input.object];
  const { name: object } = selection.object;
  await checkClock(salesforce, index, input.signal);
  const { from, contacts, blocked } = await heldPosition(input);
  if (from.done) return { position: from, counts: NO_COUNTS };

  const refusals = new Refusals(input);
  const isRead = (of: Stream['of']): boolean =>
    !isUnreadBy(blocked, { object, of }, start) && !refusals.has({ object, of });
  for (;;) {
    const reading: Reading = {
      from,
      records: selection.readable && isRead('records'),
      shares: readsShares(selection, contacts) && isRead('shares') ? selection : null,
    };
    const slice = await readSlice(input, reading, refusals);
    if (slice !== null) {
      const { position, flush } = slice;
      // Streams that were blocked before this backfill, and that it has read.
      const read = blocked.filter((note) => note.object === object && isRead(note.of));
      const watermarks = position.done ? read.map(({ of }) => ({ object, of, at: start })) : [];
      return { position, counts: await flush({ position: { object, position }, watermarks }) };
    }
    await index.noteStreams(ticket, {
      blocked: refusals.blocked,
      at: new Date(salesforce.clock.now()).toISOString(),
      inBackfill: true,
    });
  }
}

/** What a slice reads. */
interface Reading {
  readonly from: BackfillPosition;
  readonly records: boolean;
  /** How the share rows are read; null: not at all. */
  readonly shares: Shared | null;
}

type Shared = ObjectSelection & { readonly shareColumns: readonly string[] };

/** Reads a slice and writes all but its last batch, which `flush` writes; null: the org refuses one of its streams. */
async function readSlice(input: SliceInput, { from, ...reading }: Reading, refusals: Refusals) {
  const { salesforce, index, ticket, start } = input;
  const object = input.object;
  const upTo = reading.records
    ? await refusals.guard({ object, of: 'records' }, () => readRecords(input, from.after))
    : nothingRead(from.after);
  if (upTo === null) return null;
  const { pending, removals, read } = upTo;

  // Without records the share rows alone are cut into slices, between two parents.
  const byRows = !reading.records && reading.shares !== null;
  let { last, done } = upTo;
  let rows = 0;
  let counts: Counts = { ...NO_COUNTS, read };
  const records: RecordWrite[] = [];
  const shares: ShareWrite[] = [];
  async function flush(batch: Pick<WriteBatch, 'position' | 'watermarks'> = {}): Promise<Counts> {
    const written = await index.write(ticket, {
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
  async function readShares(selection: Shared): Promise<true> {
    const range = { after: from.after, upTo: done ? null : last };
    for await (const group of shareGroups(input, selection, range, parents, version)) {
      const record = pending.get(group.parentId);
      if (record !== undefined) records.push(record);
      pending.delete(group.parentId);
      shares.push(group);
      if (shares.length >= BATCH) await flush();
      rows += group.rowCount;
      if (!byRows || rows < inOneGo(input)) continue;
      last = group.parentId;
      done = false;
      break;
    }
    return true;
  }
  const { shares: selection } = reading;
  if (selection !== null && (await refusals.guard({ object, of: 'shares' }, () => readShares(selection))) === null)
    return null;
  // What is left has no share rows.
  for (const record of pending.values()) {
    records.push(record);
    if (selection !== null) shares.push({ parentId: record.id, object, rowCount: 0, rows: [], version });
    if (records.length >= BATCH) await flush();
  }
  const position: BackfillPosition = { after: last, done, recordsRead: from.recordsRead + (byRows ? rows : read) };
  return { position, flush };
}

const recordsOf = (object: string): string => `records of ${object}`;
const rowsOf = (shareObject: string): string => `rows of ${shareObject}`;

/** So many records, or share rows, are read before a slice ends: fewer where the org answers few at a time. */
function inOneGo({ sizes, sliceRecords, selection, object }: SliceInput): number {
  const { share } = selection.objects[object].object;
  return sizes.inOneGo(sliceRecords, recordsOf(object), rowsOf(share.object));
}

interface RecordsRead {
  readonly pending: Map<string, RecordWrite>;
  readonly removals: Removal[];
  /** The last Id; null: nothing was ever read. */
  last: string | null;
  read: number;
  /** The object has no more records. */
  done: boolean;
}

function nothingRead(after: string | null): RecordsRead {
  return { pending: new Map(), removals: [], last: after, read: 0, done: true };
}

async function readRecords(input: SliceInput, after: string | null): Promise<RecordsRead> {
  const { salesforce, start, sliceRecords, sliceCharacters, sizes, signal } = input;
  const selection = input.selection.objects[input.object];
  const result = nothingRead(after);
  const version = versionNow(salesforce, start);
  const range = { after, rows: sliceRecords };
  let characters = 0;
  for await (const page of recordPages(salesforce, recordsOf(input.object), selection, range, sizes, signal)) {
    for (const raw of page.records) {
      const write = recordOf(selection, raw, version);
      result.last = write.id;
      result.read++;
      if (!isRecord(write)) {
        result.removals.push(write);
        continue;
      }
      result.pending.set(write.id, write);
      for (const text of Object.values(write.fields)) characters += text.length;
      if (characters >= sliceCharacters) return { ...result, done: false };
    }
    input.progress(result.read);
    result.done = page.done && result.read < sliceRecords;
    if (result.read >= inOneGo(input)) break;
  }
  return result;
}

/** The position that the index holds, which is where the data is; it may be ahead of the run's, never behind. */
async function heldPosition({ index, ticket, selection, object, start, from }: SliceInput) {
  const state = await index.state();
  if (state.indexId !== ticket.indexId || state.backfill?.start !== start) {
    throw new IndexReplacedError(
      `the index does not hold the backfill that began at ${start}: it was replaced while the run was at work; the next run begins anew`,
    );
  }
  checkSelection(state, selection);
  const held = state.backfill.positions[object] ?? { after: null, done: false, recordsRead: 0 };
  if (held.recordsRead < (from?.recordsRead ?? 0)) {
    throw new IndexReplacedError(
      `the index is behind the run in ${object}: it was restored from a copy while the run was at work; the next run goes on from what it holds`,
    );
  }
  const contacts: ContactDerivation = state.contacts === 'controlled' ? 'controlled' : 'own';
  return { from: held, contacts, blocked: state.blocked };
}

/** The share rows of a range of parents, a parent at a time, however the pages cut them. */
async function* shareGroups(
  { salesforce, sizes, signal }: SliceInput,
  selection: Shared,
  range: ParentRange,
  parents: readonly string[],
  version: number,
): AsyncGenerator<ShareWrite> {
  let open: RawRecord[] = [];
  const { object: shareObject, parentField } = selection.object.share;
  const shares = sharesKeyset(rowsOf(shareObject), selection, range, parents);
  for await (const page of readKeyset(salesforce, shares, sizes, signal)) {
    const rows = [...open, ...page.records];
    // The last parent of a page may go on in the next.
    const lastParent = rows.at(-1)?.[parentField];
    open = page.done ? [] : rows.filter((row) => row[parentField] === lastParent);
    const whole = page.done ? rows : rows.slice(0, rows.length - open.length);
    yield* shareWrites(selection, whole, [], version);
  }
}
