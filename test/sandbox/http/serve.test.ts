import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test, vi } from 'vitest';
import { serveSandbox } from '../../../sandbox/serve.ts';
import { writeFolder } from '../access/folder.ts';
import { SMALL_ORG } from '../access/small-org.ts';

const PROGRAM = fileURLToPath(new URL('../../../dist/sandbox/serve.js', import.meta.url));

function folder(): string {
  const files = writeFolder(SMALL_ORG);
  onTestFinished(() => files.remove());
  return files.folder;
}

/** Runs the built program; what it wrote to stderr, and how it ended, can be waited for. */
function run(...args: string[]): { process: ChildProcess; ended: Promise<{ code: number | null; stderr: string }> } {
  const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let stderr = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const ended = once(child, 'close').then(([code]) => ({ code: typeof code === 'number' ? code : null, stderr }));
  return { process: child, ended };
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('no stdout');
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  return String(line);
}

test('the program is built', () => {
  expect(existsSync(PROGRAM), 'npm run build makes it').toBe(true);
});

test.each(['SIGTERM', 'SIGINT'] as const)('says where it listens, answers, and %s ends it cleanly', async (signal) => {
  const served = run(folder());
  const line = await firstLine(served.process);
  expect(line).toMatch(/^Sandbox org at http:\/\/127\.0\.0\.1:\d+$/);
  const reply = await fetch(`${line.replace('Sandbox org at ', '')}/services/data`);
  expect(reply.status).toBe(200);
  served.process.kill(signal);
  expect(await served.ended).toEqual({ code: 0, stderr: '' });
});

test('a request that is held does not keep it from ending', async () => {
  const served = run(folder());
  const url = (await firstLine(served.process)).replace('Sandbox org at ', '');
  await fetch(`${url}/sandbox/faults`, {
    method: 'POST',
    body: JSON.stringify([{ match: { path: '/x' }, reply: 'hang' }]),
  });
  const held = fetch(`${url}/x`).catch(() => 'cut');
  await vi.waitFor(async () => {
    const report = await (await fetch(`${url}/sandbox/faults`)).json();
    expect(report).toMatchObject({ held: 1 });
  });
  served.process.kill('SIGTERM');
  expect((await served.ended).code).toBe(0);
  expect(await held).toBe('cut');
});

test('a port in use is one line that names --port', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void taken.close());
  await once(taken, 'listening');
  const address = taken.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const { code, stderr } = await run(folder(), '--port', String(port)).ended;
  expect(code).toBe(1);
  expect(stderr).toBe(`Port ${port} is in use: name another with --port, or leave it out.\n`);
});

test.each([
  ['no folder', [], /one folder is needed/],
  ['a folder that is not there', ['nowhere-to-be-found'], /nowhere-to-be-found/],
  ['a port that is no number', ['x', '--port', 'y'], /--port takes a number/],
  ['a flag that is not known', ['x', '--nope'], /--nope/],
])('%s is one line on stderr and exit code 1', async (_what, args, message) => {
  const { code, stderr } = await run(...args).ended;
  expect(code).toBe(1);
  expect(stderr).toMatch(message);
  expect(stderr.trim().split('\n')).toHaveLength(1);
});

test('a request log that cannot be written is one line that names --log', async () => {
  const place = folder();
  const log = join(place, 'User.csv', 'log.jsonl');
  await expect(serveSandbox({ folder: place, port: 0, log })).rejects.toThrow(/--log/);
});
