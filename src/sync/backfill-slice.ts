import type { ContactDerivation } from '../access/types.ts';
import { IndexReplacedError } from '../index/errors.ts';
import type { BackfillPosition, IndexWriter, RecordWrite, Removal, ShareWrite, Ticket } from '../index/port.ts';
import type { ObjectName } from '../objects/index.ts';
import type { Salesforce } from '../salesforce/client.ts';
import { addCounts, type Counts, countsOf, NO_COUNTS } from './counts.ts';
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
  const { salesforce, index, ticket, start, sliceRecords } = input;
  const selection = input.selection.objects[input.object];
  const { object } = selection;
  const { from, contacts } = await heldPosition(input);
  if (from.done) return { position: from, counts: NO_COUNTS };

  const { pending, removals, read, isCut, ...upTo } = await readRecords(input, from.after);

  // Without records the share rows alone are cut into slices, between two parents.
  const byRows = !selection.readable && readsShares(selection, contacts);
  let { last } = upTo;
  let done = byRows || (!isCut && read < sliceRecords);
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
    if (!byRows || rows < sliceRecords) continue;
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

interface RecordsRead {
  readonly pending: Map<string, RecordWrite>;
  readonly removals: Removal[];
  /** The last Id; null: nothing was ever read. */
  last: string | null;
  read: number;
  /** The slice ends before it has its number of records: their texts are long. */
  isCut: boolean;
}

async function readRecords(input: SliceInput, after: string | null): Promise<RecordsRead> {
  const { salesforce, start, sliceRecords, sliceCharacters, signal } = input;
  const selection = input.selection.objects[input.object];
  const result: RecordsRead = { pending: new Map(), removals: [], last: after, read: 0, isCut: false };
  if (!selection.readable) return result;
  const version = versionNow(salesforce, start);
  let characters = 0;
  for await (const page of salesforce.query(backfillRecords(selection, after, sliceRecords), { signal })) {
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
      if (characters >= sliceCharacters) return { ...result, isCut: true };
    }
    input.progress(result.read);
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
  { salesforce, signal }: SliceInput,
  selection: ObjectSelection,
  contacts: ContactDerivation,
  after: string | null,
  upTo: string | null,
): AsyncGenerator<Pick<ShareWrite, 'parentId' | 'rows' | 'rowCount'>> {
  if (!readsShares(selection, contacts)) return;
  let open: RawRecord[] = [];
  const { parentField } = selection.object.share;
  for await (const page of salesforce.query(backfillShares(selection, after, upTo), { signal })) {
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
