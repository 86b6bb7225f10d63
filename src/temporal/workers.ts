import { hostname } from 'node:os';
import type { Client } from '@temporalio/client';
import { taskQueueOf } from '../../workflows/contract.ts';

/** A worker polls at least every minute. The server remembers a worker for five minutes after it is gone. */
const ASKS_WITHIN_MS = 90_000;

/** When a worker last polled the connection's task queue. */
export interface Polling {
  readonly taskQueue: string;
  readonly isPolled: boolean;
  readonly lastSeenAt: Date | null;
  /** A worker that polled within the last five minutes runs on this machine, so its index is also here. */
  readonly isHere: boolean;
}

/** Reports whether a worker polls the connection's task queue. A killed worker appears to poll for another minute. */
export async function polling(client: Client, connection: string, now: Date): Promise<Polling> {
  const taskQueue = taskQueueOf(connection);
  const { pollers } = await client.workflowService.describeTaskQueue({
    namespace: client.options.namespace,
    taskQueue: { name: taskQueue },
    taskQueueType: 1, // workflow tasks; the worker asks for both kinds
  });
  const seen = (pollers ?? []).map(({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) * 1000);
  const last = Math.max(0, ...seen);
  return {
    taskQueue,
    isPolled: now.getTime() - last < ASKS_WITHIN_MS,
    lastSeenAt: last === 0 ? null : new Date(last),
    // The SDK's identity is `<process id>@<host>`.
    isHere: (pollers ?? []).some(({ identity }) => identity?.endsWith(`@${hostname()}`)),
  };
}
