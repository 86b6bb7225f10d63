import { join } from 'node:path';
import { Client } from '@temporalio/client';
import { NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import { createActivities } from '../../activities/index.ts';
import { createSchemaResolver } from '../../activities/schema-resolver.ts';
import { taskQueueOf } from '../../workflows/contract.ts';
import type { Config } from '../config/load.ts';
import type { ListenAddress } from '../config/monitoring.ts';
import { compareHome, refuseOther } from '../home/check-home.ts';
import { ensureHomeId } from '../home/home-file.ts';
import { openRunStoreInThread as openStore } from '../index/thread/in-thread.ts';
import { packageRoot } from '../process/package-root.ts';
import { createSalesforce } from '../salesforce/client.ts';
import { checkServer, temporalSettings, translating } from '../temporal/connect.ts';
import { watchServer } from '../temporal/watch-server.ts';
import type { Log } from './log/log.ts';
import type { LogLevel } from './log/settings.ts';
import { type Answers, serveMonitoring } from './monitor/http.ts';
import { createLink } from './monitor/link.ts';
import { createMetrics } from './monitor/metrics.ts';
import { type Monitor, startMonitor } from './monitor/monitor.ts';
import { createRunWatch } from './monitor/run-watch.ts';
import { type InstalledRuntime, installRuntime } from './monitor/runtime.ts';
import { createNotifier } from './notify/notifier.ts';

/**
 * How long an activity may continue to its next checkpoint after the worker is stopped. Then it is aborted, its slice
 * is undone, and another worker repeats it. Supervisors wait longer than this before they kill.
 */
export const GRACE_SECONDS = 10;

/** Written by the build. */
export const WORKFLOW_BUNDLE = join(packageRoot(), 'dist', 'workflow-bundle.js');

/**
 * If this code cannot replay a run, the run fails and the next tick takes over. So does a run that fails on an answer
 * that it got: anyone who can write to the Temporal namespace may have forged that answer. Otherwise its task would
 * fail forever, and every tick would be skipped. The connection's workflow must never end.
 */
export const WORKFLOW_FAILURES: NonNullable<WorkerOptions['workflowFailureErrorTypes']> = {
  '*': [],
  SyncWorkflow: ['NondeterminismError', 'TypeError', 'RangeError', 'ValueError'],
};

export interface WorkerSettings {
  readonly signal: AbortSignal;
  readonly log: Log;
  readonly logLevel: LogLevel;
  /** Where to serve metrics and health; null: nowhere. */
  readonly listen: ListenAddress | null;
  /** Called once the worker polls its task queue. */
  readonly ready: () => void;
}

/**
 * Runs the connection's worker until the signal fires. Then activities get a grace time to finish. Call it once in a
 * process, because a process has one SDK runtime.
 *
 * @throws UserError saying what to correct: Temporal cannot be reached, refuses, or has no such namespace, at the
 *   start or later; or the connection belongs to another org or home
 */
export async function runWorker(
  config: Config,
  { signal, log, logLevel, listen, ready }: WorkerSettings,
): Promise<void> {
  const temporal = createLink({
    away: () => log.warn('temporal_away', 'Temporal does not answer: the worker keeps trying'),
    back: (seconds) => log.info('temporal_back', 'Temporal answers again', { seconds: Math.round(seconds) }),
  });
  const org = createLink({
    away: () => log.warn('org_away', 'the org does not answer: its requests are retried'),
    back: (seconds) => log.info('org_back', 'the org answers again', { seconds: Math.round(seconds) }),
  });
  const settings = temporalSettings(config.file);
  await checkServer(settings);
  let runtime: InstalledRuntime | undefined;
  let worker: Worker | undefined;
  let monitor: Monitor | undefined;
  const answers: Answers = {
    setting: 'metrics.listen or --metrics',
    metrics: () => runtime?.exposition() ?? null,
    notReady,
  };
  const closeServer = listen && (await serveMonitoring(listen, answers));
  try {
    runtime = await installRuntime({ connection: config.connection, log, logLevel, isRead: listen !== null });
    const metrics = createMetrics(runtime.meter);
    const connection = await translating(settings, () => NativeConnection.connect(settings.connectionOptions));
    try {
      const { baseUrl, credentials, pageSize, apiBudgetPercent } = config;
      const salesforce = createSalesforce({ baseUrl, credentials, pageSize });
      const watch = createRunWatch({ log, metrics, org, apiBudgetPercent, ended: () => monitor?.runEnded() });
      const selections = createSchemaResolver(config);
      const client = new Client({ connection, namespace: settings.namespace });
      refuseOther(config.connection, await compareHome(client, config, salesforce));
      await ensureHomeId(config);
      // Without an index to write to, a worker would take tasks only to fail them.
      const notice = (message: string): void => log.warn('index_made', message);
      await (await openStore({ index: config.index, create: true, notice })).close();
      worker = await Worker.create({
        connection,
        namespace: settings.namespace,
        taskQueue: taskQueueOf(config.connection),
        workflowBundle: { codePath: WORKFLOW_BUNDLE },
        activities: createActivities({ config, salesforce, schemas: selections, watch, openStore, stopping: signal }),
        workflowFailureErrorTypes: WORKFLOW_FAILURES,
        shutdownGraceTime: GRACE_SECONDS * 1000,
      });
      if (signal.aborted) return;
      signal.addEventListener('abort', () => worker?.shutdown(), { once: true });
      const running = worker.run();
      const notifier = createNotifier({
        connection: config.connection,
        index: config.index,
        notify: config.notify,
        log,
      });
      monitor = startMonitor({ config, openStore, client, metrics, temporal, org, notifier, log });
      ready();
      const watching = new AbortController();
      const refused = watchServer(connection, settings, AbortSignal.any([signal, watching.signal])).then(() => running);
      await translating(settings, () => Promise.race([running, refused])).finally(() => watching.abort());
    } finally {
      monitor?.stop();
      // If the server refuses the worker, nothing waits for it, and it holds the connection until the process ends.
      await connection.close().catch(() => {});
    }
  } finally {
    closeServer?.();
  }

  function notReady(): string[] {
    return [
      ...(worker?.getState() === 'RUNNING' ? [] : ['the worker does not poll its task queue']),
      ...(temporal.silentMs() === 0 ? [] : ['Temporal does not answer']),
      ...(monitor?.indexOpened ? [] : ['the index could not be opened']),
    ];
  }
}
