import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openRunStore } from '../../src/index/open.ts';
import { removeIndex } from '../../src/index/removal.ts';
import { OBJECT_NAMES } from '../../src/objects/index.ts';
import { freePort } from '../../src/process/ports.ts';
import type { DevServer } from '../../src/temporal/server.ts';
import { promtool } from '../alerts/promtool.ts';
import { type ListedRun, type TestConnection, testConnection } from '../sync/connection.ts';
import { orgFolder } from '../sync/org-folder.ts';
import { type SandboxOrg, sandboxOrg } from '../sync/sandbox-org.ts';
import { testTemporal } from '../sync/temporal.ts';
import { waitUntil } from '../sync/wait.ts';
import { startWorkerProcess, type WorkerProcess } from './worker-process.ts';

// One connection. The tests depend on their order; each worker serves its metrics at the same address.

const NO_TOKEN = { status: 400, error: 'invalid_grant', error_description: 'no client credentials user enabled' };

let temporal: DevServer;
let org: SandboxOrg;
let connection: TestConnection;
let listen: string;
let worker: WorkerProcess;
let collector: Server | undefined;
const runs: ListedRun[] = [];

beforeAll(async () => {
  temporal = await testTemporal();
  org = await sandboxOrg(orgFolder({ accounts: 60 }));
  listen = `127.0.0.1:${await freePort()}`;
  const settings = { metrics: { listen } };
  connection = await testConnection({ baseUrl: org.url, temporalAddress: temporal.address, settings });
});
afterAll(async () => {
  worker?.process.kill('SIGKILL');
  collector?.close();
  await connection?.close();
  await org?.close();
  await temporal?.stop();
});

async function startWorker(env: NodeJS.ProcessEnv = {}): Promise<void> {
  worker = startWorkerProcess({ file: connection.config.file, folder: connection.folder }, [], env);
  await worker.line('worker_started');
}

async function stopWorker(): Promise<void> {
  worker.process.kill('SIGTERM');
  await worker.ended;
}

async function ask(path: string): Promise<readonly [status: number, text: string]> {
  const response = await fetch(`http://${listen}${path}`);
  return [response.status, await response.text()];
}

/** The value of a series, by its name and its labels as written in the text, without `connection`. */
async function seriesValue(name: string, labels: Readonly<Record<string, string>> = {}): Promise<number | undefined> {
  const [, text] = await ask('/metrics');
  const found = text.split('\n').find((line) => {
    if (!line.startsWith(`salesforce_connector_${name}{`)) return false;
    const all = { connection: connection.config.connection, ...labels };
    const written = [...line.matchAll(/(\w+)="([^"]*)"/g)].map(([, label = '', value = '']) => [label, value]);
    return (
      written.length === Object.keys(all).length &&
      written.every(([label = '', value]) => Reflect.get(all, label) === value)
    );
  });
  return found === undefined ? undefined : Number(found.split(' ').at(-1));
}

const waitForValue = (name: string, labels: Readonly<Record<string, string>>, fits: (value: number) => boolean) =>
  waitUntil(async () => {
    const value = await seriesValue(name, labels);
    return value !== undefined && fits(value);
  });

it('is alive and ready once it polls', async () => {
  await startWorker();
  expect(await ask('/healthz')).toEqual([200, 'alive\n']);
  await waitUntil(async () => (await ask('/readyz'))[0] === 200);
  expect(await ask('/readyz')).toEqual([200, 'ready\n']);
});

it('starts its counters at zero, and knows no lag', async () => {
  expect(await seriesValue('runs_total', { kind: 'complete', outcome: 'completed' })).toBe(0);
  expect(await seriesValue('records_read_total', { object: 'Account' })).toBe(0);
  expect(await seriesValue('lag_seconds', { object: 'Account' })).toBeUndefined();
});

