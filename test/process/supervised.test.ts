import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { packageRoot } from '../../src/process/package-root.ts';
import { portFor } from '../../src/process/ports.ts';
import { lastLines, supervise } from '../../src/process/supervised.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'child-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const node = (script: string): [string, string[]] => [process.execPath, ['-e', script]];
const FOREVER = 'setInterval(() => {}, 1000);';

/** Whether the process runs. A process that has ended but has not been waited for is still listed, as Z. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

it('a supervised program ends on SIGTERM, and stop waits for it', async () => {
  const log = join(folder, 'stop.log');
  const script = `process.on('SIGTERM', () => { console.log('tidied up'); process.exit(0); }); console.log('up'); ${FOREVER}`;
  const child = await supervise(...node(script), { log });
  await expect.poll(() => readFile(log, 'utf8')).toContain('up');
  expect(isAlive(child.pid)).toBe(true);
  await child.stop();
  expect(isAlive(child.pid)).toBe(false);
  expect(await lastLines(log, 1)).toBe('tidied up');
  expect(await child.exited).toBe(0);
});

it('a killed supervisor takes its program with it', async () => {
  const child = await supervise(...node(FOREVER), { log: join(folder, 'supervisor.log') });
  const [, supervisor] = /^PPid:\s*(\d+)$/m.exec(await readFile(`/proc/${child.pid}/status`, 'utf8')) ?? [];
  process.kill(Number(supervisor), 'SIGKILL');
  expect(await child.exited).toBe(137);
  await expect.poll(() => isAlive(child.pid)).toBe(false);
});

it('a program that ends on its own is known with its exit code and last words', async () => {
  const child = await supervise(
    ...node("console.error('first'); console.error('no such file'); process.exitCode = 3;"),
    {
      log: join(folder, 'own.log'),
    },
  );
  expect(await child.exited).toBe(3);
  expect(await lastLines(child.log, 1)).toBe('no such file');
});

it('a missing program ends at once, with the reason in its log', async () => {
  const child = await supervise('/nowhere/program', [], { log: join(folder, 'none.log') });
  expect(await child.exited).toBe(127);
  expect(await lastLines(child.log)).toContain('ENOENT');
});

it('the first line of standard output can be read, and the rest of it is dropped', async () => {
  const child = await supervise(...node(`console.log('here'); console.log('x'.repeat(1 << 20)); ${FOREVER}`), {
    log: join(folder, 'line.log'),
    readFirstLine: true,
  });
  expect(await child.firstLine).toBe('here');
  await child.stop();
  expect(await readFile(child.log, 'utf8')).toBe('');
});

it('a program without a first line returns null instead of waiting', async () => {
  const child = await supervise(...node(''), { log: join(folder, 'noline.log'), readFirstLine: true });
  expect(await child.firstLine).toBeNull();
});

it('a supervised program does not outlive the process that started it, even if that is killed by SIGKILL', async () => {
  const module = join(packageRoot(), 'dist', 'src', 'process', 'supervised.js');
  const asker = `import(${JSON.stringify(module)}).then(async ({ supervise }) => {
    const child = await supervise(process.execPath, ['-e', ${JSON.stringify(FOREVER)}], { log: ${JSON.stringify(join(folder, 'orphan.log'))} });
    console.log(child.pid);
  })`;
  const parent = spawn(process.execPath, ['-e', asker], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(parent.stdout, 'data');
  const pid = Number(line);
  expect(isAlive(pid)).toBe(true);
  parent.kill('SIGKILL');
  await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false);
});

it('Ctrl-C in the terminal does not reach a supervised program, which is in another process group', async () => {
  const child = await supervise(...node(FOREVER), { log: join(folder, 'group.log') });
  const groupOf = async (pid: number | 'self') =>
    (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ')[2];
  expect(await groupOf(child.pid)).not.toBe(await groupOf('self'));
  await child.stop();
});

it('a port that a flag names and another program uses is an error that names both', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as { port: number };
  await expect(portFor('--ui-port', port)).rejects.toThrow(
    `--ui-port ${port}: this port is in use: choose another, or leave out --ui-port to use a free one.`,
  );
  other.close();
  await once(other, 'close');
  expect(await portFor('--ui-port', port)).toBe(port);
  expect(await portFor('--ui-port', undefined)).toBeGreaterThan(0);
});
