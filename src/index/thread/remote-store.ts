import { setImmediate as breathe } from 'node:timers/promises';
import type { Turns } from '../../lib/turns.ts';
import type { IndexedFields } from '../../objects/index.ts';
import type { CalledThread } from '../../threads/called-thread.ts';
import { charactersOf } from '../model/merge.ts';
import type { RecordWrite, ShareWrite, TakenBatch, WriteResult } from '../port/documents.ts';
import type { RunStore } from '../port/run-store.ts';
import { PLAIN_METHODS, type PlainMethod, type StoreFunctions } from './store-functions.ts';

/** Members, names, records or shares in one message: copying more at once would hold up the event loop. */
const PIECE = 500;

/** A message with records ends after this many characters, too: preparing them takes some 5 ms. */
const CHARACTERS = 200_000;

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
  let takenBatches = 0;
  return {
    ...plain,

    begin(fence, backfill): Promise<void> {
      // It may change the fields.
      indexed = null;
      return plain.begin(fence, backfill);
    },

    async take({ records = [], shares = [], ...rest }): Promise<TakenBatch> {
      takenBatches += 1;
      const number = takenBatches;
      indexed ??= await plain.indexed();
      const fields = indexed;
      let failure: unknown = null;
      const send = (some: readonly RecordWrite[], others: readonly ShareWrite[]): Promise<void> => {
        // Not awaited: the thread answers between two parts of an earlier write.
        thread.call('takeDocuments', handle, number, some, others).catch((error: unknown) => {
          failure ??= error;
        });
        return breathe();
      };
      for (const piece of piecesOf(shares)) await send([], piece);
      for (const piece of piecesOf(records, ({ fields }) => charactersOf(fields)))
        await send(prepareRecord === null ? piece : piece.map((record) => prepareRecord(record, fields)), []);
      return {
        async write(fence): Promise<WriteResult> {
          if (failure !== null) throw failure;
          return thread.call('writeTaken', handle, number, fence, rest);
        },
      };
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

function* piecesOf<Item>(items: Iterable<Item>, sizeOf: (item: Item) => number = () => 0): Generator<Item[]> {
  let piece: Item[] = [];
  let characters = 0;
  for (const item of items) {
    piece.push(item);
    characters += sizeOf(item);
    if (piece.length < PIECE && characters < CHARACTERS) continue;
    yield piece;
    piece = [];
    characters = 0;
  }
  yield piece;
}
