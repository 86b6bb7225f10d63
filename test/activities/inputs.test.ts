import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { expect, it } from 'vitest';
import { createActivities } from '../../activities/index.ts';
import { createSchemaResolver } from '../../activities/schema-resolver.ts';
import { createSalesforce } from '../../src/salesforce/client.ts';
import type { Activities } from '../../workflows/activity-contract.ts';
import { config } from './config.ts';

// Nothing answers there: malformed arguments are refused before any request.
const salesforce = createSalesforce({ ...config, retryDelaysMs: [] });
const activities = createActivities({
  config,
  salesforce,
  schemas: createSchemaResolver(config),
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

const withCursor = (cursor: unknown) => ({ ...slice, from: { cursor, after: null, done: false, recordsRead: 1 } });

/** No activity gets far enough to send a message. */
const client = { withAbortSignal: <T>(_signal: AbortSignal, work: () => Promise<T>) => work() };

/** An activity's refusal. */
async function refusal(name: keyof Activities, input: unknown): Promise<unknown> {
  const logger = new DefaultLogger('ERROR');
  const environment = new MockActivityEnvironment({}, { client: client as unknown as Client, logger });
  const activity = activities[name] as (input: unknown) => Promise<unknown>;
  return environment.run(activity, input).catch((error: unknown) => error);
}

const SECRET = "x') OR Name LIKE '%";

it.each<[keyof Activities, unknown, string]>([
  ['authenticate', undefined, 'it is'],
  ['authenticate', { connection: 7 }, 'connection is'],
  ['askApiUsage', null, 'it is'],
  ['beginRun', { ...begin, organizationId: SECRET }, 'organizationId is'],
  ['beginRun', { ...begin, completeBackfillFrequency: 0 }, 'completeBackfillFrequency is'],
  ['beginRun', { ...begin, key: '', workflowId: 'w'.repeat(1_001) }, 'key, workflowId are'],
  ['finishRun', { ...finish, status: SECRET }, 'status is'],
  ['finishRun', { ...finish, indexId: SECRET }, 'indexId is'],
  ['requestCompleteBackfill', { connection, allowSweep: 'yes' }, 'allowSweep is'],
  ['refreshMembership', { ...run, run: 0, backfillStart: null }, 'run is'],
  ['refreshMembership', { ...run, run: 2 ** 53, backfillStart: null }, 'run is'],
  ['refreshMembership', { ...run, run: Number.NaN, backfillStart: null }, 'run is'],
  ['refreshMembership', { ...run, backfillStart: 'tomorrow' }, 'backfillStart is'],
  ['refreshMembership', { ...run, backfillStart: '+010000-01-01T00:00:00.000Z' }, 'backfillStart is'],
  ['backfillSlice', { ...slice, object: 'Task' }, 'object is'],
  ['backfillSlice', { ...slice, object: '__proto__' }, 'object is'],
  ['backfillSlice', { ...slice, start: '2026-11-24' }, 'start is'],
  ['backfillSlice', { ...slice, indexId: SECRET }, 'indexId is'],
  ['backfillSlice', { ...slice, from: { after: SECRET, done: false, recordsRead: 1 } }, 'from.after is'],
  ['backfillSlice', { ...slice, from: { after: null, done: false, recordsRead: -1 } }, 'from.recordsRead is'],
  ['backfillSlice', withCursor({ kind: 'keyset', after: SECRET }), 'from.cursor is'],
  ['backfillSlice', withCursor({ kind: 'keyset' }), 'from.cursor is'],
  ['backfillSlice', withCursor({ after: SECRET }), 'from.cursor is'],
  ['backfillSlice', withCursor(SECRET), 'from.cursor is'],
  ['backfillSlice', withCursor({ kind: 'of_tomorrow', data: SECRET.repeat(100) }), 'from.cursor is'],
  ['readChanges', { ...changes, before: 7 }, 'before is'],
  [
    'readChanges',
    { ...changes, streams: [stream, { ...stream, after: { ...stream.after, id: SECRET } }] },
    'streams[].after.id is',
  ],
  [
    'readChanges',
    { ...changes, streams: [{ ...stream, after: { ...stream.after, stamp: SECRET } }] },
    'streams[].after.stamp is',
  ],
  ['readChanges', { ...changes, streams: [{ ...stream, of: SECRET }] }, 'streams[].of is'],
  ['sweep', { ...run, object: 'Lead', start: SECRET }, 'start is'],
  ['endBackfill', { ...run, contactsMixed: null }, 'contactsMixed is'],
])(
  '%s refuses a malformed argument for good, and names the field, but never its content: %#',
  async (name, input, told) => {
    const failure = await refusal(name, input);
    expect(failure).toMatchObject({
      type: 'MalformedInput',
      nonRetryable: true,
      message: expect.stringContaining(`${told} malformed`),
    });
    expect(JSON.stringify(failure) + String((failure as Error).stack)).not.toContain('LIKE');
    expect(salesforce.tokenRequests).toBe(0);
  },
);

it.each<[keyof Activities, unknown]>([
  ['authenticate', { connection, more: true }],
  ['refreshMembership', { ...run, backfillStart: AT }],
  ['backfillSlice', { ...slice, from: { after: null, done: false, recordsRead: 0 } }],
  ['backfillSlice', { ...slice, from: { after: '00Q000000000001AAA', done: false, recordsRead: 1 } }],
  ['backfillSlice', withCursor(null)],
  ['backfillSlice', withCursor({ kind: 'keyset', after: '00Q000000000001AAA' })],
  ['backfillSlice', withCursor({ kind: 'of_tomorrow', job: 7 })],
  ['readChanges', { ...changes, streams: [stream, { ...stream, of: 'shares', after: null }] }],
])('%s takes a well-formed argument, and calls the org', async (name, input) => {
  expect(await refusal(name, input)).toMatchObject({ type: 'TransientError' });
});