it('counts what runs read and change, as their memos do', async () => {
  runs.push(await connection.run(), await connection.run());
  await waitForValue('runs_total', { kind: 'incremental', outcome: 'completed' }, (value) => value === 1);
  expect(await seriesValue('runs_total', { kind: 'complete', outcome: 'completed' })).toBe(1);
  expect(await seriesValue('run_duration_seconds_count', { kind: 'complete', outcome: 'completed' })).toBe(1);
  expect(await seriesValue('api_calls_total')).toBe(runs.reduce((sum, { memo }) => sum + memo.apiCalls, 0));
  for (const object of OBJECT_NAMES) {
    const progress = runs.map(({ memo }) => memo.progress[object]);
    const sum = (key: 'read' | 'added' | 'removed') => progress.reduce((total, one) => total + (one?.[key] ?? 0), 0);
    expect(await seriesValue('records_read_total', { object })).toBe(sum('read'));
    expect(await seriesValue('documents_changed_total', { object, change: 'added' })).toBe(sum('added'));
    expect(await seriesValue('documents_changed_total', { object, change: 'removed' })).toBe(sum('removed'));
  }
  const shares = (await org.rows('AccountShare')).length;
  expect(await seriesValue('share_rows_read_total', { object: 'Account' })).toBe(shares);
});

it('shows the state of the index and the connection once a run has ended', async () => {
  await waitForValue('lag_seconds', { object: 'Lead' }, (value) => value > 0 && value < 120);
  // This asks Temporal after the index.
  await waitForValue('healthy', {}, (value) => value === 1);
  const store = await openRunStore({ index: connection.config.index, create: false });
  const documents = await store.counts().finally(() => store.close());
  for (const object of OBJECT_NAMES) expect(await seriesValue('documents', { object })).toBe(documents[object]);
  expect(await seriesValue('problem', { code: 'not_fresh' })).toBe(0);
  expect(await seriesValue('closed_entries')).toBe(runs[1]?.memo.closed.length);
  expect(await seriesValue('org_api_requests_limit')).toBe(100_000);
  expect(await seriesValue('org_api_requests_budget')).toBe(80_000);
  expect(await seriesValue('temporal_reachable')).toBe(1);
});

