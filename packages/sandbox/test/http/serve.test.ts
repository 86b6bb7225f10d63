import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test, vi } from 'vitest';
import { serveProgram, serveSandbox } from '../../src/serve.ts';
import { writeFolder } from '../../src/testing/folder.ts';
import { SMALL_ORG } from '../../src/testing/small-org.ts';

const BUILT = fileURLToPath(new URL('../../dist/command/serve.js', import.meta.url));

function folder(): string {
  const files = writeFolder(SMALL_ORG);
  onTestFinished(() => files.remove());
  return files.folder;
}

/** Runs the built program. `ended` resolves to its exit code and stderr. */
function run(...args: string[]): { process: ChildProcess; ended: Promise<{ code: number | null; stderr: string }> } {
  const child = spawn(process.execPath, [...serveProgram, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
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
  expect(existsSync(BUILT), 'run npm run build').toBe(true);
});

test.each(['SIGTERM', 'SIGINT'] as const)('prints its address, answers, and ends cleanly on %s', async (signal) => {
  const served = run(folder());
  const line = await firstLine(served.process);
  expect(line).toMatch(/^Sandbox org at http:\/\/127\.0\.0\.1:\d+$/);
  const reply = await fetch(`${line.replace('Sandbox org at ', '')}/services/data`);
  expect(reply.status).toBe(200);
  served.process.kill(signal);
  expect(await served.ended).toEqual({ code: 0, stderr: '' });
});

test('a held request does not keep it from ending', async () => {
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
  ['no folder', [], /Name one folder/],
  ['a missing folder', ['nowhere-to-be-found'], /nowhere-to-be-found/],
  ['a folder without a name', [''], /Name one folder/],
  ['a port that is not a number', ['x', '--port', 'y'], /--port takes a number/],
  ['a port in another notation', ['x', '--port', '0x50'], /--port takes a number/],
  ['a flag without its value', ['x', '--port'], /^--port needs a value\. Usage: /],
  ['a value like a flag', ['x', '--port', '-1'], /^--port needs a value\. Usage: /],
  ['an unknown flag', ['x', '--nope'], /^Unknown option '--nope'\. Usage: /],
])('%s is one line on stderr and exit code 1', async (_what, args, message) => {
  const { code, stderr } = await run(...args).ended;
  expect(code).toBe(1);
  expect(stderr).toMatch(message);
  expect(stderr.trim().split('\n')).toHaveLength(1);
});

test('an unwritable request log is one line that names --log', async () => {
  const place = folder();
  const log = join(place, 'User.csv', 'log.jsonl');
  await expect(serveSandbox({ folder: place, port: 0, log })).rejects.toThrow(/--log/);
});
