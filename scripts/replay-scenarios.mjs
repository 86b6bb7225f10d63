// Plays every scenario once on a real Temporal server and a sandbox org. Writes the histories as JSON into the first
// folder. Writes what a connection has stored at some moments into the second: its state, memos, `status --json` and
// index. record-histories.mjs runs this in a work tree of the release commit. The third argument is today's tree; in
// one scenario its worker takes over.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { ScheduleOverlapPolicy } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import Libsql from 'libsql';
import { fetchTemporal } from '../dist/src/temporal/binaries.js';
import { connectClient, temporalSettings } from '../dist/src/temporal/connect.js';
import { applySchedule, triggerRun } from '../dist/src/temporal/schedule.js';
import { startDevServer } from '../dist/src/temporal/server.js';
import { connectionWorkflowId } from '../dist/workflows/contract.js';

// Earlier versions have these in other files.
const { loadConfig } = await import('../dist/src/config/load.js').catch(() => import('../dist/src/config.js'));
const { scheduleIdOf } = await import('../dist/src/temporal/names.js').catch(
  () => import('../dist/workflows/contract.js'),
);

/** Fields that name a machine or its folders. Replay needs none of them. */
const OF_A_MACHINE = new Set(['identity', 'stackTrace']);

/** The part of sticky task queues' names that names a process. */
const WORKER_PROCESS = new RegExp(`\\b\\d+@${hostname()}\\b`, 'g');

function clean(text) {
  return text.replace(/"host":( ?)"[^"]*"/g, '"host":$1"host"').replaceAll(scratch, '/data');
}

/** Removes this machine's name and folders from a payload: a connection remembers where its index is. */
function withoutMachine(payload) {
  const text = Buffer.from(payload.data, 'base64').toString();
  const cleaned = clean(text);
  return cleaned === text ? payload : { ...payload, data: Buffer.from(cleaned).toString('base64') };
}

/** Where the release has its sandbox: releases before the workspace had it in the top folder. */
const [HARBOR, SERVE] = existsSync('packages/sandbox')
  ? ['packages/sandbox/orgs/harbor', ['packages/sandbox/bin/sandbox-org.js', 'serve']]
  : ['sandbox/orgs/harbor', ['dist/sandbox/serve.js']];

/** A user who can read every record of it. */
const READER = '005Hb000000000FIAQ';

const root = fileURLToPath(new URL('..', import.meta.url));
const [histories, stored, today] = process.argv.slice(2);
const scratch = mkdtempSync(join(tmpdir(), 'connector-scenarios-'));
const children = [];

function child(args, cwd = root) {
  const started = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(started);
  return started;
}

async function serve(folder) {
  const sandbox = child([...SERVE, folder]);
  const [firstLine] = await once(createInterface({ input: sandbox.stdout }), 'line');
  return firstLine.split(' ').at(-1);
}

/** Copies the org with an API limit so low that a complete backfill reaches it. */
function smallLimit() {
  const folder = join(scratch, 'small-limit');
  cpSync(HARBOR, folder, { recursive: true });
  const file = join(folder, 'org.json');
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), daily_api_requests: 100 }));
  return folder;
}

/** Copies the org with an integration user without View Setup. */
function withoutViewSetup() {
  const folder = join(scratch, 'without-view-setup');
  cpSync(HARBOR, folder, { recursive: true });
  const file = join(folder, 'PermissionSet.csv');
  const [head, ...rows] = readFileSync(file, 'utf8').trimEnd().split('\n');
  const column = head.split(',').indexOf('"PermissionsViewSetup"');
  const without = rows.map((row) => row.split(',').with(column, '"false"').join(','));
  writeFileSync(file, `${[head, ...without].join('\n')}\n`);
  return folder;
}

const harbor = await serve(HARBOR);
const blind = await serve(withoutViewSetup());
const limited = await serve(smallLimit());

