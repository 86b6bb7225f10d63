import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { generateProgram } from '../../src/generate.ts';
import { contentsOf, generated, withTemporary } from './folder.ts';

const ACCOUNTS = 60;

afterEach(() => vi.useRealTimers());

test('the same arguments give the same bytes on another day', async () => {
  const today = await generated(ACCOUNTS, 7);
  vi.useFakeTimers({ now: new Date('2031-03-31T23:30:00Z'), toFake: ['Date'] });
  expect(await generated(ACCOUNTS, 7)).toEqual(today);
});

test('… and in another process, folder, time zone and language', async () => {
  const here = await generated(ACCOUNTS, 7);
  const there = await withTemporary((folder) => {
    const env = { ...process.env, TZ: 'Pacific/Auckland', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' };
    const args = [...generateProgram, 'an org', '--accounts', `${ACCOUNTS}`, '--seed', '7'];
    execFileSync(process.execPath, args, { cwd: folder, env });
    return contentsOf(join(folder, 'an org'));
  });
  expect(there).toEqual(here);
});

test('another seed gives another org with other records but the same people', async () => {
  const [one, other] = [await generated(ACCOUNTS, 7), await generated(ACCOUNTS, 8)];
  expect(other['Account.csv']).not.toBe(one['Account.csv']);
  expect(other['User.csv']).toBe(one['User.csv']);
  const ids = [one, other].map((files) => /\b00D\w{15}/.exec(files['Organization.csv'] ?? '')?.[0]);
  expect(new Set(ids).size).toBe(2);
  expect(ids).not.toContain(undefined);
});

test('the first accounts of a larger org are those of the smaller one', async () => {
  const [small, large] = [await generated(20, 7), await generated(40, 7)];
  expect(large['Account.csv']?.startsWith(small['Account.csv'] ?? 'nothing')).toBe(true);
});
