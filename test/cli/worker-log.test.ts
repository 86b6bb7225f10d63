import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DevServer } from '../../src/temporal/server.ts';
import { type TestConnection, testConnection } from '../sync/connection.ts';
import { orgFolder } from '../sync/org-folder.ts';
import { type SandboxOrg, sandboxOrg } from '../sync/sandbox-org.ts';
import { testTemporal } from '../sync/temporal.ts';
import { waitUntil } from '../sync/wait.ts';
import { run } from './command-line.ts';
import { startWorkerProcess, type WorkerProcess } from './worker-process.ts';

// One worker. The tests depend on their order.

const SECRET = 'H0lySecret-H0lySecret';
const database = join(mkdtempSync(join(tmpdir(), 'connector-temporal-')), 'temporal.db');
let temporal: DevServer;
let org: SandboxOrg;
let connection: TestConnection;
let worker: WorkerProcess;

beforeAll(async () => {
  temporal = await testTemporal({ database });
  org = await sandboxOrg(orgFolder({ accounts: 60, settings: { client_secret: SECRET } }));
  const settings = { client_secret: SECRET };
  connection = await testConnection({ baseUrl: org.url, temporalAddress: temporal.address, settings });
  worker = startWorkerProcess({ file: connection.config.file, folder: connection.folder });
});
afterAll(async () => {
  worker?.process.kill('SIGKILL');
  await connection?.close();
  await org?.close();
  await temporal?.stop();
});

it('says when a run begins and how it ends, with the counts of its memo', async () => {
  await worker.line('worker_started');
  const { workflowId, memo } = await connection.run();
  expect(await worker.line('run_began')).toMatchObject({
    level: 'info',
    connection: connection.config.connection,
    run: 1,
    kind: 'complete',
    reason: 'no complete backfill has ever finished',
    workflow: workflowId,
  });
  const ended = await worker.line('run_ended');
  const { read, added, changed, removed } = memo.progress.Account ?? {};
  expect(ended).toMatchObject({
    level: 'info',
    message: 'run 1 has completed',
    outcome: 'completed',
    apiCalls: memo.apiCalls,
    Account: { read, added, changed, removed },
    workflow: workflowId,
  });
  expect(ended.seconds).toBeGreaterThan(0);
});

it('logs each warning of a run', async () => {
  const leads = (await org.rows('Lead')).filter((row) => row.IsConverted === false);
  await org.change(...leads.map((row) => ({ erase: 'Lead', id: row.Id })));
  await connection.force();
  await connection.run();
  const warning = await worker.line('run_warning', { run: 2 });
  expect(warning).toMatchObject({ level: 'warn', message: expect.stringMatching(/^sweep of Lead stopped: /) });
});

it('says why a run has failed', async () => {
  await org.failTokens({
    status: 400,
    error: 'invalid_grant',
    error_description: 'no client credentials user enabled',
  });
  await connection.run();
  await org.failTokens(null);
  expect(await worker.line('run_ended', { outcome: 'failed' })).toMatchObject({
    level: 'error',
    run: null,
    failure: expect.stringContaining('Run As'),
  });
});

it('says when the org goes away, and when it is back', async () => {
  await org.setFaults([{ match: {}, reply: 'unavailable-html', times: 1_000 }]);
  const run = await connection.trigger();
  expect(await worker.line('org_away')).toMatchObject({ level: 'warn' });
  await org.setFaults([]);
  expect(await connection.ended(run)).toMatchObject({ status: 'COMPLETED' });
  const back = await worker.line('org_back');
  expect(back).toMatchObject({ level: 'info', message: 'the org answers again' });
  expect(worker.lines().filter(({ event }) => event === 'org_away')).toHaveLength(1);
});

it('says when Temporal goes away, and when it is back', async () => {
  process.kill(temporal.pid, 'SIGKILL');
  await temporal.exited;
  expect(await worker.line('temporal_away')).toMatchObject({ level: 'warn' });
  temporal = await testTemporal({ database, port: Number(temporal.address.split(':')[1]) });
  expect(await worker.line('temporal_back')).toMatchObject({ level: 'info', seconds: expect.any(Number) });
  const isLost = ({ event }: { event: string }) => event === 'temporal_away';
  expect(worker.lines().filter(isLost)).toHaveLength(1);
  expect((await connection.run()).status).toBe('COMPLETED');
});

it('says that it stops, and has shown neither a secret nor a record', async () => {
  worker.process.kill('SIGTERM');
  const { code, stderr, stdout } = await worker.ended;
  expect([code, stdout]).toEqual([0, '']);
  expect(worker.lines().map(({ event }) => event)).toEqual(
    expect.arrayContaining(['worker_stopping', 'worker_stopped']),
  );
  // Every line is an entry.
  expect(stderr.trim().split('\n')).toHaveLength(worker.lines().length);
  expect(stderr).not.toContain(SECRET);
  const names = (await org.rows('Account')).map(({ Name }) => String(Name));
  expect(names.length).toBeGreaterThan(50);
  expect(names.filter((name) => stderr.includes(name))).toEqual([]);
});

it('takes its level and format from flags and from the environment', async () => {
  const config = { file: connection.config.file, folder: connection.folder };
  const quiet = startWorkerProcess(config, ['--log-level', 'error'], {
    SALESFORCE_CONNECTOR_METRICS: '127.0.0.1:none',
  });
  expect(await quiet.ended).toMatchObject({ code: 1, stderr: expect.stringContaining('--metrics must be an address') });
  const env = { SALESFORCE_CONNECTOR_LOG_LEVEL: 'loud' };
  const loud = await run(['worker', '--config', config.file], config.folder, env);
  expect(loud.code).toBe(1);
  expect(loud.stderr).toMatch(/'loud' from env 'SALESFORCE_CONNECTOR_LOG_LEVEL' is invalid/);

  const text = startWorkerProcess(config, ['--log-format', 'text'], { SALESFORCE_CONNECTOR_LOG_LEVEL: 'debug' });
  try {
    await waitUntil(async () => / INFO the worker is running; .* · connection=test-/.test(text.output()));
    await waitUntil(async () => / DEBUG Worker state changed/.test(text.output()));
  } finally {
    text.process.kill('SIGKILL');
  }
});
