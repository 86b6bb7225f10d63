import { ApplicationFailure, Context } from '@temporalio/activity';
import { type Client, WorkflowFailedError } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EngineFacts } from '../../src/facts/engine.ts';
import { connectClient } from '../../src/temporal/connect.ts';
import type { DevServer } from '../../src/temporal/server.ts';
import { WORKFLOW_BUNDLE } from '../../src/worker/run-worker.ts';
import type { Activities, FailureDetails, OrgUsage } from '../../workflows/activity-contract.ts';
import type { RunMemo, RunPlan, SyncResult } from '../../workflows/contract.ts';
import { testTemporal } from '../sync/temporal.ts';
import { waitUntil } from '../sync/wait.ts';

/** Runs on a real server. The activities answer from a script, with waits of a millisecond instead of minutes. */

const WAITS_FOR = "the org's API limit: 81,204 of 100,000 used in 24 hours, budget 80 %";
const FREE: OrgUsage = { apiCalls: 1, apiUsage: { used: 79_000, limit: 100_000 } };
const SPENT: OrgUsage = {
  apiCalls: 1,
  apiUsage: { used: 81_204, limit: 100_000 },
  limit: { waitsFor: WAITS_FOR, waitMs: 1 },
};
const WHY: EngineFacts = {
  code: 'engine_unavailable',
  reason: 'read_only',
  address: 'https://search.example.com:9200',
  engineCode: 'cluster_block_exception',
};
/** Each failed call has used the org, too. */
const AWAY: FailureDetails = {
  ...FREE,
  engine: { why: WHY, waitMs: 1 },
  error: { code: 'EngineUnavailableError', engineCode: 'cluster_block_exception' },
};
/** No call was made, or none was needed. */
const NOTHING: OrgUsage = { apiCalls: 0 };

const INCREMENTAL: RunPlan = {
  run: 7,
  kind: 'incremental',
  reason: 'the next complete backfill is run 48',
  indexId: 'index-1',
  organizationId: '00D000000000001EAA',
  watermarks: {},
  backfill: null,
};
const COMPLETE: RunPlan = {
  ...INCREMENTAL,
  kind: 'complete',
  reason: 'every 7th run',
  backfill: { start: '2026-11-24T00:00:00.000Z', positions: {} },
};

/**
 * The answers of activities to their first call, their second, and so on. The last answer repeats forever. `refused`:
 * the org refuses the call. Failure details: the search engine is unavailable.
 */
type Scripts = Partial<Record<keyof Activities, readonly (OrgUsage | 'refused' | FailureDetails)[]>>;

interface Call {
  readonly name: keyof Activities;
  readonly input: { readonly connection: string } & Record<string, unknown>;
}

/** One scripted run. Its connection names it. */
interface Played {
  readonly plan: RunPlan;
  readonly scripts: Scripts;
  readonly calls: Call[];
  /** The run's memos while it asked the org for its usage, and while it repeated a call to the search engine. */
  readonly shown: RunMemo[];
  /** The executions that did. */
  readonly askedBy: Set<string | undefined>;
}

const TASK_QUEUE = 'limits';
const played = new Map<string, Played>();

let temporal: DevServer;
let client: Client;
let connection: NativeConnection;
let worker: Worker;
let working: Promise<void>;
beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  temporal = await testTemporal({ continueAsNewAt: 40 });
  const { address, namespace } = temporal;
  client = await connectClient({ address, namedBy: null, namespace, connectionOptions: { address } });
  connection = await NativeConnection.connect({ address });
  const workflowBundle = { codePath: WORKFLOW_BUNDLE };
  worker = await Worker.create({ connection, taskQueue: TASK_QUEUE, workflowBundle, activities: scripted() });
  working = worker.run();
});
afterAll(async () => {
  worker?.shutdown();
  await working;
  await connection?.close();
  await client?.connection.close();
  await temporal?.stop();
});

