import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { type Config, loadConfig } from '../../src/config/load.ts';
import { packageRoot } from '../../src/process/package-root.ts';
import { connectClient, temporalSettings } from '../../src/temporal/connect.ts';
import { connectionState } from '../../src/temporal/connection-workflow.ts';
import { applySchedule, triggerRun } from '../../src/temporal/schedule.ts';
import type { ConnectionWorkflow } from '../../workflows/connection.ts';
import {
  type ConnectionState,
  connectionWorkflowId,
  forceCompleteBackfillSignal,
  type RunMemo,
  scheduleIdOf,
  taskQueueOf,
} from '../../workflows/contract.ts';
import { waitUntil } from './wait.ts';

/** A run as Temporal lists it. */
export interface ListedRun {
  readonly workflowId: string;
  readonly runId: string;
  readonly status: string;
  readonly memo: RunMemo;
  readonly scheduled: boolean;
  readonly historyLength: number;
}

/** A connection under test: its config file, its worker processes, its Schedule and its runs. */
export interface TestConnection {
  readonly config: Config;
  readonly client: Client;
  readonly folder: string;
  startWorker(): Promise<ChildProcess>;
  /** The time between two ticks that the Schedule passes to the next run. */
  setTickSeconds(tickSeconds: number): Promise<void>;
  /** Starts a run by the Schedule, and returns it once it is visible. */
  trigger(): Promise<ListedRun>;
  /** Starts a run and waits for its end. */
  run(): Promise<ListedRun>;
  runs(): Promise<ListedRun[]>;
  ended(run: ListedRun): Promise<ListedRun>;
  force(): Promise<void>;
  state(): Promise<ConnectionState>;
  close(): Promise<void>;
}

let connections = 0;

/**
 * A connection with its own name, so that tests share a Temporal server without interference. The Schedule never ticks
 * on its own.
 */
export async function testConnection(options: {
  readonly baseUrl: string;
  readonly temporalAddress: string;
  readonly settings?: Record<string, unknown>;
}): Promise<TestConnection> {
  connections += 1;
  const folder = mkdtempSync(join(tmpdir(), 'connector-test-'));
  const file = join(folder, 'config.yaml');
  const settings = {
    connection: `test-${process.pid}-${connections}`,
    base_url: options.baseUrl,
    client_id: 'sandbox',
    client_secret: 'sandbox',
    'cron-spec': '0 0 1 1 *',
    data_dir: folder,
    ...options.settings,
  };
  writeFileSync(
    file,
    Object.entries(settings)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`)
      .join(''),
  );
  writeFileSync(join(folder, 'temporal.toml'), `[profile.default]\naddress = "${options.temporalAddress}"\n`);
  const config = await loadConfig(file, {});
  const client = await connectClient(temporalSettings(file, {}));
  await applySchedule(client, config);
  const workers: ChildProcess[] = [];
  let triggeredAt = 0;
  const connectionHandle = client.workflow.getHandle<typeof ConnectionWorkflow>(
    connectionWorkflowId(config.connection),
  );

  async function listed({ workflowId, runId }: { workflowId: string; runId: string }): Promise<ListedRun> {
    return listedRun(await client.workflow.getHandle(workflowId, runId).describe());
  }

  const connection: TestConnection = {
    config,
    client,
    folder,
    async startWorker() {
      const worker = spawn(process.execPath, ['bin/salesforce-connector.js', 'worker', '--config', file], {
        cwd: packageRoot(),
        // A success needs no line among the results.
        env: { ...process.env, SALESFORCE_CONNECTOR_LOG_LEVEL: 'warn' },
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      workers.push(worker);
      return worker;
    },
    async setTickSeconds(tickSeconds) {
      const { connection: name, completeBackfillFrequency } = config;
      await client.schedule.getHandle(scheduleIdOf(name)).update((schedule) => ({
        ...schedule,
        action: { ...schedule.action, args: [{ connection: name, completeBackfillFrequency, tickSeconds }] },
      }));
    },
    async trigger() {
      const handle = client.schedule.getHandle(scheduleIdOf(config.connection));
      const lastAction = async () => (await handle.describe()).info.recentActions.at(-1)?.action.workflow;
      const before = await lastAction();
      // Triggers within one second start only one run.
      await waitUntil(async () => Date.now() - triggeredAt > 1_000);
      await triggerRun(client, config.connection);
      triggeredAt = Date.now();
      const { workflowId, firstExecutionRunId } = await waitUntil(async () => {
        const last = await lastAction();
        return last?.firstExecutionRunId === before?.firstExecutionRunId ? undefined : last;
      });
      return listed({ workflowId, runId: firstExecutionRunId });
    },
    async run() {
      return connection.ended(await connection.trigger());
    },
    async ended(run) {
      // Follows a continuation to its end. A failed run is a result, not an error.
      await client.workflow
        .getHandle(run.workflowId, run.runId)
        .result()
        .catch(() => undefined);
      const latest = await client.workflow.getHandle(run.workflowId).describe();
      return listedRun(latest);
    },
    async runs() {
      const found: ListedRun[] = [];
      const query = `WorkflowType = 'SyncWorkflow' AND TaskQueue = '${taskQueueOf(config.connection)}'`;
      for await (const info of client.workflow.list({ query })) found.push(listedRun(info));
      return found;
    },
    force: () => connectionHandle.signal(forceCompleteBackfillSignal),
    state: connectionState(client, config.connection),
    async close() {
      await client.schedule.getHandle(scheduleIdOf(config.connection)).delete();
      for (const worker of workers) await stopWorker(worker);
      await client.connection.close();
    },
  };
  return connection;
}

/** Ends a worker process, and waits until it is gone. */
export async function stopWorker(worker: ChildProcess, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
  if (worker.exitCode !== null || worker.signalCode !== null) return;
  const gone = once(worker, 'exit');
  worker.kill(signal);
  await gone;
}

function listedRun(info: Omit<WorkflowExecutionInfo, 'raw'>): ListedRun {
  return {
    workflowId: info.workflowId,
    runId: info.runId,
    status: info.status.name,
    memo: (info.memo ?? {}) as unknown as RunMemo,
    scheduled: info.searchAttributes.TemporalScheduledById !== undefined,
    historyLength: info.historyLength ?? 0,
  };
}
