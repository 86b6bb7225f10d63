import { describe, expect, it } from 'vitest';
import type { EngineFacts } from '../../src/facts/engine.ts';
import { PROBLEM_CODES } from '../../src/facts/problems.ts';
import { problemText } from '../../src/sentences/problems.ts';
import { type HealthFacts, healthOf, problems, problemsWithoutTemporal } from '../../src/status/health.ts';

const NOW = new Date('2026-11-24T03:00:00Z');
const ago = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000);

const WELL: HealthFacts = {
  now: NOW,
  paused: false,
  ticksWithoutProgress: 0,
  running: null,
  lastFailed: null,
  isPolled: true,
  indexLost: false,
  otherHome: null,
  indexDamage: null,
  nobodyFinds: null,
  workerSeenAt: ago(0.1),
  refilling: false,
  stale: [],
  blocked: [],
  missed: [],
  lostFields: [],
};
const blockedShares = {
  object: 'Account' as const,
  of: 'shares' as const,
  code: 'QUERY_TIMEOUT',
  message: 'QUERY_TIMEOUT: too slow',
  since: '2026-11-20T01:02:03.000Z',
  at: '2026-11-21T00:00:00.000Z',
  run: 7,
  triedIn: null,
  missedBackfill: false,
  answers: false,
  rereads: 0,
};
const staleLead = {
  object: 'Lead' as const,
  since: NOW.toISOString(),
  run: 3,
  wouldRemove: null,
  of: null,
  hidden: true,
};
const ENGINE: EngineFacts = {
  code: 'engine_unavailable',
  reason: 'read_only',
  address: 'https://search.example.com:9200',
  engineCode: 'cluster_block_exception',
};
const running = (facts: Partial<HealthFacts['running']>): Partial<HealthFacts> => ({
  running: {
    startedAt: ago(60),
    progressAt: ago(1),
    waitsUntil: null,
    engine: null,
    asks: false,
    trouble: null,
    ...facts,
  },
});

