import { ApplicationFailure } from '@temporalio/activity';
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ActivityDeps } from '../../activities/deps.ts';
import { type Heartbeat, runActivity, type Work } from '../../activities/run-activity.ts';
import { createSelections } from '../../activities/selections.ts';
import type { Config } from '../../src/config.ts';
import { IndexReplacedError, IndexUnavailableError, StaleRunError } from '../../src/index/errors.ts';
import { createSalesforce } from '../../src/salesforce/client.ts';
import { CredentialsError, LimitError, TransientError } from '../../src/salesforce/errors.ts';

const config: Config = {
  file: 'config.yaml',
  connection: 'acme',
  baseUrl: 'http://127.0.0.1:1',
  credentials: async () => ({ clientId: 'id', clientSecret: 'secret' }),
  cronSpec: '*/10 * * * *',
  timezone: 'UTC',
  completeBackfillFrequency: 48,
  sliceRecords: 16_000,
  pageSize: 2_000,
  sweepGuardPercent: 20,
  frozenUsers: 'closed',
  objects: {},
  dataDir: '.data',
  index: { engine: 'sqlite', path: '.data/acme/index.db' },
  temporal: { binary: null },
};
const salesforce = createSalesforce(config);
const deps: ActivityDeps = { config, salesforce, selections: createSelections(salesforce, {}) };

/** What an activity's work comes to, as Temporal sees it. */
async function outcomeOf(work: (work: Work) => Promise<unknown>, connection = 'acme'): Promise<unknown> {
  const environment = new MockActivityEnvironment();
  return environment.run(() => runActivity(deps, { connection }, work)).catch((error: unknown) => error);
}

const throwing = (error: Error) => async () => {
  throw error;
};

it('answers what the work answers', async () => {
  expect(await outcomeOf(async () => 'done')).toBe('done');
});

it('refuses work of another connection, for good', async () => {
  const failure = await outcomeOf(async () => 'done', 'globex');
  expect(failure).toBeInstanceOf(ApplicationFailure);
  expect(failure).toMatchObject({ type: 'WrongConnection', nonRetryable: true });
});

it.each<[string, Error, boolean]>([
  ['a credential that is wrong', new CredentialsError({ message: 'invalid client', hint: 'Mend it.' }), true],
  ['a server that is away', new TransientError({ message: 'not available', hint: 'It is tried again.' }), false],
  ['a run that a newer one has fenced off', new StaleRunError('a newer run has written'), true],
  ['an index that was replaced', new IndexReplacedError('it was replaced'), true],
  ['a full disk', new IndexUnavailableError('no space left', { mayPass: true }), false],
  ['an index that is damaged', new IndexUnavailableError('it is damaged'), true],
  ['something nobody thought of', new TypeError('x is not a function'), false],
])('%s: retried or not', async (_, error, nonRetryable) => {
  const failure = await outcomeOf(throwing(error));
  expect(failure).toMatchObject({ type: error.name, nonRetryable });
});

it('says with the cause what to mend', async () => {
  const failure = await outcomeOf(
    throwing(new CredentialsError({ message: 'invalid client.', hint: 'Copy the Consumer Secret.' })),
  );
  expect(failure).toMatchObject({ message: 'invalid client. Copy the Consumer Secret.' });
});

it('waits as long as a limit asks', async () => {
  const error = new LimitError({ message: 'limit', hint: 'It waits.', limit: 'daily', waitMs: 900_000 });
  expect(await outcomeOf(throwing(error))).toMatchObject({ nextRetryDelay: 900_000 });
});

describe('a heartbeat', () => {
  const START = new Date('2026-11-24T03:00:00.000Z');
  afterEach(() => vi.useRealTimers());

  /** What the beats of an activity say, while its work goes on by the fake clock. */
  async function beatsOf(attempt: number, work: (work: Work, reply: () => void) => void): Promise<Heartbeat[]> {
    vi.useFakeTimers({ now: START, toFake: ['setInterval', 'clearInterval', 'Date'] });
    let replies = 0;
    const clock = {
      now: () => replies,
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

  it('tells how far the work is and when it last moved, which a beat alone does not change', async () => {
    const beats = await beatsOf(2, ({ progress }) => {
      vi.advanceTimersByTime(5_000);
      progress({ read: 10 });
      vi.advanceTimersByTime(10_000);
    });
    const moved = { details: { read: 10 }, progressAt: '2026-11-24T03:00:05.000Z' };
    expect(beats).toEqual([{ details: null, progressAt: null }, moved, moved, moved]);
  });

  it.each([
    [1, '2026-11-24T03:00:05.000Z'],
    [2, null],
  ])('in attempt %i a reply of the org moved it at %s', async (attempt, progressAt) => {
    const beats = await beatsOf(attempt, (_, reply) => {
      reply();
      vi.advanceTimersByTime(10_000);
    });
    expect(beats.map((beat) => beat.progressAt)).toEqual([progressAt, progressAt]);
  });
});
