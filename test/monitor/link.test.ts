import { expect, it } from 'vitest';
import { createLink } from '../../src/monitor/link.ts';

it('tells once that somebody went away, and once that they are back, with how long it was', () => {
  const told: string[] = [];
  let now = 1_000_000;
  const link = createLink({ away: () => told.push('away'), back: (s) => told.push(`back after ${s} s`) }, () => now);
  link.answered();
  expect([told, link.silentMs()]).toEqual([[], 0]);
  link.silent();
  now += 40_000;
  link.silent();
  expect([told, link.silentMs()]).toEqual([['away'], 40_000]);
  now += 2_000;
  link.answered();
  link.answered();
  expect([told, link.silentMs()]).toEqual([['away', 'back after 42 s'], 0]);
  link.silent();
  expect(told).toEqual(['away', 'back after 42 s', 'away']);
});
