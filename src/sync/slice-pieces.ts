import type { ContactSharing } from '../access/types.ts';
import type { Stream } from '../facts/warnings.ts';
import { isUnreadBy } from '../index/model/blocked.ts';
import { charactersOf } from '../index/model/merge.ts';
import type { BackfillPosition } from '../index/port/backfill.ts';
import type { RecordWrite, Removal, ShareWrite, WriteBatch } from '../index/port/documents.ts';
import type { ParentRange } from '../index/port/ledger.ts';
import type { BlockedStream, StreamNotes } from '../index/port/progress.ts';
import type { ObjectName } from '../objects/index.ts';
import { checkClock } from './check-clock.ts';
import { readKeyset } from './keyset.ts';
import { sharesKeyset } from './keysets.ts';
import { versionNow } from './org-time.ts';
import type { RawRecord } from './record.ts';
import { Refusals } from './refusals.ts';
import { type ObjectSchema, readsShares } from './resolved-schema.ts';
import { shareWrites } from './share-writes.ts';
import { inOneGo, rowsOf, type SliceInput } from './slice-input.ts';
import { cursorAfter, noRecords, readRecords } from './slice-records.ts';

/**
 * The most documents and characters of a transaction. Smaller ones take more work: each makes a full-text segment, and
 * writes some pages again. Larger ones take more memory.
 */
const BATCH = 4_000;
const BATCH_CHARACTERS = 4_000_000;

/** What is read, in the order in which it must be written. */
export type Piece =
  /** A part of an object's slice. The last part has the position after the slice. `characters`: of its records' strings. */
  | { readonly object: ObjectName; readonly batch: WriteBatch; readonly read: number; readonly characters: number }
  /** Streams that the org refuses. What follows was read without them. */
  | { readonly notes: StreamNotes };

/** Where a reading begins, and what the index knew then. */
export interface Held {
  readonly from: BackfillPosition;
  readonly contacts: ContactSharing;
  readonly blocked: readonly BlockedStream[];
}

/**
 * Reads an object slice by slice: records by Id, then the share rows of the same range. Writes nothing. A stream that
 * the org refuses is noted, and the reading continues without it.
 *
 * @param mayBegin asked before each slice but the first
 */
export async function* readSlices(
  input: SliceInput,
  { from: first, contacts, blocked }: Held,
  mayBegin: () => boolean,
): AsyncGenerator<Piece, void, undefined> {
  const { salesforce, store, start, object } = input;
  const schema = input.schema.objects[object];
  const refusals = new Refusals(input);
  const isRead = (of: Stream['of']): boolean =>
    !isUnreadBy(blocked, { object, of }, start) && !refusals.has({ object, of });
  for (let from = first; !from.done; ) {
    await checkClock(salesforce, store, input.signal);
    const reading: Reading = {
      from,
      records: schema.readable && isRead('records'),
      shares: readsShares(schema, contacts) && isRead('shares') ? schema : null,
    };
    const readBefore = from.recordsRead - first.recordsRead;
    const slice = { ...input, progress: (read: number) => input.progress(readBefore + read) };
    const last = yield* readSlice(slice, reading, refusals);
    if (last === null) {
      const at = new Date(salesforce.clock.now()).toISOString();
      yield { notes: { blocked: refusals.blocked, at, inBackfill: true } };
      continue;
    }
    const { position, read, characters, ...batch } = last;
    // Streams that were blocked before this backfill, and that it has now read.
    const caughtUp = position.done ? blocked.filter((note) => note.object === object && isRead(note.of)) : [];
    const watermarks = caughtUp.map(({ of }) => ({ object, of, at: start }));
    yield { object, batch: { ...batch, position: { object, position }, watermarks }, read, characters };
    from = position;
    if (!mayBegin()) return;
  }
}

interface Reading {
  readonly from: BackfillPosition;
  readonly records: boolean;
  /** How the share rows are read; null if they are not. */
  readonly shares: Shared | null;
}

type Shared = ObjectSchema & { readonly shareColumns: readonly string[] };

/** The last part of a slice, and the position after it. */
interface LastPart extends Parts {
  readonly position: BackfillPosition;
  /** The number of records in the slice. */
  readonly read: number;
  readonly characters: number;
}

interface Parts {
  readonly records: RecordWrite[];
  readonly removals: Removal[];
  readonly shares: ShareWrite[];
}

/** Yields all parts of a slice but the last, which it returns. Returns null if the org refuses one of its streams. */
async function* readSlice(
  input: SliceInput,
  { from, ...reading }: Reading,
  refusals: Refusals,
): AsyncGenerator<Piece, LastPart | null, undefined> {
  const { object, salesforce, start } = input;
  const found = reading.records
    ? await refusals.guard({ object, of: 'records' }, () => readRecords(input, from.cursor))
    : noRecords(from.cursor);
  if (found === null) return null;
  const { pending, read, parents: range } = found;

  // If only share rows are read, the slice ends between two parents.
  const byRows = !reading.records && reading.shares !== null;
  let { cursor, done } = found;
  let rows = 0;
  let parts: Parts = { records: [], removals: found.removals, shares: [] };
  let characters = 0;
  const add = (record: RecordWrite): void => {
    parts.records.push(record);
    characters += charactersOf(record.fields);
  };
  const isFull = (): boolean =>
    parts.records.length >= BATCH || parts.shares.length >= BATCH || characters >= BATCH_CHARACTERS;
  const full = (): Piece => {
    const piece = { object, batch: parts, read: 0, characters };
    parts = { records: [], removals: [], shares: [] };
    characters = 0;
    return piece;
  };

  const version = versionNow(salesforce, start);
  const { shares: schema } = reading;
  if (schema !== null) {
    const groups = shareGroups(input, schema, range, [...pending.keys()], version);
    for (;;) {
      const next = await refusals.guard({ object, of: 'shares' }, () => groups.next());
      if (next === null) return null;
      if (next.done === true) break;
      const group = next.value;
      const record = pending.get(group.parentId);
      if (record !== undefined) add(record);
      pending.delete(group.parentId);
      parts.shares.push(group);
      if (isFull()) yield full();
      rows += group.rowCount;
      if (!byRows || rows < inOneGo(input)) continue;
      cursor = cursorAfter(group.parentId);
      done = false;
      await groups.return();
      break;
    }
  }
  // The remaining records have no share rows.
  for (const record of pending.values()) {
    add(record);
    if (schema !== null) parts.shares.push({ parentId: record.id, object, rowCount: 0, rows: [], version });
    if (isFull()) yield full();
  }
  const position: BackfillPosition = { cursor, done, recordsRead: from.recordsRead + (byRows ? rows : read) };
  return { ...parts, position, read, characters };
}

/** Yields the share rows of a range of parents, one parent at a time, regardless of page boundaries. */
async function* shareGroups(
  { salesforce, sizes, signal }: SliceInput,
  schema: Shared,
  range: ParentRange,
  parents: readonly string[],
  version: number,
): AsyncGenerator<ShareWrite, void, undefined> {
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