describe('the reported problems at 3 a.m.', () => {
  const rows: [string, Partial<HealthFacts>, string[]][] = [
    ['none, between two runs', {}, []],
    ['none, after two ticks without success', { ticksWithoutProgress: 2 }, []],
    ['three ticks without success', { ticksWithoutProgress: 3 }, ['no run has succeeded or made progress for 3 ticks']],
    [
      'a right without which nobody finds anything',
      { nobodyFinds: { line: 'View Setup is missing: nobody finds anything', gap: null } },
      ['View Setup is missing: nobody finds anything'],
    ],
    [
      'a missing index',
      { indexLost: true },
      [
        'the index file is gone: the next run rebuilds it. Until then searches are refused; in a cluster they have the rights of the last run',
      ],
    ],
    [
      'an index that no run fills',
      { otherHome: { host: 'b', path: '/b/index.db' } },
      [
        "no run writes to the index of this config: the connection's index is /b/index.db on b. Delete the index here, or run `salesforce-connector apply --move-here`",
      ],
    ],
    [
      'a damaged index',
      { indexDamage: 'The index i.db cannot be used (a text is not UTF-8). Delete it.' },
      ['The index i.db cannot be used (a text is not UTF-8). Delete it.'],
    ],
    [
      'a damaged index and no worker',
      { ticksWithoutProgress: 3, isPolled: false },
      ['no run has succeeded or made progress for 3 ticks; no worker polls the task queue'],
    ],
    [
      'a forgotten pause',
      { ticksWithoutProgress: 7, paused: true },
      ['no run has succeeded or made progress for 7 ticks; the Schedule is paused'],
    ],
    ['none, in a short pause', { paused: true, ticksWithoutProgress: 2 }, []],
    ['none, without a worker for a while', { isPolled: false, workerSeenAt: ago(0.9) }, []],
    [
      'no worker for a minute',
      { isPolled: false, workerSeenAt: ago(1.5) },
      ['no worker has polled the task queue for 90 seconds: start one with `salesforce-connector worker`'],
    ],
    [
      'never a worker',
      { isPolled: false, workerSeenAt: null },
      ['no worker has polled the task queue: start one with `salesforce-connector worker`'],
    ],
    [
      'an index that is being filled',
      { refilling: true },
      ['the index is not filled yet: until a complete backfill finishes, searches find only what has been read so far'],
    ],
    [
      'a sweep that stopped, and an object that is not wholly visible',
      { stale: [staleLead, { ...staleLead, object: 'Case', wouldRemove: 60, of: 70 }], missed: ['Contact'] },
      [
        'the sweep of Case stopped, because it would have removed too much: documents may be stale until a sweep completes',
        'documents of Lead may be stale: the integration user can no longer see all records',
        'changes to Contact may have been missed: the next complete backfill reads them',
      ],
    ],
    [
      'a table that cannot be read',
      {
        blocked: [blockedShares],
        stale: [{ ...staleLead, object: 'Account', hidden: false, blockedBy: { object: 'Account', of: 'shares' } }],
      },
      [
        'share rows of Account cannot be read (QUERY_TIMEOUT: too slow): documents of Account, Contact, Case, Opportunity may be stale since 2026-11-20 01:02 UTC',
      ],
    ],
    [
      'a field that is no longer visible',
      { lostFields: [{ object: 'Case', field: 'Subject', cause: 'hidden' }] },
      [
        'searches find nothing in Case.Subject: the integration user cannot see it. Grant Read (Object Settings › Field Permissions), or leave it out under objects in the config file',
      ],
    ],
    [
      'fields that are lost for both causes',
      {
        lostFields: [
          { object: 'Account', field: 'Phone', cause: 'hidden' },
          { object: 'Lead', field: 'Company', cause: 'no_room' },
          { object: 'Case', field: 'Subject', cause: 'hidden' },
        ],
      },
      [
        'searches find nothing in Account.Phone, Case.Subject: the integration user cannot see them. Grant Read (Object Settings › Field Permissions), or leave them out under objects in the config file; searches find nothing in Lead.Company: the index has no room for more fields. Leave others out under objects in the config file',
      ],
    ],
    ['none, with a long run that makes progress', running({ startedAt: ago(600) }), []],
    ['none, with a run that made progress 4.9 minutes ago', running({ progressAt: ago(4.9) }), []],
    [
      'a run without progress for 5 minutes',
      running({ progressAt: ago(5) }),
      ['the current run has made no progress for 5 minutes'],
    ],
    [
      'a run without progress, with what it retries',
      running({ progressAt: ago(12), trouble: 'acme.my.salesforce.com does not answer' }),
      ['the current run has made no progress for 12 minutes: acme.my.salesforce.com does not answer'],
    ],
    [
      'a run that no worker has taken',
      { ...running({ startedAt: ago(6), progressAt: null }), isPolled: false },
      ['the current run has made no progress for 6 minutes; no worker polls the task queue'],
    ],
    ['none, with a run that has just started', running({ startedAt: ago(1), progressAt: null }), []],
    ['none, during a wait for the API limit', running({ progressAt: ago(50), waitsUntil: ago(-10) }), []],
    ['none, right after the wait', running({ progressAt: ago(50), waitsUntil: ago(4.9) }), []],
    ['none, while a request is within its own limit', running({ progressAt: ago(9), asks: true }), []],
    [
      'a wait that should be over',
      running({ progressAt: ago(50), waitsUntil: ago(5) }),
      ['the current run has made no progress for 5 minutes'],
    ],
    [
      'a search engine for which a run has waited for a minute',
      running({ progressAt: ago(50), waitsUntil: ago(-1), engine: { ...ENGINE, since: ago(1).toISOString() } }),
      [
        'the search engine at https://search.example.com:9200 is read-only (cluster_block_exception), and the run has waited for it since 2026-11-24 02:59 UTC. Free disk space on its nodes: a cluster whose disks are nearly full makes its indexes read-only, and writable again once there is room. If a person has made it read-only, remove that setting.',
      ],
    ],
    [
      'none, in the first minute of such a wait',
      running({ waitsUntil: ago(-1), engine: { ...ENGINE, since: ago(0.9).toISOString() } }),
      [],
    ],
    [
      'a failed run, with its own message',
      { lastFailed: { message: 'The org refuses the Consumer Secret.', error: null } },
      ['the last run failed: The org refuses the Consumer Secret.'],
    ],
    [
      'a failed run, even if the next one makes progress',
      { lastFailed: { message: 'No disk.', error: null }, ...running({}) },
      ['the last run failed: No disk.'],
    ],
  ];
  it.each(rows)('%s', (_name, facts, expected) => {
    expect(problems({ ...WELL, ...facts }).map(problemText)).toEqual(expected);
  });

  it('include Temporal once it has not answered for five minutes', () => {
    expect(problemsWithoutTemporal(299_000)).toEqual([]);
    expect(problemsWithoutTemporal(300_000).map(problemText)).toEqual([
      'Temporal has not answered for 5 minutes: no run can start or continue',
    ]);
  });

  it('have a code each, and every code is listed', () => {
    const found = rows.flatMap(([, facts]) => problems({ ...WELL, ...facts }).map(({ code }) => code));
    const away = problemsWithoutTemporal(300_000).map(({ code }) => code);
    expect([...new Set([...found, ...away])].toSorted()).toEqual(PROBLEM_CODES.toSorted());
  });
});

it('a degraded problem never counts as failing, and never hides a failing one', () => {
  const degraded = problems({ ...WELL, refilling: true, missed: ['Case'] });
  expect(healthOf(degraded)).toBe('degraded');
  const lostFields = [{ object: 'Case', field: 'Subject', cause: 'hidden' } as const];
  expect(healthOf(problems({ ...WELL, lostFields }))).toBe('degraded');
  expect(healthOf(problems(WELL))).toBe('healthy');
  const failing = problems({ ...WELL, refilling: true, indexLost: true });
  expect(healthOf(failing)).toBe('failing');
  expect(failing.map(({ code }) => code)).toEqual(['index_gone', 'refilling']);
});
