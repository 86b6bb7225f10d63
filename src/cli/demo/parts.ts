import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../../package-root.ts';
import { type Kept, keep, lastLines } from '../../process/kept.ts';
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

/** Rejects when one of the parts ends by itself, with its last words; never resolves. */
export function firstToEnd(parts: Readonly<Record<string, Pick<Kept, 'exited' | 'log'>>>): Promise<never> {
  return Promise.race(
    Object.entries(parts).map(async ([name, part]) => {
      const code = await part.exited;
      throw new UserError(
        `The ${name} ended by itself (exit code ${code}); its log ${part.log} says:\n${await lastLines(part.log)}`,
      );
    }),
  );
}
