import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { OrgFolderError } from '../src/org/errors.ts';
import { readSettings } from '../src/org/settings.ts';

const PROGRAM = fileURLToPath(new URL('../bin/sandbox-org.js', import.meta.url));

/** Runs the built program. */
function run(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...args], { encoding: 'utf8' });
  return { status, stdout, stderr };
}

test.each([[['--help']], [['help']], [['serve', '--help']], [['generate', '-h']]])('%s prints the help', (args) => {
  const { status, stdout, stderr } = run(...args);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toMatch(/^Usage: sandbox-org <command>\n/);
});

test('without a command it prints the help as an error', () => {
  const { status, stdout, stderr } = run();
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toMatch(/^Usage: sandbox-org <command>\n/);
});

test('an unknown command is named before the help', () => {
  const { status, stdout, stderr } = run('sevre', 'folder');
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toMatch(/^There is no command 'sevre'\. Usage: sandbox-org <command>\n/);
});

test('a value like a flag is one line', () => {
  const { status, stdout, stderr } = run('generate', 'folder', '--accounts', '-5', '--seed', '1');
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toMatch(/^--accounts needs a value\. Usage: generate .*\n$/);
});

test('an org.json that is a folder is an error of the org folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sandbox-command-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'org.json'));
  expect(() => readSettings(folder)).toThrow(OrgFolderError);
  expect(() => readSettings(folder)).toThrow(/org\.json cannot be read: EISDIR.* Make it a readable file\.$/);
});
