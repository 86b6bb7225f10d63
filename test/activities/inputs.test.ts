import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { expect, it } from 'vitest';
import { createActivities } from '../../activities/index.ts';
import { createSelections } from '../../activities/selections.ts';
import { createSalesforce } from '../../src/salesforce/client.ts';
import type { Activities } from '../../workflows/activity-contract.ts';
import { config } from './config.ts';

// Nothing answers there: what is refused for its form is refused before anything is asked.
const salesforce = createSalesforce({ ...config, retryDelaysMs: [] });
const activities = createActivities({
  config,
  salesforce,
  selections: createSelections({}, async () => null),
});

const AT = '2026-11-24T08:00:00.000Z';
const connection = 'acme';
const run = { connection, run: 7, indexId: randomUUID(), organizationId: '00D000000000001EAA' };
const begin = {
  connection,
  key: 'key',
  workflowId: 'workflow',
  organizationId: '00D000000000001EAA',
  completeBackfillFrequency: 48,
};
const finish = {
  connection,
  key: 'key',
  indexId: null,
  status: 'completed',
  backfillEnded: false,
  completeNext: null,
  headline: 'done',
};
const slice = { ...run, object: 'Lead', start: AT, from: null };
const changes = { ...run, before: AT, streams: null };
const stream = { object: 'Lead', of: 'records', after: { stamp: AT, id: '00Q000000000001AAA' } };

/** No activity comes as far as to send a message. */
const client = { withAbortSignal: <T>(_signal: AbortSignal, work: () => Promise<T>) => work() };

/** What an activity's refusal is. */
async function refusal(name: keyof Activities, input: unknown): Promise<unknown> {
  const logger = new DefaultLogger('ERROR');
  const environment = new MockActivityEnvironment({}, { client: client as unknown as Client, logger });
  const activity = activities[name] as (input: unknown) => Promise<unknown>;
  return environment.run(activity, input).catch((error: unknown) => error);
}

const SECRET = "x') OR Name LIKE '%";

it.each<[keyof Activities, unknown, string]>([
  ['authenticate', undefined, 'it has'],
  ['authenticate', { connection: 7 }, 'connection has'],
  ['askApiUsage', null, 'it has'],
  ['beginRun', { ...begin, organizationId: SECRET }, 'organizationId has'],
  ['beginRun', { ...begin, completeBackfillFrequency: 0 }, 'completeBackfillFrequency has'],
  ['beginRun', { ...begin, key: '', workflowId: 'w'.repeat(1_001) }, 'key, workflowId have'],
  ['finishRun', { ...finish, status: SECRET }, 'status has'],
  ['finishRun', { ...finish, indexId: SECRET }, 'indexId has'],
  ['requestCompleteBackfill', { connection, allowSweep: 'yes' }, 'allowSweep has'],
  ['refreshMembership', { ...run, run: 0, backfillStart: null }, 'run has'],
  ['refreshMembership', { ...run, run: 2 ** 53, backfillStart: null }, 'run has'],
  ['refreshMembership', { ...run, run: Number.NaN, backfillStart: null }, 'run has'],
  ['refreshMembership', { ...run, backfillStart: 'tomorrow' }, 'backfillStart has'],
  ['refreshMembership', { ...run, backfillStart: '+010000-01-01T00:00:00.000Z' }, 'backfillStart has'],
  ['backfillSlice', { ...slice, object: 'Task' }, 'object has'],
  ['backfillSlice', { ...slice, object: '__proto__' }, 'object has'],
  ['backfillSlice', { ...slice, start: '2026-11-24' }, 'start has'],
  ['backfillSlice', { ...slice, indexId: SECRET }, 'indexId has'],
  ['backfillSlice', { ...slice, from: { after: SECRET, done: false, recordsRead: 1 } }, 'from.after has'],
  ['backfillSlice', { ...slice, from: { after: null, done: false, recordsRead: -1 } }, 'from.recordsRead has'],
  ['readChanges', { ...changes, before: 7 }, 'before has'],
  [
    'readChanges',
    { ...changes, streams: [stream, { ...stream, after: { ...stream.after, id: SECRET } }] },
    'streams[].after.id has',
  ],
  [
    'readChanges',
    { ...changes, streams: [{ ...stream, after: { ...stream.after, stamp: SECRET } }] },
    'streams[].after.stamp has',
  ],
  ['readChanges', { ...changes, streams: [{ ...stream, of: SECRET }] }, 'streams[].of has'],
  ['sweep', { ...run, object: 'Lead', start: SECRET }, 'start has'],
  ['endBackfill', { ...run, contactsMixed: null }, 'contactsMixed has'],
])(
  '%s refuses a malformed argument for good, and names the field, never its content: %#',
  async (name, input, told) => {
    const failure = await refusal(name, input);
    expect(failure).toMatchObject({
      type: 'MalformedInput',
      nonRetryable: true,
      message: expect.stringContaining(`${told} not the form`),
    });
    expect(JSON.stringify(failure) + String((failure as Error).stack)).not.toContain('LIKE');
    expect(salesforce.tokenRequests).toBe(0);
  },
);

it.each<[keyof Activities, unknown]>([
  ['authenticate', { connection, more: true }],
  ['refreshMembership', { ...run, backfillStart: AT }],
  ['backfillSlice', { ...slice, from: { after: null, done: false, recordsRead: 0 } }],
  ['readChanges', { ...changes, streams: [stream, { ...stream, of: 'shares', after: null }] }],
])('%s takes what has its form, and asks the org', async (name, input) => {
  expect(await refusal(name, input)).toMatchObject({ type: 'TransientError' });
});
