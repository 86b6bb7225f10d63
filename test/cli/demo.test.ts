import { spawn } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Ended, PROGRAM, processesOf, run, start } from './command-line.ts';
import { OTHER_ORGANIZATION, writeSmallOrg } from './small-org.ts';

// One connection's life, in order: each start finds what the previous one left.
const MINUTES = 60_000;

/** What a command prints if it uses the config of the last start because nobody named one. */
const CONFIG_TOLD = 'Config: .data/small-org/config.yaml, from the last `npm start`; use --config for another.\n';

let folder: string;
let org: string;
const umask = process.umask(0o022);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cli-demo-'));
  org = join(folder, 'Small Org');
  await writeSmallOrg(org);
});
afterAll(async () => {
  process.umask(umask);
  await rm(folder, { recursive: true, force: true });
});

const state = (name: string) => join(folder, '.data', 'small-org', name);
const inState = (name: string) => join('small-org', name);

/** The modes of everything in a folder, by path. */
async function modesBelow(top: string): Promise<Map<string, number>> {
  const paths = await readdir(top, { recursive: true });
  const modes = paths.map(async (path) => [path, (await stat(join(top, path))).mode & 0o777] as const);
  return new Map(await Promise.all(modes));
}

const once = () => run(['demo', '--once', '--org', org], folder);
const idsOf = async (user: string): Promise<Ended> => run(['search', '--as', user, '--format', 'ids'], folder);

