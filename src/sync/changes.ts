import type { ContactDerivation, ShareRow } from '../access/types.ts';
import type { IndexState, IndexWriter, RecordWrite, Removal, ShareWrite, Ticket } from '../index/port.ts';
import { OBJECTS, type ObjectName } from '../objects/index.ts';
import type { Salesforce } from '../salesforce/client.ts';
import { rowsByIds } from './by-ids.ts';
import { addCounts, type Counts, countsOf, NO_COUNTS } from './counts.ts';
import { isFiltered } from './describe.ts';
import type { Keyset } from './keyset.ts';
import type { QuerySizes } from './query-sizes.ts';
import { readStreams } from './read-streams.ts';
import { isRecord, isTime, type RawRecord, recordOf, sharesByParent } from './record.ts';
import { findRemovedShares } from './removed-shares.ts';
import { readRetries } from './retries.ts';
import { type ObjectSelection, readsShares, type Selection } from './selection.ts';
import { checkSelection } from './selection-change.ts';
import {
  changedIds,
  changedRecords,
  changedShares,
  RECORDS_PER_QUERY,
  recordsById,
  type StampRange,
  sharesOf,
} from './soql.ts';
import { iso, OVERLAP_MS } from './stamps.ts';
import { versionNow } from './version.ts';

const BATCH = 1_000;

/** Ids in one IN list: a URI holds 16 KB. */
const IDS_PER_QUERY = 500;

/** One stream of a pass, and up to where it is read. */
export interface ChangeStream {
  readonly object: ObjectName;
  readonly of: 'records' | 'shares';
  readonly after: { readonly stamp: string; readonly id: string } | null;
}

export interface ChangesInput {
  readonly salesforce: Salesforce;
  readonly index: IndexWriter;
  readonly ticket: Ticket;
  readonly selection: Selection;
  /** The pass's upper bound, exclusive, ISO; null: the first round, which sets it to the org's time. */
  readonly before: string | null;
  /** What the last round left; null: the first round. */
  readonly streams: readonly ChangeStream[] | null;
  /** Rows that a stream reads in a round. */
  readonly limit: number;
  /** Rows in one reply of the org. */
  readonly pageSize: number;
  readonly sizes: QuerySizes;
  /** See `Config.sweepGuardPercent`: share rows that are missing in a mass are guarded too. */
  readonly guardPercent: number;
  readonly signal: AbortSignal;
}

export interface ChangesOutput {
  readonly before: string;
  readonly streams: readonly ChangeStream[];
  readonly counts: Partial<Record<ObjectName, Counts>>;
  /** For the operator: what the pass could not do. */
  readonly warnings?: readonly string[];
}

/**
 * One round of an incremental pass over all objects: what changed in [watermark − overlap, before), deleted records and
 * added or changed share rows among it. The watermark of an object moves, in the index, once both its streams are read.
 * The last round then looks for share rows that were removed.
 */
