import { expect, it } from 'vitest';
import { duration, every, fromNow, timeOf } from '../../src/sentences/durations.ts';

it.each([
  [0, '0 seconds'],
  [1, '1 second'],
  [60, '1 minute'],
  [102, '102 seconds'],
  [150, '2.5 minutes'],
  [600, '10 minutes'],
  [3_600, '1 hour'],
  [28_800, '8 hours'],
  [100_000, '28 hours'],
  [86_400 * 37.4, '37 days'],
])('%i s are %s', (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});

it.each([
  [60, 'minute'],
  [600, '10 minutes'],
  [86_400, 'day'],
])('every %i s is every %s', (seconds, text) => {
  expect(every(seconds)).toBe(text);
});

it('describes a time, and how far away it is', () => {
  const now = new Date('2026-11-24T03:10:30Z');
  expect(timeOf(now)).toBe('2026-11-24 03:10 UTC');
  expect(fromNow(new Date('2026-11-24T01:10:30Z'), now)).toBe('2 hours ago');
  expect(fromNow(new Date('2026-11-24T03:20:30Z'), now)).toBe('in 10 minutes');
});
