import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DevServer } from '../../src/temporal/server.ts';
import { connectionWorkflowId, scheduleIdOf } from '../../workflows/contract.ts';
import { run, type Started, start } from '../cli/command-line.ts';
import { type TestConnection, testConnection } from './connection.ts';
import { type EchoingProxy, echoingProxy } from './echoing-proxy.ts';
import { account, caseId, contact, lead, orgFolder } from './org-folder.ts';
import { type SandboxOrg, sandboxOrg } from './sandbox-org.ts';
import { storedDocuments } from './stored-documents.ts';
import { testTemporal } from './temporal.ts';
import { waitUntil } from './wait.ts';

// A connection goes through everything that can happen to it. Then the test searches everything that it has left
// behind.

const SECRET = 'SECRETMARK0f1e2d3c';
/** In names, texts, addresses and numbers of records. */
const RECORD = 'recordmark4b5a';
const PLANTED = 'plantedmark6978';

let temporal: DevServer;
let org: SandboxOrg;
let proxy: EchoingProxy;
let connection: TestConnection;
let worker: Started;
/** Everything that is written and shown outside the index, by where it is. */
const found = new Map<string, string>();

beforeAll(async () => {
  const database = join(mkdtempSync(join(tmpdir(), 'connector-temporal-')), 'temporal.db');
  temporal = await testTemporal({ database });
  org = await sandboxOrg(orgFolder({ accounts: 30, settings: { client_secret: SECRET } }));
  proxy = await echoingProxy(org.url);
  await org.change(
    {
      put: 'Account',
      row: { Id: account(1), Name: `${RECORD} Ltd`, Phone: `${RECORD}-1`, Description: `of ${RECORD}` },
    },
    { put: 'Contact', row: { Id: contact(1), LastName: RECORD, Email: `${RECORD}@mail.example` } },
    { put: 'Case', row: { Id: caseId(1), Subject: `"${RECORD}"`, Description: `'${RECORD} stopped'` } },
    { put: 'Lead', row: { Id: lead(1), Company: RECORD } },
  );
  const secretFile = join(mkdtempSync(join(tmpdir(), 'connector-secret-')), 'secret');
  writeFileSync(secretFile, `${SECRET}\n`);
  connection = await testConnection({
    baseUrl: proxy.url,
    temporalAddress: temporal.address,
    settings: { slice_records: 10, client_secret: undefined, client_secret_file: secretFile },
  });
  const { file } = connection.config;
  worker = start(['worker', '--config', file], connection.folder, {
    SALESFORCE_CONNECTOR_DEBUG: '1',
    SALESFORCE_CONNECTOR_LOG_LEVEL: 'debug',
  });

  await org.setFaults([{ match: { query: 'FROM Case ', skip: 2 }, reply: 'hang' }]);
  const first = await connection.trigger();
  await waitUntil(async () => (await org.held()) === 1);
  const held = connection.client.workflow.getHandle(first.workflowId, first.runId);
  await waitUntil(async () => textOf(await held.describe()).includes('progressAt'));
  await collectRuns('while it runs');
  collectProcesses();
  await org.setFaults([]);
  await org.release();
  expect(await connection.ended(first)).toMatchObject({ status: 'COMPLETED' });
  await org.change({ put: 'Account', row: { Id: account(2), Name: `${RECORD} again` } });
  // A change within this second belongs to the next run.
  await org.advanceClock(2);
  expect(await connection.run()).toMatchObject({
    status: 'COMPLETED',
    memo: { progress: { Account: { changed: 1 } } },
  });

  for (const echo of ['api', 'token'] as const) {
    Object.assign(proxy, { echo, echoed: 0 });
    expect(await connection.run()).toMatchObject({ status: 'FAILED' });
    expect(proxy.echoed).toBeGreaterThan(0);
    for (const command of ['check', 'status']) {
      const { stdout, stderr } = await run([command, '--config', file], connection.folder, {
        SALESFORCE_CONNECTOR_DEBUG: '1',
      });
      found.set(`${command}, the org echoing (${echo})`, stdout + stderr);
    }
  }
  // The control: the same search finds what every history contains.
  await connection.client.workflow
    .getHandle(connectionWorkflowId(connection.config.connection))
    .signal('forceCompleteBackfill', { note: PLANTED });
  await connection.state();
  await collectRuns('at the end');
  const schedule = connection.client.schedule.getHandle(scheduleIdOf(connection.config.connection));
  found.set('the Schedule', textOf(await schedule.describe()));
  worker.process.kill('SIGTERM');
  await worker.ended;
  found.set('the log of the worker', worker.output());
  collectFiles('state', connection.folder, /index\.db/);
  collectFiles("Temporal's database", dirname(database), /^$/);
});

