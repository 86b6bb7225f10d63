import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NativeConnection, Worker } from '@temporalio/worker';
import { createActivities } from '../activities/index.ts';
import { createSelections } from '../activities/selections.ts';
import { taskQueueOf } from '../workflows/contract.ts';
import type { Config } from './config.ts';
import { createSalesforce } from './salesforce/client.ts';
import { noServer, temporalSettings } from './temporal/connect.ts';

/** How long running slices may go on to their end after a stop was asked for. */
const GRACE = '10s';

/** `.ts` when run from the sources, `.js` when built. */
const WORKFLOWS_PATH = fileURLToPath(new URL(`../workflows/index${extname(import.meta.url)}`, import.meta.url));

/**
 * Runs the connection's worker until the signal fires, then lets what runs come to its end within a grace time.
 *
 * @param ready called once the worker polls its task queue
 * @throws UserError when no Temporal server answers
 */
export async function runWorker(
  config: Config,
  { signal, ready }: { signal: AbortSignal; ready?: () => void },
): Promise<void> {
  const settings = temporalSettings(config.file);
  const connection = await NativeConnection.connect(settings.connectionOptions).catch((error: unknown) => {
    throw noServer(settings.address, error);
  });
  try {
    const { baseUrl, credentials, pageSize } = config;
    const salesforce = createSalesforce({ baseUrl, credentials, pageSize });
    const worker = await Worker.create({
      connection,
      namespace: settings.namespace,
      taskQueue: taskQueueOf(config.connection),
      workflowsPath: WORKFLOWS_PATH,
      activities: createActivities({ config, salesforce, selections: createSelections(salesforce) }),
      // A run that this code cannot replay ends, and the next tick goes on; the connection's workflow must never end.
      workflowFailureErrorTypes: { SyncWorkflow: ['NondeterminismError'] },
      shutdownGraceTime: GRACE,
    });
    const stop = () => worker.shutdown();
    if (signal.aborted) return;
    signal.addEventListener('abort', stop, { once: true });
    const running = worker.run();
    ready?.();
    await running;
    signal.removeEventListener('abort', stop);
  } finally {
    await connection.close();
  }
}
