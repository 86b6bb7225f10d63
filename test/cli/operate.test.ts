import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import Libsql from 'libsql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { removeIndex } from '../../src/index/removal.ts';
import { freePort } from '../../src/process/ports.ts';
import type { DevServer } from '../../src/temporal/server.ts';
import { scheduleIdOf } from '../../workflows/contract.ts';
import { stopWorker, type TestConnection, testConnection } from '../sync/connection.ts';
import { orgFolder } from '../sync/org-folder.ts';
import { type SandboxOrg, sandboxOrg } from '../sync/sandbox-org.ts';
import { storedDocuments } from '../sync/stored-documents.ts';
import { testTemporal } from '../sync/temporal.ts';
import { waitUntil } from '../sync/wait.ts';
import { type Ended, run, start } from './command-line.ts';

let temporal: DevServer;
let org: SandboxOrg;
const open: TestConnection[] = [];

beforeAll(async () => {
  temporal = await testTemporal();
  org = await sandboxOrg(orgFolder({ accounts: 60 }));
});

afterAll(async () => {
  for (const connection of open) await connection.close();
  await org?.close();
  await temporal?.stop();
});

async function connect(settings: Record<string, unknown> = {}): Promise<TestConnection> {
  const connection = await testConnection({ baseUrl: org.url, temporalAddress: temporal.address, settings });
  open.push(connection);
  return connection;
}

/** A command line of the connection, as its operator types it. */
const type = ({ config, folder }: TestConnection, ...args: string[]): Promise<Ended> =>
  run([...args, '--config', config.file], folder);

async function statusOf(connection: TestConnection) {
  const { code, stdout, stderr } = await type(connection, 'status', '--json');
  expect(stderr).toBe('');
  return { code, ...JSON.parse(stdout) };
}

/** Lets requests through to this connection's org again. */
async function letGo(): Promise<void> {
  await org.setFaults([]);
  await org.release();
}

it('status says so and is degraded before any run and without a worker', async () => {
  const connection = await connect();
  const { code, stdout } = await type(connection, 'status');
  expect(code).toBe(3);
  expect(stdout).toMatch(
    /^test-\d+-\d+: DEGRADED; no run has succeeded yet; no failed run on record\.\n {2}! no worker has polled .*\n {2}! the index is not filled yet: .*\nUnder way +no run\n/,
  );
  expect(stdout).toMatch(/^Schedule +0 0 1 1 \* \(UTC\); next run \d{4}-01-01 00:00 UTC \(in .+ days\)$/m);
  expect(stdout).toMatch(/^Worker +NONE polls salesforce-connector\/test-\S+: start one with/m);
  expect(stdout).toMatch(/^Watermarks +none yet/m);
});

it('a backfill request without a worker stays pending, is reported so, and begins with the worker', async () => {
  const connection = await connect();
  const { code, stdout, stderr } = await type(connection, 'backfill', '--wait');
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(
    /^The request is recorded, but no worker polls salesforce-connector\/test-\S+: start one with .+\n$/,
  );
  expect(await statusOf(connection)).toMatchObject({
    code: 3,
    codes: ['no_worker', 'refilling'],
    running: { memo: {}, progressAt: null },
  });
  await connection.startWorker();
  await waitUntil(async () => (await connection.state().catch(() => null))?.forceRequestsServed === 1);
});

