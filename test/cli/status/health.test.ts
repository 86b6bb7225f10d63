import { describe, expect, it } from 'vitest';
import { type HealthFacts, problems } from '../../../src/cli/status/health.ts';

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
  nobodyFinds: null,
};
const running = (facts: Partial<HealthFacts['running']>): Partial<HealthFacts> => ({
  running: { startedAt: ago(60), progressAt: ago(1), waitsUntil: null, trouble: null, ...facts },
});

describe('what is wrong at 3 a.m.', () => {
  const rows: [string, Partial<HealthFacts>, string[]][] = [
    ['nothing, between two runs', {}, []],
    ['nothing, while two ticks brought nothing', { ticksWithoutProgress: 2 }, []],
    [
      'three ticks that brought nothing',
      { ticksWithoutProgress: 3 },
      ['no run has succeeded or progressed for 3 ticks'],
    ],
    [
      'a right without which nobody finds anything',
      { nobodyFinds: 'View Setup is missing: nobody finds anything' },
      ['View Setup is missing: nobody finds anything'],
    ],
    [
      'an index that is gone',
      { indexLost: true },
      ['the index is gone: searches are refused until the next run has begun to fill it anew'],
    ],
    [
      'the same, and no worker',
      { ticksWithoutProgress: 3, isPolled: false },
      ['no run has succeeded or progressed for 3 ticks; no worker polls the task queue'],
    ],
    [
      'a pause that was forgotten',
      { ticksWithoutProgress: 7, paused: true },
      ['no run has succeeded or progressed for 7 ticks; the Schedule is paused'],
    ],
    ['nothing, in a short pause', { paused: true, ticksWithoutProgress: 2 }, []],
    ['nothing, without a worker for a while', { isPolled: false }, []],
    ['nothing, with a long run that moves', running({ startedAt: ago(600) }), []],
    ['nothing, with a run that moved 4.9 minutes ago', running({ progressAt: ago(4.9) }), []],
    [
      'a run that has not moved for 5 minutes',
      running({ progressAt: ago(5) }),
      ['the run under way shows no progress for 5 minutes'],
    ],
    [
      'the same, with what it tries again',
      running({ progressAt: ago(12), trouble: 'acme.my.salesforce.com does not answer' }),
      ['the run under way shows no progress for 12 minutes: acme.my.salesforce.com does not answer'],
    ],
    [
      'a run that no worker has taken',
      { ...running({ startedAt: ago(6), progressAt: null }), isPolled: false },
      ['the run under way shows no progress for 6 minutes; no worker polls the task queue'],
    ],
    ['nothing, with a run that was just started', running({ startedAt: ago(1), progressAt: null }), []],
    ['nothing, while the API limit is waited for', running({ progressAt: ago(50), waitsUntil: ago(-10) }), []],
    ['nothing, right after the wait', running({ progressAt: ago(50), waitsUntil: ago(4.9) }), []],
    [
      'a wait that should be over',
      running({ progressAt: ago(50), waitsUntil: ago(5) }),
      ['the run under way shows no progress for 5 minutes'],
    ],
    [
      'a failed run, with its own message',
      { lastFailed: { message: 'The org refuses the Consumer Secret.' } },
      ['the last run failed: The org refuses the Consumer Secret.'],
    ],
    [
      'a failed run, though the next one moves',
      { lastFailed: { message: 'No disk.' }, ...running({}) },
      ['the last run failed: No disk.'],
    ],
  ];
  it.each(rows)('%s', (_name, facts, expected) => {
    expect(problems({ ...WELL, ...facts })).toEqual(expected);
  });
});
