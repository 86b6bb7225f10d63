import { resolve } from 'node:path';
import { CalledThread } from '../../threads/called-thread.ts';
import { compiledFile } from '../../threads/compiled-file.ts';
import * as errors from '../port/errors.ts';
import type { OpenRunStore } from '../port/run-store.ts';
import { remoteStore } from './remote-store.ts';
import type { StoreFunctions } from './store-functions.ts';

type StoreThread = CalledThread<StoreFunctions>;

/** A thread without open stores ends after this time. A run opens its store once for each activity. */
const IDLE_MS = 60_000;

interface Held {
  readonly thread: StoreThread;
  /** The number of stores that are open in it. */
  open: number;
  idle: NodeJS.Timeout | null;
}

/** The threads of this process, by the file that each works on. */
const threads = new Map<string, Held>();

/**
 * Opens an index for a run like `openRunStore`, but in a thread of its own: writing to it does not hold up the caller.
 * All stores of one file are open in the same thread. Each method is one message, so what an abandoned caller began is
 * committed or rolled back as a whole. Throws the same errors, and a `ThreadEndedError` if the thread ends.
 */
export const openRunStoreInThread: OpenRunStore = async ({ index, create, notice = () => {} }) => {
  const held = threadFor(resolve(index.path));
  held.open += 1;
  try {
    const { handle, notices } = await held.thread.call('open', index, create);
    for (const each of notices) notice(each);
    return remoteStore(held.thread, handle, () => release(held));
  } catch (error) {
    release(held);
    throw error;
  }
};

function threadFor(path: string): Held {
  const known = threads.get(path);
  if (known !== undefined && !known.thread.isEnded) {
    if (known.idle !== null) clearTimeout(known.idle);
    return known;
  }
  const thread: StoreThread = new CalledThread(
    compiledFile('store-thread', import.meta.url),
    Object.values(errors).filter((each) => typeof each === 'function'),
  );
  const held: Held = { thread, open: 0, idle: null };
  threads.set(path, held);
  return held;
}

function release(held: Held): void {
  held.open -= 1;
  if (held.open > 0) return;
  held.idle = setTimeout(() => void held.thread.end(), IDLE_MS);
  held.idle.unref();
}