afterAll(async () => {
  worker?.process.kill('SIGKILL');
  await connection?.close();
  await proxy?.close();
  await org?.close();
  await temporal?.stop();
});

/** Every history, memo, pending activity and result of every workflow. */
async function collectRuns(when: string): Promise<void> {
  const { workflow } = connection.client;
  for await (const { workflowId, runId } of workflow.list()) {
    const handle = workflow.getHandle(workflowId, runId);
    const name = `${workflowId} ${runId} ${when}`;
    found.set(`history of ${name}`, textOf(await handle.fetchHistory()));
    found.set(`description of ${name}`, textOf(await handle.describe()));
  }
}

/** Command lines of all processes, and the worker's environment. */
function collectProcesses(): void {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      found.set(`command line of process ${pid}`, readFileSync(`/proc/${pid}/cmdline`, 'latin1'));
    } catch {
      // It has ended meanwhile.
    }
  }
  found.set('environment of the worker', readFileSync(`/proc/${worker.process.pid}/environ`, 'latin1'));
}

function collectFiles(name: string, folder: string, except: RegExp): void {
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile() || except.test(entry.name)) continue;
    found.set(`${name}: ${entry.name}`, readFileSync(join(entry.parentPath, entry.name), 'latin1'));
  }
}

/** All strings and bytes in a value, including payloads. */
function textOf(value: unknown, seen = new Set<unknown>()): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1');
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null || seen.has(value)) return '';
  seen.add(value);
  return Object.getOwnPropertyNames(value)
    .map((key) => `${key} ${textOf(Reflect.get(value, key), seen)}`)
    .join('\n');
}

const placesOf = (mark: string) => [...found].filter(([, text]) => text.includes(mark)).map(([place]) => place);

it('the secret, tokens and the content of records are nowhere outside the index', () => {
  expect(proxy.tokens.length).toBeGreaterThan(2);
  for (const mark of [SECRET, RECORD, ...proxy.tokens]) expect(placesOf(mark)).toEqual([]);
});

it('the index contains records, but neither secret nor token', () => {
  const { path } = connection.config.index;
  const index = readFileSync(path, 'latin1');
  expect(index).toContain(RECORD);
  expect(storedDocuments(path).length).toBeGreaterThan(100);
  for (const mark of [SECRET, ...proxy.tokens]) expect(index).not.toContain(mark);
});

it('planted values are found in the history and in the database, and nothing was left out', () => {
  const state = connectionWorkflowId(connection.config.connection);
  expect(placesOf(PLANTED)).toEqual([
    expect.stringMatching(`^history of ${state} .* at the end$`),
    expect.stringMatching(/^Temporal's database: temporal\.db/),
  ]);
  // These include heartbeats, failures, memos, results and logs.
  expect(placesOf('progressAt').join()).toMatch(/description of .* while it runs/);
  expect(placesOf('MALFORMED_QUERY').join()).toMatch(/history of .*description of .*the log of the worker/s);
  expect(placesOf('records read').join()).toMatch(/history of .* at the end/);
  expect(placesOf('salesforce-connector.js').join()).toContain('command line of process ');
  expect(found.size).toBeGreaterThan(20);
});
