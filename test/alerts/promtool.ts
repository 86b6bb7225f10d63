import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { TestContext } from 'vitest';

const run = promisify(execFile);

const CACHE = fileURLToPath(new URL('../../.cache/promtool', import.meta.url));
const FETCH_MS = 120_000;

/**
 * Prometheus' promtool: the one on PATH, or the one of Debian's package, which apt fetches and nobody installs. Skips
 * the test if there is neither.
 */
export async function promtool(
  context: TestContext,
): Promise<(args: readonly string[], stdin?: string) => Promise<Said>> {
  const program = (await works('promtool')) ? 'promtool' : await fetched();
  if (program !== null) return (args, stdin = '') => say(program, args, stdin);
  const why = 'the alert rules are not checked: promtool is not on PATH, and apt cannot fetch it';
  process.stderr.write(`${why}\n`);
  return context.skip(why);
}

interface Said {
  readonly code: number | null;
  readonly output: string;
}

async function works(program: string): Promise<boolean> {
  return run(program, ['--version'], { timeout: 30_000 }).then(
    () => true,
    () => false,
  );
}

async function fetched(): Promise<string | null> {
  const program = join(CACHE, 'usr', 'bin', 'promtool');
  if (existsSync(program)) return program;
  await mkdir(join(CACHE, '..'), { recursive: true });
  // Into a separate folder, so that two concurrent downloads do not collide.
  const scratch = await mkdtemp(join(CACHE, '..', 'promtool-'));
  try {
    await run('apt-get', ['download', 'prometheus'], { cwd: scratch, timeout: FETCH_MS });
    await run('sh', ['-c', 'dpkg-deb -x prometheus_*.deb . && rm prometheus_*.deb'], {
      cwd: scratch,
      timeout: FETCH_MS,
    });
    await rename(scratch, CACHE);
  } catch {
    // Another download was faster, or none is available.
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  return existsSync(program) ? program : null;
}

function say(program: string, args: readonly string[], stdin: string): Promise<Said> {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      output += chunk;
    });
  child.stdin.end(stdin);
  return new Promise((done, failed) => {
    child.once('error', failed);
    child.once('close', (code) => done({ code, output }));
  });
}
