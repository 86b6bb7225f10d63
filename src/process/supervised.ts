import { type ChildProcess, type IOType, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile, writeFile } from 'node:fs/promises';
import { constants } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { packageRoot } from './package-root.ts';
import { stopOnSignals } from './stop.ts';

/** Exit codes above this are 128 + the number of the signal that ended the program. */
export const SIGNALLED = 128;

export interface SuperviseOptions {
  /** The file for the program's output. It is emptied first. */
  readonly log: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Read standard output instead of logging it. Its first line becomes `firstLine`. */
  readonly readFirstLine?: boolean;
}

/** A program that runs no longer than this process. */
export interface Supervised {
  /** The program's own pid. 0: it could not be started. */
  readonly pid: number;
  readonly log: string;
  /** Resolves with the exit code (128 + signal number) when the program has ended. */
  readonly exited: Promise<number>;
  /** The first line of standard output. Null: the program ended without one, or it was not requested. */
  readonly firstLine: Promise<string | null>;
  /** Sends SIGTERM, and SIGKILL after a grace period. Resolves when the program is gone. */
  stop(): Promise<void>;
}

/**
 * Starts a program in its own process group, under a supervisor that ends it when this process is gone for any reason.
 */
export async function supervise(
  program: string,
  args: readonly string[],
  options: SuperviseOptions,
): Promise<Supervised> {
  await writeFile(options.log, '', { mode: 0o600 });
  // Appends, because the program may write to the same file by its name.
  const log = await open(options.log, 'a', 0o600);
  const output = options.readFirstLine ? 'pipe' : log.fd;
  const supervisor = spawnSupervisor(program, args, options.env ?? process.env, [output, log.fd]);
  const exited = exitCode(supervisor);
  const pid = pidOf(supervisor);
  await log.close();
  const firstLine = supervisor.stdout ? readFirst(supervisor.stdout) : Promise.resolve(null);
  return {
    pid: await pid,
    log: options.log,
    exited,
    firstLine,
    stop: async () => {
      supervisor.kill('SIGTERM');
      await exited;
    },
  };
}

/**
 * Runs a program until it ends, with this process's output. Ends it if this process is asked to end. Returns its exit
 * code.
 */
export async function runSupervised(program: string, args: readonly string[]): Promise<number> {
  const supervisor = spawnSupervisor(program, args, process.env, ['inherit', 'inherit']);
  const stop = stopOnSignals();
  stop.signal.addEventListener('abort', () => supervisor.kill('SIGTERM'), { once: true });
  const code = await exitCode(supervisor);
  stop.dispose();
  return code;
}

/** Returns the last lines of a program's log, for the message that says why it ended. */
export async function lastLines(log: string, count = 5): Promise<string> {
  const text = await readFile(log, 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-count).join('\n');
}

function spawnSupervisor(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  [out, err]: readonly [IOType | number, IOType | number],
): ChildProcess {
  const supervisor = join(packageRoot(), 'dist', 'src', 'process', 'supervisor.js');
  return spawn(process.execPath, [supervisor, program, ...args], {
    detached: true,
    env,
    stdio: ['ignore', out, err, 'ipc'],
  });
}

/** Returns the program's exit code. If the supervisor itself is killed, kills the program. */
async function exitCode(supervisor: ChildProcess): Promise<number> {
  const started = pidOf(supervisor);
  const [code, signal] = (await once(supervisor, 'exit')) as [number | null, NodeJS.Signals | null];
  if (signal === null) return code ?? 1;
  const pid = await started;
  try {
    if (pid > 0) process.kill(pid, 'SIGKILL');
  } catch {
    // It is already gone.
  }
  return SIGNALLED + constants.signals[signal];
}

/** Returns the program's own pid. 0: the supervisor ended without starting it. */
function pidOf(supervisor: ChildProcess): Promise<number> {
  return new Promise((done) => {
    supervisor.once('message', (message) => done((message as { pid: number }).pid));
    supervisor.once('exit', () => done(0));
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
