import { execFileSync } from 'node:child_process';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { indexAt } from '../../src/index/location.ts';
import { openIndexReader } from '../../src/index/open.ts';
import {
  CursorRefusedError,
  IndexUnavailableError,
  SearchRefusedError,
  UserNotServedError,
} from '../../src/index/port/errors.ts';
import type { IndexReader, SearchOptions } from '../../src/index/port/reader.ts';
import { openIndexReaderInThreads } from '../../src/index/thread/search-in-threads.ts';
import { packageRoot } from '../../src/process/package-root.ts';
import { CalledThread, ThreadEndedError } from '../../src/threads/called-thread.ts';
import { closeAfterEach, member, opened, record, recordId, userId } from './contract/setup.ts';
import { startedIn, temporaryPaths } from './in-file.ts';

const nextPath = temporaryPaths();
closeAfterEach();

let path = '';
beforeEach(async () => {
  path = nextPath();
  await fill(path, 'Solar');
});

async function fill(at: string, name: string): Promise<void> {
  const world = await startedIn(at);
  await world.members(member(1));
  await world.write({ records: Array.from({ length: 9 }, (_, n) => record('Lead', n, { Name: `${name} ${n}` })) });
  await world.store.close();
}

const baseUrl = 'https://acme.my.salesforce.com';
const inThreads = (): Promise<IndexReader> => opened(openIndexReaderInThreads({ index: indexAt(path), baseUrl }));
const as = userId(1);
const errorOf = (work: Promise<unknown>) =>
  work.then(
    () => expect.fail('nothing was thrown'),
    (error: unknown) => error,
  );

describe('searches in threads', () => {
  it('find the same as searches without, with the same cursors', async () => {
    const [one, other] = [await inThreads(), await opened(openIndexReader({ index: indexAt(path), baseUrl }))];
    const asked: SearchOptions = { as, limit: 4 };
    for (const words of ['', 'solar', 'sol', recordId('Lead', 3)]) {
      let cursor: string | null = null;
      do {
        const page = await one.search(words, { ...asked, cursor });
        expect(page).toEqual(await other.search(words, { ...asked, cursor }));
        ({ cursor } = page);
      } while (cursor !== null);
      expect((await one.ids(words, { as })).sort()).toEqual((await other.ids(words, { as })).sort());
    }
    const record = await one.record(recordId('Lead', 3), { as: { kind: 'id', name: as } });
    expect(record).toMatchObject({ id: recordId('Lead', 3) });
    expect(record).toEqual(await other.record(recordId('Lead', 3), { as }));
  });

  it('answer each caller its own, also if they overlap', async () => {
    const reader = await inThreads();
    const found = await Promise.all(Array.from({ length: 9 }, (_, n) => reader.search(`solar ${n}`, { as })));
    expect(found.map(({ hits: [first] }) => first?.title)).toEqual(Array.from({ length: 9 }, (_, n) => `Solar ${n}`));
  });

  it.each([
    ['an unknown user', { as: 'nobody' }, UserNotServedError, "No user is named 'nobody'."],
    ['a cursor of another search', { as, cursor: 'abc' }, CursorRefusedError, 'The cursor does not belong'],
    ['a limit that is too high', { as, limit: 201 }, RangeError, 'limit is 201; it must be 1 to 200.'],
  ])('throw the same error for %s', async (_, options, type, message) => {
    const error = await errorOf((await inThreads()).search('solar', options));
    expect(error).toBeInstanceOf(type);
    expect(error).toMatchObject({ message: expect.stringContaining(message) });
    const plain = await errorOf((await opened(openIndexReader({ index: indexAt(path) }))).search('solar', options));
    expect(error).toEqual(plain);
    expect({ ...Object(error) }).toEqual({ ...Object(plain) });
  });

  it('say that nothing is indexed, or that the file is not an index, when they are opened', async () => {
    const index = indexAt(`${path}.other`);
    expect(await errorOf(openIndexReaderInThreads({ index }))).toBeInstanceOf(SearchRefusedError);
    writeFileSync(index.path, 'not an index, but a text that is longer than the header of a database'.repeat(20));
    const error = await errorOf(openIndexReaderInThreads({ index }));
    expect(error).toBeInstanceOf(IndexUnavailableError);
    expect(error).toMatchObject({ isDamaged: true, engineCode: 'SQLITE_NOTADB' });
  });

  it('notice that the file was replaced, or deleted', async () => {
    const reader = await inThreads();
    expect((await reader.search('solar', { as })).total).toBe(9);
    await fill(`${path}.new`, 'Wind');
    renameSync(`${path}.new`, path);
    expect((await reader.search('solar', { as })).total).toBe(0);
    expect((await reader.search('wind', { as })).total).toBe(9);
    rmSync(path);
    expect(await errorOf(reader.search('wind', { as }))).toBeInstanceOf(SearchRefusedError);
  });

  it('ask the verifier in the thread of the caller', async () => {
    const asked: string[][] = [];
    const reader = await opened(
      openIndexReaderInThreads({
        index: indexAt(path),
        verifier: async (_, ids) => {
          asked.push([...ids]);
          return new Map(ids.map((id) => [id, id !== recordId('Lead', 3)]));
        },
      }),
    );
    expect((await reader.search('solar', { as, verify: true })).hits).toHaveLength(8);
    expect(asked).toHaveLength(1);
  });

  it('ignore options that they do not know, even if they cannot be sent', async () => {
    const options = { as, log: () => {} };
    expect((await (await inThreads()).search('solar', options)).total).toBe(9);
  });

  it('fail alone if their thread ends, and the next search is answered', async () => {
    const reader = await inThreads();
    const ended = new ThreadEndedError('A thread has ended, with code 1.');
    vi.spyOn(CalledThread.prototype, 'call').mockRejectedValueOnce(ended);
    onTestFinished(() => void vi.restoreAllMocks());
    const error = await errorOf(reader.search('solar', { as }));
    expect(error).toBeInstanceOf(IndexUnavailableError);
    expect(error).toMatchObject({
      message: 'The search was lost: A thread has ended, with code 1. Search again.',
      mayPass: true,
    });
    expect((await reader.search('solar', { as })).total).toBe(9);
  });

  it('answer what was asked before the index was closed, and refuse what is asked later', async () => {
    const reader = await openIndexReaderInThreads({ index: indexAt(path) });
    const before = [reader.search('solar', { as }), reader.search('solar 1', { as })];
    const closed = reader.close();
    expect(await errorOf(reader.search('solar', { as }))).toEqual(
      new SearchRefusedError('The index was closed. Open it again.'),
    );
    expect((await Promise.all(before)).map(({ total }) => total)).toEqual([9, 1]);
    await closed;
    await reader.close();
  });

  it('do not keep a process alive that forgets to close the index', () => {
    const library = pathToFileURL(join(packageRoot(), 'dist', 'src', 'library.js')).href;
    const program = `
      const { openIndex } = await import(${JSON.stringify(library)});
      const index = await openIndex({ baseUrl: ${JSON.stringify(baseUrl)}, index: { path: ${JSON.stringify(path)} } });
      const { total } = await index.search('solar', { as: ${JSON.stringify(as)} });
      process.stdout.write(String(total));`;
    const written = execFileSync(process.execPath, ['--input-type=module', '-e', program], { timeout: 60_000 });
    expect(String(written)).toBe('9');
  });
});