const memoOf = async (run: string) => (await client.workflow.getHandle(run).describe()).memo as unknown as RunMemo;

function scripted(): Record<string, (input: Call['input']) => Promise<object>> {
  const answers: Record<keyof Activities, (plan: RunPlan) => object> = {
    authenticate: ({ organizationId }) => ({ organizationId, ...NOTHING }),
    beginRun: (plan) => ({ kind: 'admitted', plan, expected: {}, closed: [], ...FREE }),
    askApiUsage: () => FREE,
    refreshMembership: () => ({ members: 1, closed: [], contactsClosed: true, ...FREE }),
    readChanges: () => ({ before: '2026-11-24T00:00:00.000Z', streams: [], counts: {}, ...FREE }),
    backfillSlice: () => ({ position: { after: null, done: true, recordsRead: 1 }, counts: { read: 1 }, ...FREE }),
    sweep: () => ({ removed: 0, stopped: null, ...NOTHING }),
    endBackfill: () => ({}),
    finishRun: () => ({ watermarks: {} }),
    requestCompleteBackfill: () => ({}),
  };
  return Object.fromEntries(
    Object.entries(answers).map(([key, answer]) => {
      const name = key as keyof Activities;
      return [
        name,
        async (input) => {
          const run = played.get(input.connection);
          if (run === undefined) throw new Error(`no script for ${input.connection}`);
          const { plan, scripts, calls, shown, askedBy } = run;
          const turn = calls.filter((call) => call.name === name).length;
          const script = scripts[name] ?? [];
          const at = (turn: number) => script[Math.min(turn, script.length - 1)];
          calls.push({ name, input });
          if (name === 'askApiUsage' || isAway(at(turn - 1))) {
            shown.push(await memoOf(input.connection));
            askedBy.add(Context.current().info.workflowExecution?.runId);
          }
          const asked = at(turn);
          if (asked === 'refused')
            throw ApplicationFailure.create({ type: 'LimitError', nonRetryable: true, details: [SPENT] });
          if (isAway(asked))
            throw ApplicationFailure.create({ type: 'EngineUnavailableError', nonRetryable: true, details: [asked] });
          return { ...answer(plan), ...asked };
        },
      ];
    }),
  );
}

function isAway(asked: OrgUsage | 'refused' | FailureDetails | undefined): asked is FailureDetails {
  return typeof asked === 'object' && 'error' in asked;
}

/** Plays one run of the plan to its end. `meanwhile`: called once the run has begun. */
async function play(
  plan: RunPlan,
  scripts: Scripts,
  meanwhile: (run: { cancel(): Promise<unknown>; memo(): Promise<RunMemo> }) => Promise<void> = async () => {},
) {
  const workflowId = `run-${played.size}`;
  const run: Played = { plan, scripts, calls: [], shown: [], askedBy: new Set() };
  played.set(workflowId, run);
  const args = [{ connection: workflowId, completeBackfillFrequency: 48, tickSeconds: 600 }];
  const handle = await client.workflow.start('SyncWorkflow', { workflowId, taskQueue: TASK_QUEUE, args });
  await meanwhile({ cancel: () => handle.cancel(), memo: () => memoOf(workflowId) });
  const result: SyncResult | WorkflowFailedError = await handle.result().catch((error: WorkflowFailedError) => error);
  const names = run.calls.map(({ name }) => name);
  return { ...run, result, names, memo: await memoOf(workflowId), executions: run.askedBy.size };
}

const times = <T>(n: number, value: T): T[] => Array.from({ length: n }, () => value);

