import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/process/package-root.ts';

// The config files that tests write contain secrets. Commands warn about files that others can read.
process.umask(0o077);

export const PROGRAM = join(packageRoot(), 'bin', 'salesforce-connector.js');

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
  /** What both streams have received so far. */
  output(): string;
}

/**
 * Starts the built program as a user does, in a folder, without settings of Temporal or Salesforce in the environment.
 *
 * @param detached leads its own process group, like a terminal's foreground job
 * @param uid runs as another user, who needs the right to read the folder
 */
export function start(
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv = {},
  { detached = false, uid }: { detached?: boolean; uid?: number | undefined } = {},
): Started {
  const clean = Object.entries(process.env).filter(([name]) => !/^(TEMPORAL|SALESFORCE)_/.test(name));
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    cwd,
    detached,
    ...(uid === undefined ? {} : { uid, gid: uid }),
    env: { ...Object.fromEntries(clean), HOME: cwd, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const ended = new Promise<Ended>((done) => child.once('close', (code) => done({ code, stdout, stderr })));
  return { process: child, ended, output: () => stdout + stderr };
}

export async function run(args: readonly string[], cwd: string, env?: NodeJS.ProcessEnv): Promise<Ended> {
  return start(args, cwd, env).ended;
}

/** The processes whose command lines name a folder. */
export function processesOf(folder: string): { readonly pid: number; readonly command: string }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return command.includes(folder) ? [{ pid: Number(pid), command }] : [];
      } catch {
        return [];
      }
    });
}
