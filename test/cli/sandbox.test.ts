import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { run } from './command-line.ts';

/** The sandbox's own tests are beside it; here is that the commands hand over what they are given. */

const here = mkdtempSync(join(tmpdir(), 'sandbox-command-'));
afterAll(() => rmSync(here, { recursive: true, force: true }));

it('`sandbox generate` takes every option', async () => {
  const args = ['people', '--accounts', '30', '--seed', '3', '--person-accounts', '50'];
  const { code, stdout, stderr } = await run(['sandbox', 'generate', ...args], here);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^Org folder people: [\d,]+ rows in [\d.]+ s\n/);
  expect(stdout).toMatch(/\n {2}RecordType +2\n/);
  expect(readFileSync(join(here, 'people', 'Account.csv'), 'utf8')).toContain('IsPersonAccount');
});

it.each([
  ['generate', ['a', '--accounts', '-5', '--seed', '1'], "--accounts is '-5': give a whole number from 1 to 2000000."],
  ['serve', ['a', '--port', 'y'], '--port takes a number from 0 to 65535. Usage: serve <folder> [--port P] [--log F]'],
])('`sandbox %s` says in one line what is wrong', async (command, args, message) => {
  const ended = await run(['sandbox', command, ...args], here);
  expect(ended).toEqual({ code: 1, stdout: '', stderr: `${message}\n` });
  expect(existsSync(join(here, 'a'))).toBe(false);
});
