import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import { OpenSearchEngine } from '../../../src/index/opensearch/engine.ts';
import { SearchReader } from '../../../src/index/search/reader.ts';
import { SCANNED_CARRIERS } from '../../../src/index/sqlite/inspect/carriers.ts';
import { SqliteInspector } from '../../../src/index/sqlite/inspect/inspector.ts';
import { StoreReads } from '../../../src/index/sqlite/inspect/store-reads.ts';
import { openForReading, openForWriting } from '../../../src/index/sqlite/open.ts';
import { publishingStore } from '../../../src/index/sqlite/run-stores.ts';
import { START_MS } from '../../opensearch/process.ts';
import { NO_OPENSEARCH, openSearchUrl } from '../../opensearch/server.ts';
import { contract } from '../contract.ts';
import { RecycledEngines } from './recycled.ts';

const folder = mkdtempSync(join(tmpdir(), 'index-'));
let engines: RecycledEngines;
beforeAll(async () => {
  engines = new RecycledEngines(await openSearchUrl());
}, START_MS);
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await engines?.remove();
});

let count = 0;

/** Parts in which the engine has no part: `OPENSEARCH_CONTRACT=whole` runs them, too. */
const STORE_ALONE = [
  'fence',
  'admission',
  'clock',
  'versions',
  'counts',
  'backfill',
  'blocked',
  'staleness',
  'ledger',
  'orgTables',
] as const;
const skip =
  process.env.OPENSEARCH_CONTRACT === 'whole'
    ? {}
    : Object.fromEntries(STORE_ALONE.map((part) => [part, 'it is about the run store alone']));

describe.skipIf(NO_OPENSEARCH !== null)('a store that publishes to OpenSearch', () => {
  contract(
    async () => {
      const path = join(folder, `${++count}`, 'index.sqlite');
      const slot = await engines.take();
      const engine = () => slot.open(OpenSearchEngine);
      return {
        store: async () => publishingStore(await openForWriting(path, true, () => {}), engine(), { mostDue: 0 }),
        reader: async () => {
          const reads = engine();
          // Throws if nothing can be searched.
          await reads.reading(Date.now(), async () => {});
          return new SearchReader(reads);
        },
        inspector: async () => {
          const db = await openForReading(path);
          return new SqliteInspector(db, new StoreReads(db, engine()), SCANNED_CARRIERS);
        },
        destroy: async () => {
          rmSync(dirname(path), { recursive: true, force: true });
          await slot.reset();
        },
      };
    },
    { skip },
  );
});
