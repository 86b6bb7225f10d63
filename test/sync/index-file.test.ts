import { copyFileSync, rmSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openIndexReader } from '../../src/index/open.ts';
import type { DevServer } from '../../src/temporal/server.ts';
import { type TestConnection, testConnection } from './connection.ts';
import { expectIndexEqualsOrg } from './equality.ts';
import { account, orgFolder, PEOPLE, recordId } from './org-folder.ts';
import { type SandboxOrg, sandboxOrg } from './sandbox-org.ts';
import { testTemporal } from './temporal.ts';

let temporal: DevServer;
let org: SandboxOrg;
let connection: TestConnection;

beforeEach(async () => {
  temporal = await testTemporal();
  org = await sandboxOrg(orgFolder({ accounts: 12 }));
  connection = await testConnection({ baseUrl: org.url, temporalAddress: temporal.address });
  await connection.startWorker();
  await connection.run();
  await org.advanceClock(3600);
});

afterEach(async () => {
  await connection?.close();
  await org?.close();
  await temporal?.stop();
});

/** The index file with what SQLite keeps beside it. */
function moveIndex(move: (path: string, part: string) => void): void {
  const { path } = connection.config.index;
  for (const part of ['', '-wal', '-shm']) move(path + part, part);
}

it('a deleted index is filled anew by the next run', async () => {
  moveIndex((path) => rmSync(path, { force: true }));
  expect(await connection.run()).toMatchObject({
    status: 'COMPLETED',
    memo: { run: 2, kind: 'complete', reason: 'the index is new' },
  });
  await expectIndexEqualsOrg(connection.config.index.path, org);
});

it('an index restored from a copy is filled anew, and what was removed since then is removed again', async () => {
  const { path } = connection.config.index;
  copyFileSync(path, `${path}.copy`);
  await org.change({ delete: 'Account', id: account(3) });
  await org.advanceClock(3600);
  await connection.run();
  moveIndex((file) => rmSync(file, { force: true }));
  copyFileSync(`${path}.copy`, path);
  expect(await connection.run()).toMatchObject({
    status: 'COMPLETED',
    memo: { run: 3, kind: 'complete', reason: 'the index is older than the last run: it was restored from a copy' },
  });
  await expectIndexEqualsOrg(path, org);
});

it('another org under the same address fails the run, writes nothing, and searches are refused until it is gone', async () => {
  const { path } = connection.config.index;
  const [organization] = await org.rows('Organization');
  const refreshed = recordId('00D', 2);
  await org.change(
    { erase: 'Organization', id: organization?.Id },
    { put: 'Organization', row: { ...organization, Id: refreshed } },
  );
  const failed = await connection.run();
  expect(failed).toMatchObject({ status: 'FAILED' });
  expect(failed.memo.headline).toContain('apply --replace-org');
  const index = await openIndexReader({ path });
  await expect(index.search('', { as: PEOPLE.admin })).rejects.toThrow('apply --replace-org');
  await index.close();
  await org.change({ erase: 'Organization', id: refreshed }, { put: 'Organization', row: organization ?? {} });
  expect(await connection.run()).toMatchObject({ status: 'COMPLETED', memo: { kind: 'incremental' } });
  await expectIndexEqualsOrg(path, org);
});

it('where Temporal has lost its state, the run counter goes on from the index', async () => {
  await connection.run();
  const handle = connection.client.workflow.getHandle(`salesforce-connection/${connection.config.connection}`);
  await handle.terminate('by a test');
  expect(await connection.run()).toMatchObject({ status: 'COMPLETED', memo: { run: 3, kind: 'complete' } });
});
