import { ApplicationFailure, CompleteAsyncError, Context } from '@temporalio/activity';
import { type Client, WorkflowUpdateFailedError } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { defineUpdate } from '@temporalio/workflow';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fateOf } from '../../activities/holder.ts';
import { connectClient } from '../../src/temporal/connect.ts';
import type { DevServer } from '../../src/temporal/server.ts';
import { WORKFLOW_BUNDLE, WORKFLOW_FAILURES } from '../../src/worker/run-worker.ts';
import { NEW_CONNECTION } from '../../workflows/connection-state.ts';
import type { ConnectionState } from '../../workflows/contract.ts';
import { testTemporal } from '../sync/temporal.ts';
import { waitUntil } from '../sync/wait.ts';
import { beginMessage } from './begin-message.ts';

const TASK_QUEUE = 'forged';
const INPUT = { connection: 'acme', completeBackfillFrequency: 48, tickSeconds: 600 };

let temporal: DevServer;
let client: Client;
let connection: NativeConnection;
let worker: Worker;
let working: Promise<void>;
const logged: string[] = [];
/** Task tokens of activities that wait until someone completes them. */
const waiting: Uint8Array[] = [];
let started = 0;

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('WARN', ({ message }) => logged.push(message)) });
  temporal = await testTemporal();
  const { address, namespace } = temporal;
  client = await connectClient({ address, namedBy: null, namespace, connectionOptions: { address } });
  connection = await NativeConnection.connect({ address });
  worker = await Worker.create({
    connection,
    taskQueue: TASK_QUEUE,
    workflowBundle: { codePath: WORKFLOW_BUNDLE },
    workflowFailureErrorTypes: WORKFLOW_FAILURES,
    activities: {
      async authenticate(): Promise<never> {
        waiting.push(Context.current().info.taskToken);
        throw new CompleteAsyncError();
      },
      finishRun: async () => ({ watermarks: {} }),
      requestCompleteBackfill: async () => {
        throw ApplicationFailure.nonRetryable('nobody takes it');
      },
    },
  });
  working = worker.run();
});

afterAll(async () => {
  worker?.shutdown();
  await working;
  await connection?.close();
  await client?.connection.close();
  await temporal?.stop();
});

async function start(type: string, ...args: unknown[]) {
  started += 1;
  return client.workflow.start(type, { workflowId: `forged-${started}`, taskQueue: TASK_QUEUE, args });
}

/** An update with any argument. */
const anyUpdate = (name: string) => defineUpdate<unknown, [unknown]>(name);

/** Sends a signal with the given bytes. */
async function signalRaw(workflowId: string, signalName: string, encoding: string, data: string): Promise<void> {
  await client.workflowService.signalWorkflowExecution({
    namespace: client.options.namespace,
    workflowExecution: { workflowId },
    signalName,
    input: { payloads: [{ metadata: { encoding: Buffer.from(encoding) }, data: Buffer.from(data) }] },
  });
}

const UNREADABLE = [
  ['binary/unknown', 'SECRET'],
  ['json/plain', '{"SECRET'],
] as const;

