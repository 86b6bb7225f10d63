import { setImmediate as turn } from 'node:timers/promises';
import Libsql from 'libsql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NO_FILTERS } from '../../src/index/model/filters.ts';
import { IndexUnavailableError } from '../../src/index/port/errors.ts';
import type { EngineView, Scope } from '../../src/index/port/search-engine.ts';
import { EmbeddedReads } from '../../src/index/sqlite/engine/reads.ts';
import { Database } from '../../src/index/sqlite/file/database.ts';
import { openForReading } from '../../src/index/sqlite/open.ts';
import { closeAfterEach, member, record, recordId, type Started, userId } from './contract/setup.ts';
import { startedIn, temporaryPaths } from './in-file.ts';

const nextPath = temporaryPaths();
closeAfterEach();

let path = '';
let world: Started;
let reads: EmbeddedReads;

beforeEach(async () => {
  path = nextPath();
  world = await startedIn(path);
  await world.members(member(1));
  reads = new EmbeddedReads(await openForReading(path));
});
afterEach(() => reads.close());

const LEADS: Scope = {
  userId: userId(1),
  groups: [{ reach: 'all', objects: [{ name: 'Lead', fields: ['Name'], titleFields: ['Name'] }] }],
  filters: NO_FILTERS,
};

const write = (n: number) => world.write({ records: [record('Lead', n, { Name: `Ada ${n}` })] });
const isNamed = async (view: EngineView, name: string) =>
  (await view.usersNamed({ kind: 'username', name, activeOnly: false })).count;
const countIn = (view: EngineView) => view.count({ words: '', terms: [], sort: 'modified', scope: LEADS }, 10);

describe('reads of the embedded engine', () => {
  it('see one state, even if they yield while others write', async () => {
    await write(1);
    const seen = await reads.reading(Date.now(), async (view) => {
      const before = await countIn(view);
      await write(2);
      return [before, await countIn(view)];
    });
    expect(seen).toEqual([1, 1]);
    expect(await reads.reading(Date.now(), countIn)).toBe(2);
  });

  it('run one after the other, and closing waits for them', async () => {
    const steps: string[] = [];
    const read = (name: string) =>
      reads.reading(Date.now(), async (view) => {
        steps.push(`${name} begins`);
        await turn();
        steps.push(`${name} ends, ${await isNamed(view, 'user1@acme.example')} user`);
      });
    await Promise.all([read('one'), read('two'), reads.close().then(() => steps.push('closed'))]);
    expect(steps).toEqual(['one begins', 'one ends, 1 user', 'two begins', 'two ends, 1 user', 'closed']);
  });

  it('do not wait for a writer of the same process', async () => {
    await write(1);
    const db = new Database(path);
    let end = () => {};
    const writing = db.writing(() => new Promise<void>((done) => (end = done)));
    await turn();
    expect(await reads.reading(Date.now(), countIn)).toBe(1);
    end();
    await writing;
    db.close();
  });

  it('end with a failure inside, and the next one sees a newer state', async () => {
    const failing = reads.reading(Date.now(), async (view) => {
      await countIn(view);
      await turn();
      throw new RangeError('no');
    });
    await expect(failing).rejects.toThrow(RangeError);
    await write(1);
    expect(await reads.reading(Date.now(), countIn)).toBe(1);
  });

  it.each([
    [
      'the file itself',
      "update meta set value = 'x' where key = 'cursor_key'",
      async (view: EngineView) => view.cursorKey,
    ],
    [
      'a record',
      `update doc set id = '${recordId('Case', 1)}'`,
      (view: EngineView) => view.records([recordId('Case', 1)], LEADS),
    ],
  ])('say what to do about damage of %s that they meet after a yield', async (_, sql, look) => {
    await write(1);
    const db = new Libsql(path);
    db.exec(sql);
    db.close();
    const error = await reads
      .reading(Date.now(), async (view) => {
        await turn();
        return look(view);
      })
      .catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(IndexUnavailableError);
    expect(error).toMatchObject({
      isDamaged: true,
      message: expect.stringContaining(`The index ${path} cannot be used`),
    });
  });
});
