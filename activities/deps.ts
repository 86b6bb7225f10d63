import type { Config } from '../src/config.ts';
import { openIndexWriter } from '../src/index/open.ts';
import type { IndexWriter } from '../src/index/port.ts';
import type { Salesforce } from '../src/salesforce/client.ts';
import { tellingShareRows } from './counted-writes.ts';
import type { RunContexts } from './run-context.ts';
import type { Selections } from './selections.ts';
import type { Watch } from './watch.ts';
import type { WorkerMemory } from './worker-memory.ts';

/** What a worker's activities are given: a connection's settings, its Salesforce client, how its fields are chosen. */
export interface ActivityDeps {
  readonly config: Config;
  readonly salesforce: Salesforce;
  readonly selections: Selections;
  /** Left out: nobody watches. */
  readonly watch?: Watch;
}

/** The same, with what the worker learns. */
export interface WorkerDeps extends ActivityDeps {
  readonly runs: RunContexts;
  readonly memory: WorkerMemory;
}

/**
 * Opens the index for one activity and closes it afterwards, so that a deleted or replaced file is noticed by the next.
 *
 * @param create make the index where there is none: only when a run begins
 */
export async function withIndex<T>(
  { config, watch }: ActivityDeps,
  work: (index: IndexWriter) => Promise<T>,
  { create }: { create: boolean } = { create: false },
): Promise<T> {
  const index = await openIndexWriter({ path: config.index.path, create });
  try {
    return await work(watch ? tellingShareRows(index, watch.shareRowsRead) : index);
  } finally {
    await index.close();
  }
}