describe('in the life of a connection', () => {
  let connection: TestConnection;
  beforeAll(async () => {
    connection = await connect();
    await connection.startWorker();
  });

  it('backfill --wait follows the run to its end, and status shows the last and the next run', async () => {
    const { code, stdout, stderr } = await type(connection, 'backfill', '--wait');
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(
      /^run 1, complete backfill \(no complete backfill has ever finished\) done: 294 records read, .*, in [\d.]+ s with \d+ API calls\n/,
    );
    expect(stderr).toMatch(
      /has started: salesforce-sync\/test-\S+\nWeb UI: <address of the Web UI>\/namespaces\/default\/workflows\/salesforce-sync%2Ftest-/,
    );
    await connection.run();

    const status = await statusOf(connection);
    const year = new Date().getUTCFullYear();
    expect(status).toMatchObject({
      code: 0,
      health: 'healthy',
      problems: [],
      running: null,
      runNumber: 2,
      nextComplete: { run: 49, at: `${year + 47}-01-01T00:00:00.000Z`, reason: null },
      worker: { isPolled: true },
      lastRuns: [
        { outcome: 'completed', memo: { run: 2, kind: 'incremental' } },
        { outcome: 'completed', memo: { run: 1, kind: 'complete' } },
      ],
    });
    expect(Object.keys(status.lagSeconds).toSorted()).toEqual(['Account', 'Case', 'Contact', 'Lead', 'Opportunity']);
    const calls = (await connection.runs()).map(({ memo }) => memo.apiCalls);
    expect(status.apiCalls.last24Hours).toBe(calls.reduce((sum, calls) => sum + calls, 0));
    expect(status.apiCalls.org).toMatchObject({ limit: 100_000, used: expect.any(Number) });
  });

  it('a backfill that is requested during a run begins right after it', async () => {
    await org.setFaults([{ match: { query: 'FROM Lead WHERE' }, reply: 'hang' }]);
    const held = await connection.trigger();
    await waitUntil(async () => (await org.held()) === 1);
    const asked = start(['backfill', '--wait', '--json', '--config', connection.config.file], connection.folder);
    await waitUntil(async () => asked.output().includes(`The request waits for run 3 (${held.workflowId})`));
    await letGo();
    const { code, stdout } = await asked.ended;
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ state: 'completed', run: 4, reason: 'requested by a signal' });
  });

  it("a failed run makes status fail with the run's message, until a run succeeds", async () => {
    const fail = { status: 400, error: 'invalid_grant', error_description: 'no client credentials user enabled' };
    await org.failTokens(fail);
    const asked = await type(connection, 'backfill', '--wait');
    expect(asked).toMatchObject({ code: 1, stdout: '' });
    expect(asked.stderr).toMatch(/SyncWorkflow salesforce-sync\/test-\S+ failed: .*Run As/);
    await connection.run();
    const { code, stdout } = await type(connection, 'status');
    await org.failTokens(null);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^test-\S+: FAILING since .+ UTC \(\d+ seconds? ago\), 2 failed runs; last success /);
    expect(stdout).toMatch(/^ {2}! the last run failed: .*Run As/m);
    // The request is still pending.
    expect(stdout).toMatch(/^Next complete +run 5, about .*: requested by a signal$/m);

    expect((await connection.run()).memo).toMatchObject({ run: 5, kind: 'complete' });
    const mended = await statusOf(connection);
    expect(mended).toMatchObject({ code: 0, health: 'healthy', failedRuns: 0 });
    expect(Date.now() - Date.parse(mended.since)).toBeLessThan(10 * 60_000);
  });

  it('backfill --allow-sweep removes what the guard protected, and only this once', async () => {
    const leads = (await org.rows('Lead')).filter((row) => row.IsConverted === false);
    await org.change(...leads.map((row) => ({ erase: 'Lead', id: row.Id })));
    const stored = () => storedDocuments(connection.config.index.path).filter(({ id }) => id.startsWith('00Q')).length;
    const guarded = await type(connection, 'backfill', '--wait');
    expect(guarded.stdout).toContain(
      `sweep of Lead stopped: it would have removed ${leads.length} of ${leads.length} documents`,
    );
    expect(guarded.stdout).toMatch(/gone from the org, run `salesforce-connector backfill --allow-sweep`\.\n$/);
    expect(stored()).toBe(leads.length);
    const { stdout } = await type(connection, 'status');
    expect(stdout).toMatch(/^Warnings\n {2}! sweep of Lead stopped/m);
    const { code, codes, stale } = await statusOf(connection);
    expect({ code, codes }).toEqual({ code: 3, codes: ['sweep_stopped'] });
    expect(stale).toMatchObject([{ object: 'Lead', wouldRemove: leads.length, of: leads.length, hidden: false }]);

    // The warning belongs to that run. The time since which documents may be stale lasts longer.
    expect((await connection.run()).memo).toMatchObject({ kind: 'incremental', stale });
    expect((await statusOf(connection)).warnings).toEqual([]);
    expect((await type(connection, 'status')).stdout).toMatch(
      new RegExp(`^May be stale\n  ! Lead since .+ ago\\): .+; run ${stale[0].run} did not see them: `, 'm'),
    );

    const allowed = await type(connection, 'backfill', '--wait', '--allow-sweep');
    expect(allowed.code, allowed.stderr).toBe(0);
    expect(allowed.stdout).toContain(`${leads.length} removed`);
    expect(stored()).toBe(0);
    expect(await statusOf(connection)).toMatchObject({ warnings: [], stale: [] });
  });

  it('pause and resume say what they did, can be repeated, and apply preserves the pause', async () => {
    const note = ['--note', 'the org is being migrated'];
    const schedule = scheduleIdOf(connection.config.connection);
    expect(await type(connection, 'pause', ...note)).toEqual({
      code: 0,
      stdout: `Schedule ${schedule}: paused (the org is being migrated); no scheduled run starts until \`resume\`.\n`,
      stderr: '',
    });
    expect((await type(connection, 'pause')).stdout).toContain('was already paused (the org is being migrated)');
    expect((await type(connection, 'apply')).stdout).toMatch(
      /: unchanged\.\nRuns start at 0 0 1 1 \* \(UTC\), at most one every 365 days; every 48th run .*\nIt is paused \(the org is being migrated\): /,
    );
    expect((await type(connection, 'status')).stdout).toMatch(
      /^Schedule +0 0 1 1 \* \(UTC\); PAUSED \(the org is being migrated\)/m,
    );
    // A backfill is an explicit request of a person.
    expect(await type(connection, 'backfill')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('has started'),
    });

    expect((await type(connection, 'resume')).stdout).toMatch(
      new RegExp(`^Schedule ${schedule}: resumed; the next run starts at \\d{4}-01-01 00:00 UTC\\.\n$`),
    );
    expect((await type(connection, 'resume')).stdout).toContain(': was not paused; the next run starts at ');
    expect((await type(connection, 'apply')).stdout).toMatch(/\nThe next run starts at \d{4}-01-01 00:00 UTC\.\n$/);
  });
});