describe('the connection', () => {
  it('answers after any signals, logs those that it ignores, and reveals nothing of their content', async () => {
    const handle = await start('ConnectionWorkflow');
    logged.length = 0;
    for (const args of [[], [null], ['SECRET'], [{ key: 'k', object: 'SECRET', position: {} }], [[], 1, 2]])
      await handle.signal('checkpoint', ...args);
    for (const [encoding, data] of UNREADABLE) {
      await signalRaw(handle.workflowId, 'checkpoint', encoding, data);
      await signalRaw(handle.workflowId, 'nobodyKnowsIt', encoding, data);
    }
    expect(await handle.query('status')).toEqual(NEW_CONNECTION);
    expect(logged.filter((line) => line.includes('`checkpoint` was ignored'))).toHaveLength(7);
    expect(logged.join()).not.toContain('SECRET');
    await handle.terminate();
  });

  it('counts a request with any argument, and takes nothing more from a malformed one', async () => {
    const handle = await start('ConnectionWorkflow');
    for (const args of [[], [null], ['allowSweep'], [{ allowSweep: 'yes' }]])
      await handle.signal('forceCompleteBackfill', ...args);
    const [encoding, data] = UNREADABLE[0];
    await signalRaw(handle.workflowId, 'forceCompleteBackfill', encoding, data);
    expect(await handle.query('status')).toEqual({ ...NEW_CONNECTION, forceRequests: 5 });
    await handle.signal('forceCompleteBackfill', { allowSweep: true });
    expect(await handle.query('status')).toEqual({ ...NEW_CONNECTION, forceRequests: 6, sweepAllowedBy: 6 });
    await handle.terminate();
  });

  it('does not change for malformed messages', async () => {
    const handle = await start('ConnectionWorkflow');
    const home = { id: '00000000-0000-4000-8000-000000000001', host: 'a', path: '/a/index.db' };
    await handle.executeUpdate(anyUpdate('beginRun'), { args: [beginMessage({ home })] });
    logged.length = 0;
    const [encoding, data] = UNREADABLE[0];
    for (const name of ['moveHere', 'replaceOrg']) {
      for (const args of [[], [null], ['SECRET'], [{ id: 'SECRET' }], [{ organizationId: 7 }]])
        await handle.signal(name, ...args);
      await signalRaw(handle.workflowId, name, encoding, data);
    }
    const organizationId = beginMessage().organizationId;
    expect(await handle.query('status')).toMatchObject({ home: { ...home, organizationId } });
    expect(logged.filter((line) => line.includes('was ignored'))).toHaveLength(12);
    expect(logged.join()).not.toContain('SECRET');
    await handle.terminate();
  });

  it('refuses a run of another home or organization before the message is in its history', async () => {
    const handle = await start('ConnectionWorkflow');
    const home = { id: '00000000-0000-4000-8000-000000000001', host: 'a', path: '/a/index.db' };
    const begin = (message: object) => handle.executeUpdate(anyUpdate('beginRun'), { args: [message] });
    await begin(beginMessage({ home }));
    const before = await handle.query('status');
    for (const [other, type] of [
      [{ home: { ...home, id: '00000000-0000-4000-8000-000000000002' } }, 'OtherHomeError'],
      [{ home, organizationId: '00D000000000002EAA' }, 'OtherOrganizationError'],
      [{ organizationId: '00D000000000002EAA' }, 'OtherOrganizationError'],
    ] as const) {
      const failure = await begin(beginMessage({ key: 'other', ...other })).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(WorkflowUpdateFailedError);
      expect((failure as WorkflowUpdateFailedError).cause).toMatchObject({ type, nonRetryable: true });
    }
    expect(await handle.query('status')).toEqual(before);
    await handle.terminate();
  });

  it('refuses malformed updates by their field before they are in its history, and continues', async () => {
    const handle = await start('ConnectionWorkflow');
    const refused: [string, [unknown?], string][] = [
      ['beginRun', [], 'it'],
      ['beginRun', [null], 'it'],
      ['beginRun', [{ ...beginMessage(), orgTime: 'SECRET' }], 'orgTime'],
      ['beginRun', [beginMessage({ index: { highestRun: 2 ** 53 } })], 'index'],
      ['finishRun', [], 'it'],
      ['finishRun', ['SECRET'], 'it'],
      ['finishRun', [{ key: 'k', status: 'SECRET' }], 'status'],
    ];
    for (const [update, args, field] of refused) {
      const [message] = args;
      const sent =
        args.length === 0 ? handle.executeUpdate(update) : handle.executeUpdate(anyUpdate(update), { args: [message] });
      const failure = await sent.catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(WorkflowUpdateFailedError);
      const { cause } = failure as WorkflowUpdateFailedError;
      expect(cause).toMatchObject({ type: 'MalformedMessage', nonRetryable: true });
      expect(cause?.message).toContain(`the update \`${update}\`: ${field} is malformed`);
      expect(cause?.message).not.toContain('SECRET');
    }
    expect(await handle.executeUpdate(anyUpdate('beginRun'), { args: [beginMessage()] })).toMatchObject({
      kind: 'admitted',
    });
    const { history } = await client.workflowService.getWorkflowExecutionHistory({
      namespace: client.options.namespace,
      execution: { workflowId: handle.workflowId },
    });
    const accepted = history?.events?.filter((event) => event.workflowExecutionUpdateAcceptedEventAttributes);
    expect(accepted).toHaveLength(1);
    await handle.terminate();
  });

  it.each<[string, unknown]>([
    ['a text', 'SECRET'],
    ['null', null],
    ['an empty object', {}],
    ['the largest number', { ...NEW_CONNECTION, runNumber: 2 ** 53 - 1 }],
    ['an invalid run', { ...NEW_CONNECTION, openRun: { key: 'SECRET' } }],
  ])('starts over with %s as its state, and says so', async (_, carried) => {
    logged.length = 0;
    const handle = await start('ConnectionWorkflow', carried);
    expect(await handle.query<ConnectionState, []>('status')).toEqual(NEW_CONNECTION);
    expect(logged.join()).toMatch(/the connection starts over: the state that it was started with is malformed/);
    expect(logged.join()).not.toContain('SECRET');
    await handle.terminate();
  });
});

