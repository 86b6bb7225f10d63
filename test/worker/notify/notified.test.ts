import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openNotified } from '../../../src/worker/notify/notified.ts';

const file = () => join(mkdtempSync(join(tmpdir(), 'notified-')), 'new', 'index.db-notified');

it('sends each state once, even after a restart of the worker', () => {
  const path = file();
  expect(openNotified(path).claim('webhook', 'recovered')).toBeNull();
  openNotified(path).claim('webhook', 'unhealthy')?.notified();
  expect(openNotified(path).claim('webhook', 'unhealthy')).toBeNull();
  const claim = openNotified(path).claim('webhook', 'recovered');
  expect(claim).not.toBeNull();
  claim?.notified();
  expect(openNotified(path).claim('webhook', 'recovered')).toBeNull();
});

it('lets one of two workers send, and the other one if the first has been silent for a while', () => {
  const path = file();
  let now = Date.now();
  const [one, other] = [openNotified(path, () => now), openNotified(path, () => now)];
  expect(one.claim('command', 'unhealthy')).not.toBeNull();
  expect(other.claim('command', 'unhealthy')).toBeNull();
  now += 5 * 60_000;
  expect(other.claim('command', 'unhealthy')).not.toBeNull();
});

it('remembers what was sent through each channel', () => {
  const path = file();
  openNotified(path).claim('command', 'unhealthy')?.notified();
  expect(openNotified(path).claim('webhook', 'unhealthy')).not.toBeNull();
});