it('demo runs one complete and one incremental run, says what was indexed, and leaves no process behind', {
  timeout: 3 * MINUTES,
}, async () => {
  const { code, stdout, stderr } = await once();
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(
    /^Indexed by run 1, a complete backfill \(.+\), in [\d.]+ s with \d+ API calls:\n {2}Account +3 {3}\(3 added,/,
  );
  expect(stdout).toMatch(/\nThen run 2 \(incremental\): no changes, /);
  expect(stdout).toMatch(/\nWeb UI: http:\/\/127\.0\.0\.1:\d+\/namespaces\/default\/workflows/);
  expect(stderr).toContain('Schedule: created (*/10 * * * * UTC)');
  expect(stderr).toContain('run 1, complete backfill');
  expect(stderr).not.toContain('restarting');
  expect(processesOf(folder)).toEqual([]);
});

it('the search commands that demo prints work, and the two users get different answers', {
  timeout: MINUTES,
}, async () => {
  const admin = await idsOf('admin@small.example');
  const seller = await idsOf('seller@small.example');
  expect(admin.stdout.trim().split('\n')).toHaveLength(3);
  expect(seller).toEqual({ code: 0, stdout: '001000000000001AAA\n', stderr: CONFIG_TOLD });
});

it('demo keeps its state private, and names itself as the last start', async () => {
  const written = await modesBelow(join(folder, '.data'));
  // The Temporal server creates the last two, with the umask that it was started with.
  const expected = ['last', ...['config.yaml', 'index.db', 'worker.log', 'temporal.log', 'temporal.db'].map(inState)];
  expect([...written.keys()]).toEqual(expect.arrayContaining(expected));
  expect([...written].filter(([, mode]) => mode !== 0o600 && mode !== 0o700)).toEqual([]);
  expect(written.get('small-org')).toBe(0o700);
  expect(written.get(inState('temporal.db'))).toBe(0o600);
  expect((await readFile(join(folder, '.data', 'last'), 'utf8')).trim()).toBe(state('config.yaml'));
  expect(await readFile(state('worker.log'), 'utf8')).not.toContain('client_secret');
});

it('a second demo start finds its state, closes what was open, forces a complete run, and continues the run counter', {
  timeout: 3 * MINUTES,
}, async () => {
  for (const [path, mode] of [
    ['', 0o755],
    ['temporal.db', 0o644],
    ['temporal.log', 0o664],
  ] as const)
    await chmod(state(path), mode);
  const { code, stdout, stderr } = await once();
  expect(code, stderr).toBe(0);
  expect(stderr).toContain('Schedule: unchanged');
  const modes = await modesBelow(join(folder, '.data'));
  expect([...modes].filter(([, mode]) => mode !== 0o600 && mode !== 0o700)).toEqual([]);
  expect(stdout).toMatch(
    /^Indexed by run 3, a complete backfill .*\n {2}Account +3 {3}\(0 added, 0 changed, 3 unchanged, 0 removed\)/,
  );
});

it('demo takes all its parts with it when it is killed by SIGKILL in a run, and the next start continues', {
  timeout: 4 * MINUTES,
}, async () => {
  const demo = start(['demo', '--org', org], folder);
  await expect.poll(demo.output, { timeout: MINUTES }).toContain('complete backfill');
  expect(processesOf(folder).length).toBeGreaterThan(3);
  demo.process.kill('SIGKILL');
  await expect.poll(() => processesOf(folder), { timeout: 30_000 }).toEqual([]);
  const { code, stdout, stderr } = await once();
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(/^Indexed by run \d+, a complete backfill/);
});

it('demo in the foreground prints a line for every run that the Schedule starts', {
  timeout: 3 * MINUTES,
}, async () => {
  const demo = start(['demo', '--org', org], folder);
  await expect.poll(demo.output, { timeout: 2 * MINUTES }).toContain('Ctrl-C stops everything');
  expect((await run(['backfill', '--wait'], folder)).code).toBe(0);
  await expect
    .poll(demo.output, { timeout: MINUTES })
    .toMatch(/^\d\d:\d\d:\d\d run \d+ \(complete\): \S.* API calls\.$/m);
  demo.process.kill('SIGINT');
  expect((await demo.ended).code).toBe(0);
});

it('demo refuses another org in the folder before the worker starts, and says how to start over', {
  timeout: 5 * MINUTES,
}, async () => {
  await writeSmallOrg(org, OTHER_ORGANIZATION);
  const refused = await once();
  expect(refused).toMatchObject({ code: 1, stdout: '' });
  expect(refused.stderr).toMatch(
    /Small Org is now organization 00D000000000002\S+, .*: delete \S+small-org to start over\.$/m,
  );
  expect(processesOf(folder)).toEqual([]);

  await rm(join(folder, '.data', 'small-org'), { recursive: true });
  expect(await once()).toMatchObject({ code: 0 });
  expect((await idsOf('admin@small.example')).stdout.trim().split('\n')).toHaveLength(3);
});

it.each([
  ['ended early by SIGTERM', 'SIGTERM', 143],
  ["ended by Ctrl-C, which the terminal's whole job gets", 'SIGINT', 130],
  ['whose terminal is closed', 'SIGHUP', 129],
] as const)(
  'demo %s ends everything, with the exit code that a shell expects',
  {
    timeout: 2 * MINUTES,
  },
  async (_, signal, code) => {
    const demo = start(['demo', '--once', '--org', org], folder, {}, { detached: true });
    await expect.poll(demo.output, { timeout: MINUTES }).toContain('Sandbox org');
    expect(processesOf(folder).length).toBeGreaterThan(2);
    process.kill(-(demo.process.pid ?? 0), signal);
    expect((await demo.ended).code).toBe(code);
    expect(demo.output()).not.toContain('restarting');
    expect(processesOf(folder)).toEqual([]);
  },
);

it.each(['SIGTERM', 'SIGHUP', 'SIGKILL'] as const)(
  "a sandbox under npx ends together with npx's shell, which does not pass on %s",
  async (signal) => {
    const script = `'${process.execPath}' '${PROGRAM}' sandbox serve '${org}'; true`;
    const shell = spawn('sh', ['-c', script], {
      cwd: folder,
      env: { ...process.env, npm_command: 'exec' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    shell.stdout.on('data', (text) => {
      output += text;
    });
    await expect.poll(() => output, { timeout: MINUTES }).toContain('Sandbox org at ');
    shell.kill(signal);
    await expect.poll(() => processesOf(folder), { timeout: MINUTES }).toEqual([]);
  },
);

it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  'a sandbox without a demo leaves nothing behind after %s',
  async (signal) => {
    const sandbox = start(['sandbox', 'serve', org], folder, {}, { detached: true });
    await expect.poll(sandbox.output, { timeout: MINUTES }).toContain('Sandbox org at ');
    process.kill(-(sandbox.process.pid ?? 0), signal);
    expect((await sandbox.ended).code).toBe(0);
    expect(processesOf(folder)).toEqual([]);
  },
);
