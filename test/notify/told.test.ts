import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openTold } from '../../src/notify/told.ts';

const file = () => join(mkdtempSync(join(tmpdir(), 'told-')), 'new', 'index.db-notified');

it('lets each state be told once, also by a worker that was started anew', () => {
  const path = file();
  expect(openTold(path).claim('webhook', 'recovered')).toBeNull();
  openTold(path).claim('webhook', 'unhealthy')?.told();
  expect(openTold(path).claim('webhook', 'unhealthy')).toBeNull();
  const claim = openTold(path).claim('webhook', 'recovered');
  expect(claim).not.toBeNull();
  claim?.told();
  expect(openTold(path).claim('webhook', 'recovered')).toBeNull();
});

it('lets one of two workers tell, and the other if the first has not for a while', () => {
  const path = file();
  let now = Date.now();
  const [one, other] = [openTold(path, () => now), openTold(path, () => now)];
  expect(one.claim('command', 'unhealthy')).not.toBeNull();
  expect(other.claim('command', 'unhealthy')).toBeNull();
  now += 5 * 60_000;
  expect(other.claim('command', 'unhealthy')).not.toBeNull();
});

it('keeps what was told by each way', () => {
  const path = file();
  openTold(path).claim('command', 'unhealthy')?.told();
  expect(openTold(path).claim('webhook', 'unhealthy')).not.toBeNull();
});
