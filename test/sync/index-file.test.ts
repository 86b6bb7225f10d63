import { copyFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { indexAt } from '../../src/index/location.ts';
import { openIndexReader } from '../../src/index/open.ts';
import { removeIndex } from '../../src/index/removal.ts';
import { testConnection } from './connection.ts';
import { expectIndexEqualsOrg } from './equality.ts';
import { account, orgFolder, PEOPLE, recordId } from './org-folder.ts';
import { type SandboxOrg, sandboxOrg } from './sandbox-org.ts';
import { createSyncRunner, type SyncRunner } from './sync-runner.ts';
import { testTemporal } from './temporal.ts';

let org: SandboxOrg;
let sync: SyncRunner;

beforeEach(async () => {
  org = await sandboxOrg(orgFolder({ accounts: 12 }));
  sync = createSyncRunner(org.url);
  await sync.run();
  await org.advanceClock(3600);
});

afterEach(async () => {
  sync?.close();
  await org?.close();
});

it('the next run fills a deleted index again, and refuses readers that had it open until then', async () => {
  const open = await openIndexReader({ index: indexAt(sync.path) });
  const asAdmin = { as: PEOPLE.admin };
  const all = (await open.ids('', asAdmin)).toSorted();
  await removeIndex(indexAt(sync.path));
  await expect(open.search('', asAdmin)).rejects.toThrow('Nothing is indexed yet');
  expect(await sync.run()).toMatchObject({
    kind: 'complete',
    reason: 'the index is not the one that the previous run had: it is new, or an older one was restored',
  });
  expect((await open.ids('', asAdmin)).toSorted()).toEqual(all);
  await open.close();
  await expect(open.ids('', asAdmin)).rejects.toThrow('The index was closed');
  await expectIndexEqualsOrg(sync.path, org);
});

it('an index restored from a copy is filled again, and later removals are removed again', async () => {
  const { path } = sync;
  copyFileSync(path, `${path}.copy`);
  await org.change({ delete: 'Account', id: account(3) });
  await org.advanceClock(3600);
  await sync.run();
  await removeIndex(indexAt(sync.path));
  copyFileSync(`${path}.copy`, path);
  expect(await sync.run()).toMatchObject({
    kind: 'complete',
    reason: 'the index is older than the last run: it was restored from a copy',
  });
  expect(sync.state().runNumber).toBe(3);
  await expectIndexEqualsOrg(path, org);
});

it('another org at the same address fails the run, and searches are refused until it is gone', async () => {
  const { path } = sync;
  const [organization] = await org.rows('Organization');
  const refreshed = recordId('00D', 2);
  await org.change(
    { erase: 'Organization', id: organization?.Id },
    { put: 'Organization', row: { ...organization, Id: refreshed } },
  );
  await expect(sync.run()).rejects.toThrow('apply --replace-org');
  const index = await openIndexReader({ index: indexAt(path) });
  await expect(index.search('', { as: PEOPLE.admin })).rejects.toThrow('apply --replace-org');
  await index.close();
  await org.change({ erase: 'Organization', id: refreshed }, { put: 'Organization', row: organization ?? {} });
  await sync.incremental();
  await expectIndexEqualsOrg(path, org);
});

it('if Temporal has lost its state, the run counter continues from the index', async () => {
  const temporal = await testTemporal();
  const connection = await testConnection({ baseUrl: org.url, temporalAddress: temporal.address });
  try {
    await connection.startWorker();
    await connection.run();
    await connection.run();
    const handle = connection.client.workflow.getHandle(`salesforce-connection/${connection.config.connection}`);
    await handle.terminate('by a test');
    expect(await connection.run()).toMatchObject({ status: 'COMPLETED', memo: { run: 3, kind: 'complete' } });
  } finally {
    await connection.close();
    await temporal.stop();
  }
});
