import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import Libsql from 'libsql';
import { afterAll, afterEach, beforeEach, expect, it } from 'vitest';
import { indexAt } from '../../src/index/location.ts';
import { openIndexReader, openRunStore } from '../../src/index/open.ts';
import { SearchRefusedError } from '../../src/index/port/errors.ts';
import { packageRoot } from '../../src/process/package-root.ts';
import { withEarlierWords } from '../index/earlier-words.ts';
import { wholeState } from '../index/whole-state.ts';
import { expectIndexEqualsOrg } from './equality.ts';
import { type SandboxOrg, sandboxOrg } from './sandbox-org.ts';
import { storedDocuments } from './stored-documents.ts';
import { createSyncRunner, type SyncRunner } from './sync-runner.ts';

const HARBOR = join(packageRoot(), 'packages', 'sandbox', 'orgs', 'harbor');
const STORED = join(packageRoot(), 'test', 'stored');
/** What the build c516d8e wrote for that org. */
const EARLIER = 'c516d8e13763';
/** What the release 0.2.0 wrote. */
const RELEASED = '1c88c57cfbcf';

/** Reads every record and every field. */
const READER = '005Hb000000000FIAQ';

const folder = mkdtempSync(join(tmpdir(), 'upgrade-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let org: SandboxOrg;
let sync: SyncRunner;
beforeEach(async () => {
  org = await sandboxOrg(HARBOR);
  sync = createSyncRunner(org.url);
});
afterEach(async () => {
  sync.close();
  await org.close();
});

function putStored(name: string, path: string, version = EARLIER): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, gunzipSync(readFileSync(join(STORED, version, `${name}.sqlite.gz`))));
}

/** A document without the time when it was read, and without the texts that a later version adds to it. */
const essence = (path: string) =>
  storedDocuments(path).map(({ id, rowNumber, principals }) => ({ id, rowNumber, principals }));

it('an index of an earlier release is upgraded: it has the content of a new one, under its own id', async () => {
  const path = join(folder, 'upgraded.sqlite');
  putStored('incremental', path);
  await expect(openIndexReader({ index: indexAt(path) })).rejects.toThrow(
    'was made by an earlier version. The worker upgrades it',
  );
  const notices: string[] = [];
  const store = await openRunStore({ index: indexAt(path), create: false, notice: (text) => notices.push(text) });
  const { indexId, highestRun, watermarks, shareWatermarks, documents, contacts } = await wholeState(store);
  expect(notices).toEqual([`The index ${path} was made by an earlier version of the connector and has been upgraded.`]);
  expect({ indexId, highestRun, contacts }).toEqual({
    indexId: 'b541f1db-d1c7-408f-912f-8e0dd7b78a2c',
    highestRun: 2,
    contacts: 'controlled',
  });
  expect(documents).toEqual({ Account: 60, Contact: 90, Case: 80, Opportunity: 70, Lead: 38 });
  expect(shareWatermarks).toEqual(watermarks);
  expect(Object.values(watermarks)).toHaveLength(5);
  await store.close();
  await sync.complete();
  expect(essence(path)).toEqual(essence(sync.path));
});

it('the full-text table of 0.2.0 is replaced when a worker opens the index, while searches continue', async () => {
  const path = join(folder, 'slower.sqlite');
  putStored('in-a-backfill', path, RELEASED);
  const early: string[] = [];
  await (await openRunStore({ index: indexAt(path), create: false, notice: (text) => early.push(text) })).close();
  expect(early).toHaveLength(1);
  const optionsOf = () => {
    const db = new Libsql(path);
    const [[sql]] = db.prepare("select sql from sqlite_master where name = 'fts'").raw().all([]) as [[string]];
    db.close();
    return sql.slice(sql.indexOf('acl'));
  };
  expect(optionsOf()).toContain("prefix='2'");
  await withEarlierWords(path);
  const reader = await openIndexReader({ index: indexAt(path) });
  const answers = async () => {
    const words = ['', 'a', 'me', 'harb'];
    const pages = await Promise.all(words.map((each) => reader.search(each, { as: READER, limit: 200 })));
    return pages.map(({ hits, total }) => ({ total, hits: hits.map(({ id, score }) => [id, score]) }));
  };
  const before = await answers();
  expect(before.map(({ total }) => total > 0)).toEqual(before.map(() => true));
  expect(optionsOf()).not.toContain('prefix');
  const notices: string[] = [];
  const opening = openRunStore({ index: indexAt(path), create: false, notice: (text) => notices.push(text) });
  expect(await answers()).toEqual(before);
  const store = await opening;
  expect(notices).toEqual([`The index ${path} was made by an earlier version of the connector and has been upgraded.`]);
  expect(optionsOf()).toContain("prefix='2'");
  expect(await answers()).toEqual(before);
  await store.close();
  await (await openRunStore({ index: indexAt(path), create: false, notice: (text) => notices.push(text) })).close();
  expect(notices).toHaveLength(1);
  await reader.close();
});

