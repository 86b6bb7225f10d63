import { setImmediate as breathe } from 'node:timers/promises';
import type { Turns } from '../../lib/turns.ts';
import type { IndexedFields } from '../../objects/index.ts';
import type { CalledThread } from '../../threads/called-thread.ts';
import type { RecordWrite, WriteBatch } from '../port/documents.ts';
import type { RunStore } from '../port/run-store.ts';
import { PLAIN_METHODS, type PlainMethod, type StoreFunctions } from './store-functions.ts';

/** Members or names in one message: copying more at once would hold up the event loop. */
const PIECE = 500;

/** What is prepared between two yields to the event loop, in characters: some 5 ms. A record costs as much as this many. */
const COST_AT_ONCE = 200_000;
const PER_RECORD = 200;

type PlainMethods = Pick<RunStore, PlainMethod>;

/** Computes a part of what the store does with a record. */
export type PrepareRecord = (record: RecordWrite, indexed: IndexedFields) => RecordWrite;

/** Returns a run store that is open in another thread. */
export function remoteStore(
  thread: CalledThread<StoreFunctions>,
  handle: number,
  {
    memberships,
    prepareRecord,
    closed,
  }: { readonly memberships: Turns; readonly prepareRecord: PrepareRecord | null; readonly closed: () => void },
): RunStore {
  const plain = Object.fromEntries(
    PLAIN_METHODS.map((method) => [method, (...args: unknown[]) => thread.call('run', handle, method, args)]),
  ) as unknown as PlainMethods;
  let isClosed = false;
  let indexed: IndexedFields | null = null;
  return {
    ...plain,

    begin(fence, backfill): Promise<void> {
      // It may change the fields.
      indexed = null;
      return plain.begin(fence, backfill);
    },

    async prepare(batch): Promise<WriteBatch> {
      const { records } = batch;
      if (prepareRecord === null || records === undefined) return batch;
      indexed ??= await plain.indexed();
      return { ...batch, records: await prepareRecords(records, indexed, prepareRecord) };
    },

    replaceMembership: (fence, generation, members, names) =>
      memberships.take(async () => {
        await thread.call('takeMembers', handle, [], [], true);
        for (const piece of piecesOf(members)) await thread.call('takeMembers', handle, piece, [], false);
        for (const piece of piecesOf(names)) await thread.call('takeMembers', handle, [], piece, false);
        return thread.call('replaceMembership', handle, fence, generation);
      }),

    async close(): Promise<void> {
      if (isClosed) return;
      isClosed = true;
      try {
        if (!thread.isEnded) await thread.call('close', handle);
      } finally {
        closed();
      }
    },
  };
}

async function prepareRecords(
  records: readonly RecordWrite[],
  indexed: IndexedFields,
  prepareRecord: PrepareRecord,
): Promise<RecordWrite[]> {
  const prepared: RecordWrite[] = [];
  let cost = 0;
  for (const record of records) {
    prepared.push(prepareRecord(record, indexed));
    cost += PER_RECORD;
    for (const text of Object.values(record.fields)) cost += text.length;
    if (cost < COST_AT_ONCE) continue;
    cost = 0;
    await breathe();
  }
  return prepared;
}

function* piecesOf<Item>(items: Iterable<Item>): Generator<Item[]> {
  let piece: Item[] = [];
  for (const item of items) {
    piece.push(item);
    if (piece.length < PIECE) continue;
    yield piece;
    piece = [];
  }
  yield piece;
}
