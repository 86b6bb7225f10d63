import { join } from 'node:path';
import { Client } from '@temporalio/client';
import { NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import { createActivities } from '../activities/index.ts';
import { createSelections } from '../activities/selections.ts';
import { taskQueueOf } from '../workflows/contract.ts';
import type { Config } from './config.ts';
import type { ListenAddress } from './config-monitoring.ts';
import { compareHome, refuseOther } from './home/check-home.ts';
import { ensureHomeId } from './home/home-file.ts';
import { heldFields } from './index/held-fields.ts';
import { openIndexWriter } from './index/open.ts';
import type { Log } from './log/log.ts';
import type { LogLevel } from './log/settings.ts';
import { type Answers, serveMonitoring } from './monitor/http.ts';
import { createLink } from './monitor/link.ts';
import { createMetrics } from './monitor/metrics.ts';
import { type Monitor, startMonitor } from './monitor/monitor.ts';
import { createRunWatch } from './monitor/run-watch.ts';
import { type InstalledRuntime, installRuntime } from './monitor/runtime.ts';
import { createNotifier } from './notify/notifier.ts';
import { packageRoot } from './package-root.ts';
import { createSalesforce } from './salesforce/client.ts';
import { checkServer, temporalSettings, translating } from './temporal/connect.ts';
import { watchServer } from './temporal/watch-server.ts';

/**
 * How long after a stop what runs may go on to its end, which is a slice's checkpoint. Then it is aborted, its slice
 * undone, and another worker does it again. Less than what supervisors wait before they kill.
 */
export const GRACE_SECONDS = 10;

/** Written by the build. */
export const WORKFLOW_BUNDLE = join(packageRoot(), 'dist', 'workflow-bundle.js');

/**
 * A run that this code cannot replay ends, and the next tick goes on. So does one that fails on what it was answered, which
 * whoever can write to the Temporal namespace may have made up: its task would fail for ever, and every tick be skipped. The
 * connection's workflow must never end.
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
 * Runs the connection's worker until the signal fires, then lets what runs come to its end within a grace time. Once a
 * process, for the SDK's runtime is one.
 *
 * @throws UserError saying what to correct, where Temporal cannot be reached, refuses, or has no such namespace, also later
 *   on, or where the connection belongs to another org or home
 */
export async function runWorker(
  config: Config,
  { signal, log, logLevel, listen, ready }: WorkerSettings,
): Promise<void> {
  const temporal = createLink({
    away: () => log.warn('temporal_away', 'Temporal does not answer: the worker asks again until it does'),
    back: (seconds) => log.info('temporal_back', 'Temporal answers again', { seconds: Math.round(seconds) }),
  });
  const org = createLink({
    away: () => log.warn('org_away', 'the org does not answer: what asked it is tried again'),
    back: (seconds) => log.info('org_back', 'the org answers again', { seconds: Math.round(seconds) }),
  });
  const settings = temporalSettings(config.file);
  await checkServer(settings);
  let runtime: InstalledRuntime | undefined;
  let worker: Worker | undefined;
  let monitor: Monitor | undefined;
  const answers: Answers = { metrics: () => runtime?.exposition() ?? null, notReady };
  const closeServer = listen && (await serveMonitoring(listen, answers));
  try {
    runtime = await installRuntime({ connection: config.connection, log, logLevel, isRead: listen !== null });
    const metrics = createMetrics(runtime.meter);
    const connection = await translating(settings, () => NativeConnection.connect(settings.connectionOptions));
    try {
      const { baseUrl, credentials, pageSize, apiBudgetPercent } = config;
      const salesforce = createSalesforce({ baseUrl, credentials, pageSize });
      const watch = createRunWatch({ log, metrics, org, apiBudgetPercent, ended: () => monitor?.runEnded() });
      const selections = createSelections(config.objects, () => heldFields(config.index.path));
      const client = new Client({ connection, namespace: settings.namespace });
      refuseOther(config.connection, await compareHome(client, config, salesforce));
      await ensureHomeId({ connection: config.connection, path: config.index.path });
      // A worker without an index to write would take tasks only to fail them.
      const notice = (message: string): void => log.warn('index_made', message);
      await (await openIndexWriter({ path: config.index.path, create: true, notice })).close();
      worker = await Worker.create({
        connection,
        namespace: settings.namespace,
        taskQueue: taskQueueOf(config.connection),
        workflowBundle: { codePath: WORKFLOW_BUNDLE },
        activities: createActivities({ config, salesforce, selections, watch }),
        workflowFailureErrorTypes: WORKFLOW_FAILURES,
        shutdownGraceTime: GRACE_SECONDS * 1000,
      });
      if (signal.aborted) return;
      signal.addEventListener('abort', () => worker?.shutdown(), { once: true });
      const running = worker.run();
      const notifier = createNotifier({
        connection: config.connection,
        indexPath: config.index.path,
        notify: config.notify,
        log,
      });
      monitor = startMonitor({ config, client, metrics, temporal, org, notifier, log });
      ready();
      const watching = new AbortController();
      const refused = watchServer(connection, settings, AbortSignal.any([signal, watching.signal])).then(() => running);
      await translating(settings, () => Promise.race([running, refused])).finally(() => watching.abort());
    } finally {
      monitor?.stop();
      // One that the server refuses is not waited for, and holds it to the end of the process.
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
