import { Cron } from 'croner';
import { describe, expect, it } from 'vitest';
import { statusLines } from '../../src/cli/status-report.ts';
import type { CoverageGap } from '../../src/facts/coverage-gaps.ts';
import type { Stale } from '../../src/index/port/visibility.ts';
import { problemText } from '../../src/sentences/problems.ts';
import { assess } from '../../src/status/assess.ts';
import type { Observed } from '../../src/status/observe.ts';
import type { PastRun, RunOutcome } from '../../src/temporal/past-runs.ts';
import type { RunMemo } from '../../workflows/contract.ts';
import { watermarksAt } from '../workflows/begin-message.ts';

/** A Tuesday. */
const NOW = new Date('2026-11-24T03:31:00Z');

function pastRun(
  run: number,
  endedAt: string,
  outcome: RunOutcome = 'completed',
  headline = `run ${run} done`,
): PastRun {
  return {
    workflowId: `salesforce-sync/acme-${endedAt}`,
    runId: `${run}`,
    outcome,
    endedAt: new Date(endedAt),
    memo: {
      run,
      kind: 'incremental',
      reason: 'the next complete backfill is run 49',
      headline,
      watermarks: watermarksAt(endedAt),
    },
  };
}

function observed({
  schedule,
  ...facts
}: Partial<Omit<Observed, 'schedule'>> & { schedule?: Partial<Observed['schedule']> }): Observed {
  const lastSuccess = pastRun(20, '2026-11-24T03:30:05Z');
  return {
    now: NOW,
    times: timesOf(schedule?.cronSpec ?? '*/10 * * * *'),
    connection: 'acme',
    worker: { taskQueue: 'salesforce-connector/acme', isPolled: true, lastSeenAt: NOW, isHere: true },
    state: null,
    lost: null,
    otherHome: null,
    indexDamage: null,
    running: null,
    lastRuns: [lastSuccess],
    lastSuccess,
    failures: null,
    lastFailure: null,
    apiCalls: 412,
    ...facts,
    schedule: {
      cronSpec: '*/10 * * * *',
      timezone: 'UTC',
      completeBackfillFrequency: 48,
      paused: false,
      note: '',
      createdAt: new Date('2026-11-01T00:00:00Z'),
      nextRunAt: new Date('2026-11-24T03:40:00Z'),
      ...schedule,
    },
  };
}

const known = new Map<string, Observed['times']>();

/** The times of a Schedule as Temporal returns them, for the day before and the day after. */
function timesOf(cronSpec: string): Observed['times'] {
  const ticks = new Cron(cronSpec, { timezone: 'UTC', paused: true });
  const times = known.get(cronSpec) ?? {
    past: ticks.nextRuns(200, new Date('2026-11-23T00:00:00Z')).filter((tick) => tick <= NOW),
    next: ticks.nextRuns(60, NOW),
  };
  known.set(cronSpec, times);
  return times;
}

const lastSuccessAt = (endedAt: string) => {
  const lastSuccess = pastRun(20, endedAt);
  return { lastSuccess, lastRuns: [lastSuccess] };
};

const NOT_FILLED =
  'the index is not filled yet: until a complete backfill finishes, searches find only what has been read so far';

