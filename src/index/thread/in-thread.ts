import { Turns } from '../../lib/turns.ts';
import { CalledThread } from '../../threads/called-thread.ts';
import { compiledFile } from '../../threads/compiled-file.ts';
import { engineOf } from '../engine-of.ts';
import type { OpenRunStore } from '../port/run-store.ts';
import { prepareRecord } from '../sqlite/prepare.ts';
import { INDEX_ERRORS } from './index-errors.ts';
import { remoteStore } from './remote-store.ts';
import type { StoreFunctions } from './store-functions.ts';

/** A thread without open stores ends after this time. A run opens its store again for each activity. */
const IDLE_MS = 60_000;

interface StoreThread {
  readonly calls: CalledThread<StoreFunctions>;
  /** A membership takes many messages, so one is sent after the other. */
  readonly memberships: Turns;
  /** The number of stores that are open in it. */
  open: number;
  idle: NodeJS.Timeout | undefined;
}

let current: StoreThread | null = null;

/**
 * Opens an index for a run like `openRunStore`, but in a thread that only works on stores: what a store does holds up
 * nobody else in this process. Each method is one message, so what an abandoned caller began is committed or rolled
 * back as a whole. Throws the same errors, and a `ThreadEndedError` if the thread ends; the next call starts another.
 */
export const openRunStoreInThread: OpenRunStore = async ({ index, create, notice = () => {} }) => {
  const thread = startedThread();
  hold(thread);
  try {
    const { handle, notices } = await thread.calls.call('open', index, create);
    for (const each of notices) notice(each);
    return remoteStore(thread.calls, handle, {
      memberships: thread.memberships,
      // This thread mostly waits for replies of the org, so it takes a part of the store's work.
      prepareRecord: engineOf(index) === null ? prepareRecord : null,
      closed: () => release(thread),
    });
  } catch (error) {
    release(thread);
    throw error;
  }
};

function startedThread(): StoreThread {
  if (current === null || current.calls.isEnded) {
    const calls = new CalledThread<StoreFunctions>(compiledFile('store-thread', import.meta.url), INDEX_ERRORS);
    current = { calls, memberships: new Turns(), open: 0, idle: undefined };
  }
  return current;
}

function hold(thread: StoreThread): void {
  clearTimeout(thread.idle);
  thread.open += 1;
}

function release(thread: StoreThread): void {
  thread.open -= 1;
  if (thread.open > 0) return;
  thread.idle = setTimeout(() => {
    if (thread === current) current = null;
    void thread.calls.end();
  }, IDLE_MS);
  thread.idle.unref();
}
