import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe } from 'vitest';
import { SearchReader } from '../../src/index/search/reader.ts';
import { SCANNED_CARRIERS } from '../../src/index/sqlite/inspect/carriers.ts';
import { SqliteInspector } from '../../src/index/sqlite/inspect/inspector.ts';
import { StoreReads } from '../../src/index/sqlite/inspect/store-reads.ts';
import { openForReading, openForWriting } from '../../src/index/sqlite/open.ts';
import { publishingStore } from '../../src/index/sqlite/run-stores.ts';
import { contract } from './contract.ts';
import { MemoryEngine } from './memory-engine/engine.ts';

const folder = mkdtempSync(join(tmpdir(), 'index-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let count = 0;

describe('a store that publishes to the memory engine', () => {
  contract(async () => {
    const path = join(folder, `${++count}`, 'index.sqlite');
    let engine = new MemoryEngine();
    return {
      store: async () => publishingStore(await openForWriting(path, true, () => {}), engine, { mostDue: 0 }),
      reader: async () => {
        // Throws if nothing can be searched.
        await engine.reading(Date.now(), async () => {});
        return new SearchReader(engine);
      },
      inspector: async () => {
        const db = await openForReading(path);
        return new SqliteInspector(db, new StoreReads(db, engine), SCANNED_CARRIERS);
      },
      destroy: async () => {
        rmSync(dirname(path), { recursive: true, force: true });
        engine = new MemoryEngine();
      },
    };
  });
});
