import { type ChildProcess, type IOType, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile, writeFile } from 'node:fs/promises';
import { constants } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { packageRoot } from '../package-root.ts';
import { stopOnSignals } from './stop.ts';

/** Exit codes above are 128 + the number of the signal that ended the program. */
export const SIGNALLED = 128;

export interface KeepOptions {
  /** Takes what the program writes; begun anew. */
  readonly log: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Take standard output instead of logging it; its first line is then `firstLine`. */
  readonly readFirstLine?: boolean;
}

/** A program that runs as long as this process does and no longer. */
export interface Kept {
  /** Of the program itself; 0 when it could not be started. */
  readonly pid: number;
  readonly log: string;
  /** Resolves with the exit code (128 + signal number) when the program has ended. */
  readonly exited: Promise<number>;
  /** The first line of standard output; null when the program ended without one, or it was not asked for. */
  readonly firstLine: Promise<string | null>;
  /** SIGTERM, then SIGKILL after a grace; resolves when the program is gone. */
  stop(): Promise<void>;
}

/**
 * Starts a program in a process group of its own, below a keeper that ends it when this process is gone, however that
 * comes about.
 */
export async function keep(program: string, args: readonly string[], options: KeepOptions): Promise<Kept> {
  await writeFile(options.log, '', { mode: 0o600 });
  // Appending: the program may write to the same file by its name.
  const log = await open(options.log, 'a', 0o600);
  const output = options.readFirstLine ? 'pipe' : log.fd;
  const keeper = spawnKeeper(program, args, options.env ?? process.env, [output, log.fd]);
  const exited = exitCode(keeper);
  const pid = pidOf(keeper);
  await log.close();
  const firstLine = keeper.stdout ? readFirst(keeper.stdout) : Promise.resolve(null);
  return {
    pid: await pid,
    log: options.log,
    exited,
    firstLine,
    stop: async () => {
      keeper.kill('SIGTERM');
      await exited;
    },
  };
}

/** Runs a program to its end with this process's output, and ends it where this process is to end; answers its exit code. */
export async function runKept(program: string, args: readonly string[]): Promise<number> {
  const keeper = spawnKeeper(program, args, process.env, ['inherit', 'inherit']);
  const stop = stopOnSignals();
  stop.signal.addEventListener('abort', () => keeper.kill('SIGTERM'), { once: true });
  const code = await exitCode(keeper);
  stop.dispose();
  return code;
}

/** The last lines of a program's log, for the message that says why it ended. */
export async function lastLines(log: string, count = 5): Promise<string> {
  const text = await readFile(log, 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-count).join('\n');
}

function spawnKeeper(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  [out, err]: readonly [IOType | number, IOType | number],
): ChildProcess {
  const keeper = join(packageRoot(), 'dist', 'src', 'process', 'keeper.js');
  return spawn(process.execPath, [keeper, program, ...args], {
    detached: true,
    env,
    stdio: ['ignore', out, err, 'ipc'],
  });
}

/** The program's exit code. A keeper that is killed itself takes the program with it. */
async function exitCode(keeper: ChildProcess): Promise<number> {
  const started = pidOf(keeper);
  const [code, signal] = (await once(keeper, 'exit')) as [number | null, NodeJS.Signals | null];
  if (signal === null) return code ?? 1;
  const pid = await started;
  try {
    if (pid > 0) process.kill(pid, 'SIGKILL');
  } catch {
    // It is gone already.
  }
  return SIGNALLED + constants.signals[signal];
}

/** The program's own; 0 when the keeper ended without starting it. */
function pidOf(keeper: ChildProcess): Promise<number> {
  return new Promise((done) => {
    keeper.once('message', (message) => done((message as { pid: number }).pid));
    keeper.once('exit', () => done(0));
  });
}

async function readFirst(stream: NodeJS.ReadableStream): Promise<string | null> {
  const lines = createInterface({ input: stream });
  const first = await new Promise<string | null>((done) => {
    lines.once('line', done);
    lines.once('close', () => done(null));
  });
  stream.resume();
  return first;
}
