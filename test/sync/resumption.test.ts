import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { DevServer } from '../../src/temporal/server.ts';
import { type ListedRun, stopWorker, type TestConnection, testConnection } from './connection.ts';
import { expectIndexEqualsOrg } from './equality.ts';
import { orgFolder } from './org-folder.ts';
import { type SandboxOrg, sandboxOrg } from './sandbox-org.ts';
import { testTemporal } from './temporal.ts';
import { waitUntil } from './wait.ts';

/** Six slices per object: one slice would prove nothing. */
const SIZE = { accounts: 60, slice: 10 };

/** A slice is a page of records and a page of share rows here. */
const PAGES_PER_SLICE = 2;

let database: string;
let temporal: DevServer;
let org: SandboxOrg;
let connection: TestConnection;

beforeEach(async () => {
  database = join(mkdtempSync(join(tmpdir(), 'connector-temporal-')), 'temporal.db');
  temporal = await testTemporal({ database });
  org = await sandboxOrg(orgFolder({ accounts: SIZE.accounts }));
  const settings = { slice_records: SIZE.slice };
  connection = await testConnection({ baseUrl: org.url, temporalAddress: temporal.address, settings });
});

afterEach(async () => {
  await connection?.close();
  await org?.close();
  await temporal?.stop();
});

/** Starts the first backfill and holds it in the middle: at the third slice of the object. */
async function backfillHeldAt(query: string): Promise<ListedRun> {
  await org.setFaults([{ match: { query, skip: 2 }, reply: 'hang' }]);
  const run = await connection.trigger();
  await waitUntil(async () => (await org.held()) === 1);
  return run;
}

async function letGo(): Promise<void> {
  await org.setFaults([]);
  await org.release();
}

/** Pages of records and shares that were requested more than once. */
async function pagesAskedAgain(): Promise<number> {
  const asked = new Map<string, number>();
  for (const { path, query } of await org.requests()) {
    if (query === null || !/ORDER BY \w*Id\b/.test(query)) continue;
    asked.set(`${path} ${query}`, (asked.get(`${path} ${query}`) ?? 0) + 1);
  }
  // 294 records and at least as many share rows, in slices of ten.
  expect(asked.size).toBeGreaterThan(5 * 5);
  return [...asked.values()].reduce((again, times) => again + times - 1, 0);
}

it.each(['FROM Contact', 'FROM OpportunityShare'])(
  'a worker killed at "%s" and started again ends the same run',
  async (query) => {
    const worker = await connection.startWorker();
    const run = await backfillHeldAt(query);
    await stopWorker(worker, 'SIGKILL');
    await letGo();
    await connection.startWorker();
    expect(await connection.ended(run)).toMatchObject({ status: 'COMPLETED', memo: { run: 1 } });
    await expectIndexEqualsOrg(connection.config.index.path, org);
    expect(await pagesAskedAgain()).toBeLessThanOrEqual(PAGES_PER_SLICE);
  },
);

it('the tick after a terminated run resumes its backfill', async () => {
  // A pass is due after each slice, so nothing is read ahead that the end of the run could drop.
  await connection.setTickSeconds(0);
  await connection.startWorker();
  const run = await backfillHeldAt('FROM Case WHERE Id > ');
  await connection.client.workflow.getHandle(run.workflowId, run.runId).terminate('by a test');
  await letGo();
  const next = await connection.run();
  expect(next).toMatchObject({
    status: 'COMPLETED',
    memo: { run: 2, kind: 'complete', reason: 'resumes the backfill of run 1' },
  });
  expect((await connection.state()).recentRuns).toMatchObject([
    { run: 2, status: 'completed' },
    { run: 1, status: 'died' },
  ]);
  await expectIndexEqualsOrg(connection.config.index.path, org);
  expect(await pagesAskedAgain()).toBeLessThanOrEqual(PAGES_PER_SLICE);
});

it('a cancelled run keeps its checkpoint for the next', async () => {
  await connection.startWorker();
  const run = await backfillHeldAt('FROM Case ');
  await connection.client.workflow.getHandle(run.workflowId, run.runId).cancel();
  expect(await connection.ended(run)).toMatchObject({ status: 'CANCELLED' });
  await letGo();
  expect(await connection.run()).toMatchObject({
    status: 'COMPLETED',
    memo: { run: 2, reason: 'resumes the backfill of run 1' },
  });
  expect((await connection.state()).recentRuns).toMatchObject([
    { run: 2, status: 'completed' },
    { run: 1, status: 'cancelled' },
  ]);
  await expectIndexEqualsOrg(connection.config.index.path, org);
  expect(await pagesAskedAgain()).toBeLessThanOrEqual(PAGES_PER_SLICE);
});

it('a killed and restarted Temporal server lets the same run end', async () => {
  await connection.startWorker();
  const run = await backfillHeldAt('FROM Contact');
  process.kill(temporal.pid, 'SIGKILL');
  await temporal.exited;
  temporal = await testTemporal({ database, port: Number(temporal.address.split(':')[1]) });
  await letGo();
  expect(await connection.ended(run)).toMatchObject({ status: 'COMPLETED', memo: { run: 1 } });
  await expectIndexEqualsOrg(connection.config.index.path, org);
  expect(await pagesAskedAgain()).toBeLessThanOrEqual(PAGES_PER_SLICE);
});
