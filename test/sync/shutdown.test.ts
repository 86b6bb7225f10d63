import { afterAll, beforeAll, expect, it } from 'vitest';
import { openRunStore } from '../../src/index/open.ts';
import type { DevServer } from '../../src/temporal/server.ts';
import { type Started, start } from '../cli/command-line.ts';
import { type ListedRun, type TestConnection, testConnection } from './connection.ts';
import { expectIndexEqualsOrg } from './equality.ts';
import { orgFolder } from './org-folder.ts';
import { type SandboxOrg, sandboxOrg } from './sandbox-org.ts';
import { testTemporal } from './temporal.ts';
import { waitUntil } from './wait.ts';

// One run. The tests depend on their order: each worker takes over what the one before has left.

/** Records of a slice. Here it is a page of them and a page of their share rows. */
const SLICE = 20;

let temporal: DevServer;
let org: SandboxOrg;
let connection: TestConnection;
let run: ListedRun;
const workers: Started[] = [];
beforeAll(async () => {
  temporal = await testTemporal();
  org = await sandboxOrg(orgFolder({ accounts: 60 }));
  const settings = { slice_records: SLICE };
  connection = await testConnection({ baseUrl: org.url, temporalAddress: temporal.address, settings });
});
afterAll(async () => {
  for (const worker of workers) worker.process.kill('SIGKILL');
  await connection?.close();
  await org?.close();
  await temporal?.stop();
});

function startWorker(): Started {
  const worker = start(['worker', '--config', connection.config.file], connection.folder);
  workers.push(worker);
  return worker;
}

/** Holds a slice in its middle. */
async function holdAt(query: string, skip: number): Promise<void> {
  await org.setFaults([{ match: { query, skip }, reply: 'hang' }]);
}

const isHeld = () => waitUntil(async () => (await org.held()) === 1);

async function letGo(): Promise<void> {
  await org.setFaults([]);
  await org.release();
}

/** How many contacts the index has as read. */
async function contactsRead(): Promise<number | undefined> {
  const store = await openRunStore({ index: connection.config.index, create: false });
  const { backfill } = await store.state().finally(() => store.close());
  return backfill?.positions.Contact?.recordsRead;
}

it('a worker that gets a signal in a slice reaches its checkpoint, and then ends', async () => {
  const worker = startWorker();
  // The count of all contacts, and their first slice.
  await holdAt('FROM Contact', 2);
  run = await connection.trigger();
  await isHeld();
  // The second slice is read ahead, while the first one is written.
  await waitUntil(async () => (await contactsRead()) === SLICE);
  worker.process.kill('SIGTERM');
  await waitUntil(async () => worker.output().includes(' INFO the worker is stopping: '));
  await letGo();
  expect((await worker.ended).code).toBe(0);
  expect(await contactsRead()).toBe(2 * SLICE);
});

it('a worker whose slice does not end in time gives it up, and another worker repeats it', async () => {
  await org.clearRequests();
  await holdAt('FROM Case ', 1);
  const worker = startWorker();
  await isHeld();
  worker.process.kill('SIGTERM');
  expect((await worker.ended).code).toBe(0);
  await letGo();

  const next = startWorker();
  expect(await connection.ended(run)).toMatchObject({ status: 'COMPLETED', memo: { run: 1 } });
  await expectIndexEqualsOrg(connection.config.index.path, org);
  const pages = (await org.requests()).filter(({ query }) => /ORDER BY \w*Id\b/.test(query ?? ''));
  const different = new Set(pages.map(({ path, query }) => `${path} ${query}`));
  expect(different.size).toBeGreaterThan(10);
  expect(pages.length - different.size).toBe(1);

  // The terminal that it runs in is closed.
  next.process.kill('SIGHUP');
  expect((await next.ended).code).toBe(0);
});

it('a second signal ends the worker at once', async () => {
  await holdAt('FROM Account', 0);
  const worker = startWorker();
  await connection.force();
  await connection.trigger();
  await isHeld();
  worker.process.kill('SIGINT');
  await waitUntil(async () => worker.output().includes(' is stopping: '));
  worker.process.kill('SIGINT');
  expect((await worker.ended).code).toBe(130);
  await letGo();
});
