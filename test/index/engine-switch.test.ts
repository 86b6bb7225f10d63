import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { damageOf } from '../../src/index/damage.ts';
import { indexAt } from '../../src/index/location.ts';
import { openIndexReader } from '../../src/index/open.ts';
import { SearchRefusedError } from '../../src/index/port/errors.ts';
import { SearchReader } from '../../src/index/search/reader.ts';
import { openForWriting } from '../../src/index/sqlite/open.ts';
import { embeddedStore, publishingStore } from '../../src/index/sqlite/run-stores.ts';
import { closeAfterEach, iso, member, opened, record, recordId, START, Started } from './contract/setup.ts';
import { MemoryEngine } from './memory-engine/engine.ts';

const folder = mkdtempSync(join(tmpdir(), 'switch-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
closeAfterEach();

const path = join(folder, 'index.db');
const lead = (n: number, Name: string) => record('Lead', n, { Name }, { version: START + n });

describe('a file whose index moves to another engine, and back', () => {
  it('needs no call to the org: the new engine gets everything from the file', async () => {
    const open = () => openForWriting(path, true, () => {});
    const world = await Started.begin(
      async () => ({
        store: async () => embeddedStore(await open()),
        reader: () => openIndexReader({ index: indexAt(path) }),
        inspector: () => Promise.reject(new Error('not used')),
        destroy: async () => {},
      }),
      member(1),
    );
    await world.write({ records: [lead(1, 'Ada')] });
    expect(await world.found(1, 'ada')).toEqual([recordId('Lead', 1)]);
    await world.store.close();

    const engine = new MemoryEngine();
    const outside = await opened(open().then((db) => publishingStore(db, engine, { mostDue: 0 })));
    const admission = { backfillStart: null, now: iso(START + 5_000) };
    await outside.admit({ ...world.fence, run: 2 }, admission);
    await outside.begin({ ...world.fence, run: 2 }, null);
    await outside.write({ ...world.fence, run: 2 }, { records: [lead(2, 'Ada Byron')] });
    const reader = new SearchReader(engine);
    const both = [recordId('Lead', 2), recordId('Lead', 1)];
    expect((await reader.ids('ada', { as: member(1).userId })).toSorted()).toEqual(both.toSorted());
    await expect(openIndexReader({ index: indexAt(path) })).rejects.toThrow(SearchRefusedError);
    await outside.close();
    expect(await damageOf(indexAt(path))).toBeNull();

    const inside = await opened(open().then(embeddedStore));
    expect((await world.found(1, 'ada')).toSorted()).toEqual(both.toSorted());
    await inside.close();
    const again = await opened(open().then((db) => publishingStore(db, engine, { mostDue: 0 })));
    await again.admit({ ...world.fence, run: 3 }, admission);
    expect((await reader.ids('ada', { as: member(1).userId })).toSorted()).toEqual(both.toSorted());
  });
});