describe('ticks without success', () => {
  it.each<[string, Parameters<typeof observed>[0], string[]]>([
    ['are no problem if there are two', lastSuccessAt('2026-11-24T03:10:05Z'), []],
    [
      'are a problem if there are three',
      lastSuccessAt('2026-11-24T03:00:05Z'),
      ['no run has succeeded or made progress for 3 ticks'],
    ],
    [
      'are a problem if there are three in a pause',
      { ...lastSuccessAt('2026-11-24T03:00:05Z'), schedule: { paused: true } },
      ['no run has succeeded or made progress for 3 ticks; the Schedule is paused'],
    ],
    [
      'do not exist in a night outside working hours',
      { ...lastSuccessAt('2026-11-23T17:00:05Z'), schedule: { cronSpec: '0 9-17 * * 1-5' } },
      [],
    ],
    [
      'count from the creation of the Schedule before the first run',
      { lastSuccess: null, lastRuns: [], schedule: { createdAt: new Date('2026-11-24T03:25:00Z') } },
      [NOT_FILLED],
    ],
    [
      'fail a Schedule that never made one',
      { lastSuccess: null, lastRuns: [], schedule: { createdAt: new Date('2026-11-24T02:55:00Z') } },
      ['no run has succeeded or made progress for 4 ticks', NOT_FILLED],
    ],
    [
      'do not count during a long run that makes progress',
      {
        ...lastSuccessAt('2026-11-23T03:00:05Z'),
        running: {
          workflowId: 'w',
          startedAt: new Date('2026-11-23T03:10:00Z'),
          memo: {},
          progressAt: new Date('2026-11-24T03:30:30Z'),
          waitsUntil: null,
          request: null,
          retry: null,
        },
      },
      [],
    ],
    [
      'do not count during a run that waits for the API limit',
      {
        ...lastSuccessAt('2026-11-23T03:00:05Z'),
        running: {
          workflowId: 'w',
          startedAt: new Date('2026-11-23T03:10:00Z'),
          memo: {},
          progressAt: new Date('2026-11-24T02:00:00Z'),
          waitsUntil: new Date('2026-11-24T03:45:00Z'),
          request: null,
          retry: null,
        },
      },
      [],
    ],
    [
      'count after the wait should be over',
      {
        ...lastSuccessAt('2026-11-23T03:00:05Z'),
        running: {
          workflowId: 'w',
          startedAt: new Date('2026-11-23T03:10:00Z'),
          memo: {},
          progressAt: new Date('2026-11-24T02:00:00Z'),
          waitsUntil: new Date('2026-11-24T02:59:00Z'),
          request: null,
          retry: null,
        },
      },
      ['the current run has made no progress for 32 minutes', 'no run has succeeded or made progress for 4 ticks'],
    ],
    [
      'do not count during a run whose request waits for a limit',
      {
        ...lastSuccessAt('2026-11-23T03:00:05Z'),
        running: {
          workflowId: 'w',
          startedAt: new Date('2026-11-23T03:10:00Z'),
          memo: {},
          progressAt: new Date('2026-11-24T02:00:00Z'),
          waitsUntil: null,
          request: null,
          retry: {
            attempt: 3,
            message: 'ConcurrentRequests Limit exceeded.',
            error: { code: 'LimitError', limit: 'concurrent' },
            nextAt: new Date('2026-11-24T03:31:30Z'),
            isLimit: true,
          },
        },
      },
      [],
    ],
  ])('%s', (_name, facts, expected) => {
    expect(assess(observed(facts)).problems.map(problemText)).toEqual(expected);
  });
});

describe('a run that waits for the search engine', () => {
  const why = { code: 'engine_unavailable', reason: 'refused', address: 'https://e:9200', engineCode: null } as const;
  const waiting = { waitsFor: '', why, until: '2026-11-24T03:32:00.000Z', since: '2026-11-24T03:10:00.000Z' };
  const waitingRun = (given: NonNullable<RunMemo['waiting']>) => ({
    ...lastSuccessAt('2026-11-24T03:00:05Z'),
    running: {
      workflowId: 'w',
      startedAt: new Date('2026-11-24T03:10:00Z'),
      memo: { run: 21, waiting: given },
      progressAt: null,
      waitsUntil: new Date(given.until),
      request: null,
      retry: null,
    },
  });

  it('is a problem, with its cause, its begin and what to do', () => {
    const status = assess(observed(waitingRun(waiting)));
    expect(status).toMatchObject({ health: 'failing', problems: [{ ...why, since: waiting.since }] });
    expect(statusLines(status, NOW)).toContain(
      '  ! the search engine at https://e:9200 refuses the connection or the login, and the run has waited for it since 2026-11-24 03:10 UTC. Correct index.url, the certificates, the credentials or the rights of its user. `check` says what is wrong.',
    );
  });

  it.each<[string, NonNullable<RunMemo['waiting']>]>([
    ['a cause that no version knows', { ...waiting, why: { ...why, reason: 'tired' as never } }],
    ['no begin', { waitsFor: '', why, until: waiting.until }],
  ])('is no problem if somebody has made it up, with %s', (_, given) => {
    expect(assess(observed(waitingRun(given))).problems).toEqual([]);
  });
});

