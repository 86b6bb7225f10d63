import type { Config } from '../src/config/load.ts';
import { openRunStore } from '../src/index/open.ts';
import type { WriteBatch } from '../src/index/port/documents.ts';
import type { OpenRunStore, RunStore } from '../src/index/port/run-store.ts';
import type { ObjectName } from '../src/objects/index.ts';
import type { Salesforce } from '../src/salesforce/client.ts';
import type { RunContexts } from './run-context.ts';
import type { SchemaResolver } from './schema-resolver.ts';
import type { Watch } from './watch.ts';
import type { WorkerMemory } from './worker-memory.ts';

/**
 * The dependencies of a worker's activities: a connection's settings, its Salesforce client, and the choice of fields.
 */
export interface ActivityDeps {
  readonly config: Config;
  readonly salesforce: Salesforce;
  readonly schemas: SchemaResolver;
  /** Left out: nobody watches. */
  readonly watch?: Watch;
  /** Fires when the worker stops. Activities then end at their next checkpoint. */
  readonly stopping?: AbortSignal;
  /** The time after which `backfillSlice` begins no further slice, in ms. Left out: a minute. */
  readonly slicesMs?: number;
  /** Left out: the store works in this thread. */
  readonly openStore?: OpenRunStore;
}

/** The same dependencies, and what the worker remembers. */
export interface WorkerDeps extends ActivityDeps {
  readonly runs: RunContexts;
  readonly memory: WorkerMemory;
}

/**
 * Opens the index for one activity and then closes it, so that the next activity notices a deleted or replaced file.
 *
 * @param create create a missing index; only when a run begins
 */
export async function withStore<T>(
  { config, watch, openStore = openRunStore }: ActivityDeps,
  work: (store: RunStore) => Promise<T>,
  { create }: { create: boolean } = { create: false },
): Promise<T> {
  const store = await openStore({ index: config.index, create });
  try {
    return await work(watch ? reportingShareRows(store, watch.shareRowsRead) : store);
  } finally {
    await store.close();
  }
}

/** Returns the store, which reports the share rows that are written to it. */
function reportingShareRows(store: RunStore, report: (object: ObjectName, rows: number) => void): RunStore {
  const reportAll = (sums: ReadonlyMap<ObjectName, number>): void => {
    for (const [object, rows] of sums) report(object, rows);
  };
  const reporting: Pick<RunStore, 'write' | 'take'> = {
    async write(fence, batch) {
      const written = await store.write(fence, batch);
      reportAll(rowsByObject(batch));
      return written;
    },
    async take(batch) {
      const sums = rowsByObject(batch);
      const taken = await store.take(batch);
      return {
        async write(fence) {
          const written = await taken.write(fence);
          reportAll(sums);
          return written;
        },
      };
    },
  };
  return new Proxy(store, {
    get(target, name) {
      if (name === 'write' || name === 'take') return reporting[name];
      const value: unknown = Reflect.get(target, name);
      // Its private fields are its own.
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

function rowsByObject({ shares = [] }: WriteBatch): Map<ObjectName, number> {
  const sums = new Map<ObjectName, number>();
  for (const { object, rowCount } of shares) sums.set(object, (sums.get(object) ?? 0) + rowCount);
  return sums;
}
