import { join } from 'node:path';
import {
  DefaultLogger,
  makeTelemetryFilterString,
  NativeConnection,
  Runtime,
  Worker,
  type WorkerOptions,
} from '@temporalio/worker';
import { createActivities } from '../activities/index.ts';
import { createSelections } from '../activities/selections.ts';
import { taskQueueOf } from '../workflows/contract.ts';
import type { Config } from './config.ts';
import { packageRoot } from './package-root.ts';
import { createSalesforce } from './salesforce/client.ts';
import { noServer, temporalSettings } from './temporal/connect.ts';
import { writeLogLine } from './worker-log.ts';

/**
 * How long after a stop what runs may go on to its end, which is a slice's checkpoint. Then it is aborted, its slice
 * undone, and another worker does it again. Less than what supervisors wait before they kill.
 */
export const GRACE_SECONDS = 10;

/** Written by the build. */
export const WORKFLOW_BUNDLE = join(packageRoot(), 'dist', 'workflow-bundle.js');

/** A run that this code cannot replay ends, and the next tick goes on; the connection's workflow must never end. */
export const WORKFLOW_FAILURES: NonNullable<WorkerOptions['workflowFailureErrorTypes']> = {
  '*': [],
  SyncWorkflow: ['NondeterminismError'],
};

/**
 * Runs the connection's worker until the signal fires, then lets what runs come to its end within a grace time. Once a
 * process, for the SDK's runtime is one.
 *
 * @param ready called once the worker polls its task queue
 * @throws UserError when no Temporal server answers
 */
export async function runWorker(
  config: Config,
  { signal, ready }: { signal: AbortSignal; ready?: () => void },
): Promise<void> {
  Runtime.install({
    logger: new DefaultLogger('WARN', writeLogLine),
    telemetryOptions: { logging: { forward: {}, filter: makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' }) } },
    shutdownSignals: [],
  });
  const settings = temporalSettings(config.file);
  const connection = await NativeConnection.connect(settings.connectionOptions).catch((error: unknown) => {
    throw noServer(settings, error);
  });
  try {
    const { baseUrl, credentials, pageSize } = config;
    const salesforce = createSalesforce({ baseUrl, credentials, pageSize });
    const worker = await Worker.create({
      connection,
      namespace: settings.namespace,
      taskQueue: taskQueueOf(config.connection),
      workflowBundle: { codePath: WORKFLOW_BUNDLE },
      activities: createActivities({ config, salesforce, selections: createSelections(salesforce, config.objects) }),
      workflowFailureErrorTypes: WORKFLOW_FAILURES,
      shutdownGraceTime: GRACE_SECONDS * 1000,
    });
    if (signal.aborted) return;
    signal.addEventListener('abort', () => worker.shutdown(), { once: true });
    const running = worker.run();
    ready?.();
    await running;
  } finally {
    await connection.close();
  }
}