it.each([
  ['cancelled', (run: WorkflowHandle) => run.cancel()],
  ['terminated', (run: WorkflowHandle) => run.terminate('by a test')],
])('backfill --wait says that its run was %s, and the next run continues the backfill', async (what, end) => {
  const connection = await connect({ slice_records: 25 });
  await connection.startWorker();
  await org.setFaults([{ match: { query: 'FROM Case ' }, reply: 'hang' }]);
  const asked = start(['backfill', '--wait', '--config', connection.config.file], connection.folder);
  await waitUntil(async () => (await org.held()) === 1);
  const [run] = await connection.runs();
  await end(connection.client.workflow.getHandle(run?.workflowId ?? ''));
  const { code, stderr } = await asked.ended;
  await letGo();
  expect(code).toBe(1);
  expect(stderr).toMatch(new RegExp(`^SyncWorkflow \\S+ was ${what}; the next run resumes at its checkpoint\\.$`, 'm'));
  const { nextComplete } = await statusOf(connection);
  expect(nextComplete).toMatchObject({ run: 2, reason: 'resumes the backfill of run 1' });
  expect((await connection.run()).memo).toMatchObject({ run: 2, reason: 'resumes the backfill of run 1' });
});

it('a removed ConnectionWorkflow or index makes the next run complete, and status says so', async () => {
  const connection = await connect();
  await connection.startWorker();
  await connection.run();
  await connection.run();
  const lost = 'the state of earlier runs is lost: someone ended the ConnectionWorkflow';
  await connection.client.workflow
    .getHandle(`salesforce-connection/${connection.config.connection}`)
    .terminate('by a test');
  expect(await statusOf(connection)).toMatchObject({ code: 0, problems: [], nextComplete: { run: 3, reason: lost } });
  expect((await connection.run()).memo).toMatchObject({ run: 3, kind: 'complete', reason: lost });
  expect(await statusOf(connection)).toMatchObject({ code: 0, nextComplete: { run: 51, reason: null } });

  await removeIndex(connection.config.index);
  expect(await statusOf(connection)).toMatchObject({
    code: 1,
    problems: [
      'the index file is gone: the next run rebuilds it. Until then searches are refused; in a cluster they have the rights of the last run',
    ],
    nextComplete: {
      run: 4,
      reason: 'the index is not the one that the previous run had: it is new, or an older one was restored',
    },
  });
  expect((await connection.run()).memo).toMatchObject({
    run: 4,
    kind: 'complete',
    reason: 'the index is not the one that the previous run had: it is new, or an older one was restored',
  });
  expect(await statusOf(connection)).toMatchObject({ code: 0, problems: [] });
});

