import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Pinned: what the sandbox is believed for must not change under it. */
const PACKAGE = 'simple-salesforce==1.12.10';
const CACHE = fileURLToPath(new URL('../../../.cache/simple-salesforce', import.meta.url));
export const FETCH_MS = 300_000;

/** The folder to put on PYTHONPATH, or why this machine cannot have it. */
export type Fetched = { readonly folder: string } | { readonly missing: string };

/**
 * simple-salesforce and what it needs, by pip, on the first use; kept per version of Python, for parts of it are compiled.
 *
 * @throws Error where Python and pip are there and the package could not be fetched
 */
export async function fetchSimpleSalesforce(): Promise<Fetched> {
  const version = await pythonWithPip();
  if (version === null) return { missing: 'there is no python3 with pip on this machine' };
  const folder = join(CACHE, `${PACKAGE.replace('==', '-')}-python-${version}`);
  if (existsSync(folder)) return { folder };
  await mkdir(CACHE, { recursive: true });
  // Into a folder of its own, so that two that fetch at once do not meet.
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

/** Runs a script of this folder with simple-salesforce, gives it arguments, and reads the JSON that it prints. */
export async function runWithSimpleSalesforce(folder: string, script: string, args: readonly string[]) {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const env = { ...process.env, PYTHONPATH: folder, PYTHONNOUSERSITE: '1' };
  const { stdout } = await run('python3', [path, ...args], { env, timeout: 120_000 });
  return JSON.parse(stdout) as Record<string, unknown>;
}

async function pythonWithPip(): Promise<string | null> {
  const program = 'import pip, sys; print("%d.%d" % sys.version_info[:2])';
  return run('python3', ['-c', program], { timeout: 60_000 }).then(
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
    throw new Error(`pip could not fetch ${PACKAGE} (${last}): see that python3 -m pip reaches a package index.`);
  }
}
