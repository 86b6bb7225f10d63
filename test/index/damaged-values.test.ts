import { dirname, join } from 'node:path';
import Libsql from 'libsql';
import { beforeEach, describe, expect, it } from 'vitest';
import { indexAt } from '../../src/index/location.ts';
import { damageOf, openIndexReader, openInspector } from '../../src/index/open.ts';
import { IndexUnavailableError } from '../../src/index/port/errors.ts';
import { run } from '../cli/command-line.ts';
import {
  closeAfterEach,
  generation,
  groupId,
  member,
  opened,
  record,
  recordId,
  type Started,
  shares,
  userId,
  userName,
} from './contract/setup.ts';
import { startedIn, temporaryPaths } from './in-file.ts';

const nextPath = temporaryPaths();
closeAfterEach();

let path = '';
let world: Started;

beforeEach(async () => {
  path = nextPath();
  world = await startedIn(path);
});

function sql(text: string): void {
  const db = new Libsql(path);
  db.exec(text);
  db.close();
}

/** What each call reads, in one line: the message of its error. */
async function failures(): Promise<string[]> {
  const reader = await opened(openIndexReader({ index: indexAt(path) }));
  const inspector = await opened(openInspector({ index: indexAt(path) }));
  const asked = [
    reader.search('ada', { as: userId(1) }),
    inspector.explain(recordId('Lead', 1), { as: userId(1) }),
    world.write({ removals: [{ id: recordId('Lead', 1), object: 'Lead', version: Date.parse('2026-04-01') }] }),
  ];
  const met = await Promise.allSettled(asked);
  return met.map((each) => {
    if (each.status === 'fulfilled') return 'answered';
    expect(each.reason).toBeInstanceOf(IndexUnavailableError);
    return each.reason.message;
  });
}

const damaged = (what: string) =>
  `The index ${path} cannot be used (${what}). It is damaged. Delete it: the next run builds a new one.`;

describe('a record that changed on the disk', () => {
  beforeEach(async () => {
    await world.write({
      records: [record('Lead', 1, { Name: 'Ada', Company: 'Ärzte' })],
      shares: [shares('Lead', 1, [groupId(1), groupId(2)])],
    });
    await world.members(member(1));
  });

  it.each([
    ['a text', "update body set json = cast(x'ff' || substr(cast(json as blob), 2) as text)", 'a text is not UTF-8'],
    ['its brackets', 'update body set json = substr(json, 2)', 'a JSON text is invalid'],
    [
      'a letter',
      "update body set json = replace(json, 'Ada', 'Bda')",
      'the strings of a record are not those that were written',
    ],
    ['all of the text', 'delete from body', 'the strings of a record are not those that were written'],
    ['its object', 'update doc set obj = 3', 'a record has the id of another object'],
    ['a principal', 'update doc set p1 = -p1', 'principal numbers are invalid or out of order'],
    ['its time', 'update doc set modified = 9000000000000000', 'a time is invalid'],
  ])('%s ends no process: search, explain and write say what to do', async (_, change, what) => {
    sql(change);
    expect(new Set(await failures())).toEqual(new Set([damaged(what)]));
    expect(await damageOf(indexAt(path))).toBe(damaged(what));
    const { code, stdout, stderr } = await run(['search', 'ada', '--as', userId(1), '--index', path], dirname(path));
    expect([code, stdout, stderr]).toEqual([1, '', `${damaged(what)}\n`]);
  });
});

it.each([
  ['full-text table', 'delete from fts_config'],
  [
    'table',
    "pragma writable_schema = 1; update sqlite_master set sql = replace(sql, 'modified', 'nodified') where name = 'doc'",
  ],
  [
    'option of the full-text table',
    "pragma writable_schema = 1; update sqlite_master set sql = replace(sql, 'content', 'conuent') where name = 'fts'",
  ],
])('reports a %s that differs from the one that was created as damage', async (_, change) => {
  await world.write({ records: [record('Lead', 1, { Name: 'Ada' })] });
  await world.members(member(1));
  await world.store.close();
  sql(change);
  await expect(world.search(1, 'ada')).rejects.toThrow(damaged('SQLITE_ERROR'));
});

