import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { constants } from 'node:os';
import { join, relative } from 'node:path';
import { generateProgram } from '@salesforce-connector/sandbox/generate';
import { serveProgram } from '@salesforce-connector/sandbox/serve';
import { UserError } from '../../errors.ts';
import type { IndexLocation } from '../../index/location.ts';
import { packageRoot } from '../../process/package-root.ts';
import { portFor } from '../../process/ports.ts';
import { lastLines, SIGNALLED, type Supervised, supervise } from '../../process/supervised.ts';
import type { Person } from '../../serve/people.ts';
import type { DemoState } from './state.ts';

/** The size of the demo's own org, about three thousand records, and its seed. */
const OWN_ORG = { accounts: 600, seed: 1 };

/** Starts the generator of the demo's own org, after deleting what an earlier start left. `generated` waits for it. */
export async function startGenerator(folder: string, state: DemoState): Promise<Supervised> {
  await rm(folder, { recursive: true, force: true });
  const args = [...generateProgram, folder, '--accounts', `${OWN_ORG.accounts}`, '--seed', `${OWN_ORG.seed}`];
  return supervise(process.execPath, args, { log: state.path('generate.log') });
}

/**
 * Waits for the generator.
 *
 * @throws UserError with the generator's last words if it failed
 */
export async function generated({ exited, log }: Supervised): Promise<void> {
  if ((await exited) !== 0) throw new UserError(await lastLines(log, 1));
}

/** Starts the sandbox org as a separate process, and waits for its first line. Also returns its address. */
export async function startSandbox(
  folder: string,
  state: DemoState,
  port: number | undefined,
): Promise<Supervised & { baseUrl: string }> {
  const log = state.path('sandbox.log');
  const at = await portFor('--sandbox-port', port);
  const args = [...serveProgram, folder, '--port', `${at}`, '--log', log];
  const sandbox = await supervise(process.execPath, args, { log, readFirstLine: true });
  const baseUrl = /^Sandbox org at (\S+)$/.exec((await sandbox.firstLine) ?? '')?.[1];
  if (baseUrl !== undefined) return { ...sandbox, baseUrl };
  await sandbox.stop();
  throw new UserError(await lastLines(log, 1));
}

const PROGRAM = join(packageRoot(), 'bin', 'salesforce-connector.js');

/** Parts read Temporal's settings only from beside the config file. */
const environment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('TEMPORAL_')));

/** Starts the worker as a separate process. */
export async function startWorker(state: DemoState): Promise<Supervised> {
  return supervise(process.execPath, [PROGRAM, 'worker', '--config', state.configFile], {
    log: state.path('worker.log'),
    env: environment(),
  });
}

/**
 * Starts the server of the search page as a separate process, and waits for its first line. Also returns its address.
 *
 * @param people whom the page offers to search as. Null: the config file has credentials, which name the users
 */
export async function startServer(
  state: DemoState,
  people: readonly Person[] | null,
  port: number | undefined,
): Promise<Supervised & { url: string }> {
  const log = state.path('serve.log');
  const at = await portFor('--page-port', port);
  const file = state.path('people.json');
  if (people !== null) await writeFile(file, JSON.stringify(people), { mode: 0o600 });
  const open = people === null ? [] : ['--open', '--people', file];
  const args = [PROGRAM, 'serve', '--config', state.configFile, '--listen', `127.0.0.1:${at}`, ...open];
  const server = await supervise(process.execPath, args, { log, readFirstLine: true, env: environment() });
  const url = /^Serving searches at (\S+)$/.exec((await server.firstLine) ?? '')?.[1];
  if (url !== undefined) return { ...server, url };
  await server.stop();
  throw new UserError(await lastLines(log, 1));
}

/**
 * Restarts a part whenever it is ended from outside, for example by `kill -9`. Never resolves.
 *
 * @throws UserError with the part's last words if it ends on its own
 */
export async function keepRunning<T extends Pick<Supervised, 'exited' | 'log'>>(
  name: string,
  part: T,
  again: (ended: T) => Promise<T>,
  say: (line: string) => void,
): Promise<never> {
  for (let running = part; ; ) {
    const code = await running.exited;
    if (code > 0 && code < SIGNALLED)
      throw new UserError(
        `The ${name} exited (exit code ${code}); its log ${running.log} says:\n${await lastLines(running.log)}`,
      );
    // Rejects if the demo is stopping.
    running = await again(running);
    say(`The ${name} was killed (${signalOf(code) ?? `exit code ${code}`}): restarting it.`);
  }
}

function signalOf(code: number): string | undefined {
  return Object.entries(constants.signals).find(([, number]) => number === code - SIGNALLED)?.[0];
}

/**
 * What a person types in this folder to search the demo's index. A config file that signs in is used only if it is
 * named.
 */
export function typedSearch(index: IndexLocation, configFile: string): string {
  const signsIn =
    index.engine === 'opensearch' &&
    (index.auth.kind !== 'none' || index.tls.caFile !== null || index.tls.certFile !== null);
  return `${typedCommand()} search${signsIn ? ` --config ${relative(process.cwd(), configFile)}` : ''}`;
}

/** What a person types in this folder to run the program, whether PATH names it or not. No package registry is asked. */
function typedCommand(folder = process.cwd(), root = packageRoot()): string {
  const installed = join(root, '..', '.bin', 'salesforce-connector');
  const program = existsSync(installed) ? installed : join(root, 'bin', 'salesforce-connector');
  const path = relative(folder, program);
  return path.startsWith('..') ? program : path;
}
