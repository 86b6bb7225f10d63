import { describe, expect, it } from 'vitest';
import { cronProblem, runsPerDay, tickSeconds } from '../../src/config/cron.ts';

describe('the shortest time between two ticks', () => {
  it.each([
    ['every ten minutes', '*/10 * * * *', 'UTC', 600],
    ['every minute', '* * * * *', 'UTC', 60],
    ['only during office hours', '*/15 8-18 * * MON-FRI', 'UTC', 900],
    ['uneven minutes: the smallest gap', '0,50 * * * *', 'UTC', 600],
    ['twenty and more an hour: the gap at the end', '*/3,59 * * * *', 'UTC', 60],
    ['once a day', '0 3 * * *', 'UTC', 86_400],
    ['once a leap year', '0 0 29 2 *', 'UTC', 4 * 365.25 * 86_400],
    ['the first, if it is a Monday: both must match', '0 0 1 * MON', 'UTC', 28 * 86_400],
  ])('%s', (_, spec, timezone, seconds) => {
    expect(tickSeconds(spec, timezone)).toBe(seconds);
  });
});

describe('runs a day', () => {
  it.each([
    ['every ten minutes', '*/10 * * * *', 144],
    ['in office hours on working days', '*/15 8-17 * * MON-FRI', (40 * 5) / 7],
    ['once a day', '0 3 * * *', 1],
    ['once a week', '0 3 * * SUN', 52 / 365],
    ['once a year', '0 0 1 1 *', 1 / 365],
  ])('%s', (_, spec, runs) => {
    expect(runsPerDay(spec, 'UTC')).toBeCloseTo(runs, 10);
  });
});

describe('a cron-spec', () => {
  it.each(['*/10 * * * *', '0 0 * * 7', '0 0 * jul wed', '  5  4 * * 1-5 ', '0 0 1,15 * *', '0-30/2 * * * *'])(
    '"%s" is valid',
    (spec) => {
      expect(cronProblem(spec)).toBeNull();
    },
  );

  it.each([
    '',
    '*',
    '* * * * * *',
    '@daily',
    'TZ=UTC * * * * *',
    '60 * * * *',
    '* 24 * * *',
    '* * 0 * *',
    '* * * 13 *',
    '* * * * 8',
    '? * * * *',
    '0 0 * * 5#2',
    '0 0 * * 5L',
    '0 0 15W * *',
    '5/10 * * * *',
    '10-5 * * * *',
    '*/0 * * * *',
    '0 0 30 2 *',
    '* * * * * # text',
  ])('"%s" is invalid', (spec) => {
    expect(cronProblem(spec)).not.toBeNull();
  });
});
