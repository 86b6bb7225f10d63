import type { OpenRunStore } from '../../../src/index/port/run-store.ts';
import type { SearchEngine } from '../../../src/index/port/search-engine.ts';
import { openForWriting } from '../../../src/index/sqlite/open.ts';
import { publishingStore } from '../../../src/index/sqlite/run-stores.ts';

/** Opens run stores that send their changes to the engine that the test has at this time. */
export function openStoreFor(engine: () => SearchEngine): OpenRunStore {
  return async ({ index, create, notice = () => {} }) =>
    publishingStore(await openForWriting(index.path, create, notice), engine());
}
