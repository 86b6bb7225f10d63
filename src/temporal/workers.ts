import { hostname } from 'node:os';
import type { Client } from '@temporalio/client';
import { taskQueueOf } from '../../workflows/contract.ts';

/** A worker asks for work again at least every minute; the server remembers one that is gone for five. */
const ASKS_WITHIN_MS = 90_000;

/** When a worker last asked the connection's task queue for work. */
export interface Polling {
  readonly taskQueue: string;
  readonly isPolled: boolean;
  readonly lastSeenAt: Date | null;
  /** One that polled within the last five minutes runs on this machine, so that its index lies here too. */
  readonly isHere: boolean;
}

/** Whether a worker polls the connection's task queue. One that was killed seems to for a minute more. */
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
