import { fileURLToPath } from 'node:url';
import { CompleteAsyncError, Context } from '@temporalio/activity';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectClient } from '../../src/temporal/connect.ts';
import type { DevServer } from '../../src/temporal/server.ts';
import { WORKFLOW_BUNDLE, WORKFLOW_FAILURES } from '../../src/worker/run-worker.ts';
import { testTemporal } from '../sync/temporal.ts';

const TASK_QUEUE = 'nondeterminism';

let temporal: DevServer;

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  temporal = await testTemporal();
});

afterAll(async () => {
  await temporal?.stop();
});

it('a run that new code cannot replay ends as failed, so that the next tick continues', async () => {
  const { address, namespace } = temporal;
  const client = await connectClient({ address, namedBy: null, namespace, connectionOptions: { address } });
  let begun: (taskToken: Uint8Array) => void;
  const underWay = new Promise<Uint8Array>((resolve) => {
    begun = resolve;
  });
  const activities = {
    async authenticate(): Promise<never> {
      begun(Context.current().info.taskToken);
      throw new CompleteAsyncError();
    },
  };

  // Built before the activity begins, because nothing sends its heartbeats: bundling may take longer than its heartbeat
  // timeout.
  const workflowsPath = fileURLToPath(new URL('../replay/one-activity-more.ts', import.meta.url));
  const changedCode = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
  // Closed at the end. Otherwise the runtime of this process, which later test files use, would stay installed.
  const connections = [
    await NativeConnection.connect({ address }),
    await NativeConnection.connect({ address }),
  ] as const;
  const released = await Worker.create({
    ...{ taskQueue: TASK_QUEUE, workflowBundle: { codePath: WORKFLOW_BUNDLE }, activities },
    connection: connections[0],
  });
  const handle = await client.workflow.start('SyncWorkflow', {
    taskQueue: TASK_QUEUE,
    workflowId: 'run',
    args: [{ connection: 'acme', completeBackfillFrequency: 48, tickSeconds: 600 }],
  });
  const taskToken = await released.runUntil(underWay);

  const changed = await Worker.create({
    ...{ taskQueue: TASK_QUEUE, activities, workflowFailureErrorTypes: WORKFLOW_FAILURES },
    workflowBundle: changedCode,
    connection: connections[1],
  });
  await changed.runUntil(async () => {
    await client.activity.complete(taskToken, {
      organizationId: '00D',
      userId: '005',
      scope: 'api',
      apiVersion: '67.0',
      apiCalls: 0,
    });
    await handle.result().catch(() => undefined);
  });
  expect((await handle.describe()).status.name).toBe('FAILED');
  for (const connection of connections) await connection.close();
  await client.connection.close();
});