it('an upgraded index can be searched once a run has read who may see what, and comes to equal the org', async () => {
  putStored('incremental', sync.path);
  let atFirst: string[] = [];
  const { kind } = await sync.run({
    afterSlice: async ({ number }) => {
      if (number === 1) atFirst = await sync.found(READER);
    },
  });
  expect(kind).toBe('complete');
  expect(atFirst).toHaveLength(338);
  expect(atFirst).toEqual(await sync.found(READER));
  await expectIndexEqualsOrg(sync.path, org, READER);
});

it.each(['incremental', 'in-a-backfill'])('its documents are counted during the upgrade: %s', async (name) => {
  const path = join(folder, `counted-${name}.sqlite`);
  putStored(name, path);
  const store = await openRunStore({ index: indexAt(path), create: false });
  const told = await store.counts();
  await store.close();
  const db = new Libsql(path);
  const real = db.prepare('select obj, count(*) from doc where live = 1 group by obj order by obj').raw().all([]);
  const [noted] = db.prepare("select value from meta where key = 'documents'").raw().all([]) as [[string]];
  db.close();
  // In the order of their codes in the file.
  const names = ['Account', 'Contact', 'Case', 'Opportunity', 'Lead'];
  const counted = new Map((real as [number, number][]).map(([obj, count]) => [names[obj - 1], count]));
  expect(told).toEqual(Object.fromEntries(names.map((object) => [object, counted.get(object) ?? 0])));
  expect(JSON.parse(noted[0])).toEqual(Object.fromEntries(counted));
});

it('a run during which an index is upgraded reads who may see what before it continues', async () => {
  const found = () => sync.found(READER).catch((error: unknown) => error);
  await sync.complete();
  const all = await found();
  const seen: unknown[] = [];
  await sync.complete({
    afterSlice: async ({ number }) => {
      if (number === 1) {
        const db = new Libsql(sync.path);
        // What an upgrade leaves out.
        db.exec("delete from meta where key = 'generation'; delete from generation");
        db.close();
      }
      if (number <= 2) seen.push(await found());
    },
  });
  expect(seen).toEqual([expect.any(SearchRefusedError), all]);
  await expectIndexEqualsOrg(sync.path, org, READER);
});

it('an open backfill is still open at its position', async () => {
  const path = join(folder, 'open.sqlite');
  putStored('in-a-backfill', path);
  const store = await openRunStore({ index: indexAt(path), create: false });
  const { backfill } = await store.state();
  await store.close();
  expect(backfill).toEqual({
    start: '2026-11-29T15:13:26.099Z',
    positions: { Account: { cursor: { kind: 'keyset', after: '001Hb000000000yIAA' }, done: true, recordsRead: 60 } },
    unguarded: [],
    objects: null,
  });
});

it.each([
  [
    'which of them are people',
    `'{"Account":[', '{"Account":[{"name":"IsPersonAccount","type":"boolean","permissionable":false,"compoundFieldName":null},'`,
  ],
  ['their account', `'"AccountId"', '"OtherId"'`],
])('contacts of an org that did not show %s are hidden until they are read again', async (_, change) => {
  const path = join(folder, 'people.sqlite');
  putStored('incremental', path);
  const db = new Libsql(path);
  db.exec(`update org_fields set described = replace(described, ${change})`);
  db.close();
  const store = await openRunStore({ index: indexAt(path), create: false });
  expect((await store.state()).contacts).toBe('mixed');
  await store.close();
});

/**
 * Removes the type constraints of the tables' columns, and the constraint that no two principals have the same name.
 */
const FREED = `pragma writable_schema = 1; delete from sqlite_master where name = 'sqlite_autoindex_principal_1';
  update sqlite_master set sql = replace(sql, ' not null', '') where type = 'table';
  update sqlite_master set sql = replace(sql, ' unique', '') where name = 'principal'`;

it.each([
  [
    'a text',
    "update body set json = replace(json, 'a', 'b')",
    'the strings of a record are not those that were written',
  ],
  ['a number of a record', 'update doc set version = null where live = 1', 'a value is missing'],
  ['a number of share rows', 'update parent set row_count = null', 'a value is missing'],
  ['a name', 'update principal set name = (select name from principal where pid = 1)', 'SQLITE_CONSTRAINT_UNIQUE'],
])(
  "with damage to %s, it is emptied at a run's beginning, and is an error for a run that has already begun",
  async (...row) => {
    const [, change, what] = row;
    const path = join(folder, 'damaged.sqlite');
    putStored('incremental', path);
    for (const text of [FREED, change]) {
      const db = new Libsql(path);
      db.exec(text);
      db.close();
    }
    await expect(openRunStore({ index: indexAt(path), create: false })).rejects.toThrow(
      `(${what}). It is damaged. Delete it`,
    );
    const notices: string[] = [];
    const store = await openRunStore({ index: indexAt(path), create: true, notice: (text) => notices.push(text) });
    expect(await store.counts()).toEqual({ Account: 0, Contact: 0, Case: 0, Opportunity: 0, Lead: 0 });
    expect(notices).toEqual([
      `The index ${path} is damaged and cannot be upgraded: the next run fills it again from the org.`,
    ]);
    await store.close();
  },
);
