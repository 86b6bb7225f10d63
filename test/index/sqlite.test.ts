import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe } from 'vitest';
import { indexAt } from '../../src/index/location.ts';
import { type OpenRunStore, openIndexReader, openInspector, openRunStore } from '../../src/index/open.ts';
import type { IndexReader } from '../../src/index/port/reader.ts';
import { SearchReader } from '../../src/index/search/reader.ts';
import { EmbeddedReads } from '../../src/index/sqlite/engine/reads.ts';
import { openForReading } from '../../src/index/sqlite/open.ts';
import { openRunStoreInThread } from '../../src/index/thread/in-thread.ts';
import type { IndexUnderTest } from './contract/setup.ts';
import { contract } from './contract.ts';

const folder = mkdtempSync(join(tmpdir(), 'index-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let count = 0;

async function newIndex(
  openStore: OpenRunStore,
  reader: (path: string) => Promise<IndexReader>,
): Promise<IndexUnderTest> {
  const path = join(folder, `${++count}`, 'index.sqlite');
  return {
    store: () => openStore({ index: indexAt(path), create: true }),
    reader: () => reader(path),
    inspector: () => openInspector({ index: indexAt(path) }),
    destroy: async () => {
      for (const ending of ['', '-wal', '-shm']) rmSync(path + ending, { force: true });
    },
  };
}

describe('SQLite in a thread, few principals: matched as words', () => {
  contract(() => newIndex(openRunStoreInThread, (path) => openIndexReader({ index: indexAt(path) })));
});

describe('SQLite, many principals: documents are tested one by one', () => {
  contract(() =>
    newIndex(
      openRunStore,
      async (path) => new SearchReader(new EmbeddedReads(await openForReading(path), { tokensUpTo: 0 })),
    ),
  );
});