it('a byte that changed on disk fails the run with a remedy, and status says so before and after', async () => {
  const connection = await connect();
  const worker = await connection.startWorker();
  await connection.run();
  const { path } = connection.config.index;
  const db = new Libsql(path);
  db.exec(
    "update meta set value = cast(x'ff' || substr(cast(value as blob), 2) as text) where key = 'organization_id'",
  );
  db.close();
  const message = `The index ${path} cannot be used (a text is not UTF-8). It is damaged. Delete it: the next run builds a new one.`;
  expect(await statusOf(connection)).toMatchObject({ code: 1, health: 'failing', problems: [message] });
  expect(await type(connection, 'search', '--as', 'anybody')).toEqual({ code: 1, stdout: '', stderr: `${message}\n` });
  expect(await connection.run()).toMatchObject({ status: 'FAILED' });
  expect(await statusOf(connection)).toMatchObject({ code: 1, problems: [message, `the last run failed: ${message}`] });
  expect(worker.exitCode).toBeNull();

  rmSync(path);
  expect((await connection.run()).memo).toMatchObject({ kind: 'complete' });
  expect(await statusOf(connection)).toMatchObject({ code: 0, problems: [] });
});

it('status still shows the progress of a backfill whose worker was killed in the middle', async () => {
  const connection = await connect({ slice_records: 25 });
  // A pass is due after each slice, so the activity before this slice has ended.
  await connection.setTickSeconds(0);
  const worker = await connection.startWorker();
  await org.setFaults([{ match: { query: 'FROM Case ORDER BY Id' }, reply: 'hang' }]);
  const held = await connection.trigger();
  await waitUntil(async () => (await org.held()) === 1);
  const moving = await statusOf(connection);
  expect(moving).toMatchObject({
    code: 3,
    health: 'degraded',
    codes: ['refilling'],
    worker: { isPolled: true },
    running: { workflowId: held.workflowId, memo: { progress: { Contact: { read: 60, expected: 60, done: true } } } },
    nextComplete: { run: 49 },
  });
  expect(moving.running.secondsLeft).toBeGreaterThan(0);
  expect(Date.now() - Date.parse(moving.running.progressAt)).toBeLessThan(5 * 60_000);

  await stopWorker(worker);
  const { code, stdout } = await type(connection, 'status');
  await letGo();
  expect(code).toBe(3);
  expect(stdout).toMatch(/^Under way +run 1, complete backfill \(.+\) · Account 60 · Contact 60 · Case 0 of 60 · /m);
  expect(stdout).toMatch(/^Worker +NONE polls .*, last seen \d+ (seconds?|minutes?) ago/m);
});

it("a run that hits the org's API limit waits by a timer, makes progress, and says until when it waits", async () => {
  const connection = await connect();
  await connection.startWorker();
  const body = [{ errorCode: 'REQUEST_LIMIT_EXCEEDED', message: 'TotalRequests Limit exceeded.' }];
  await org.setFaults([{ match: { query: 'FROM Contact' }, times: 99, reply: { status: 403, body } }]);
  const run = await connection.trigger();
  const waiting = await waitUntil(async () => {
    const status = await statusOf(connection);
    return status.running?.waitsUntil ? status : undefined;
  });
  const asked = await type(connection, 'backfill', '--wait');
  await letGo();
  expect(waiting).toMatchObject({ code: 3, codes: ['refilling'], running: { retry: null } });
  expect(waiting.running.memo.headline).toMatch(
    /^waiting for the org's API limit: REQUEST_LIMIT_EXCEEDED: TotalRequests Limit exceeded, [\d,]+ of 100,000 used in 24 hours; asks again at \d\d:\d\d UTC$/,
  );
  expect(asked).toEqual({
    code: 1,
    stdout: '',
    stderr: `The request is recorded, but ${run.workflowId} is ${waiting.running.memo.headline}.\n`,
  });
  await connection.client.workflow.getHandle(run.workflowId, run.runId).cancel();
});

