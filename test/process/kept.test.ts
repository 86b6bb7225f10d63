import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { packageRoot } from '../../src/package-root.ts';
import { keep, lastLines } from '../../src/process/kept.ts';
import { portFor } from '../../src/process/ports.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kept-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const node = (script: string): [string, string[]] => [process.execPath, ['-e', script]];
const FOREVER = 'setInterval(() => {}, 1000);';

/** Whether the process runs: one that has ended and that nobody has asked about is still listed, as Z. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

it('a kept program ends by SIGTERM, and stop waits for it', async () => {
  const log = join(folder, 'stop.log');
  const script = `process.on('SIGTERM', () => { console.log('tidied up'); process.exit(0); }); console.log('up'); ${FOREVER}`;
  const kept = await keep(...node(script), { log });
  await expect.poll(() => readFile(log, 'utf8')).toContain('up');
  expect(isAlive(kept.pid)).toBe(true);
  await kept.stop();
  expect(isAlive(kept.pid)).toBe(false);
  expect(await lastLines(log, 1)).toBe('tidied up');
  expect(await kept.exited).toBe(0);
});

it('a keeper that is killed takes its program with it', async () => {
  const kept = await keep(...node(FOREVER), { log: join(folder, 'keeper.log') });
  const [, keeper] = /^PPid:\s*(\d+)$/m.exec(await readFile(`/proc/${kept.pid}/status`, 'utf8')) ?? [];
  process.kill(Number(keeper), 'SIGKILL');
  expect(await kept.exited).toBe(137);
  await expect.poll(() => isAlive(kept.pid)).toBe(false);
});

it('a program that ends by itself is known with its exit code and last words', async () => {
  const kept = await keep(...node("console.error('first'); console.error('no such file'); process.exitCode = 3;"), {
    log: join(folder, 'own.log'),
  });
  expect(await kept.exited).toBe(3);
  expect(await lastLines(kept.log, 1)).toBe('no such file');
});

it('a program that does not exist ends at once, with the reason in its log', async () => {
  const kept = await keep('/nowhere/program', [], { log: join(folder, 'none.log') });
  expect(await kept.exited).toBe(127);
  expect(await lastLines(kept.log)).toContain('ENOENT');
});

it('the first line of standard output can be read, the rest of it is let go', async () => {
  const kept = await keep(...node(`console.log('here'); console.log('x'.repeat(1 << 20)); ${FOREVER}`), {
    log: join(folder, 'line.log'),
    readFirstLine: true,
  });
  expect(await kept.firstLine).toBe('here');
  await kept.stop();
  expect(await readFile(kept.log, 'utf8')).toBe('');
});

it('a program without a first line answers null instead of waiting', async () => {
  const kept = await keep(...node(''), { log: join(folder, 'noline.log'), readFirstLine: true });
  expect(await kept.firstLine).toBeNull();
});

it('a kept program does not outlive the one that asked for it, killed -9', async () => {
  const module = join(packageRoot(), 'dist', 'src', 'process', 'kept.js');
  const asker = `import(${JSON.stringify(module)}).then(async ({ keep }) => {
    const kept = await keep(process.execPath, ['-e', ${JSON.stringify(FOREVER)}], { log: ${JSON.stringify(join(folder, 'orphan.log'))} });
    console.log(kept.pid);
  })`;
  const parent = spawn(process.execPath, ['-e', asker], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(parent.stdout, 'data');
  const pid = Number(line);
  expect(isAlive(pid)).toBe(true);
  parent.kill('SIGKILL');
  await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false);
});

it('Ctrl-C in the terminal does not reach it: it is in another process group', async () => {
  const kept = await keep(...node(FOREVER), { log: join(folder, 'group.log') });
  const groupOf = async (pid: number | 'self') =>
    (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ')[2];
  expect(await groupOf(kept.pid)).not.toBe(await groupOf('self'));
  await kept.stop();
});

it('a port that a flag names and another program holds is an error that names both', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as { port: number };
  await expect(portFor('--ui-port', port)).rejects.toThrow(
    `--ui-port ${port}: this port is in use: name another, or leave --ui-port out for a free one.`,
  );
  other.close();
  await once(other, 'close');
  expect(await portFor('--ui-port', port)).toBe(port);
  expect(await portFor('--ui-port', undefined)).toBeGreaterThan(0);
});
