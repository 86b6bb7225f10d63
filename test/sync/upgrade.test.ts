import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import Libsql from 'libsql';
import { afterAll, afterEach, beforeEach, expect, it } from 'vitest';
import { openIndexReader, openIndexWriter } from '../../src/index/open.ts';
import { packageRoot } from '../../src/package-root.ts';
import { type HandSync, syncByHand } from './by-hand.ts';
import { expectIndexEqualsOrg } from './equality.ts';
import { type SandboxOrg, sandboxOrg } from './sandbox-org.ts';
import { storedDocuments } from './stored-documents.ts';

const HARBOR = join(packageRoot(), 'sandbox', 'orgs', 'harbor');
/** What the release c516d8e wrote of that org. */
const STORED = join(packageRoot(), 'test', 'stored', 'c516d8e13763');

/** Reads every record and every field. */
const READER = '005Hb000000000FIAQ';

const folder = mkdtempSync(join(tmpdir(), 'upgrade-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let org: SandboxOrg;
let sync: HandSync;
beforeEach(async () => {
  org = await sandboxOrg(HARBOR);
  sync = syncByHand(org.url);
});
afterEach(async () => {
  sync.close();
  await org.close();
});

function putStored(name: string, path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, gunzipSync(readFileSync(join(STORED, `${name}.sqlite.gz`))));
}

/** What a document is, apart from when it was read and the texts that a later version adds to it. */
const essence = (path: string) => storedDocuments(path).map(({ id, rid, principals }) => ({ id, rid, principals }));

it('an index of an earlier release is upgraded: it holds what a new one would, under its own id', async () => {
  const path = join(folder, 'upgraded.sqlite');
  putStored('incremental', path);
  await expect(openIndexReader({ path })).rejects.toThrow('was made by an earlier version. The worker upgrades it');
  const notices: string[] = [];
  const writer = await openIndexWriter({ path, create: false, notice: (text) => notices.push(text) });
  const { indexId, highestRun, watermarks, shareWatermarks, documents, contacts } = await writer.state();
  expect(notices).toEqual([
    `The index ${path} was made by an earlier version of the connector, and has been upgraded.`,
  ]);
  expect({ indexId, highestRun, contacts }).toEqual({
    indexId: '52b4b104-aecc-4021-b05d-8c4097b5c334',
    highestRun: 2,
    contacts: 'controlled',
  });
  expect(documents).toEqual({ Account: 60, Contact: 90, Case: 80, Opportunity: 70, Lead: 38 });
  expect(shareWatermarks).toEqual(watermarks);
  expect(Object.values(watermarks)).toHaveLength(5);
  await writer.close();
  await sync.complete();
  expect(essence(path)).toEqual(essence(sync.path));
});

it('it is searched by what it holds as soon as a run has read who may see what, and runs bring it to the org', async () => {
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

it('an open backfill is still open, where it stood', async () => {
  const path = join(folder, 'open.sqlite');
  putStored('in-a-backfill', path);
  const writer = await openIndexWriter({ path, create: false });
  const { backfill } = await writer.state();
  await writer.close();
  expect(backfill).toEqual({
    start: '2026-11-29T10:04:21.128Z',
    positions: { Account: { after: '001Hb000000000yIAA', done: true, recordsRead: 60 } },
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
])('contacts of an org that did not show %s are closed until they are read again', async (_, change) => {
  const path = join(folder, 'people.sqlite');
  putStored('incremental', path);
  const db = new Libsql(path);
  db.exec(`update org_fields set described = replace(described, ${change})`);
  db.close();
  const writer = await openIndexWriter({ path, create: false });
  expect((await writer.state()).contacts).toBe('mixed');
  await writer.close();
});

it('a damaged one is emptied at a run’s beginning, and an error for a run that has begun', async () => {
  const path = join(folder, 'damaged.sqlite');
  putStored('incremental', path);
  const db = new Libsql(path);
  db.exec("update body set json = replace(json, 'a', 'b')");
  db.close();
  await expect(openIndexWriter({ path, create: false })).rejects.toThrow('It is damaged. Delete it');
  const notices: string[] = [];
  const writer = await openIndexWriter({ path, create: true, notice: (text) => notices.push(text) });
  expect((await writer.state()).documents).toEqual({ Account: 0, Contact: 0, Case: 0, Opportunity: 0, Lead: 0 });
  expect(notices).toEqual([
    `The index ${path} is damaged and cannot be upgraded: the next run fills it again from the org.`,
  ]);
  await writer.close();
});
