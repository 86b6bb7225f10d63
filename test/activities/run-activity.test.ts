import { ApplicationFailure } from '@temporalio/activity';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ActivityDeps } from '../../activities/deps.ts';
import { budgetReached, limitReached } from '../../activities/limit-reached.ts';
import { runActivity, type Work } from '../../activities/run-activity.ts';
import { createSchemaResolver } from '../../activities/schema-resolver.ts';
import type { Watch } from '../../activities/watch.ts';
import type { LimitKind } from '../../src/facts/failures.ts';
import type { ApiUsage, LimitFacts } from '../../src/facts/limits.ts';
import {
  BackfillUnreadError,
  ClockSetBackError,
  EngineUnavailableError,
  IndexReplacedError,
  IndexUnavailableError,
  NotAdmittedError,
  StaleMembershipError,
  StaleRunError,
} from '../../src/index/port/errors.ts';
import { createSalesforce } from '../../src/salesforce/client.ts';
import { CredentialsError, LimitError, TransientError } from '../../src/salesforce/errors.ts';
import { limitText } from '../../src/sentences/limits.ts';
import type { Heartbeat, OrgUsage } from '../../workflows/activity-contract.ts';
import { clientOf, page, rowsOf, scriptedOrg } from '../salesforce/scripted-org.ts';
import { config } from './config.ts';

const salesforce = createSalesforce(config);
const deps: ActivityDeps = { config, salesforce, schemas: createSchemaResolver(config) };

/** What Temporal sees of an activity's result. */
async function outcomeOf(work: (work: Work) => Promise<unknown>, connection = 'acme', attempt = 1): Promise<unknown> {
  const environment = new MockActivityEnvironment({ attempt });
  return environment.run(() => runActivity(deps, { connection }, work)).catch((error: unknown) => error);
}

const throwing = (error: Error) => async () => {
  throw error;
};

it('returns what the work returns', async () => {
  expect(await outcomeOf(async () => 'done')).toBe('done');
});

it('refuses work of another connection for good', async () => {
  const failure = await outcomeOf(async () => 'done', 'globex');
  expect(failure).toBeInstanceOf(ApplicationFailure);
  expect(failure).toMatchObject({ type: 'WrongConnection', nonRetryable: true });
});

it.each<[string, Error, boolean]>([
  ['a credential that is wrong', new CredentialsError({ message: 'invalid client', hint: 'Fix it.' }), true],
  ['a server that is away', new TransientError({ message: 'not available', hint: 'It is tried again.' }), false],
  ['a run that a newer one has fenced off', new StaleRunError('a newer run has written'), true],
  ['a membership that is newer, of a worker whose clock is ahead', new StaleMembershipError('it is newer'), false],
  ['a run that was never admitted', new NotAdmittedError('run 7 was never admitted to it'), true],
  ['a sweep that comes too early', new BackfillUnreadError('Lead has not been read completely'), true],
  ['a clock that was set back', new ClockSetBackError('2999-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z'), true],
  ['an index that was replaced', new IndexReplacedError('it was replaced'), true],
  ['a full disk', new IndexUnavailableError('no space left', { mayPass: true }), false],
  ['an index that is damaged', new IndexUnavailableError('it is damaged'), true],
  ['an unexpected error', new TypeError('x is not a function'), false],
])('%s: retried or not', async (_, error, nonRetryable) => {
  const failure = await outcomeOf(throwing(error));
  expect(failure).toMatchObject({ type: error.name, nonRetryable });
});

it("a refusal of the connection's workflow is final, with its own text", async () => {
  const refusal = ApplicationFailure.nonRetryable('key is malformed', 'MalformedMessage');
  expect(await outcomeOf(throwing(new WorkflowUpdateFailedError('update failed', refusal)))).toMatchObject({
    type: 'MalformedMessage',
    message: 'key is malformed',
    nonRetryable: true,
  });
});

it('says the cause and what to fix', async () => {
  const failure = await outcomeOf(
    throwing(new CredentialsError({ message: 'invalid client.', hint: 'Copy the Consumer Secret.' })),
  );
  expect(failure).toMatchObject({ message: 'invalid client. Copy the Consumer Secret.' });
});