export async function readChanges(input: ChangesInput): Promise<ChangesOutput> {
  const { salesforce, index, selection, limit, sizes, signal } = input;
  const state = await index.state();
  checkSelection(state, selection);
  const before = input.before ?? wholeSecond(salesforce.clock.now());
  const contacts: ContactDerivation = state.contacts === 'controlled' ? 'controlled' : 'own';
  const streams = input.streams ?? allStreams(selection, contacts);

  const version = versionNow(salesforce, state.backfill?.start ?? null);
  const keysets = streams.map((stream) => {
    const chosen = selection.objects[stream.object];
    const from = lowerBound(state, stream.object, before);
    return streamKeyset(stream, chosen, { from, before, limit: sizes.inOneGo(limit, whatOf(stream)) });
  });
  const read = await readStreams(salesforce, keysets, sizes, signal);
  const again = input.streams === null ? await readRetries(input, version) : [];

  const counts: Partial<Record<ObjectName, Counts>> = {};
  const left: ChangeStream[] = [];
  for (const { name } of OBJECTS) {
    const own = streams.flatMap((stream, at) => (stream.object === name ? [at] : []));
    // At its end in an earlier round, watermark and all.
    if (own.length === 0 && input.streams !== null) continue;
    const rowsOf = (of: ChangeStream['of']): readonly RawRecord[] =>
      own.flatMap((at) => (streams[at]?.of === of ? (read[at] ?? []) : []));
    const records = rowsOf('records');
    const shares = rowsOf('shares');
    const more = own.flatMap((at) => next(streams[at] as ChangeStream, read[at] ?? [], keysets[at]?.rows ?? limit));
    left.push(...more);
    counts[name] = await apply(input, selection.objects[name], {
      again: again.filter(({ object }) => object === name),
      records,
      shares,
      version,
      contacts,
      state,
      watermark: more.length === 0 ? before : null,
    });
  }
  if (left.length > 0) return { before, streams: left, counts };
  const removed = await findRemovedShares({ ...input, contacts, state, before });
  for (const { name } of OBJECTS) {
    const more = removed.counts[name];
    if (more !== undefined) counts[name] = addCounts(counts[name] ?? NO_COUNTS, more);
  }
  const { shares, warnings } = removed;
  await index.endPass(input.ticket, before, shares);
  return { before, streams: left, counts, ...(warnings.length > 0 ? { warnings } : {}) };
}

function allStreams(selection: Selection, contacts: ContactDerivation): ChangeStream[] {
  return Object.values(selection.objects).flatMap((chosen) => {
    // Accounts that are off still open their children.
    if (chosen.on && !chosen.readable) return [];
    const object = chosen.object.name;
    const records: ChangeStream = { object, of: 'records', after: null };
    const shares: ChangeStream = { object, of: 'shares', after: null };
    return [...(chosen.readable ? [records] : []), ...(readsShares(chosen, contacts) ? [shares] : [])];
  });
}

/** What is read by a stream, for people and for the sizes of its queries. */
function whatOf({ object, of }: ChangeStream): string {
  return `changed ${of} of ${object}`;
}

/** What a stream reads in this round. */
function streamKeyset(stream: ChangeStream, chosen: ObjectSelection, range: Omit<StampRange, 'after'>): Keyset {
  const query = stream.of === 'shares' ? changedShares : isFiltered(chosen) ? changedIds : changedRecords;
  return {
    what: whatOf(stream),
    soql(row, some) {
      const after = row === null ? stream.after : keyOf(stream, row);
      return query(chosen, { ...range, after, limit: some ?? range.limit });
    },
    rows: range.limit,
    all: stream.of === 'records',
  };
}

function stampOf({ of }: ChangeStream): 'SystemModstamp' | 'LastModifiedDate' {
  return of === 'records' ? 'SystemModstamp' : 'LastModifiedDate';
}

function keyOf(stream: ChangeStream, row: RawRecord): { stamp: string; id: string } {
  return { stamp: iso(String(row[stampOf(stream)])), id: String(row.Id) };
}

/** What a stream reads in the next round; nothing when this one came to its end. */
function next(stream: ChangeStream, rows: readonly RawRecord[], limit: number): ChangeStream[] {
  if (rows.length === 0 || rows.length < limit) return [];
  // A record with a broken stamp is unindexed, and no place to go on from.
  const last = rows.findLast((row) => isTime(row[stampOf(stream)]));
  if (last === undefined) throw new Error(`no ${stampOf(stream)} of ${rows.length} rows of ${stream.object} is a time`);
  return [{ ...stream, after: keyOf(stream, last) }];
}

interface Changes {
  /** What the records are now that could not be indexed before. */
  readonly again: readonly (RecordWrite | Removal)[];
  readonly records: readonly RawRecord[];
  readonly shares: readonly RawRecord[];
  readonly version: number;
  readonly contacts: ContactDerivation;
  readonly state: IndexState;
  /** Set once the object's streams are at their end. */
  readonly watermark: string | null;
}