describe.concurrent('a complete backfill at the budget', () => {
  it('waits between two slices, says so, asks the org, and continues, and its sweep does not wait', async () => {
    const { result, names, shown, memo } = await play(COMPLETE, {
      backfillSlice: [SPENT, FREE, FREE, FREE, SPENT],
      askApiUsage: [SPENT, 'refused', FREE],
      refreshMembership: [FREE, SPENT],
    });
    expect(names).toEqual([
      ...['authenticate', 'beginRun', 'refreshMembership', 'backfillSlice'],
      ...times(3, 'askApiUsage'),
      ...times(4, 'backfillSlice'),
      ...times(5, 'sweep'),
      'endBackfill',
      'askApiUsage',
      'refreshMembership',
      'finishRun',
    ]);
    expect(shown[0]).toMatchObject({
      waiting: { waitsFor: WAITS_FOR },
      apiUsage: SPENT.apiUsage,
      headline: expect.stringMatching(
        /^waiting for the org's API limit: 81,204 of 100,000 used in 24 hours, budget 80 %; asks again at \d\d:\d\d UTC · run 7, complete backfill \(every 7th run\) · Account 1/,
      ),
    });
    expect(Date.now() - Date.parse(shown[0]?.waiting?.until ?? '')).toBeLessThan(60_000);
    // beginRun, two refreshes, five slices, three questions that were answered or refused, and the one at the end.
    expect(result).toMatchObject({ outcome: 'completed', apiCalls: 12 });
    expect(memo).toMatchObject({
      headline: expect.stringMatching(/^run 7, complete backfill .* done: 5 records read/),
    });
    expect(memo.waiting).toBeUndefined();
  });

  it.each([
    ['a text', 'x'],
    ['without a time', { waitsFor: 'x' }],
    ['forever', { waitsFor: 'x', waitMs: 1e300 }],
    ['without an end', { waitsFor: 'x', waitMs: 'soon' }],
  ])('does not wait for a made-up limit: %s', async (_, limit) => {
    const { result, names } = await play(INCREMENTAL, { authenticate: [{ ...FREE, limit: limit as never }] });
    expect(result).toMatchObject({ outcome: 'completed' });
    expect(names).not.toContain('askApiUsage');
  });

  it('repeats a slice or a sweep that the org refused after the wait, and does nothing else meanwhile', async () => {
    const { result, calls, names } = await play(COMPLETE, {
      backfillSlice: [FREE, 'refused', FREE],
      sweep: ['refused', NOTHING],
      refreshMembership: [FREE],
    });
    expect(result).toMatchObject({ outcome: 'completed' });
    expect(names.slice(3, 7)).toEqual(['backfillSlice', 'backfillSlice', 'askApiUsage', 'backfillSlice']);
    expect(calls[6]?.input).toEqual(calls[4]?.input);
    expect(names.filter((name) => name === 'askApiUsage')).toHaveLength(2);
    expect(calls.filter(({ name }) => name === 'sweep').map(({ input }) => input.object)).toEqual([
      ...['Account', 'Account', 'Contact', 'Case', 'Opportunity', 'Lead'],
    ]);
  });
});

it.concurrent('an incremental run with no more requests does not wait to end', async () => {
  const { result, names } = await play(INCREMENTAL, { readChanges: [SPENT] });
  expect(result).toMatchObject({ outcome: 'completed' });
  expect(names).not.toContain('askApiUsage');
});

