import { readFileSync, rmSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Document, parseDocument } from 'yaml';
import { loadConfig } from '../../config.ts';
import { lastFile } from '../../config-last.ts';
import { UserError } from '../../user-error.ts';
import type { DemoOrg } from './org.ts';

/** Where the states of all connections lie, below the folder of the start. */
export const DATA_DIR = '.data';

/** A connection's folder under `.data`, held by this process. */
export interface DemoState {
  readonly configFile: string;
  /** The path of a file in the folder. */
  path(name: string): string;
  /** Lets the next start in. */
  release(): void;
}

/**
 * Makes the connection's folder and holds it.
 *
 * @throws UserError when it cannot be written, or another demo of the connection runs
 */
export async function openState(connection: string): Promise<DemoState> {
  const folder = resolve(DATA_DIR, connection);
  const lock = join(folder, 'demo.lock');
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await closeToOthers(folder);
    await takeLock(lock, connection);
  } catch (error) {
    if (error instanceof UserError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new UserError(
      `${folder} cannot be written (${code}): the state of this start goes there; mend its rights, or start in another folder.`,
    );
  }
  return {
    configFile: join(folder, 'config.yaml'),
    path: (name) => join(folder, name),
    release: () => rmSync(lock, { force: true }),
  };
}

/** What an earlier start, or a person, has left open: the records of the org are in it. */
async function closeToOthers(folder: string): Promise<void> {
  await chmod(resolve(DATA_DIR), 0o700);
  await chmod(folder, 0o700);
  for (const entry of await readdir(folder, { withFileTypes: true }))
    if (entry.isFile()) await chmod(join(folder, entry.name), 0o600);
}

/** Writes where the sandbox and the Temporal server are into the config file, and leaves its other keys as they are. */
export async function writeConfig(
  state: DemoState,
  org: DemoOrg,
  at: { readonly baseUrl: string; readonly temporalAddress: string },
): Promise<void> {
  const { configFile } = state;
  const before = await readFile(configFile, 'utf8').catch(() => null);
  const document = before === null ? new Document({}) : parseDocument(before);
  // A file that was spoilt by hand is named with its problem, not written over.
  if (document.errors.length > 0) await loadConfig(configFile);
  const own = {
    connection: org.connection,
    base_url: at.baseUrl,
    client_id: org.clientId,
    client_secret: org.clientSecret,
    data_dir: '..',
  };
  for (const [key, value] of Object.entries(own)) document.set(key, value);
  await replaceFile(configFile, document.toString());
  await replaceFile(
    state.path('temporal.toml'),
    `[profile.default]\naddress = "${at.temporalAddress}"\nnamespace = "default"\n`,
  );
  await replaceFile(lastFile(resolve(DATA_DIR)), `${configFile}\n`);
}

async function replaceFile(path: string, text: string): Promise<void> {
  const next = `${path}.new`;
  await writeFile(next, text, { mode: 0o600 });
  await chmod(next, 0o600);
  await rename(next, path);
}

async function takeLock(lock: string, connection: string): Promise<void> {
  const mine = `${process.pid} ${startOf(process.pid)}\n`;
  for (;;) {
    try {
      await writeFile(lock, mine, { flag: 'wx', mode: 0o600 });
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const held = (await readFile(lock, 'utf8').catch(() => '')).trim();
    const [pid = 0, ...started] = held.split(' ');
    if (isRunning(Number(pid), started.join(' '))) {
      throw new UserError(
        `Connection ${connection} runs already (process ${pid}): end it first, or give another org folder.`,
      );
    }
    await rm(lock, { force: true });
  }
}

/** Whether the process that wrote the lock is alive: a pid alone may be another's by now. */
function isRunning(pid: number, started: string): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return startOf(pid) === started;
}

/** When a process began, as Linux counts it; `?` on other systems. */
function startOf(pid: number): string {
  try {
    const afterName = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1) ?? '';
    return afterName.split(' ')[19] ?? '?';
  } catch {
    return '?';
  }
}