describe('a limit of the org', () => {
  const refused = (limit: LimitKind) =>
    throwing(new LimitError({ message: 'No.', hint: 'Wait.', limit, waitMs: 60_000 }));

  it('makes the activity retry after about the requested time if it passes soon', async () => {
    const failure = (await outcomeOf(refused('concurrent'))) as ApplicationFailure;
    expect(failure).toMatchObject({ type: 'LimitError', nonRetryable: false });
    expect(failure.nextRetryDelay).toBeGreaterThanOrEqual(30_000);
    expect(failure.nextRetryDelay).toBeLessThanOrEqual(60_000);
  });

  it.each<[LimitKind, LimitFacts]>([
    ['daily', { code: 'api_limit', message: 'No', usage: null }],
    ['login', { code: 'login_limit', message: 'No' }],
  ])('on %s requests is left to the run to wait for', async (limit, why) => {
    expect(await outcomeOf(refused(limit))).toMatchObject({
      type: 'LimitError',
      nonRetryable: true,
      details: [
        { apiCalls: 0, limit: { why, waitsFor: limitText(why), waitMs: 60_000 }, error: { code: 'LimitError', limit } },
      ],
    });
  });

  it.each<[string, ApiUsage | null, number, 'waits' | 'continues']>([
    ['far below the budget', { used: 18, limit: 100_000 }, 80, 'continues'],
    ['one below it', { used: 79_999, limit: 100_000 }, 80, 'continues'],
    ['at it', { used: 80_000, limit: 100_000 }, 80, 'waits'],
    ['above it', { used: 4, limit: 5 }, 79, 'waits'],
    ['below a budget of 100 percent', { used: 99_999, limit: 100_000 }, 100, 'continues'],
    ['above the limit itself', { used: 120, limit: 100 }, 100, 'waits'],
    ['not reported', null, 1, 'continues'],
  ])('is treated as follows: %s', (_, usage, budgetPercent, does) => {
    const reached = budgetReached(usage, budgetPercent);
    if (does === 'continues' || usage === null) expect(reached).toBeNull();
    else {
      const why = { code: 'api_budget', usage, budgetPercent } as const;
      expect(reached).toEqual({ why, waitsFor: limitText(why), waitMs: 15 * 60_000 });
    }
  });

  it('comes with the usage if the org has reported it', () => {
    const error = new LimitError({ message: 'No.', hint: 'Wait.', limit: 'daily', waitMs: 1 });
    const usage = { used: 5_000, limit: 5_000 };
    expect(limitReached(error, usage)).toMatchObject({ why: { code: 'api_limit', message: 'No', usage }, waitMs: 1 });
  });
});

it('a search engine that is unavailable is left to the run to wait for', async () => {
  const error = new EngineUnavailableError('unreachable', 'https://search.example.com:9200', 'ECONNREFUSED');
  expect(await outcomeOf(throwing(error))).toMatchObject({
    type: 'EngineUnavailableError',
    message: error.message,
    nonRetryable: true,
    details: [
      {
        apiCalls: 0,
        engine: { why: error.facts, waitMs: 30_000 },
        error: { code: 'EngineUnavailableError', engineCode: 'ECONNREFUSED' },
      },
    ],
  });
});

it('tries an unexpected error three times, and repeats nothing of a record', async () => {
  const error = new SyntaxError('Unexpected token < in "jane@harbor.example, the renewal"');
  const attempt = (attempt: number) => outcomeOf(throwing(error), 'acme', attempt);
  expect(await attempt(2)).toMatchObject({ nonRetryable: false });
  const last = (await attempt(3)) as ApplicationFailure;
  expect(last).toMatchObject({ type: 'SyntaxError', nonRetryable: true });
  expect(last.message).toMatch(/^unexpected SyntaxError: Unexpected token/);
  expect(JSON.stringify([last.message, last.stack])).not.toMatch(/jane|renewal/);
});

it('two activities report only their own calls when they use one client at the same time', async () => {
  const org = await scriptedOrg({ api: () => ({ json: page([], 0) }) });
  const shared: ActivityDeps = { ...deps, salesforce: clientOf(org) };
  const told: number[] = [];
  const watch = {
    asked: ({ apiCalls }: OrgUsage) => told.push(apiCalls),
    orgAnswered: () => {},
    engineUnavailable: () => {},
  } as Partial<Watch> as Watch;
  let left = 2;
  let haveBothAsked = (): void => {};
  const both = new Promise<void>((resolve) => {
    haveBothAsked = resolve;
  });
  /** Sends the given number of requests, and ends when both have sent theirs. */
  const asking = (times: number) => async (work: Work) => {
    for (let time = 0; time < times; time += 1) await rowsOf(work.salesforce.query('SELECT Id FROM Lead'));
    left -= 1;
    if (left === 0) haveBothAsked();
    await both;
    return work.asked().apiCalls;
  };
  const run = (times: number) =>
    new MockActivityEnvironment().run(() => runActivity({ ...shared, watch }, { connection: 'acme' }, asking(times)));
  expect(await Promise.all([run(2), run(5)])).toEqual([2, 5]);
  expect(told.toSorted()).toEqual([2, 5]);
  expect(shared.salesforce.calls).toBe(7);
});