describe('a run', () => {
  it.each<[string, unknown[], string]>([
    ['nothing', [], 'input (it)'],
    ['a text', ['SECRET'], 'input (it)'],
    ['no frequency', [{ ...INPUT, completeBackfillFrequency: 'SECRET' }], 'input (completeBackfillFrequency)'],
    ['an invalid state to resume', [INPUT, { key: 'SECRET' }], 'carried (plan)'],
    ['a text as the state to resume', [INPUT, 'SECRET'], 'carried (it)'],
  ])('fails at once if it is started with %s, and says why', async (_, args, wrong) => {
    const handle = await start('SyncWorkflow', ...args);
    const failure = await handle.result().catch((error: Error) => error);
    expect((failure as Error).cause).toMatchObject({
      type: 'MalformedInput',
      message: expect.stringContaining(`malformed argument: ${wrong}`),
    });
    expect((await handle.describe()).status.name).toBe('FAILED');
  });

  it('accepts any argument of a request, and survives a request that cannot be passed on', async () => {
    logged.length = 0;
    const handle = await start('SyncWorkflow', INPUT);
    const held = waiting.length;
    for (const args of [[], [null], ['SECRET'], [{ allowSweep: 7 }]])
      await handle.signal('forceCompleteBackfill', ...args);
    const [encoding, data] = UNREADABLE[1];
    await signalRaw(handle.workflowId, 'forceCompleteBackfill', encoding, data);
    await waitUntil(async () => logged.filter((line) => line.includes('could not be forwarded')).length === 5);
    expect(await handle.query('status')).toMatchObject({ headline: expect.stringContaining('starting') });
    expect((await handle.describe()).status.name).toBe('RUNNING');
    await waitUntil(async () => waiting.length > 0 && waiting.length >= held);
    await handle.terminate();
  });

  it('fails if it gets a made-up answer, so that the next tick continues', async () => {
    const before = waiting.length;
    const handle = await start('SyncWorkflow', INPUT);
    await waitUntil(async () => waiting.length > before);
    await client.activity.complete(waiting.at(-1) ?? new Uint8Array(), null);
    await handle.result().catch(() => undefined);
    expect((await handle.describe()).status.name).toBe('FAILED');
  });
});

it('a holder with an invalid or unknown run id counts as dead, and does not block the next run', async () => {
  for (const key of ['k', '', '00000000-0000-4000-8000-000000000000'])
    expect(await fateOf(client, { key, workflowId: 'nobody', run: 1 })).toBe('dead');
});
