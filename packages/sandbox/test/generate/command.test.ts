import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { generateProgram } from '../../src/generate.ts';
import { OrgFolderError } from '../../src/org/errors.ts';
import { openOrg } from '../../src/org/open.ts';

let here: string;
beforeAll(() => {
  here = mkdtempSync(join(tmpdir(), 'generate-command-'));
  writeFileSync(join(here, 'file'), '');
});
afterAll(() => rmSync(here, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the built program. */
function start(args: readonly string[]): { readonly process: ChildProcess; readonly ended: Promise<Ended> } {
  const child = spawn(process.execPath, [...generateProgram, ...args], {
    cwd: here,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      output[stream] += text;
    });
  return { process: child, ended: once(child, 'close').then(([code]) => ({ code: code as number | null, ...output })) };
}

const generate = (...args: string[]) => start(args).ended;

test('reports what it wrote, and the sandbox can open it', async () => {
  const { code, stdout, stderr } = await generate('new/org', '--accounts', '12', '--seed', '3');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^Org folder new\/org: [\d,]+ rows in [\d.]+ s\n/);
  expect(stdout).toMatch(/\n {2}Account +12\n/);
  const org = await openOrg(join(here, 'new', 'org'));
  expect(org.rows('Account')).toHaveLength(12);
  org.close();
});

test('writes person accounts on request', async () => {
  const { code, stdout } = await generate('people', '--accounts', '30', '--seed', '3', '--person-accounts', '50');
  expect(code).toBe(0);
  expect(stdout).toMatch(/\n {2}RecordType +2\n/);
  const org = await openOrg(join(here, 'people'));
  expect(org.rows('Account', { IsPersonAccount: true }).length).toBeGreaterThan(0);
  org.close();
});

test('its output is readable by its owner only, with any umask', async () => {
  const before = process.umask(0o022);
  const { code } = await generate('closed/org', '--accounts', '3', '--seed', '3');
  process.umask(before);
  expect(code).toBe(0);
  const modes = [
    'closed',
    'closed/org',
    ...readdirSync(join(here, 'closed', 'org')).map((name) => `closed/org/${name}`),
  ].map((path) => [path, statSync(join(here, path)).mode & 0o777] as const);
  expect(modes.length).toBeGreaterThan(10);
  for (const [path, mode] of modes) expect(mode, path).toBe(/\.(csv|json)$/.test(path) ? 0o600 : 0o700);
});

const NUMBER = 'give a whole number from';

test.each([
  ['no accounts', ['a', '--accounts', '0', '--seed', '1'], `--accounts is '0': ${NUMBER} 1 to 2000000.`],
  [
    'a negative number of accounts',
    ['a', '--accounts=-5', '--seed', '1'],
    `--accounts is '-5': ${NUMBER} 1 to 2000000.`,
  ],
  ['words for a number', ['a', '--accounts', 'many', '--seed', '1'], `--accounts is 'many': ${NUMBER} 1 to 2000000.`],
  [
    'more than 100 percent people',
    ['a', '--accounts', '5', '--seed', '1', '--person-accounts', '101'],
    `--person-accounts is '101': ${NUMBER} 0 to 100.`,
  ],
  ['a fractional seed', ['a', '--accounts', '5', '--seed', '1.5'], `--seed is '1.5': ${NUMBER} 0 to 4294967295.`],
  [
    'a folder that is not empty',
    ['.', '--accounts', '5', '--seed', '1'],
    'The folder . is not empty: name an empty folder, or one that does not exist.',
  ],
  [
    'a folder below a file',
    ['file/org', '--accounts', '5', '--seed', '1'],
    'The folder file/org cannot be written (ENOTDIR): name another folder, or check its disk space and permissions.',
  ],
])('%s: prints one line and writes nothing', async (_, args, message) => {
  expect(await generate(...args)).toEqual({ code: 1, stdout: '', stderr: `${message}\n` });
  expect(existsSync(join(here, 'a'))).toBe(false);
});

test('the sandbox refuses a folder that the command did not finish, instead of serving half of it', async () => {
  const generator = start(['half', '--accounts', '500000', '--seed', '1']);
  const folder = join(here, 'half');
  await expect
    .poll(() => existsSync(folder) && readdirSync(folder).includes('Account.csv'), { timeout: 60_000 })
    .toBe(true);
  const gone = once(generator.process, 'close');
  generator.process.kill('SIGTERM');
  await gone;
  await expect(openOrg(folder)).rejects.toThrow(OrgFolderError);
});
