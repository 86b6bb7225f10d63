import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { SearchConfig } from '../../../src/library.ts';
import { type Checkout, neutralEnvironment } from '../deployment/checkout.ts';
import type { Answered, Asked } from './messages.ts';

/** What `openIndex` takes as `index`. Checkouts of before the engines know files only. */
export type SearchedIndex = SearchConfig['index'];

/** A process that searches an index with a checkout's library. */
export interface Searcher {
  readonly pid: number;
  ask(asked: Asked): Promise<Answered>;
  stop(): void;
}

/** Starts a process that searches the index. It ends with this process at the latest. */
export async function startSearcher({ library }: Checkout, index: SearchedIndex): Promise<Searcher> {
  const program = fileURLToPath(new URL('./search-process.js', import.meta.url));
  const child = fork(program, [library, JSON.stringify(index)], { env: neutralEnvironment(), execArgv: [] });
  await message(child);
  return {
    // It has answered, so it runs.
    pid: child.pid as number,
    async ask(asked) {
      child.send(asked);
      return (await message(child)) as Answered;
    },
    stop: () => child.disconnect(),
  };
}

async function message(child: ChildProcess): Promise<unknown> {
  const ended = new AbortController();
  const onExit = (): void => ended.abort(new Error('the searching process has ended'));
  child.once('exit', onExit);
  try {
    const [received] = (await once(child, 'message', { signal: ended.signal })) as unknown[];
    return received;
  } finally {
    child.off('exit', onExit);
  }
}
