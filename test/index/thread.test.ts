import { rmSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { indexAt } from '../../src/index/location.ts';
import type { FencingToken } from '../../src/index/port/admission.ts';
import { IndexReplacedError, IndexUnavailableError, StaleRunError } from '../../src/index/port/errors.ts';
import { openRunStoreInThread } from '../../src/index/thread/in-thread.ts';
import { generation, iso, member, ORG, record, START, userName } from './contract/setup.ts';
import { temporaryPaths } from './in-file.ts';

// The contract of the run store is tested with it in a thread: see sqlite.test.ts. Threads run the last build.

const newPath = temporaryPaths();

const openStore = (path: string, create = true) => openRunStoreInThread({ index: indexAt(path), create });

/** Opens the store of a new index, and begins its first run. */
async function begun(path: string) {
  const store = await openStore(path);
  const { indexId } = await store.state();
  const fence: FencingToken = { run: 1, indexId, organizationId: ORG };
  await store.admit(fence, { backfillStart: null, now: iso(START) });
  await store.begin(fence, null);
  return { store, fence };
}

describe('a store in a thread', () => {
  it('throws errors in their own class, with their fields', async () => {
    const path = newPath();
    await expect(openStore(path, false)).rejects.toThrow(IndexReplacedError);
    writeFileSync(path, 'not an index, but long enough to be read as the header of one'.repeat(10));
    const refusal: unknown = await openStore(path).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(IndexUnavailableError);
    expect(refusal).toMatchObject({ name: 'IndexUnavailableError', isDamaged: true, engineCode: 'SQLITE_NOTADB' });
  });

  it('refuses an earlier run like a store of this thread', async () => {
    const { store, fence } = await begun(newPath());
    await store.admit({ ...fence, run: 2 }, { backfillStart: null, now: iso(START) });
    await expect(store.write(fence, {})).rejects.toThrow(StaleRunError);
    await store.close();
  });

  it('notices a deleted file when it is opened again', async () => {
    const path = newPath();
    const { store, fence } = await begun(path);
    await store.close();
    for (const ending of ['', '-wal', '-shm']) rmSync(path + ending, { force: true });
    await expect(openStore(path, false)).rejects.toThrow(IndexReplacedError);
    const again = await openStore(path);
    await expect(again.write(fence, {})).rejects.toThrow(IndexReplacedError);
    await again.close();
  });

  it('drops the members that an abandoned call has sent', async () => {
    const { store, fence } = await begun(newPath());
    const made = generation(START);
    function* breaking() {
      for (let n = 1; n <= 600; n++) yield member(n);
      throw new Error('the connection was cut');
    }
    await expect(store.replaceMembership(fence, made, breaking(), [])).rejects.toThrow('the connection was cut');
    expect(await store.replaceMembership(fence, made, [member(1)], [userName(1)])).toEqual({ members: 1 });
    await store.close();
  });

  it('runs its calls apart from the caller, which continues', async () => {
    const { store, fence } = await begun(newPath());
    const records = Array.from({ length: 2_000 }, (_, at) =>
      record('Lead', at + 1, { Description: 'harbor '.repeat(200) }),
    );
    let isWritten = false;
    const writing = store.write(fence, { records }).then(() => (isWritten = true));
    let turns = 0;
    for (; !isWritten; turns++) await new Promise((resolve) => setImmediate(resolve));
    await writing;
    // A write in this thread yields every 500 documents.
    expect(turns).toBeGreaterThan(100);
    await store.close();
  });

  it('refuses calls after it is closed', async () => {
    const { store } = await begun(newPath());
    await store.close();
    await store.close();
    await expect(store.state()).rejects.toThrow('closed');
  });
});
