import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { indexAt } from '../../src/index/location.ts';
import { openRunStore } from '../../src/index/open.ts';
import { run, start } from './command-line.ts';

/** What a user can get wrong in files and rights: one line that says what to correct, and exit code 1. */

const BASE = 'base_url: https://acme.my.salesforce.com\nclient_id: id\n';
const DENIED = 0o000;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wrong-settings-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function written(config: string, mode = 0o600): Promise<string> {
  const file = join(folder, 'c.yaml');
  await writeFile(file, config);
  await chmod(file, mode);
  return file;
}

/** The only line that the command writes, with the test's folder as `<here>`. */
async function line(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await run([...args, '--config', 'c.yaml'], folder);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  return stderr.replaceAll(folder, '<here>');
}

describe('fails in one line for an index that this user may not', () => {
  /** Root may do everything, so it becomes another user. */
  const uid = process.getuid?.() === 0 ? 65_534 : undefined;
  let index: string;

  beforeAll(async () => {
    const store = await openRunStore({ index: indexAt(join(folder, 'index', 'index.db')), create: true });
    await store.close();
    index = join(folder, 'index', 'index.db');
    // libsql closes the file some time later. Everything is in the file already.
    for (const ending of ['-wal', '-shm']) await rm(index + ending, { force: true });
    await chmod(folder, 0o755);
  });
  afterEach(() => chmod(join(folder, 'index'), 0o700));

  const commands = [
    ['search', ['search', 'solar', '--as', 'me']],
    ['explain', ['explain', '001000000000001AAA', '--as', 'me']],
    ['worker', ['worker']],
  ] as const;
  const mine = "Run as the worker's user, or";

  describe.each([
    [
      'reach',
      DENIED,
      DENIED,
      `cannot be reached (EACCES). ${mine} set a path in a folder that this user can read and write.`,
    ],
    [
      'open',
      0o755,
      DENIED,
      `cannot be used (SQLITE_CANTOPEN). It cannot be opened. ${mine} let this user read and write the file and its folder.`,
    ],
    [
      'write',
      0o555,
      0o444,
      `cannot be used (SQLITE_READONLY). It is not writable, and searches need to write it too. ${mine} let this user write the file and its folder.`,
    ],
  ])('%s', (_, folderMode, fileMode, problem) => {
    it.each(commands)('%s', async (_, args) => {
      await written(`${BASE}client_secret_file: secret\nindex: { path: index/index.db }\n`, 0o644);
      await writeFile(join(folder, 'secret'), 'HUSH');
      await chmod(join(folder, 'secret'), 0o644);
      await chmod(index, fileMode);
      await chmod(join(folder, 'index'), folderMode);
      const { code, stdout, stderr } = await start([...args, '--config', 'c.yaml'], folder, {}, { uid }).ended;
      expect({ code, stdout, stderr }).toEqual({ code: 1, stdout: '', stderr: `The index ${index} ${problem}\n` });
    });
  });

  it('read, because it is a folder', async () => {
    await written(`${BASE}client_secret_file: secret\nindex: { path: index }\n`);
    expect(await line('search', '--as', 'me')).toBe('The index <here>/index is not a file. Set another path.\n');
  });
});

it.each([
  ['', 'is empty'],
  [' \n\n', 'is empty'],
  ['one\ntwo\n', 'has more than one line'],
])('reports a secret file that contains %j in one line', async (content, problem) => {
  await written(`${BASE}client_secret_file: empty\n`);
  await writeFile(join(folder, 'empty'), content);
  expect(await line('worker')).toBe(
    `<here>/c.yaml: client_secret_file: the file ${problem}: write only the Consumer Secret into it.\n`,
  );
});

describe('YAML that', () => {
  it.each([
    [
      'leaves a { open',
      'objects: {Lead: off\ntimezone: UTC\n',
      'line 3, objects: { is not closed: write } at its end, or put the whole value in quotes',
    ],
    [
      'leaves an inner [ open',
      'objects:\n  Account: { fields: { leave_out: [Name\ntimezone: UTC\n',
      'line 4, Account: [ is not closed: write ] at its end, or put the whole value in quotes',
    ],
    [
      'leaves a quote open',
      "timezone: 'UTC\npage_size: 200\n",
      "line 3, timezone: ' is not closed: write ' at its end, or put the whole value in quotes",
    ],
    ['is indented by tabs', 'index:\n\tpath: x\n', 'line 4, path: this line is indented with a tab: use spaces'],
    [
      'lacks a colon',
      'timezone UTC\npage_size: 200\n',
      'line 3: this is not valid YAML: write one `key: value` per line',
    ],
  ])('%s is reported with the line where it begins', async (_, yaml, problem) => {
    await written(BASE + yaml);
    expect(await line('worker')).toBe(`<here>/c.yaml, ${problem}\n`);
  });
});

it('reports https:// in base_url in one line if the port speaks HTTP', async () => {
  const server = createServer((_, response) => response.end()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  await written(`base_url: https://127.0.0.1:${port}\nclient_id: id\nclient_secret: HUSH\n`);
  const { code, stdout } = await run(['check', '--config', 'c.yaml'], folder);
  server.close();
  expect(code).toBe(1);
  const why = `cannot reach 127.0.0.1:${port} over https: the server there does not speak TLS`;
  expect(stdout).toContain(`✗ ${why}\n       → Correct base_url: `);
});

describe('warns about a secret that other users of the machine can read', () => {
  const warning =
    'Warning: <here>/c.yaml holds client_secret, and other users of this machine can read it: restrict it (chmod 600), or use client_secret_file.\n';
  const refused = /^Nothing is indexed yet: /m;

  it.each([
    ['in the config file: one warning', `${BASE}client_secret: HUSH\n`, 0o644, true],
    ['in a file of the group: one warning', `${BASE}client_secret: HUSH\n`, 0o640, true],
    ['in a file that others cannot read: none', `${BASE}client_secret: HUSH\n`, 0o600, false],
    ['nowhere in the config file: none', `${BASE}client_secret_file: secret\n`, 0o644, false],
  ])('%s', async (_, config, mode, isWarned) => {
    await written(config, mode);
    const stderr = await line('search', '--as', 'me');
    expect(stderr).toMatch(refused);
    expect(stderr.split('\n')).toHaveLength(isWarned ? 3 : 2);
    expect(stderr.startsWith(warning)).toBe(isWarned);
  });
});

it('reports an index path below a file in one line', async () => {
  await written(`${BASE}client_secret: HUSH\nindex: { path: c.yaml/index.db }\n`);
  expect(await line('search', '--as', 'me')).toMatch(
    /^The index <here>\/c\.yaml\/index\.db cannot be reached \(ENOTDIR\)\. /,
  );
});