it('a run waits at its API budget without requests, and ends at once when it is cancelled', async () => {
  const small = await sandboxOrg(orgFolder({ accounts: 60, settings: { daily_api_requests: 30 } }));
  try {
    const connection = await connect({ base_url: small.url, api_budget_percent: 40, slice_records: 25 });
    await connection.startWorker();
    const run = await connection.trigger();
    const waiting = await waitUntil(async () => {
      const status = await statusOf(connection);
      return status.running?.waitsUntil ? status : undefined;
    });
    const { used } = waiting.apiCalls.org;
    expect(waiting).toMatchObject({
      code: 3,
      codes: ['refilling'],
      apiCalls: { last24Hours: used, org: { limit: 30 } },
    });
    expect(used).toBeGreaterThanOrEqual(12);
    const inMinutes = (Date.parse(waiting.running.waitsUntil) - Date.now()) / 60_000;
    expect(inMinutes).toBeGreaterThan(13);
    expect(inMinutes).toBeLessThanOrEqual(15);
    expect((await type(connection, 'status')).stdout).toMatch(
      new RegExp(
        `^Under way +waiting for the org's API limit: ${used} of 30 used in 24 hours, budget 40 %; asks again at \\d\\d:\\d\\d UTC · run 1, complete backfill`,
        'm',
      ),
    );
    await connection.client.workflow.getHandle(run.workflowId, run.runId).cancel();
    expect(await connection.ended(run)).toMatchObject({ status: 'CANCELLED' });
    const asked = (await small.requests()).reduce((calls, request) => calls + request.calls, 0);
    expect(asked).toBe(used);
  } finally {
    await small.close();
  }
});

describe('fails with one clear line:', () => {
  const commands = [['status'], ['backfill'], ['pause'], ['resume']];

  function configured(address: string, namespace = 'default'): string {
    const folder = mkdtempSync(join(tmpdir(), 'cli-operate-'));
    writeFileSync(
      join(folder, 'c.yaml'),
      'base_url: https://acme.my.salesforce.com\nclient_id: id\nclient_secret: HUSH\n',
    );
    writeFileSync(
      join(folder, 'temporal.toml'),
      `[profile.default]\naddress = "${address}"\nnamespace = "${namespace}"\n`,
    );
    return folder;
  }

  it.concurrent.each(commands)('%s if nothing has been applied yet', async (command) => {
    expect(await run([command, '--config', 'c.yaml'], configured(temporal.address))).toEqual({
      code: 1,
      stdout: '',
      stderr:
        'There is no Schedule salesforce-sync/acme yet: run `salesforce-connector apply` with this config file first.\n',
    });
  });

  it.concurrent.each(commands)('%s in a missing namespace', async (command) => {
    const { code, stdout, stderr } = await run(
      [command, '--config', 'c.yaml'],
      configured(temporal.address, 'nowhere'),
    );
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(
      /^The Temporal server at \S+ has no namespace 'nowhere': .+set TEMPORAL_NAMESPACE to another\.\n$/,
    );
  });

  it.concurrent.each(commands)('%s if no Temporal server answers, for status with exit code 2', async (command) => {
    const address = `127.0.0.1:${await freePort()}`;
    const { code, stdout, stderr } = await run([command, '--config', 'c.yaml'], configured(address));
    expect({ code, stdout }).toEqual({ code: command === 'status' ? 2 : 1, stdout: '' });
    expect(stderr).toMatch(
      new RegExp(`^No Temporal server answers at ${address} .*set TEMPORAL_ADDRESS to another server\\.\n$`),
    );
  });
});
