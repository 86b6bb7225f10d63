import { afterAll, beforeAll, expect, it } from 'vitest';
import { OBJECT_NAMES } from '../../src/objects/index.ts';
import type { DevServer } from '../../src/temporal/server.ts';
import type { Carried } from '../../workflows/carried.ts';
import {
  beginRunUpdate,
  connectionWorkflowId,
  finishRunUpdate,
  type RunPlan,
  taskQueueOf,
} from '../../workflows/contract.ts';
import { STARTING } from '../../workflows/run-memo.ts';
import { beginMessage } from '../workflows/begin-message.ts';
import { type ListedRun, type TestConnection, testConnection } from './connection.ts';
import { expectIndexEqualsOrg } from './equality.ts';
import { account, orgFolder, PEOPLE } from './org-folder.ts';
import { type SandboxOrg, sandboxOrg } from './sandbox-org.ts';
import { testTemporal } from './temporal.ts';
import { waitUntil } from './wait.ts';

const FUTURE = '2999-01-01T00:00:00.000Z';
const DONE = Object.fromEntries(OBJECT_NAMES.map((name) => [name, { after: null, done: true, recordsRead: 0 }]));

let temporal: DevServer;
let org: SandboxOrg;
let connection: TestConnection;
let last: ListedRun;
let forgeries = 0;

beforeAll(async () => {
  temporal = await testTemporal();
  org = await sandboxOrg(orgFolder({ accounts: 30 }));
  connection = await testConnection({ baseUrl: org.url, temporalAddress: temporal.address });
  await connection.startWorker();
  last = await connection.run();
});

afterAll(async () => {
  await connection?.close();
  await org?.close();
  await temporal?.stop();
});

/** The plan of the last run, from what Temporal shows to everybody. */
async function lastPlan(): Promise<RunPlan> {
  const { events } = await connection.client.workflow.getHandle(last.workflowId, last.runId).fetchHistory();
  for (const event of events ?? []) {
    const data = event.activityTaskCompletedEventAttributes?.result?.payloads?.[0]?.data;
    const answer = data ? JSON.parse(Buffer.from(data).toString()) : null;
    if (answer?.plan) return answer.plan as RunPlan;
  }
  throw new Error('the run was never admitted');
}

/** Starts a run that claims to have been admitted with this plan, and returns why it failed. */
async function forge(plan: RunPlan, key = 'forged'): Promise<string> {
  forgeries += 1;
  const carried: Carried = {
    key,
    plan,
    memo: { ...STARTING, run: 1, kind: 'complete', reason: 'forged' },
    backfill: null,
  };
  const { connection: name, completeBackfillFrequency } = connection.config;
  const handle = await connection.client.workflow.start('SyncWorkflow', {
    workflowId: `forged-${forgeries}`,
    taskQueue: taskQueueOf(name),
    args: [{ connection: name, completeBackfillFrequency, tickSeconds: 600 }, carried],
  });
  const failure = await handle.result().catch((error: Error) => error);
  expect((await handle.describe()).status.name).toBe('FAILED');
  return String((failure as Error).cause);
}

it.each<[string, (plan: RunPlan, now: string) => RunPlan, RegExp]>([
  [
    'from the future, all of it read',
    (plan) => ({ ...plan, run: 1_000_000, backfill: { start: FUTURE, positions: DONE, allowSweep: true } }),
    /backfillStart is ahead of the org's clock/,
  ],
  [
    'of now, by the last run',
    (plan, now) => ({ ...plan, backfill: { start: now, positions: DONE, allowSweep: true } }),
    /run 1 was not admitted for a complete backfill that began at/,
  ],
  [
    'of now, by the next run',
    (plan, now) => ({ ...plan, run: plan.run + 1, backfill: { start: now, positions: DONE, allowSweep: true } }),
    /run 2 was never admitted/,
  ],
  [
    'that ended already',
    (plan) => ({ ...plan, backfill: plan.backfill && { ...plan.backfill, positions: DONE, allowSweep: true } }),
    /none that began at .* is open/,
  ],
  [
    'of another organization',
    (plan) => ({ ...plan, organizationId: '00D000000000002EAA' }),
    /for organization 00D000000000002EAA, but 00D.* answers now/,
  ],
  ['with the largest run number', (plan) => ({ ...plan, run: 2 ** 53 }), /malformed argument: carried \(plan\)/],
])('a forged backfill %s fails, says why, and changes nothing', async (_, plan, message) => {
  const now = new Date().toISOString();
  expect(await forge(plan(await lastPlan(), now))).toMatch(message);
  await expectIndexEqualsOrg(connection.config.index.path, org);
});

it('a forged end of the current backfill neither sweeps nor ends it, with any message', async () => {
  await org.setFaults([{ match: { query: 'FROM Contact' }, reply: 'hang' }]);
  await connection.force();
  const held = await connection.trigger();
  await waitUntil(async () => (await org.held()) >= 1);
  const { openRun } = await connection.state();
  if (openRun?.plan.backfill == null) throw new Error('no backfill is under way');
  const { key, plan } = openRun;
  const failure = await forge({ ...plan, backfill: { ...openRun.plan.backfill, positions: DONE, allowSweep: true } });
  expect(failure).toMatch(/The index refused to end the complete backfill: Account has not been read completely/);
  // The message says that the run has ended. Only that run may say so.
  await connection.client.workflow
    .getHandle(connectionWorkflowId(connection.config.connection))
    .executeUpdate(finishRunUpdate, {
      args: [{ key, status: 'completed', backfillEnded: true, watermarks: {}, completeNext: null, headline: 'forged' }],
    });
  await org.setFaults([]);
  await org.release();
  expect(await connection.ended(held)).toMatchObject({ status: 'COMPLETED' });
  await expectIndexEqualsOrg(connection.config.index.path, org);
});

it('a workflow that runs forever and is not a run blocks nobody', async () => {
  const id = connectionWorkflowId(connection.config.connection);
  const handle = connection.client.workflow.getHandle(id);
  const { runId } = await handle.describe();
  const { indexId, organizationId } = await lastPlan();
  await handle.executeUpdate(beginRunUpdate, {
    args: [beginMessage({ key: runId, workflowId: id, organizationId, index: { indexId, highestRun: 1 } })],
  });
  expect((await connection.state()).openRun).toMatchObject({ workflowId: id });
  const run = await connection.run();
  expect(run).toMatchObject({ status: 'COMPLETED', memo: { headline: expect.stringContaining('done:') } });
  await expectIndexEqualsOrg(connection.config.index.path, org);
});

it('after all of these the next run finds what has changed, and the connection is healthy', async () => {
  await org.change({ put: 'Account', row: { Id: account(1), Name: 'Later Harbour', OwnerId: PEOPLE.otherSeller } });
  await org.advanceClock(60);
  expect(await connection.run()).toMatchObject({
    status: 'COMPLETED',
    memo: { headline: expect.stringContaining('done:') },
  });
  await expectIndexEqualsOrg(connection.config.index.path, org);
});
