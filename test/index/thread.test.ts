import { rmSync, writeFileSync } from 'node:fs';
import Libsql from 'libsql';
import { describe, expect, it } from 'vitest';
import { indexAt } from '../../src/index/location.ts';
import { openRunStore } from '../../src/index/open.ts';
import type { FencingToken } from '../../src/index/port/admission.ts';
import {
  EngineUnavailableError,
  IndexReplacedError,
  IndexUnavailableError,
  StaleRunError,
} from '../../src/index/port/errors.ts';
import type { RunStore } from '../../src/index/port/run-store.ts';
import { titleToken } from '../../src/index/sqlite/engine/tokens.ts';
import { openRunStoreInThread } from '../../src/index/thread/in-thread.ts';
import { INDEX_ERRORS } from '../../src/index/thread/index-errors.ts';
import { STANDARD_FIELDS } from '../../src/objects/index.ts';
import { receiveError, sendError } from '../../src/threads/errors.ts';
import { generation, iso, member, ORG, opening, record, START, userName } from './contract/setup.ts';
import { temporaryPaths } from './in-file.ts';

// The contract of the run store is tested with it in a thread: see sqlite.test.ts. Threads run the last build.

const newPath = temporaryPaths();

const openStore = (path: string, create = true) => openRunStoreInThread({ index: indexAt(path), create });

/** Opens the store of a new index, and begins its first run. */
async function begun(path: string) {
  const store = await openStore(path);
  return { store, fence: await admitted(store) };
}

async function admitted(store: RunStore): Promise<FencingToken> {
  const { indexId } = await store.state();
  const fence: FencingToken = { run: 1, indexId, organizationId: ORG };
  await store.admit(fence, { backfillStart: null, now: iso(START) });
  await store.begin(fence, null);
  return fence;
}

it('an unavailable engine keeps its class and its cause between threads', () => {
  const error = new EngineUnavailableError('read_only', 'https://search.example.com:9200', 'cluster_block_exception');
  const received = receiveError(structuredClone(sendError(error)), INDEX_ERRORS);
  expect(received).toBeInstanceOf(EngineUnavailableError);
  expect(received).toBeInstanceOf(IndexUnavailableError);
  expect(received).toMatchObject({ name: 'EngineUnavailableError', message: error.message, mayPass: true });
  expect((received as EngineUnavailableError).facts).toEqual(error.facts);
});

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

describe('a batch that a store in a thread has taken', () => {
  const TEXTS: Readonly<Record<string, string>>[] = [
    { Name: 'Harbor Café', Phone: '+49 (0)30 1234567', Description: 'plain words' },
    { Name: '東京タワー', Description: 'Straße 12, 2026-11-30' },
    { Name: 'x'.repeat(300_000) },
  ];
  const records = TEXTS.map((fields, at) => record('Account', at + 1, fields));

  /** Everything that searches look at. */
  function searched(path: string) {
    const db = new Libsql(path);
    db.exec("create virtual table temp.words using fts5vocab('main', 'fts', 'instance')");
    const rows = (sql: string): unknown[] => db.prepare(sql).raw().all();
    const found = {
      documents: rows('select id, rid, hash, json from doc join body using (did) order by id'),
      words: rows('select term, doc, col, offset from temp.words order by term, doc, col, offset'),
    };
    db.close();
    return found;
  }

  it('is written like one that the store prepares itself', async () => {
    const [inThread, here] = [newPath(), newPath()];
    const { store, fence } = await begun(inThread);
    const taken = await store.take({ records });
    expect(await taken.write(fence)).toMatchObject({ added: 3 });
    await store.close();

    const own = await openRunStore({ index: indexAt(here), create: true });
    await (await own.take({ records })).write(await admitted(own));
    await own.close();
    expect(searched(inThread).words.length).toBeGreaterThan(10);
    expect(searched(inThread)).toEqual(searched(here));
  });

  it('gets the words of the fields that are titles when it is written', async () => {
    const path = newPath();
    const { store, fence } = await begun(path);
    const taken = await store.take({ records });
    const { fields, titleFields } = STANDARD_FIELDS;
    const indexed = { fields, titleFields: { ...titleFields, Account: [] } };
    const start = iso(START + 60_000);
    const next = { ...fence, run: 2 };
    await store.admit(next, { backfillStart: start, now: start });
    await store.begin(next, opening({ start, indexed }));
    await taken.write(next);
    await store.close();
    const terms = searched(path).words.map((row) => (row as [string])[0]);
    expect(terms).toContain('harbor');
    expect(terms).not.toContain(titleToken('harbor'));
  });

  it('is dropped if the store is closed', async () => {
    const path = newPath();
    const { store, fence } = await begun(path);
    const taken = await store.take({ records });
    await store.close();
    await expect(taken.write(fence)).rejects.toThrow('closed');
    const again = await openStore(path, false);
    expect(await again.counts()).toMatchObject({ Account: 0 });
    await again.close();
  });

  it('is refused as a whole if a part cannot be sent', async () => {
    const { store, fence } = await begun(newPath());
    const odd = { ...record('Account', 4, { Name: 'Odd' }), modified: (() => '') as unknown as string };
    const taken = await store.take({ records: [...records, odd] });
    await expect(taken.write(fence)).rejects.toThrow('could not be cloned');
    expect(await store.counts()).toMatchObject({ Account: 0 });
    await store.close();
  });
});
