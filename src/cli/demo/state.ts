import { readFileSync, rmSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Document, parseDocument } from 'yaml';
import { DATA_DIR, lastFile } from '../../config/last.ts';
import { loadConfig } from '../../config/load.ts';
import { UserError } from '../../errors.ts';
import type { GivenKeys } from './given-config.ts';
import type { DemoOrg } from './org.ts';

/** A connection's folder under `.data`, locked by this process. */
export interface DemoState {
  readonly configFile: string;
  /** Returns the path of a file in the folder. */
  path(name: string): string;
  /** Unlocks the folder for the next start. */
  release(): void;
}

/**
 * Creates the connection's folder and locks it.
 *
 * @throws UserError if it is not writable, or if another demo of the connection is running
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
      `${folder} cannot be written (${code}): the demo keeps its state there. Correct its permissions, or start in another folder.`,
    );
  }
  return {
    configFile: join(folder, 'config.yaml'),
    path: (name) => join(folder, name),
    release: () => rmSync(lock, { force: true }),
  };
}

/** Removes access rights that an earlier start or a person left open: the folder has records of the org. */
async function closeToOthers(folder: string): Promise<void> {
  await chmod(resolve(DATA_DIR), 0o700);
  await chmod(folder, 0o700);
  for (const entry of await readdir(folder, { withFileTypes: true }))
    if (entry.isFile()) await chmod(join(folder, entry.name), 0o600);
}

/**
 * Writes the given keys into the config file, and then what only the demo knows: the addresses of the sandbox and the
 * Temporal server. Leaves its other keys unchanged.
 */
export async function writeConfig(
  state: DemoState,
  org: DemoOrg,
  at: { readonly baseUrl: string; readonly temporalAddress: string; readonly given: GivenKeys },
): Promise<void> {
  const { configFile } = state;
  const before = await readFile(configFile, 'utf8').catch(() => null);
  const document = before === null ? new Document({}) : parseDocument(before);
  // An invalid file is reported with its problem, not overwritten.
  if (document.errors.length > 0) await loadConfig(configFile);
  const own = {
    connection: org.connection,
    base_url: at.baseUrl,
    client_id: org.clientId,
    client_secret: org.clientSecret,
    data_dir: '..',
  };
  for (const [key, value] of Object.entries({ ...at.given, ...own })) document.set(key, document.createNode(value));
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
        `Connection ${connection} is already running (process ${pid}): stop it first, or use another org folder.`,
      );
    }
    await rm(lock, { force: true });
  }
}

/** Reports whether the process that wrote the lock is alive. Its pid alone may belong to another process by now. */
function isRunning(pid: number, started: string): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return startOf(pid) === started;
}

/** Returns when a process began, in Linux's units. `?` on other systems. */
function startOf(pid: number): string {
  try {
    const afterName = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1) ?? '';
    return afterName.split(' ')[19] ?? '?';
  } catch {
    return '?';
  }
}
