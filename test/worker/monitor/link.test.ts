import { expect, it } from 'vitest';
import { createLink } from '../../../src/worker/monitor/link.ts';

it('reports once that the other side went away, and once that it is back, with the time between', () => {
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