it('shows them at once after a restart, without a run', async () => {
  const [, before] = await ask('/metrics');
  await stopWorker();
  await startWorker();
  await waitForValue(
    'last_success_timestamp_seconds',
    { kind: 'complete' },
    (value) => value > Date.now() / 1000 - 600,
  );
  await waitForValue('healthy', {}, (value) => value === 1);
  const gauges = (text: string) =>
    text
      .split('\n')
      .filter((line) =>
        /^salesforce_connector_(documents|stale|unindexed_records|closed_entries|org_api)\w*\{/.test(line),
      )
      .filter((line) => !line.includes('_total'))
      .toSorted();
  expect(gauges((await ask('/metrics'))[1])).toEqual(gauges(before));
  expect(gauges(before).length).toBeGreaterThan(15);
  expect(await seriesValue('lag_seconds', { object: 'Account' })).toBeGreaterThan(0);
  const seconds = await seriesValue('last_success_timestamp_seconds', { kind: 'incremental' });
  expect(Math.abs((seconds ?? 0) - (await endOf(runs[1])))).toBeLessThan(5);
});

async function endOf(run: ListedRun | undefined): Promise<number> {
  const { closeTime } = await connection.client.workflow.getHandle(run?.workflowId ?? '', run?.runId).describe();
  return (closeTime?.getTime() ?? 0) / 1000;
}

it('follows the rules of Prometheus, and shows the metrics of Temporal next to its own', async (context) => {
  const [, text] = await ask('/metrics');
  expect(text).toMatch(/^temporal_worker_start_total\{.*connection="test-/m);
  const check = await promtool(context);
  expect(await check(['check', 'metrics'], text)).toEqual({ code: 0, output: '' });
});

it('has nothing of the org in a label', async () => {
  const [, text] = await ask('/metrics');
  const values = [...text.matchAll(/^salesforce_connector_\w+\{(.*)\}/gm)].flatMap(([, labels = '']) =>
    [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value = '']) => `${name}=${value}`),
  );
  const known =
    /^(object=(Account|Contact|Case|Opportunity|Lead)|connection=test-\d+-\d+|kind=\w+|outcome=\w+|change=\w+|code=\w+|le=[\d.+Inf]+)$/;
  expect(values.length).toBeGreaterThan(50);
  expect(values.filter((value) => !known.test(value))).toEqual([]);
});

it('shows an open backfill, and that the last run failed', async () => {
  await org.setFaults([
    { match: { query: 'FROM Lead WHERE IsConverted = false ORDER BY Id' }, reply: 'hang', times: 10 },
  ]);
  await connection.force();
  const held = await connection.trigger();
  await waitUntil(async () => (await org.held()) === 1);
  await stopWorker();
  await startWorker();
  await waitForValue('backfill_open', {}, (value) => value === 1);
  await waitForValue('backfill_records_expected', { object: 'Account' }, (value) => value === 60);
  expect(await seriesValue('backfill_records_read', { object: 'Account' })).toBe(60);
  await org.setFaults([]);
  await org.release();
  await connection.ended(held);
  await waitForValue('backfill_open', {}, (value) => value === 0);

  await org.failTokens({
    status: 400,
    error: 'invalid_grant',
    error_description: 'no client credentials user enabled',
  });
  await connection.run();
  await waitForValue('problem', { code: 'run_failed' }, (value) => value === 1);
  expect(await seriesValue('healthy')).toBe(0);
  expect(await seriesValue('runs_total', { kind: 'unknown', outcome: 'failed' })).toBe(1);
  await org.failTokens(null);
  await connection.run();
  await waitForValue('healthy', {}, (value) => value === 1);
});

it('is not ready while its index is gone', async () => {
  await removeIndex(connection.config.index);
  await org.failTokens(NO_TOKEN);
  await connection.run();
  await waitUntil(async () => (await ask('/readyz'))[0] === 503);
  expect(await ask('/readyz')).toEqual([503, 'the index could not be opened\n']);
  expect(await seriesValue('index_opened')).toBe(0);
  expect((await ask('/healthz'))[0]).toBe(200);
  await org.failTokens(null);
  await connection.run();
  await waitUntil(async () => (await ask('/readyz'))[0] === 200);
});

it('sends all metrics to a collector instead if one is configured', async () => {
  await stopWorker();
  const bodies: string[] = [];
  collector = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    bodies.push(
      `${request.method} ${request.url} ${request.headers['x-key']} ${Buffer.concat(chunks).toString('latin1')}`,
    );
    response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
  });
  await new Promise<void>((done) => collector?.listen(0, '127.0.0.1', done));
  await startWorker({
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(collector.address() as AddressInfo).port}`,
    OTEL_EXPORTER_OTLP_HEADERS: 'x-key=abc',
    OTEL_METRIC_EXPORT_INTERVAL: '200',
  });
  await waitUntil(async () =>
    bodies.some((body) => body.includes('salesforce_connector_documents') && body.includes('temporal_worker_start')),
  );
  expect(bodies.filter((body) => !body.startsWith('POST /v1/metrics abc '))).toEqual([]);
  expect((await ask('/metrics'))[0]).toBe(404);
  expect(await ask('/healthz')).toEqual([200, 'alive\n']);
});

it('ends with one line if its port is taken', async () => {
  const second = startWorkerProcess({ file: connection.config.file, folder: connection.folder });
  const { code, stderr } = await second.ended;
  expect(code).toBe(1);
  expect(stderr).toMatch(/^metrics\.listen or --metrics: cannot listen on 127\.0\.0\.1:\d+ \(EADDRINUSE\): .*\n$/);
});
