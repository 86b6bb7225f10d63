import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import Libsql from 'libsql';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { MEMBERSHIP_TABLES } from '../../src/access/queries.ts';
import { indexAt } from '../../src/index/location.ts';
import { openIndexReader, openInspector, openRunStore } from '../../src/index/open.ts';
import { IndexReplacedError, IndexUnavailableError, SearchRefusedError } from '../../src/index/port/errors.ts';
import type { RunStore } from '../../src/index/port/run-store.ts';
import { Database } from '../../src/index/sqlite/file/database.ts';
import { openForReading } from '../../src/index/sqlite/open.ts';
import { embeddedStore } from '../../src/index/sqlite/run-stores.ts';
import { readMeta } from '../../src/index/sqlite/store/meta.ts';
import { readOrgTables } from '../../src/index/sqlite/store/org-tables.ts';
import { tablesOf } from '../access/org.ts';
import {
  closeAfterEach,
  generation,
  groupId,
  iso,
  member,
  opened,
  opening,
  record,
  recordId,
  START,
  Started,
  shares,
  userId,
} from './contract/setup.ts';
import { wholeState } from './whole-state.ts';

const folder = mkdtempSync(join(tmpdir(), 'index-file-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let count = 0;
let path = '';
beforeEach(() => {
  path = join(folder, `${++count}`, 'state', 'index.sqlite');
});
closeAfterEach();

const create = (): Promise<RunStore> => openRunStore({ index: indexAt(path), create: true });
const begin = (): Promise<Started> =>
  Started.begin(async () => ({
    store: create,
    reader: () => openIndexReader({ index: indexAt(path) }),
    inspector: () => openInspector({ index: indexAt(path) }),
    destroy: async () => rmSync(path),
  }));

/** Reads the file with SQLite alone. */
function rows(sql: string): unknown[] {
  const db = new Libsql(path);
  try {
    return db.prepare(sql).raw().all();
  } finally {
    db.close();
  }
}

describe('the file', () => {
  it('is created with its folders, only for its owner, including the journal', async () => {
    const world = await begin();
    await world.write({ records: [record('Lead', 1, { Name: 'Ada' })] });
    expect(statSync(dirname(path)).mode & 0o777).toBe(0o700);
    for (const ending of ['', '-wal', '-shm']) expect(statSync(path + ending).mode & 0o777).toBe(0o600);
  });

  it('is not created by a writer without permission to create it, nor by a reader', async () => {
    await expect(openRunStore({ index: indexAt(path), create: false })).rejects.toThrow(IndexReplacedError);
    await expect(openIndexReader({ index: indexAt(path) })).rejects.toThrow(SearchRefusedError);
    expect(existsSync(dirname(path))).toBe(false);
  });

  it('an empty file becomes an index for a writer that may create one, and is not an index for others', async () => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, '');
    await expect(openRunStore({ index: indexAt(path), create: false })).rejects.toThrow(IndexReplacedError);
    await expect(openIndexReader({ index: indexAt(path) })).rejects.toThrow(SearchRefusedError);
    expect(statSync(path).size).toBe(0);
    expect((await (await opened(create())).state()).highestRun).toBe(0);
  });

  it('is not changed by opening it: every byte stays', async () => {
    const world = await begin();
    await world.members(member(1));
    await world.store.close();
    const before = readFileSync(path);
    const store = await create();
    await store.state();
    await store.close();
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it('is not changed by searching, and cannot be', async () => {
    const world = await begin();
    await world.write({ records: [record('Lead', 1, { Name: 'Ada' })] });
    await world.members(member(1));
    await world.store.close();
    const before = readFileSync(path);
    const reader = await openIndexReader({ index: indexAt(path) });
    expect((await reader.search('ada', { as: userId(1) })).total).toBe(1);
    await reader.close();
    const db = await openForReading(path);
    expect(() => db.run('delete from doc')).toThrow(IndexUnavailableError);
    db.close();
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it.each([
    ['another schema', "update meta set value = '0.1.x' where key = 'layout'"],
    ['an unknown schema without notes', 'drop table meta'],
  ])(
    'is created again under a new id if it has %s, by a writer that may create one, and is searched by nobody',
    async (_, sql) => {
      const world = await begin();
      await world.write({ records: [record('Lead', 1, { Name: 'Ada' })] });
      await world.store.close();
      const db = new Libsql(path);
      db.exec(sql);
      db.close();
      await expect(openIndexReader({ index: indexAt(path) })).rejects.toThrow(SearchRefusedError);
      await expect(openRunStore({ index: indexAt(path), create: false })).rejects.toThrow(IndexReplacedError);
      const notices: string[] = [];
      const store = await opened(
        openRunStore({ index: indexAt(path), create: true, notice: (text) => notices.push(text) }),
      );
      const state = await wholeState(store);
      expect(state.indexId).not.toBe(world.fence.indexId);
      expect([state.documents.Lead, state.highestRun, notices.length]).toEqual([0, 0, 1]);
      expect(notices[0]).toContain('the next run fills it again');
      expect(rows("select count(*) from fts where fts match 'ada'")).toEqual([[0]]);
    },
  );

  it.each([
    ['no database', () => writeFileSync(path, 'Id,Name\n'.repeat(1_000)), 'not an index'],
    [
      'a database of something else',
      () => void new Libsql(path).exec('create table mail (id)'),
      "another program's database",
    ],
    ['a folder', () => mkdirSync(path), 'not a file'],
  ])('is refused with a hint if it is %s, and left as it is', async (_, make, hint) => {
    mkdirSync(dirname(path), { recursive: true });
    make();
    for (const open of [
      create,
      () => openRunStore({ index: indexAt(path), create: false }),
      () => openIndexReader({ index: indexAt(path) }),
    ]) {
      const error = await open().catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(IndexUnavailableError);
      expect((error as Error).message).toContain(hint);
      expect((error as Error).message).toContain(path);
    }
    if (statSync(path).isFile()) expect(statSync(path).size).toBeGreaterThan(0);
  });

  it('is refused with a hint below something that is not a folder', async () => {
    mkdirSync(dirname(dirname(path)), { recursive: true });
    writeFileSync(dirname(path), 'x');
    await expect(create()).rejects.toThrow(IndexUnavailableError);
    await expect(create()).rejects.toThrow('Set a path in a folder');
  });

  it('on a full disk, refuses the batch with the reason, and writes the next one', async () => {
    const world = await begin();
    await world.members(member(1));
    const db = new Database(path);
    const full = await opened(Promise.resolve(embeddedStore(db)));
    db.exec('pragma max_page_count = 1');
    const big = Array.from({ length: 50 }, (_, n) => record('Lead', n, { Description: `w${n} `.repeat(4_000) }));
    await expect(full.write(world.fence, { records: big })).rejects.toThrow(IndexUnavailableError);
    await expect(full.write(world.fence, { records: big })).rejects.toThrow('disk is full');
    expect(await world.found(1)).toEqual([]);
    db.exec('pragma max_page_count = 1000000');
    expect(await full.write(world.fence, { records: big })).toMatchObject({ added: 50 });
    expect(await world.found(1)).toHaveLength(50);
  });

  it('never gives the number of a principal twice, even if the batch that first named it failed', async () => {
    const world = await begin();
    const db = new Database(path);
    const full = await opened(Promise.resolve(embeddedStore(db)));
    db.exec('pragma max_page_count = 1');
    const lead = (n: number, group: number) =>
      record('Lead', n, { Description: `w${n} `.repeat(4_000) }, { ownerId: groupId(group) });
    const failing = { records: Array.from({ length: 50 }, (_, n) => lead(n, 50)) };
    await expect(full.write(world.fence, failing)).rejects.toThrow(IndexUnavailableError);
    db.exec('pragma max_page_count = 1000000');
    await full.write(world.fence, { records: [lead(1, 51)] });
    await full.write(world.fence, { records: [lead(2, 50)] });
    await world.members(member(1, [groupId(51)]), member(2, [groupId(50)]));
    expect([await world.found(1), await world.found(2)]).toEqual([[recordId('Lead', 1)], [recordId('Lead', 2)]]);
  });

  it('is the same index in an earlier state if it is restored from a copy', async () => {
    const world = await begin();
    await world.write({ records: [record('Lead', 1, { Name: 'Ada' })] });
    await world.store.close();
    copyFileSync(path, `${path}.copy`);
    const later = await create();
    await later.admit({ ...world.fence, run: 7 }, { backfillStart: null, now: new Date(START).toISOString() });
    await later.begin({ ...world.fence, run: 7 }, null);
    await later.close();
    copyFileSync(`${path}.copy`, path);
    chmodSync(path, 0o600);
    const state = await (await opened(create())).state();
    expect([state.indexId, state.highestRun]).toEqual([world.fence.indexId, 1]);
  });
});

describe('the content of the file', () => {
  const documents = () =>
    rows('select d.*, (select group_concat(p) from more_access m where m.rid = d.rid) from doc d order by id');

  it('a promotion changes no document: row number, hash and principals are the same before and after', async () => {
    const world = await begin();
    const many = Array.from({ length: 11 }, (_, n) => groupId(n));
    await world.write({
      records: [1, 2, 3].map((n) => record('Lead', n, { Name: `Lead ${n}` })),
      shares: [shares('Lead', 1, many), shares('Lead', 2, [groupId(1)])],
    });
    await world.members(member(1), member(2));
    const before = documents();
    expect(before).toHaveLength(3);
    await world.members(member(1, [groupId(1)]), member(2, [userId(1), groupId(3)]));
    expect(documents()).toEqual(before);
    expect(await world.found(2)).toHaveLength(3);
  });

  it('a document keeps its row number until its second changes, and a later second has a higher one', async () => {
    const world = await begin();
    await world.members(member(1));
    const rowNumbers = () =>
      (rows('select rid from doc where live = 1 order by id') as [number][]).map(([rowNumber]) => rowNumber);
    const at = (second: number) => ({ modified: iso(START + second * 1_000) });
    const write = (n: number, Name: string, second: number, version: number) =>
      world.write({ records: [record('Lead', n, { Name }, { ...at(second), version: START + version })] });
    await write(1, 'One', 5, 1);
    await write(2, 'Two', 5, 1);
    await write(3, 'Three', 4, 1);
    const [one = 0, two = 0, three = 0] = rowNumbers();
    expect(three).toBeLessThan(Math.min(one, two));
    await write(1, 'Other words', 5, 2);
    await world.write({ shares: [shares('Lead', 1, [groupId(1)], START + 2)] });
    expect(rowNumbers()).toEqual([one, two, three]);
    await write(3, 'Three', 6, 3);
    expect(rowNumbers()[2]).toBeGreaterThan(Math.max(one, two));
    expect((await world.search(1)).hits.map(({ id }) => id).slice(0, 1)).toEqual([recordId('Lead', 3)]);
    expect(await world.found(1, 'three')).toEqual([recordId('Lead', 3)]);
  });

  it('the ledger counts the rows of every parent, indexed or not', async () => {
    const world = await begin();
    await world.write({
      records: [record('Lead', 1, { Name: 'Ada' })],
      shares: [{ ...shares('Lead', 1, [groupId(1)]), rowCount: 3 }, shares('Account', 9, [])],
    });
    expect(rows('select id, row_count from parent order by id')).toEqual([
      [recordId('Account', 9), 0],
      [recordId('Lead', 1), 3],
    ]);
  });

  it('nothing remains of words, strings and principals of removed records', async () => {
    const world = await begin();
    const many = Array.from({ length: 11 }, (_, n) => groupId(n));
    await world.write({
      records: [record('Lead', 1, { Name: 'Ada', Phone: '(415) 555-1234' })],
      shares: [shares('Lead', 1, many)],
    });
    await world.write({ records: [record('Lead', 1, { Name: 'Eve' }, { version: START + 9_000 })] });
    await world.write({ removals: [{ id: recordId('Lead', 1), object: 'Lead', version: START + 9_001 }] });
    expect(rows("select count(*) from fts where fts match 'ada OR eve OR 4155551234 OR acl : \ue000p1'")).toEqual([
      [0],
    ]);
    expect(rows('select (select count(*) from body), (select count(*) from more_access)')).toEqual([[0, 0]]);
  });

  it('old generations of the membership are removed, and their coverage gaps are noted', async () => {
    const world = await begin();
    for (let n = 0; n < 3; n++) await world.members(member(1), member(2));
    const gaps = [{ code: 'group_members_unknown', groupType: 'Participant', count: 2 } as const];
    await world.store.replaceMembership(world.fence, { ...generation(START + 99), gaps }, [member(1)], []);
    expect(rows('select (select count(*) from member), (select count(*) from user_name)')).toEqual([[1, 0]]);
    expect(rows('select as_of, closed from generation')).toEqual([[START + 99, JSON.stringify(gaps)]]);
    expect(rows('select count(*) from org_fields')).toEqual([[1]]);
    expect(rows('select count(distinct gen), count(*) from org_table')).toEqual([[1, MEMBERSHIP_TABLES.length]]);
    expect(rows('select count(distinct gen) from org_rows')).toEqual([[1]]);
  });

  it("the reason why a table could not be read is stored, and an earlier release's text is unchanged", async () => {
    const world = await begin();
    const tables = tablesOf({ User: null, Group: [{ Id: groupId(1), Type: 'Queue', RelatedId: null }] });
    await world.store.replaceMembership(world.fence, { ...generation(START), tables }, [member(1)], []);
    const read = async () => {
      const reader = await openForReading(path);
      return reader.reading(() => readOrgTables(reader, Number(readMeta(reader).generation)));
    };
    expect((await read()).User).toEqual(tables.User);
    for (const text of [
      'the org does not show User to the integration user',
      '{"kind":"of a later release"}',
      'null',
    ]) {
      const db = new Libsql(path);
      db.prepare("update org_table set reason = ? where name = 'User'").run(text);
      db.close();
      const { User, Group } = await read();
      expect(User).toEqual({ rows: null, reason: { kind: 'told', text } });
      expect(Group.rows).toHaveLength(1);
    }
  });

  it("a reader loads the org's tables of the generation that it searches by, at one moment", async () => {
    const world = await begin();
    const withQueue = (n: number) => tablesOf({ Group: [{ Id: groupId(n), Type: 'Queue', RelatedId: null }] });
    const replace = (asOf: number, n: number) =>
      world.store.replaceMembership(world.fence, { ...generation(asOf), tables: withQueue(n) }, [member(1)], []);
    await replace(START, 1);
    const reader = await openForReading(path);
    reader.exec('begin');
    const { generation: current } = readMeta(reader);
    await replace(START + 1, 2);
    expect(readOrgTables(reader, Number(current))).toEqual(withQueue(1));
    reader.exec('commit');
    expect(reader.reading(() => readOrgTables(reader, Number(readMeta(reader).generation)))).toEqual(withQueue(2));
    expect(() => readOrgTables(reader, Number(current))).toThrow('are gone');
    reader.close();
  });

  it('the end of a backfill removes dead documents with their share rows, and leaves live ones', async () => {
    const world = await begin();
    await world.write({
      records: [1, 2].map((n) => record('Lead', n, { Name: 'x' }, { version: START })),
      shares: [1, 2].map((n) => shares('Lead', n, [groupId(1)], START)),
      removals: [{ id: recordId('Lead', 1), object: 'Lead', version: START + 1 }],
    });
    const start = new Date(START + 2).toISOString();
    await world.begin(opening({ start }));
    expect(rows('select count(*) from doc')).toEqual([[2]]);
    await world.endBackfill();
    expect(rows('select id from doc')).toEqual([[recordId('Lead', 2)]]);
    expect(rows('select id from parent')).toEqual([[recordId('Lead', 2)]]);
  });
});