it('says at 3 a.m. since when the connection fails and why, without a worker', () => {
  const message = 'no token: invalid_grant. Choose the integration user in … › Run As.';
  const failed = ['03:30:02', '03:20:02', '03:10:02'].map((at) =>
    pastRun(0, `2026-11-24T${at}Z`, 'failed', `run failed: ${message}`),
  );
  const success = pastRun(20, '2026-11-24T03:00:05Z');
  const first = failed.at(-1) ?? success;
  const facts = observed({
    worker: {
      taskQueue: 'salesforce-connector/acme',
      isHere: false,
      isPolled: false,
      lastSeenAt: new Date('2026-11-24T03:28:00Z'),
    },
    lastRuns: [...failed.map((run) => ({ ...run, memo: { headline: `run failed: ${message}` } })), success],
    lastSuccess: success,
    failures: { count: 3, first, message, error: null },
    lastFailure: failed[0] ?? null,
  });
  expect(statusLines(assess(facts), NOW)).toEqual([
    'acme: FAILING since 2026-11-24 03:10 UTC (21 minutes ago), 3 failed runs; last success 2026-11-24 03:00 UTC (31 minutes ago).',
    `  ! the last run failed: ${message}`,
    '  ! no run has succeeded or made progress for 3 ticks; no worker polls the task queue',
    '  ! no worker has polled the task queue for 3 minutes: start one with `salesforce-connector worker`',
    'Under way       no run',
    'Schedule        */10 * * * * (UTC); next run 2026-11-24 03:40 UTC (in 9 minutes)',
    'Next complete   run 49, about 2026-11-24 08:20 UTC (in 4.8 hours)',
    'Worker          NONE polls salesforce-connector/acme, last seen 3 minutes ago: start one with `salesforce-connector worker`',
    'Watermarks      31 minutes behind the org',
    'API calls       412 by runs in the last 24 hours',
    'Last runs',
    `  2026-11-24 03:30 UTC  failed      run failed: ${message}`,
    `  2026-11-24 03:20 UTC  failed      run failed: ${message}`,
    `  2026-11-24 03:10 UTC  failed      run failed: ${message}`,
    '  2026-11-24 03:00 UTC  completed   run 20 done',
  ]);
});

it('is safe in a terminal, one line per item, for any text of runs and people', () => {
  const evil = 'a\u001b[2J\nb\u202Ec';
  const shown = 'a [2J bc';
  const run = pastRun(21, '2026-11-24T03:30:00Z', 'failed', evil);
  const lastRuns = [{ ...run, memo: { ...run.memo, warnings: [evil], closed: [evil] } }];
  const failures = { count: 1, first: run, message: evil, error: null };
  const status = assess(observed({ lastRuns, failures, lastFailure: run, schedule: { paused: true, note: evil } }));
  const lines = statusLines(status, NOW);
  expect(lines.filter((line) => line.includes(shown))).toHaveLength(5);
  expect(lines.join('')).not.toMatch(/[\p{Cc}\u202E]/u);
});

it('counts the records that could not be indexed, and is still healthy', () => {
  const records = [{ id: '500000000000001AAA', object: 'Case' as const, cause: 'Subject is an object, not text' }];
  const run = pastRun(20, '2026-11-24T03:30:05Z');
  const told = { ...run, memo: { ...run.memo, unindexed: { count: 1_021, records } } };
  const status = assess(observed({ lastRuns: [told], lastSuccess: told }));
  expect(status).toMatchObject({ health: 'healthy', unindexed: { count: 1_021, records } });
  expect(statusLines(status, NOW)).toContain(
    'Not indexed     1,021 records; every run tries them again, and --json lists the first ones',
  );
  const none = assess(observed({}));
  expect(none.unindexed).toEqual({ count: 0, records: [] });
  expect(statusLines(none, NOW).join()).not.toContain('Not indexed');
});

describe('a right without which nobody finds anything', () => {
  const missing = (right: 'view-setup' | 'view-roles'): CoverageGap => {
    return { code: 'right_missing', right, inferred: false, externalOnly: false, count: null };
  };
  const told = (memo: Pick<RunMemo, 'closed' | 'gaps'>) => {
    const run = pastRun(20, '2026-11-24T03:30:05Z');
    const last = { ...run, memo: { ...run.memo, ...memo } };
    return assess(observed({ lastRuns: [last], lastSuccess: last }));
  };
  const LINE = 'View Setup is missing: this hides every object and field from everyone: nobody finds anything';

  it('is reported by the values of the newest run, regardless of its lines', () => {
    const gaps = [missing('view-roles'), missing('view-setup')];
    expect(told({ closed: ['one', 'two'], gaps })).toMatchObject({
      health: 'failing',
      problems: [{ code: 'nobody_finds', line: 'two', gap: gaps[1] }],
      closed: ['one', 'two'],
      gaps,
    });
    expect(told({ closed: [LINE], gaps: [missing('view-roles')] }).health).toBe('healthy');
  });

  it('is reported by the lines if the run has no values', () => {
    const failing = { health: 'failing', problems: [{ code: 'nobody_finds', line: LINE, gap: null }], gaps: null };
    expect(told({ closed: ['one', LINE] })).toMatchObject(failing);
    expect(told({ closed: ['one', LINE], gaps: null })).toMatchObject(failing);
    expect(told({ closed: ['one', LINE], gaps: [] }).problems).toEqual(failing.problems);
    expect(told({ closed: ['one'] })).toMatchObject({ health: 'healthy', gaps: null });
    // Temporal leaves out empty lists.
    expect(told({} as never)).toMatchObject({ closed: [], gaps: [] });
  });
});

