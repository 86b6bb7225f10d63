import { spawn } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { packageRoot } from '../package-root.ts';

export interface KeepOptions {
  /** Takes what the program writes; begun anew. */
  readonly log: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Take standard output instead of logging it; its first line is then `firstLine`. */
  readonly readFirstLine?: boolean;
}

/** A program that runs as long as this process does and no longer. */
export interface Kept {
  /** Of the program itself. */
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
  const log = await open(options.log, 'w', 0o600);
  const keeper = spawn(
    process.execPath,
    [join(packageRoot(), 'dist', 'src', 'process', 'keeper.js'), program, ...args],
    {
      detached: true,
      env: options.env ?? process.env,
      stdio: ['ignore', options.readFirstLine ? 'pipe' : log.fd, log.fd, 'ipc'],
    },
  );
  await log.close();
  const exited = new Promise<number>((done) => keeper.once('exit', (code) => done(code ?? 1)));
  const firstLine = keeper.stdout ? readFirst(keeper.stdout) : Promise.resolve(null);
  const pid = await Promise.race([
    new Promise<number>((done) => keeper.once('message', (message) => done((message as { pid: number }).pid))),
    exited.then(() => 0),
  ]);
  return {
    pid,
    log: options.log,
    exited,
    firstLine,
    stop: async () => {
      keeper.kill('SIGTERM');
      await exited;
    },
  };
}

/** The last lines of a program's log, for the message that says why it ended. */
export async function lastLines(log: string, count = 5): Promise<string> {
  const text = await readFile(log, 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-count).join('\n');
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
