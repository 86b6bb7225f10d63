import type { Client } from '@temporalio/client';
import { expect, it } from 'vitest';
import { fateOf } from '../../activities/holder.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const HOLDER = { key: '00000000-0000-4000-8000-000000000000', workflowId: 'salesforce-sync/acme', run: 7 };

/** A client that describes every workflow the same way. */
function clientOf(status: string, secondsAgo: number): Client {
  const description = { type: 'SyncWorkflow', status: { name: status }, closeTime: new Date(NOW - secondsAgo * 1_000) };
  return { workflow: { getHandle: () => ({ describe: async () => description }) } } as unknown as Client;
}

it.each([
  ['COMPLETED', 5, 'completed'],
  ['COMPLETED', 61, 'dead'],
  ['FAILED', 5, 'dead'],
  ['RUNNING', 0, 'running'],
] as const)('a holder that has been %s for %d s is %s', async (status, secondsAgo, fate) => {
  expect(await fateOf(clientOf(status, secondsAgo), HOLDER, NOW)).toBe(fate);
});