/** Plays one scenario with a separate connection and worker. */
async function scenario(name, { server, org = harbor, settings = {}, workerFlags = [] }, play) {
  process.stderr.write(`${name} …\n`);
  const folder = mkdtempSync(join(scratch, `${name}-`));
  const file = join(folder, 'config.yaml');
  const values = {
    connection: name,
    base_url: org,
    client_id: 'sandbox',
    client_secret: 'sandbox',
    'cron-spec': '0 0 1 1 *',
    data_dir: folder,
    ...settings,
  };
  writeFileSync(
    file,
    Object.entries(values)
      .map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`)
      .join(''),
  );
  writeFileSync(join(folder, 'temporal.toml'), `[profile.default]\naddress = "${server.address}"\n`);
  const config = await loadConfig(file);
  const client = await connectClient(temporalSettings(file));
  await applySchedule(client, config);
  let worker = child([...workerFlags, 'bin/salesforce-connector.js', 'worker', '--config', file]);
  const schedule = client.schedule.getHandle(scheduleIdOf(name));

  async function control(path, body) {
    const response = await fetch(`${org}/sandbox/${path}`, { method: 'POST', body: JSON.stringify(body ?? {}) });
    if (!response.ok) throw new Error(await response.text());
    return response.json();
  }

  const steps = {
    client,
    schedule,
    control,
    async trigger(trigger = () => triggerRun(client, name)) {
      const before = (await schedule.describe()).info.recentActions.length;
      // Two runs that start within one second would share a workflow id.
      await pause(1100);
      await trigger();
      for (;;) {
        const actions = (await schedule.describe()).info.recentActions;
        if (actions.length > before) return actions.at(-1).action.workflow;
        await pause(50);
      }
    },
    ended: ({ workflowId, firstExecutionRunId }) =>
      client.workflow
        .getHandle(workflowId, firstExecutionRunId)
        .result()
        .catch(() => undefined),
    async run() {
      const started = await steps.trigger();
      await steps.ended(started);
      return started;
    },
    /** Blocks the run at the query until `letGo`. */
    async heldAt(query, skip = 1) {
      await control('faults', [{ match: { query, skip }, reply: 'hang' }]);
      const started = await steps.trigger();
      while ((await (await fetch(`${org}/sandbox/faults`)).json()).held === 0) await pause(50);
      return started;
    },
    /** Advances the org by a day each time that the run waits, so that its limit recovers, until the run has ended. */
    async aDayAtEachWait({ workflowId, firstExecutionRunId }) {
      const handle = client.workflow.getHandle(workflowId, firstExecutionRunId);
      let waits = 0;
      let until;
      for (;;) {
        const { status, memo } = await handle.describe();
        if (status.name !== 'RUNNING') return waits;
        if (memo?.waiting && memo.waiting.until !== until) {
          until = memo.waiting.until;
          waits += 1;
          await control('clock', { advance_seconds: 86_400 });
        }
        await pause(50);
      }
    },
    async waits({ workflowId, firstExecutionRunId }) {
      const handle = client.workflow.getHandle(workflowId, firstExecutionRunId);
      while (!(await handle.describe()).memo?.waiting) await pause(50);
    },
    /** Waits until the run has waited once, and waits again. */
    async waitsAgain({ workflowId, firstExecutionRunId }) {
      const handle = client.workflow.getHandle(workflowId, firstExecutionRunId);
      const seen = new Set();
      while (seen.size < 2) {
        const { memo } = await handle.describe();
        if (memo?.waiting) seen.add(memo.waiting.until);
        await pause(50);
      }
    },
    async letGo() {
      await control('faults', []);
      await control('faults/release');
    },
    /** Has a worker of today's code take over from the release's. */
    async handOver() {
      const gone = once(worker, 'exit');
      worker.kill('SIGKILL');
      await gone;
      worker = child(['bin/salesforce-connector.js', 'worker', '--config', file], today);
    },
    force: (...request) =>
      client.workflow.getHandle(connectionWorkflowId(name)).signal('forceCompleteBackfill', ...request),
    async save(what, { workflowId, firstExecutionRunId }) {
      const history = await client.workflow.getHandle(workflowId, firstExecutionRunId).fetchHistory();
      const json = JSON.parse(historyToJSON(history), (key, value) => (OF_A_MACHINE.has(key) ? undefined : value));
      const events = json.events.map((event) =>
        JSON.stringify(event, (_, value) => (value?.data && value.metadata ? withoutMachine(value) : value)).replaceAll(
          WORKER_PROCESS,
          'worker',
        ),
      );
      writeFileSync(join(histories, `${what}.json`), `{"events":[\n${events.join(',\n')}\n]}\n`);
    },
    /** Waits until the activity under way has sent a heartbeat. */
    async beaten({ workflowId, firstExecutionRunId }) {
      const handle = client.workflow.getHandle(workflowId, firstExecutionRunId);
      while (!(await handle.describe()).raw.pendingActivities?.[0]?.heartbeatDetails) await pause(100);
    },
    /** Runs a command of that tree. Returns its JSON; null: it printed none. */
    said(tree, ...args) {
      const told = spawnSync(process.execPath, ['bin/salesforce-connector.js', ...args, '--config', file], {
        cwd: tree,
        encoding: 'utf8',
      });
      return { exitCode: told.status, json: told.stdout.startsWith('{') ? JSON.parse(told.stdout) : null };
    },
    /** Writes the current output for the connection, its newest run and a search, by the commands of that tree. */
    async tell(what, tree) {
      const state = await client.workflow.getHandle(connectionWorkflowId(name)).query('status');
      const status = steps.said(tree, 'status', '--json');
      const search = steps.said(tree, 'search', 'yacht', '--as', READER, '--format', 'json');
      const memo = status.json?.running?.memo ?? status.json?.lastRuns[0]?.memo ?? null;
      const hits = search.json?.hits.map(({ id }) => id) ?? null;
      const moment = {
        plan: state.openRun?.plan ?? null,
        state,
        memo,
        status,
        search: { exitCode: search.exitCode, hits },
      };
      writeFileSync(join(stored, `${what}.json`), `${clean(JSON.stringify(moment, null, 1))}\n`);
    },
    /** Writes what is stored now, in Temporal and in the index, and the output of `status`. */
    async store(what, { index = false } = {}) {
      const runs = [];
      for await (const { workflowId, runId } of client.workflow.list({
        query: `TaskQueue = 'salesforce-connector/${name}'`,
      })) {
        const described = await client.workflow.getHandle(workflowId, runId).describe();
        const heartbeats = (described.raw.pendingActivities ?? []).map(({ activityType, heartbeatDetails }) => ({
          activity: activityType?.name,
          details: heartbeatDetails?.payloads?.map(({ data }) => JSON.parse(Buffer.from(data).toString())) ?? [],
        }));
        runs.push({
          workflowId,
          type: described.type,
          status: described.status.name,
          memo: described.memo ?? {},
          heartbeats,
        });
      }
      const state = await client.workflow
        .getHandle(connectionWorkflowId(name))
        .query('status')
        .catch(() => null);
      const status = spawnSync(
        process.execPath,
        ['bin/salesforce-connector.js', 'status', '--json', '--config', file],
        {
          cwd: root,
          encoding: 'utf8',
        },
      );
      const told = { exitCode: status.status, json: JSON.parse(status.stdout) };
      writeFileSync(join(stored, `${what}.json`), `${clean(JSON.stringify({ state, runs, status: told }, null, 1))}\n`);
      if (!index) return;
      const copy = join(scratch, `${what}.sqlite`);
      const db = new Libsql(config.index.path);
      db.exec(`vacuum into '${copy}'`);
      db.close();
      writeFileSync(join(stored, `${what}.sqlite.gz`), gzipSync(readFileSync(copy), { level: 9 }));
      rmSync(copy);
    },
    /** Returns the latest execution of a chain. */
    latest: async ({ workflowId }) => ({
      workflowId,
      firstExecutionRunId: (await client.workflow.getHandle(workflowId).describe()).runId,
    }),
    connection: { workflowId: connectionWorkflowId(name) },
  };
  await play(steps);
  worker.kill('SIGKILL');
  await client.connection.close();
}

const binary = await fetchTemporal('temporal');
const server = await startDevServer({ binary, database: null, log: join(scratch, 'temporal.log') });
const restless = await startDevServer({
  binary,
  database: null,
  log: join(scratch, 'restless.log'),
  dynamicConfig: ['limit.historyCount.suggestContinueAsNew=60'],
});
const sliced = { slice_records: 20 };
try {
  await scenario('rhythm', { server, settings: { ...sliced, complete_backfill_frequency: 3 } }, async (it) => {
    await it.store('before-any-run');
    await it.save('first-run', await it.run());
    await it.store('complete');
    await it.save('incremental', await it.run());
    await it.store('incremental', { index: true });
    await it.force();
    await it.store('requested');
    await it.save('forced', await it.run());
    await it.store('forced');
    await it.save('connection', it.connection);
  });
  await scenario('terminated', { server, settings: sliced }, async (it) => {
    const held = await it.heldAt('FROM Contact');
    await it.force({ allowSweep: true });
    await it.beaten(held);
    await it.store('in-a-backfill', { index: true });
    await it.client.workflow.getHandle(held.workflowId, held.firstExecutionRunId).terminate('a scenario');
    await it.letGo();
    await it.save('terminated', held);
    await it.save('resumed', await it.run());
    await it.save('connection-after-death', it.connection);
  });
  await scenario('cancelled', { server, settings: sliced }, async (it) => {
    const held = await it.heldAt('FROM Contact');
    await it.client.workflow.getHandle(held.workflowId, held.firstExecutionRunId).cancel();
    await it.ended(held);
    await it.letGo();
    await it.save('cancelled', held);
  });
  await scenario('failed', { server }, async (it) => {
    const fail = { status: 400, error: 'invalid_grant', error_description: 'no client credentials user enabled' };
    await it.control('token', { fail });
    await it.save('failed', await it.run());
    await it.store('failed');
    await it.control('token', { fail: null });
  });
  await scenario('skipped', { server, settings: sliced }, async (it) => {
    const held = await it.heldAt('FROM Contact');
    const second = await it.trigger(() => it.schedule.trigger(ScheduleOverlapPolicy.ALLOW_ALL));
    await it.ended(second);
    await it.save('skipped', second);
    await it.letGo();
    await it.ended(held);
  });
  await scenario('without-view-setup', { server, org: blind }, async (it) => {
    await it.run();
    await it.store('without-view-setup');
  });
  const budget = { ...sliced, api_budget_percent: 20 };
  const waiting = { server, org: limited, settings: budget, workerFlags: ['--import', './scripts/short-waits.mjs'] };
  await scenario('budget', waiting, async (it) => {
    const started = await it.trigger();
    await it.waits(started);
    await it.store('waiting');
    if ((await it.aDayAtEachWait(started)) === 0) throw new Error('The run never waited for its API budget.');
    await it.save('budget-wait', started);
  });
  const nobody = { engine: 'opensearch', url: 'http://127.0.0.1:9' };
  await scenario('engine-away', { server, settings: { ...sliced, index: nobody } }, async (it) => {
    const started = await it.trigger();
    await it.waitsAgain(started);
    await it.client.workflow.getHandle(started.workflowId, started.firstExecutionRunId).cancel();
    await it.ended(started);
    await it.save('engine-wait', started);
  });
  await scenario('continued', { server: restless, settings: { slice_records: 10 } }, async (it) => {
    const first = await it.run();
    await it.save('continued-first', first);
    await it.save('continued-last', await it.latest(first));
    await it.save('connection-continued', it.connection);
  });
  await scenario('handed-over', { server, settings: sliced }, async (it) => {
    await it.run();
    await it.force();
    const held = await it.heldAt('FROM Contact');
    await it.force({ allowSweep: true });
    await it.tell('before-take-over', root);
    await it.handOver();
    await it.letGo();
    await it.ended(held);
    await it.tell('after-take-over', today);
    await it.run();
    await it.tell('a-run-later', today);
    await it.save('handed-over', held);
    await it.save('handed-over-connection', it.connection);
  });
} finally {
  for (const started of children) started.kill('SIGKILL');
  await Promise.all([server.stop(), restless.stop()]);
}
process.exit(0);