it.concurrent('a run whose login is refused waits before it is admitted', async () => {
  const { result, names, shown } = await play(INCREMENTAL, { authenticate: ['refused', NOTHING] });
  expect(result).toMatchObject({ outcome: 'completed' });
  expect(shown[0]?.headline).toMatch(/^waiting for the org's API limit: .*; asks again at \d\d:\d\d UTC$/);
  expect(names.slice(0, 4)).toEqual(['authenticate', 'askApiUsage', 'authenticate', 'beginRun']);
});

describe.concurrent('a wait of days', () => {
  it('continues as new between two slices, and resumes where it was', async () => {
    const { result, calls, names, executions } = await play(COMPLETE, {
      backfillSlice: [SPENT, FREE],
      askApiUsage: [...times(4, SPENT), FREE],
    });
    expect(result).toMatchObject({ outcome: 'completed', apiCalls: 1 + 2 + 5 + 5 });
    expect(executions).toBeGreaterThan(1);
    expect(names.filter((name) => name === 'beginRun')).toHaveLength(1);
    expect(calls.filter(({ name }) => name === 'backfillSlice').map(({ input }) => input.object)).toEqual([
      ...['Account', 'Contact', 'Case', 'Opportunity', 'Lead'],
    ]);
  });

  it.each<[string, RunPlan, Scripts]>([
    ['before it is admitted', INCREMENTAL, { authenticate: ['refused', NOTHING] }],
    ['in an incremental pass', INCREMENTAL, { refreshMembership: [SPENT, FREE] }],
    ['after the sweep', COMPLETE, { backfillSlice: [...times(4, FREE), SPENT] }],
  ])('continues as new %s, too', async (_, plan, scripts) => {
    const { result, names, executions } = await play(plan, { ...scripts, askApiUsage: [...times(4, SPENT), FREE] });
    expect(result).toMatchObject({ outcome: 'completed' });
    expect(executions).toBeGreaterThan(1);
    expect(names.filter((name) => name === 'endBackfill')).toHaveLength(plan.backfill === null ? 0 : 1);
    expect(names.filter((name) => name === 'finishRun')).toHaveLength(1);
  });
});

it.concurrent('a run that is cancelled during a wait ends at once, and says so', async () => {
  const hour: OrgUsage = { ...SPENT, limit: { waitsFor: WAITS_FOR, waitMs: 3_600_000 } };
  const { result, calls, memo } = await play(COMPLETE, { backfillSlice: [hour] }, async (run) => {
    await waitUntil(async () => Boolean((await run.memo()).waiting));
    await run.cancel();
  });
  expect(result).toBeInstanceOf(WorkflowFailedError);
  expect(calls.at(-1)).toMatchObject({ name: 'finishRun', input: { status: 'cancelled', backfillEnded: false } });
  expect(memo.headline).toMatch(/^run 7, complete backfill .* cancelled: /);
  expect(memo.waiting).toBeUndefined();
});

describe.concurrent('a search engine that is unavailable', () => {
  const WAITS = `waiting for the search engine at ${WHY.address}, which is read-only (cluster_block_exception), since 20`;

  it('makes the run wait in any of its steps, say so, and repeat the call', async () => {
    const { result, calls, names, shown, memo } = await play(COMPLETE, {
      beginRun: [AWAY, FREE],
      refreshMembership: [AWAY, FREE],
      backfillSlice: [FREE, AWAY, AWAY, FREE],
      sweep: [AWAY, NOTHING],
      endBackfill: [AWAY, NOTHING],
      finishRun: [AWAY, NOTHING],
    });
    expect(result).toMatchObject({ outcome: 'completed', run: 7 });
    expect(names).toEqual([
      ...['authenticate', 'beginRun', 'beginRun', 'refreshMembership', 'refreshMembership'],
      ...times(7, 'backfillSlice'),
      ...times(6, 'sweep'),
      ...['endBackfill', 'endBackfill', 'refreshMembership', 'finishRun', 'finishRun'],
    ]);
    expect(calls[6]?.input).toEqual(calls[7]?.input);
    expect(shown).toHaveLength(7);
    for (const { waiting, headline } of shown) {
      expect(waiting).toMatchObject({
        why: WHY,
        since: expect.any(String),
        remedy: expect.stringMatching(/^Free disk/),
      });
      expect(headline.slice(0, WAITS.length)).toBe(WAITS);
    }
    expect(shown[0]?.headline).toMatch(/tries again at \d\d:\d\d UTC$/);
    expect(shown[2]?.headline).toMatch(/UTC · run 7, complete backfill \(every 7th run\) · Account 1/);
    // Both tries are one wait.
    expect(shown[3]?.waiting?.since).toBe(shown[2]?.waiting?.since);
    expect(memo.headline).toMatch(/^run 7, complete backfill .* done: 5 records read/);
    expect(memo.waiting).toBeUndefined();
  });

  it('costs no call to the org, and what its failed calls cost is counted', async () => {
    const { result, names } = await play(INCREMENTAL, { readChanges: [AWAY, FREE] });
    expect(names).not.toContain('askApiUsage');
    // beginRun, the membership, and two rounds.
    expect(result).toMatchObject({ outcome: 'completed', apiCalls: 4, waiting: null });
  });

  it('lets the run wait for the budget, too', async () => {
    const { result, names } = await play(INCREMENTAL, { readChanges: [{ ...AWAY, ...SPENT }, FREE] });
    expect(result).toMatchObject({ outcome: 'completed', waiting: null });
    expect(names.slice(3)).toEqual(['readChanges', 'askApiUsage', 'readChanges', 'finishRun']);
  });

  it.each<[string, RunPlan, Scripts, isOneWait: boolean]>([
    ['before it is admitted', INCREMENTAL, { beginRun: [...times(7, AWAY), FREE] }, true],
    ['in a refresh', INCREMENTAL, { refreshMembership: [...times(7, AWAY), FREE] }, true],
    // Each new execution refreshes the membership first, which succeeds here.
    ['in an incremental pass', INCREMENTAL, { readChanges: [...times(7, AWAY), FREE] }, false],
    ['between two slices', COMPLETE, { backfillSlice: [FREE, ...times(7, AWAY), FREE] }, true],
    ['in a sweep', COMPLETE, { sweep: [...times(7, AWAY), NOTHING] }, true],
  ])('continues as new %s', async (_, plan, scripts, isOneWait) => {
    const { result, names, shown, executions } = await play(plan, scripts);
    expect(result).toMatchObject({ outcome: 'completed', waiting: null });
    expect(executions).toBeGreaterThan(1);
    expect(new Set(shown.map(({ waiting }) => waiting?.since)).size === 1).toBe(isOneWait);
    expect(names.filter((name) => name === 'endBackfill')).toHaveLength(plan.backfill === null ? 0 : 1);
    expect(names.filter((name) => name === 'finishRun')).toHaveLength(1);
  });

  it('at the end of a backfill repeats nothing else, however long it takes', async () => {
    const { result, names, executions } = await play(COMPLETE, {
      endBackfill: [...times(5, AWAY), NOTHING],
      finishRun: [...times(5, AWAY), NOTHING],
    });
    expect(result).toMatchObject({ outcome: 'completed' });
    expect(executions).toBe(1);
    expect(names.filter((name) => name === 'sweep')).toHaveLength(5);
    expect(names.filter((name) => name === 'endBackfill')).toHaveLength(6);
    expect(names.filter((name) => name === 'finishRun')).toHaveLength(6);
  });

  it('does not hold up a run that is cancelled', async () => {
    const hour: FailureDetails = { ...AWAY, engine: { why: WHY, waitMs: 3_600_000 } };
    const { result, calls, memo } = await play(COMPLETE, { backfillSlice: [hour] }, async (run) => {
      await waitUntil(async () => Boolean((await run.memo()).waiting));
      await run.cancel();
    });
    expect(result).toBeInstanceOf(WorkflowFailedError);
    expect(calls.at(-1)).toMatchObject({ name: 'finishRun', input: { status: 'cancelled', backfillEnded: false } });
    expect(memo.waiting).toBeUndefined();
  });

  it.each([
    ['without a cause', { waitMs: 1 }],
    ['with an unknown cause', { why: { ...WHY, reason: 'tired' }, waitMs: 1 }],
    ['forever', { why: WHY, waitMs: 1e300 }],
  ])('is not waited for if it is made up: %s', async (_, engine) => {
    const { result } = await play(INCREMENTAL, { readChanges: [{ ...AWAY, engine: engine as never }] });
    expect(result).toBeInstanceOf(WorkflowFailedError);
  });
});
