import { openRunStore as open } from '../../../src/index/open.ts';
import type { RunStore } from '../../../src/index/port/run-store.ts';
import { batchWriter, type WriteToFile } from './batch-files.ts';

// record-hook.ts puts this module in the place of src/index/open.ts.
export * from '../../../src/index/open.ts';

let record: WriteToFile = () => {};

/** From now on each batch that a store writes is also written to a file in the folder. */
export function recordInto(folder: string): void {
  record = batchWriter(folder);
}

export async function openRunStore(options: Parameters<typeof open>[0]): Promise<RunStore> {
  const store = await open(options);
  const write: RunStore['write'] = (fence, batch) => {
    record(batch);
    return store.write(fence, batch);
  };
  // A backfill writes each batch that it takes.
  const take: RunStore['take'] = (batch) => {
    record(batch);
    return store.take(batch);
  };
  return new Proxy(store, {
    get(target, name) {
      if (name === 'write') return write;
      if (name === 'take') return take;
      const value: unknown = Reflect.get(target, name);
      // Its private fields are its own.
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
