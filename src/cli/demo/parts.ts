import { rm } from 'node:fs/promises';
import { constants } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../package-root.ts';
import { type Kept, keep, lastLines, SIGNALLED } from '../../process/kept.ts';
import { portFor } from '../../process/ports.ts';
import { UserError } from '../../user-error.ts';
import type { DemoState } from './state.ts';

/** The size of the demo's own org, about three thousand records, and its seed. */
const OWN_ORG = { accounts: 600, seed: 1 };

/** Starts the generator of the demo's own org, in place of what an earlier start has left; `generated` waits for it. */
export async function startGenerator(folder: string, state: DemoState): Promise<Kept> {
  await rm(folder, { recursive: true, force: true });
  const script = join(packageRoot(), 'dist', 'sandbox', 'generate.js');
  const args = [script, folder, '--accounts', `${OWN_ORG.accounts}`, '--seed', `${OWN_ORG.seed}`];
  return keep(process.execPath, args, { log: state.path('generate.log') });
}

/** @throws UserError with the generator's last words when it has failed */
export async function generated({ exited, log }: Kept): Promise<void> {
  if ((await exited) !== 0) throw new UserError(await lastLines(log, 1));
}

/** Starts the sandbox org as a process of its own and waits for its first line; answers its address too. */
export async function startSandbox(
  folder: string,
  state: DemoState,
  port: number | undefined,
): Promise<Kept & { baseUrl: string }> {
  const script = join(packageRoot(), 'dist', 'sandbox', 'serve.js');
  const log = state.path('sandbox.log');
  const at = await portFor('--sandbox-port', port);
  const args = [script, folder, '--port', `${at}`, '--log', log];
  const sandbox = await keep(process.execPath, args, { log, readFirstLine: true });
  const baseUrl = /^Sandbox org at (\S+)$/.exec((await sandbox.firstLine) ?? '')?.[1];
  if (baseUrl !== undefined) return { ...sandbox, baseUrl };
  await sandbox.stop();
  throw new UserError(await lastLines(log, 1));
}

/** Starts the worker as a process of its own, which takes Temporal's settings from beside the config file only. */
export async function startWorker(state: DemoState): Promise<Kept> {
  const program = join(packageRoot(), 'bin', 'salesforce-connector.js');
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('TEMPORAL_')));
  return keep(process.execPath, [program, 'worker', '--config', state.configFile], {
    log: state.path('worker.log'),
    env,
  });
}

/**
 * Keeps a part running: one that was ended from outside, as by `kill -9`, is started again. Never resolves.
 *
 * @throws UserError with the part's last words when it ends by itself
 */
export async function keepRunning<T extends Pick<Kept, 'exited' | 'log'>>(
  name: string,
  part: T,
  again: (ended: T) => Promise<T>,
  say: (line: string) => void,
): Promise<never> {
  for (let running = part; ; ) {
    const code = await running.exited;
    if (code > 0 && code < SIGNALLED)
      throw new UserError(
        `The ${name} ended by itself (exit code ${code}); its log ${running.log} says:\n${await lastLines(running.log)}`,
      );
    // Refuses where everything is being ended.
    running = await again(running);
    say(`The ${name} was ended from outside (${signalOf(code) ?? `exit code ${code}`}): it is started again.`);
  }
}

function signalOf(code: number): string | undefined {
  return Object.entries(constants.signals).find(([, number]) => number === code - SIGNALLED)?.[0];
}