it('counts users who are not served, on a line if not all of them are inactive', () => {
  const unserved = {
    inactive: 12,
    frozen: 1,
    sharedUsername: { users: 0, usernames: 0 },
    sharedFederationId: { users: 0, ids: 0 },
    sharedEmail: { users: 2, addresses: 1 },
    federationIdOfOthers: 0,
    emailOfOthers: 1,
  };
  const of = (told: typeof unserved) => {
    const run = pastRun(20, '2026-11-24T03:30:05Z');
    const lastRun = { ...run, memo: { ...run.memo, unserved: told } };
    return assess(observed({ lastRuns: [lastRun], lastSuccess: lastRun }));
  };
  const status = of(unserved);
  expect(status).toMatchObject({ health: 'healthy', unserved });
  expect(statusLines(status, NOW)).toContain(
    'Not served      1 frozen user; 3 users cannot be identified by e-mail, because others have the same one',
  );
  const usual = of({ ...unserved, frozen: 0, sharedEmail: { users: 0, addresses: 0 }, emailOfOthers: 0 });
  expect(statusLines(usual, NOW).join()).not.toContain('Not served');
  expect(assess(observed({})).unserved).toBeNull();
});

it('says which objects may be stale, since when, and what to do about each', () => {
  const since = '2026-11-24T01:20:00.000Z';
  const counted = { wouldRemove: 1_214, of: 1_301 };
  const uncounted = { wouldRemove: null, of: null };
  const stale: Stale[] = [
    { object: 'Lead', run: 7, since, ...counted, hidden: false },
    { object: 'Case', run: 8, since, ...uncounted, hidden: true },
    { object: 'Contact', run: 8, since, ...uncounted, hidden: false },
  ];
  const run = pastRun(20, '2026-11-24T03:30:05Z');
  const told = { ...run, memo: { ...run.memo, stale, missed: ['Contact', 'Account'] as const } };
  const status = assess(observed({ lastRuns: [told], lastSuccess: told }));
  expect(status).toMatchObject({ health: 'degraded', warnings: [], stale, missed: ['Contact', 'Account'] });
  expect(status.nextComplete).toMatchObject({
    run: 21,
    reason: "the integration user's rights have changed, and changes to Contact, Account may have been missed",
  });
  expect(statusLines(status, NOW)).toEqual(
    expect.arrayContaining([
      'May be stale',
      '  ! Lead since 2026-11-24 01:20 UTC (2.2 hours ago): 1,214 of 1,301 documents are no longer visible in the org, but are kept; run 7 did not see them: run `check` to see whether the integration user lacks a right; if they are really gone, run `backfill --allow-sweep`',
      '  ! Case since 2026-11-24 01:20 UTC (2.2 hours ago): documents of hidden records are kept unchanged; since run 8 the integration user may not see the whole object: run `check` to see why',
      '  ! Contact since 2026-11-24 01:20 UTC (2.2 hours ago): documents of hidden records are kept unchanged; the object is fully visible again, and the next complete backfill reads what was missed',
      "  ! Account: the integration user's rights have changed, and changes may have been missed: the next complete backfill reads them",
    ]),
  );
  const none = assess(observed({}));
  expect(none.stale).toEqual([]);
  expect(statusLines(none, NOW).join()).not.toContain('stale');
});

it('an index that is being filled is degraded until its file is gone', () => {
  const run = pastRun(20, '2026-11-24T03:30:05Z');
  const told = { ...run, memo: { ...run.memo, refilling: true } };
  const status = assess(observed({ lastRuns: [told], lastSuccess: told }));
  expect(status).toMatchObject({ health: 'degraded', problems: [{ code: 'refilling' }] });
  expect(statusLines(status, NOW)[0]).toContain('acme: DEGRADED; last success');
  expect(assess(observed({ lastRuns: [told], lastSuccess: told, lost: 'index' })).problems).toEqual([
    { code: 'index_gone' },
  ]);
});

it("a lost field degrades it while the newest run reports it, and an older version's memo reports none", () => {
  const run = pastRun(20, '2026-11-24T03:30:05Z');
  const lostFields = [{ object: 'Case', field: 'Subject', cause: 'hidden' } as const];
  const told = { ...run, memo: { ...run.memo, lostFields } };
  const status = assess(observed({ lastRuns: [told], lastSuccess: told }));
  expect(status).toMatchObject({ health: 'degraded', problems: [{ code: 'fields_lost' }], lostFields });
  const later = { ...run, memo: { ...run.memo, lostFields: [] } };
  expect(assess(observed({ lastRuns: [later, told], lastSuccess: later })).health).toBe('healthy');
  expect(assess(observed({ lastRuns: [run], lastSuccess: run }))).toMatchObject({ health: 'healthy', lostFields: [] });
  // The index is gone: nothing about it counts.
  expect(assess(observed({ lastRuns: [told], lastSuccess: told, lost: 'index' })).lostFields).toEqual([]);
});
