import type { ContactDerivation } from '../access/types.ts';
import { IndexReplacedError } from '../index/errors.ts';
import type { BackfillPosition, IndexWriter, RecordWrite, Removal, ShareWrite, Ticket } from '../index/port.ts';
import type { ObjectName } from '../objects/index.ts';
import type { Salesforce } from '../salesforce/client.ts';
import { addCounts, type Counts, countsOf, NO_COUNTS } from './counts.ts';
import { type Keyset, readKeyset } from './keyset.ts';
import type { QuerySizes } from './query-sizes.ts';
import { isRecord, type RawRecord, recordOf, sharesByParent } from './record.ts';
import { type ObjectSelection, readsShares, type Selection } from './selection.ts';
import { checkSelection } from './selection-change.ts';
import { backfillRecords, backfillShares } from './soql.ts';
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
  /** Called with the number of records read so far. */
  readonly progress: (read: number) => void;
}

/**
 * Reads one slice of an object in a complete backfill: records by Id, then the share rows of the same range, and writes
 * both together. The position moves, in the index, in the transaction of the slice's last batch: a slice that breaks
 * off is read again as a whole, and nothing of it is lost or counted twice.
 *
 * @throws IndexReplacedError when the index does not hold this backfill as far as the run has come
 */
export async function backfillSlice(input: SliceInput): Promise<{ position: BackfillPosition; counts: Counts }> {
  const { salesforce, index, ticket, start } = input;
  const selection = input.selection.objects[input.object];
  const { object } = selection;
  const { from, contacts } = await heldPosition(input);
  if (from.done) return { position: from, counts: NO_COUNTS };

  const { pending, removals, read, ...upTo } = await readRecords(input, from.after);

  // Without records the share rows alone are cut into slices, between two parents.
  const byRows = !selection.readable && readsShares(selection, contacts);
  let { last, done } = upTo;
  let rows = 0;
  let counts: Counts = { ...NO_COUNTS, read };
  const records: RecordWrite[] = [];
  const shares: ShareWrite[] = [];
  async function flush(batch: { position?: BackfillPosition } = {}): Promise<void> {
    const written = await index.write(ticket, {
      records: records.splice(0),
      removals: removals.splice(0),
      shares: shares.splice(0),
      ...(batch.position ? { position: { object: object.name, position: batch.position } } : {}),
    });
    counts = addCounts(counts, countsOf(written));
  }

  const version = versionNow(salesforce, start);
  for await (const group of shareGroups(input, selection, contacts, from.after, done ? null : last)) {
    const record = pending.get(group.parentId);
    if (record !== undefined) records.push(record);
    pending.delete(group.parentId);
    shares.push({ ...group, object: object.name, version });
    if (shares.length >= BATCH) await flush();
    rows += group.rowCount;
    if (!byRows || rows < inOneGo(input)) continue;
    last = group.parentId;
    done = false;
    break;
  }
  // What is left has no share rows.
  const knowsShares = readsShares(selection, contacts);
  for (const record of pending.values()) {
    records.push(record);
    if (knowsShares) shares.push({ parentId: record.id, object: object.name, rowCount: 0, rows: [], version });
    if (records.length >= BATCH) await flush();
  }
  const position: BackfillPosition = { after: last, done, recordsRead: from.recordsRead + (byRows ? rows : read) };
  await flush({ position });
  return { position, counts };
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

async function readRecords(input: SliceInput, after: string | null): Promise<RecordsRead> {
  const { salesforce, start, sliceRecords, sliceCharacters, sizes, signal } = input;
  const selection = input.selection.objects[input.object];
  const result: RecordsRead = { pending: new Map(), removals: [], last: after, read: 0, done: true };
  if (!selection.readable) return result;
  const version = versionNow(salesforce, start);
  const records: Keyset = {
    what: recordsOf(input.object),
    soql: (row, limit) => backfillRecords(selection, row === null ? after : String(row.Id), limit ?? sliceRecords),
    rows: sliceRecords,
  };
  let characters = 0;
  for await (const page of readKeyset(salesforce, records, sizes, signal)) {
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
  return { from: held, contacts };
}

/** The share rows of a range of parents, a parent at a time, however the pages cut them. */
async function* shareGroups(
  { salesforce, sizes, signal }: SliceInput,
  selection: ObjectSelection,
  contacts: ContactDerivation,
  after: string | null,
  upTo: string | null,
): AsyncGenerator<Pick<ShareWrite, 'parentId' | 'rows' | 'rowCount'>> {
  if (!readsShares(selection, contacts)) return;
  let open: RawRecord[] = [];
  const { object: shareObject, parentField } = selection.object.share;
  const shares: Keyset = {
    what: rowsOf(shareObject),
    soql(row, limit) {
      const afterRow = row === null ? null : { parentId: String(row[parentField]), id: String(row.Id) };
      return backfillShares(selection, { after, upTo, afterRow, limit });
    },
    rows: null,
  };
  for await (const page of readKeyset(salesforce, shares, sizes, signal)) {
    const rows = [...open, ...page.records];
    // The last parent of a page may go on in the next.
    const lastParent = rows.at(-1)?.[parentField];
    open = page.done ? [] : rows.filter((row) => row[parentField] === lastParent);
    const whole = page.done ? rows : rows.slice(0, rows.length - open.length);
    for (const [parentId, group] of sharesByParent(selection, whole)) {
      yield { parentId, rows: group, rowCount: group.length };
    }
  }
}
