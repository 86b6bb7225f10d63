import { ScheduleOverlapPolicy } from '@temporalio/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openIndexReader } from '../../src/index/open.ts';
import type { DevServer } from '../../src/temporal/server.ts';
import { connectionWorkflowId, scheduleIdOf } from '../../workflows/contract.ts';
import { type TestConnection, testConnection } from './connection.ts';
import { expectIndexEqualsOrg } from './equality.ts';
import { account, orgFolder, PEOPLE } from './org-folder.ts';
import { type SandboxOrg, sandboxOrg } from './sandbox-org.ts';
import { testTemporal } from './temporal.ts';
import { waitUntil } from './wait.ts';

let temporal: DevServer;
let org: SandboxOrg;
const open: TestConnection[] = [];

beforeAll(async () => {
  // Far fewer events than a server would allow, so that both workflows continue as new within a test.
  temporal = await testTemporal({ continueAsNewAt: 40 });
  org = await sandboxOrg(orgFolder({ accounts: 60 }));
});

afterAll(async () => {
  for (const connection of open) await connection.close();
  await org?.close();
  await temporal?.stop();
});

async function connect(settings: Record<string, unknown>): Promise<TestConnection> {
  const connection = await testConnection({ baseUrl: org.url, temporalAddress: temporal.address, settings });
  open.push(connection);
  await connection.startWorker();
  return connection;
}

it('a long backfill continues as new, counts once, and the index equals the org', async () => {
  const connection = await connect({ slice_records: 30, complete_backfill_frequency: 3 });
  // An activity takes one slice only if an incremental pass is due after it.
  await connection.setTickSeconds(0);
  const started = await connection.trigger();
  const run = await connection.ended(started);
  expect(run.runId).not.toBe(started.runId);
  expect(run).toMatchObject({ status: 'COMPLETED', memo: { run: 1, kind: 'complete' } });
  expect(run.memo.progress.Case).toMatchObject({ read: 60, added: 60 });
  const { events } = await connection.client.workflow.getHandle(run.workflowId, run.runId).fetchHistory();
  // An operator who looks at the new execution sees at once which run it is.
  const { memo } = events?.[0]?.workflowExecutionStartedEventAttributes ?? {};
  expect(Object.keys(memo?.fields ?? {})).toEqual(expect.arrayContaining(['headline', 'run', 'progress']));
  await expectIndexEqualsOrg(connection.config.index.path, org);

  const handle = connection.client.workflow.getHandle(connectionWorkflowId(connection.config.connection));
  const first = (await handle.describe()).runId;
  // ConnectionWorkflow continues as new too, and keeps its state.
  const kinds: (string | null)[] = [];
  for (let run = 2; run <= 7; run += 1) kinds.push((await connection.run()).memo.kind);
  expect(kinds).toEqual(['incremental', 'incremental', 'complete', 'incremental', 'incremental', 'complete']);
  expect((await handle.describe()).runId).not.toBe(first);
  expect(await connection.state()).toMatchObject({ runNumber: 7, rhythmRun: 7, completeEver: true });
});

it('a second run next to a running one is skipped and not counted', async () => {
  const connection = await connect({});
  await org.setFaults([{ match: { query: 'FROM Contact' }, reply: 'hang' }]);
  const held = await connection.trigger();
  await waitUntil(async () => (await org.held()) === 1);
  await connection.client.schedule
    .getHandle(scheduleIdOf(connection.config.connection))
    .trigger(ScheduleOverlapPolicy.ALLOW_ALL);
  const second = await waitUntil(async () =>
    (await connection.runs()).find((run) => run.runId !== held.runId && run.status !== 'RUNNING'),
  );
  expect(second).toMatchObject({ status: 'COMPLETED' });
  expect(second.memo.headline).toBe(`skipped: run 1 (${held.workflowId}) is still in progress`);
  await org.setFaults([]);
  await org.release();
  expect(await connection.ended(held)).toMatchObject({ status: 'COMPLETED', memo: { run: 1 } });
  expect((await connection.state()).runNumber).toBe(1);
});

it('a signal sent to the run itself makes the next one complete', async () => {
  const connection = await connect({});
  await org.setFaults([{ match: { query: 'FROM Contact' }, reply: 'hang' }]);
  const held = await connection.trigger();
  await waitUntil(async () => (await org.held()) === 1);
  const run = connection.client.workflow.getHandle(held.workflowId, held.runId);
  await run.signal('forceCompleteBackfill');
  await waitUntil(async () => (await connection.state()).forceRequests === 1);
  expect(await connection.state()).toMatchObject({ sweepAllowedBy: 0 });
  await run.signal('forceCompleteBackfill', { allowSweep: true });
  await waitUntil(async () => (await connection.state()).forceRequests === 2);
  expect(await connection.state()).toMatchObject({ sweepAllowedBy: 2 });
  await org.setFaults([]);
  await org.release();
  await connection.ended(held);
  expect((await connection.run()).memo).toMatchObject({ run: 2, kind: 'complete', reason: 'requested by a signal' });
  expect((await connection.run()).memo).toMatchObject({ run: 3, kind: 'incremental' });
});

it('a run that fails says which step of the setup to fix, and the next one continues', async () => {
  const connection = await connect({});
  await org.failTokens({
    status: 400,
    error: 'invalid_grant',
    error_description: 'no client credentials user enabled',
  });
  const failed = await connection.run();
  await org.failTokens(null);
  expect(failed).toMatchObject({ status: 'FAILED' });
  expect(failed.memo.headline).toContain('Run As');
  expect(await connection.run()).toMatchObject({ status: 'COMPLETED', memo: { run: 1, kind: 'complete' } });
});

it('a backfill that takes longer than a tick brings in changes before it ends', async () => {
  const connection = await connect({ slice_records: 10 });
  await connection.setTickSeconds(0);
  const holdSlice = (skip: number) => org.setFaults([{ match: { query: 'ORDER BY Id LIMIT', skip }, reply: 'hang' }]);
  await holdSlice(20);
  const run = await connection.trigger();
  await waitUntil(async () => (await org.held()) === 1);
  await org.change({ put: 'Account', row: { Id: account(5), Name: 'Changed in between' } });
  await org.advanceClock(60);
  await holdSlice(1);
  await org.release();
  await waitUntil(async () => (await org.held()) === 1);
  const index = await openIndexReader({ index: connection.config.index });
  const found = await index.search('between', { as: PEOPLE.admin });
  await index.close();
  expect(found.hits.map((hit) => hit.id)).toEqual([account(5)]);
  await org.setFaults([]);
  await org.release();
  expect(await connection.ended(run)).toMatchObject({ status: 'COMPLETED', memo: { kind: 'complete' } });
});
