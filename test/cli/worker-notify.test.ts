import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DevServer } from '../../src/temporal/server.ts';
import { type TestConnection, testConnection } from '../sync/connection.ts';
import { orgFolder } from '../sync/org-folder.ts';
import { type SandboxOrg, sandboxOrg } from '../sync/sandbox-org.ts';
import { testTemporal } from '../sync/temporal.ts';
import { waitUntil } from '../sync/wait.ts';
import { startWorkerProcess, type WorkerProcess } from './worker-process.ts';

// One connection with two workers. The tests depend on their order.

const TOKEN = 's3cr3t-s3cr3t-s3cr3t';
const told: Record<string, unknown>[] = [];
let hook: Server;
let temporal: DevServer;
let org: SandboxOrg;
let connection: TestConnection;
let workers: WorkerProcess[] = [];

beforeAll(async () => {
  hook = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    told.push(JSON.parse(text));
    response.end();
  });
  await new Promise<void>((done) => hook.listen(0, '127.0.0.1', done));
  temporal = await testTemporal();
  org = await sandboxOrg(orgFolder({ accounts: 10 }));
  connection = await testConnection({ baseUrl: org.url, temporalAddress: temporal.address });
  await startWorkers();
});
afterAll(async () => {
  for (const worker of workers) worker.process.kill('SIGKILL');
  await connection?.close();
  await org?.close();
  await temporal?.stop();
  hook?.close();
});

async function startWorkers(): Promise<void> {
  const url = `http://127.0.0.1:${(hook.address() as AddressInfo).port}/${TOKEN}`;
  const { config, folder } = connection;
  workers = [0, 1].map(() =>
    startWorkerProcess({ file: config.file, folder }, ['--log-level', 'debug'], {
      SALESFORCE_CONNECTOR_NOTIFY_WEBHOOK: url,
    }),
  );
  for (const worker of workers) await worker.line('worker_started');
}

const failTokens = () =>
  org.failTokens({ status: 400, error: 'invalid_grant', error_description: 'no client credentials user enabled' });

const toldTimes = (state: string) => told.filter((message) => message.state === state).length;

/** How often a worker has checked the connection. */
const looks = (worker: WorkerProcess) => worker.lines().filter(({ event }) => event === 'looked').length;

/** Until each worker has checked that many more times. */
async function looked(times: number): Promise<void> {
  const until = workers.map((worker) => looks(worker) + times);
  await waitUntil(async () => workers.every((worker, at) => looks(worker) >= (until[at] ?? 0)));
}

it('sends nothing for a healthy connection', async () => {
  await connection.run();
  await looked(1);
  expect(told).toEqual([]);
});

it('notifies once that the connection is unhealthy, regardless of how many runs fail and workers check', async () => {
  await failTokens();
  await connection.run();
  await waitUntil(async () => toldTimes('unhealthy') > 0);
  expect(told).toEqual([
    {
      connection: connection.config.connection,
      state: 'unhealthy',
      codes: ['run_failed'],
      text: expect.stringMatching(/^test-\S+ is unhealthy: the last run failed: .*Run As/),
      time: expect.any(String),
    },
  ]);
  await connection.run();
  await looked(1);
  expect(told).toHaveLength(1);
});

it('does not notify again after a restart', async () => {
  for (const worker of workers) worker.process.kill('SIGTERM');
  for (const worker of workers) expect((await worker.ended).stderr).not.toContain(TOKEN);
  await startWorkers();
  await connection.run();
  await looked(1);
  expect(told).toHaveLength(1);
});

it('notifies once that it has recovered', async () => {
  await org.failTokens(null);
  await connection.run();
  await waitUntil(async () => toldTimes('recovered') > 0);
  await connection.run();
  await looked(1);
  expect(told).toHaveLength(2);
  expect(told[1]).toMatchObject({ state: 'recovered', codes: [] });
  for (const worker of workers) expect(worker.output()).not.toContain(TOKEN);
});