async function apply(input: ChangesInput, chosen: ObjectSelection, changes: Changes): Promise<Counts> {
  const { index, ticket } = input;
  const { name, share } = chosen.object;
  let counts: Counts = { ...NO_COUNTS, read: changes.records.length };
  const parents = new Set(changes.shares.map((row) => String(row[share.parentField])));
  async function write(writes: readonly (RecordWrite | Removal)[]): Promise<void> {
    const written = await index.write(ticket, {
      records: writes.filter(isRecord),
      removals: writes.filter((write) => !isRecord(write)),
    });
    counts = addCounts(counts, countsOf(written));
    for (const id of written.sharesUnknown) parents.add(id);
  }
  if (changes.again.length > 0) await write(changes.again);
  for (let from = 0; from < changes.records.length; from += BATCH) {
    await write(await writesOf(input, chosen, changes.records.slice(from, from + BATCH), changes));
  }
  if (readsShares(chosen, changes.contacts)) {
    for (const shares of await allSharesOf(input, chosen, [...parents], changes.state)) {
      counts = addCounts(counts, countsOf(await index.write(ticket, { shares })));
    }
  }
  if (changes.watermark !== null) {
    await index.write(ticket, { watermark: { object: name, at: changes.watermark } });
  }
  return counts;
}

/**
 * What the changed records are to the index. Of filtered ones only ids were read: those that the filter takes are read
 * now, as they are now, and all others are removed, whether or not they were indexed.
 */
async function writesOf(
  { salesforce, signal }: ChangesInput,
  chosen: ObjectSelection,
  changed: readonly RawRecord[],
  { version, state }: Changes,
): Promise<(RecordWrite | Removal)[]> {
  if (!isFiltered(chosen)) return changed.map((raw) => recordOf(chosen, raw, version));
  const now = versionNow(salesforce, state.backfill?.start ?? null);
  const ids = changed.filter((raw) => raw.IsDeleted !== true).map((raw) => String(raw.Id));
  const taken = new Map<string, RawRecord>();
  const soql = (some: readonly string[]): string => recordsById(chosen, some);
  for (const { rows } of await rowsByIds(salesforce, ids, RECORDS_PER_QUERY, soql, signal))
    for (const raw of rows) taken.set(String(raw.Id), raw);
  return changed.map((raw) => {
    const id = String(raw.Id);
    const record = taken.get(id);
    return record === undefined ? { id, object: chosen.object.name, version: now } : recordOf(chosen, record, now);
  });
}

/** All share rows of the parents, those without any too, in batches: only the whole set shows which rows are gone. */
async function allSharesOf(
  { salesforce, signal }: ChangesInput,
  chosen: ObjectSelection & { shareColumns: readonly string[] },
  parents: readonly string[],
  state: IndexState,
): Promise<ShareWrite[][]> {
  if (parents.length === 0) return [];
  const version = versionNow(salesforce, state.backfill?.start ?? null);
  const soql = (some: readonly string[]): string => sharesOf(chosen, some);
  return (await rowsByIds(salesforce, parents, IDS_PER_QUERY, soql, signal)).map(({ ids, rows: all }) => {
    const byParent = sharesByParent(chosen, all);
    return ids.map((parentId) => {
      const rows: readonly ShareRow[] = byParent.get(parentId) ?? [];
      return { parentId, object: chosen.object.name, rowCount: rows.length, rows, version };
    });
  });
}

/** From the watermark, less the overlap; in a first backfill, from its start. */
function lowerBound(state: IndexState, object: ObjectName, before: string): string {
  const from = state.watermarks[object] ?? state.backfill?.start ?? before;
  return wholeSecond(Date.parse(from) - OVERLAP_MS);
}

function wholeSecond(ms: number): string {
  return new Date(Math.floor(ms / 1000) * 1000).toISOString();
}
