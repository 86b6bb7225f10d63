import type { Turns } from '../../lib/turns.ts';
import type { CalledThread } from '../../threads/called-thread.ts';
import type { RunStore } from '../port/run-store.ts';
import { PLAIN_METHODS, type PlainMethod, type StoreFunctions } from './store-functions.ts';

/** Members or names in one message: copying more at once would hold up the event loop. */
const PIECE = 500;

type PlainMethods = Pick<RunStore, PlainMethod>;

/** Returns a run store that is open in another thread. */
export function remoteStore(
  thread: CalledThread<StoreFunctions>,
  handle: number,
  { memberships, closed }: { readonly memberships: Turns; readonly closed: () => void },
): RunStore {
  const plain = Object.fromEntries(
    PLAIN_METHODS.map((method) => [method, (...args: unknown[]) => thread.call('run', handle, method, args)]),
  ) as unknown as PlainMethods;
  let isClosed = false;
  return {
    ...plain,

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