describe('a heartbeat', () => {
  const START = new Date('2026-11-24T03:00:00.000Z');
  afterEach(() => vi.useRealTimers());

  /** What the heartbeats of an activity say while its work advances by the fake clock. */
  async function beatsOf(attempt: number, work: (work: Work, reply: () => void) => void): Promise<Heartbeat[]> {
    vi.useFakeTimers({ now: START, toFake: ['setInterval', 'clearInterval', 'Date'] });
    let replies = 0;
    const clock = {
      now: () => replies,
      inDoubt: false,
      get lastDate() {
        return replies;
      },
    };
    const environment = new MockActivityEnvironment({ attempt });
    const beats: Heartbeat[] = [];
    environment.on('heartbeat', (beat: Heartbeat) => beats.push(beat));
    await environment.run(() =>
      runActivity({ ...deps, salesforce: { ...salesforce, clock } }, { connection: 'acme' }, async (given) =>
        work(given, () => {
          replies += 1;
        }),
      ),
    );
    return beats;
  }

  it('says since when a request has been waiting, and how long it may wait', async () => {
    const waiting = { since: '2026-11-24T03:00:00.000Z', limitMs: 390_000, what: 'composite' } as const;
    const beats: Heartbeat[] = [];
    const environment = new MockActivityEnvironment();
    environment.on('heartbeat', (beat: Heartbeat) => beats.push(beat));
    const work = async ({ progress }: Work) => progress({ read: 1 });
    await environment.run(() =>
      runActivity({ ...deps, salesforce: { ...salesforce, waiting } }, { connection: 'acme' }, work),
    );
    expect(beats.map(({ request }) => request)).toEqual([waiting]);
  });

  it('says how far the work is and when it last moved, which a heartbeat alone does not change', async () => {
    const beats = await beatsOf(2, ({ progress }) => {
      vi.advanceTimersByTime(5_000);
      progress({ read: 10 });
      vi.advanceTimersByTime(10_000);
    });
    const moved = { details: { read: 10 }, progressAt: '2026-11-24T03:00:05.000Z', request: null };
    expect(beats).toEqual([{ details: null, progressAt: null, request: null }, moved, moved, moved]);
  });

  it.each([
    [1, '2026-11-24T03:00:05.000Z'],
    [2, null],
  ])('says in attempt %i that a reply of the org moved the work at %s', async (attempt, progressAt) => {
    const beats = await beatsOf(attempt, (_, reply) => {
      reply();
      vi.advanceTimersByTime(10_000);
    });
    expect(beats.map((beat) => beat.progressAt)).toEqual([progressAt, progressAt]);
  });
});

describe("the worker's observer learns", () => {
  const facts = { message: 'x', hint: 'y' };
  const limit = new LimitError({ ...facts, status: 403, limit: 'concurrent', waitMs: 1 });
  const rows: [string, Error, expected: 'orgSilent' | 'orgAnswered' | 'engineUnavailable' | null][] = [
    ['that the org is silent if there was no reply', new TransientError(facts), 'orgSilent'],
    ['that the org is silent if a proxy says so', new TransientError({ ...facts, status: 503 }), 'orgSilent'],
    ['that the org answers if it refuses', limit, 'orgAnswered'],
    ['that the search engine is unavailable', new EngineUnavailableError('read_only', 'http://e'), 'engineUnavailable'],
    ['neither if a reply was too large', new TransientError({ ...facts, remedy: 'smaller-range' }), null],
    ['neither if the mistake is elsewhere', new TypeError('x'), null],
  ];
  it.each(rows)('%s', async (_, error, expected) => {
    const told: string[] = [];
    const nothing = () => {};
    const watch: Watch = {
      runBegan: nothing,
      runSkipped: nothing,
      runEnded: nothing,
      counted: nothing,
      shareRowsRead: nothing,
      asked: ({ apiCalls }) => told.push(`asked ${apiCalls}`),
      orgAnswered: () => told.push('orgAnswered'),
      orgSilent: () => told.push('orgSilent'),
      engineUnavailable: () => told.push('engineUnavailable'),
    };
    const environment = new MockActivityEnvironment();
    const work = () => runActivity({ ...deps, watch }, { connection: 'acme' }, throwing(error));
    await expect(environment.run(work)).rejects.toThrow();
    expect(told).toEqual([...(expected === null ? [] : [expected]), 'asked 0']);
  });
});
