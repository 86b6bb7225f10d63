import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Pinned, so that a new generator does not change what the test proves. It brings what its clients need. */
const PACKAGE = 'openapi-python-client==0.29.1';
const CACHE = fileURLToPath(new URL('../../.cache/openapi-python-client', import.meta.url));
const SCRIPT = fileURLToPath(new URL('./use_generated_client.py', import.meta.url));
const RUN_MS = 60_000;
export const FETCH_MS = 300_000;

/** The folder to put on PYTHONPATH, or the reason why this machine cannot have it. */
export type Fetched = { readonly folder: string } | { readonly missing: string };

/**
 * Fetches the generator with pip on first use. Keeps a copy for each version of Python, because parts of it are
 * compiled.
 *
 * @throws Error if Python and pip exist but the package could not be fetched
 */
export async function fetchGenerator(): Promise<Fetched> {
  const version = await pythonWithPip();
  if (version === null) return { missing: 'there is no python3 3.11 or later with pip on this machine' };
  const folder = join(CACHE, `${PACKAGE.replace('==', '-')}-python-${version}`);
  if (existsSync(folder)) return { folder };
  await mkdir(CACHE, { recursive: true });
  // Into a separate folder, so that two fetches at once do not collide.
  const scratch = await mkdtemp(join(CACHE, 'fetch-'));
  try {
    await pipInstall(scratch);
    await rename(scratch, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  return { folder };
}

/** What the generator wrote to its output, and how it ended. Any warning makes it end with 1. */
export interface Generated {
  readonly code: number;
  readonly output: string;
}

/** Generates the package `client` into the folder, from an OpenAPI document. */
export async function generateClient(generator: string, document: unknown, into: string): Promise<Generated> {
  const file = join(into, 'openapi.json');
  await writeFile(file, JSON.stringify(document));
  const options = ['--meta', 'none', '--fail-on-warning', '--output-path', join(into, 'client')];
  try {
    const { stdout, stderr } = await run(
      'python3',
      ['-m', 'openapi_python_client', 'generate', '--path', file, ...options],
      { env: environment(generator), timeout: RUN_MS },
    );
    return { code: 0, output: `${stdout}${stderr}` };
  } catch (error) {
    const { code, stdout, stderr } = error as { code?: unknown; stdout?: string; stderr?: string };
    if (typeof code !== 'number') throw error;
    return { code, output: `${stdout}${stderr}` };
  }
}

/** Runs the script with the client in the folder, and parses the JSON that it prints. */
export async function useClient(
  generator: string,
  folder: string,
  asked: Readonly<Record<string, unknown>>,
): Promise<unknown> {
  const ran = run('python3', [SCRIPT], { env: environment(generator, folder), timeout: RUN_MS });
  ran.child.stdin?.end(JSON.stringify(asked));
  return JSON.parse((await ran).stdout);
}

function environment(generator: string, ...folders: readonly string[]): NodeJS.ProcessEnv {
  return {
    ...process.env,
    // The generator formats the client with another program of its folder.
    PATH: [join(generator, 'bin'), process.env.PATH].join(delimiter),
    PYTHONPATH: [generator, ...folders].join(delimiter),
    PYTHONNOUSERSITE: '1',
    NO_PROXY: '127.0.0.1',
  };
}

async function pythonWithPip(): Promise<string | null> {
  const program = 'import pip, sys; assert sys.version_info >= (3, 11); print("%d.%d" % sys.version_info[:2])';
  return run('python3', ['-c', program], { timeout: RUN_MS }).then(
    ({ stdout }) => stdout.trim(),
    () => null,
  );
}

async function pipInstall(target: string): Promise<void> {
  const quiet = ['--quiet', '--disable-pip-version-check', '--no-input', '--root-user-action=ignore'];
  try {
    await run('python3', ['-m', 'pip', 'install', ...quiet, '--target', target, PACKAGE], { timeout: FETCH_MS });
  } catch (error) {
    const { stderr, message } = error as { stderr?: string; message?: string };
    const last = (stderr?.trim() || message || String(error)).trim().split('\n').at(-1);
    throw new Error(`pip could not fetch ${PACKAGE} (${last}): check that python3 -m pip can reach a package index.`);
  }
}