it('survives a column type that is not UTF-8', async () => {
  await world.write({ records: [record('Lead', 1, { Name: 'Ada' })] });
  await world.members(member(1));
  await world.store.close();
  sql(`pragma writable_schema = 1; update sqlite_master
    set sql = cast(replace(sql, 'modified integer', 'modified intege' || cast(x'f2' as text)) as text) where name = 'doc'`);
  expect((await world.search(1, 'ada')).total).toBe(1);
});

it('reports no damage for an intact index, a file that is no index yet, and a missing file', async () => {
  await world.members(member(1));
  expect(await damageOf(indexAt(path))).toBeNull();
  expect(await damageOf(indexAt(join(dirname(path), 'none')))).toBeNull();
  sql("update meta set value = 'older' where key = 'layout'");
  expect(await damageOf(indexAt(path))).toBeNull();
});

it('a membership with a principal that was never assigned gives no access', async () => {
  await world.write({ records: [record('Lead', 1, { Name: 'Ada' })] });
  await world.members(member(1));
  sql("update member set pids = cast(pids || x'ffffff7f' as blob)");
  await expect(world.search(1)).rejects.toThrow(damaged('a principal number was never assigned'));
});

it('reports a record with the id of another one as damage', async () => {
  await world.write({ records: [record('Lead', 1, { Name: 'Ada' })], shares: [shares('Lead', 1, [groupId(1)])] });
  await world.members(member(1, [groupId(1)]));
  expect((await world.search(1)).total).toBe(1);
  sql(`update doc set id = '${recordId('Lead', 2)}'`);
  await expect(world.search(1)).rejects.toThrow(damaged('the strings of a record are not those that were written'));
});

it('a record with an impossible principal is not found by a user who has many principals', async () => {
  await world.write({ records: [record('Lead', 1, { Name: 'Ada' }, { ownerId: userId(9) })] });
  await world.members(
    member(
      1,
      Array.from({ length: 200 }, (_, n) => groupId(n)),
    ),
  );
  sql('update doc set p0 = -2');
  expect(await world.found(1)).toEqual([]);
});

it('closing in the middle of a transaction ends the transaction with an error', async () => {
  const batch = Array.from({ length: 1_500 }, (_, n) => record('Lead', n, { Name: `Ada ${n}` }));
  const writing = world.write({ records: batch });
  await new Promise((turn) => setImmediate(turn));
  await world.store.close();
  await expect(writing).rejects.toThrow();
});

it('returns texts with U+0000 unchanged', async () => {
  const nul = (text: string) => `${text}\0${text}`;
  await world.write({
    records: [record('Lead', 1, { Name: nul('Ada'), Company: nul('Byron') })],
    removals: [
      {
        id: recordId('Lead', 2),
        object: 'Lead',
        version: 1,
        cause: { code: 'engine_refused', engineCode: nul('broken') },
      },
    ],
  });
  const name = userName(1, { name: nul('Eve'), username: nul('eve@acme.example'), federationId: nul('fed') });
  await world.store.replaceMembership(
    world.fence,
    { ...generation(Date.parse('2026-03-01T01:00:00Z')), tables: generation(0).tables },
    [member(1)],
    [name],
  );
  const [hit] = (await world.search(1, 'byron ada')).hits;
  expect(hit).toMatchObject({ title: nul('Ada'), fields: { Name: nul('Ada'), Company: nul('Byron') } });
  expect(hit?.snippet.replace(/[⟦⟧]/g, '')).toBe(nul('Ada'));
  const inspector = await opened(openInspector({ index: indexAt(path) }));
  const { user, record: told } = await inspector.explain(recordId('Lead', 1), { as: nul('fed') });
  expect([user.name, user.username, told.title]).toEqual([nul('Eve'), nul('eve@acme.example'), nul('Ada')]);
  expect((await world.store.health()).unindexed.records).toMatchObject([
    { cause: { code: 'engine_refused', engineCode: nul('broken') } },
  ]);
  expect(await world.search(1, '', {}).then(({ hits }) => hits.length)).toBe(1);
});
