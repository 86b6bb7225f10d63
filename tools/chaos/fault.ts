import type { Random } from '@salesforce-connector/sandbox/testing';
import type { Injection } from './injection.ts';
import type { StartedRun } from './runs.ts';
import { waitFor } from './wait.ts';
import type { RunningWorker } from './worker.ts';
import type { World } from './world.ts';

/** A run that is about to get a fault. */
export interface Round {
  readonly world: World;
  readonly random: Random;
  /** The kind that its run will be. */
  readonly kind: 'complete' | 'incremental';
  /** The first try did not inject the fault. Now it must happen at the first opportunity. */
  readonly earliest: boolean;
  /** Starts the run. The worker to break must already be there. */
  start(): Promise<StartedRun>;
  /** Called when each fault is injected. Reports the run's progress. */
  killed(run: StartedRun, what: string): Promise<void>;
  /** Called with what the index lacks while the org is still broken. */
  lost(what: string): void;
}

/** The run never reached the point for the fault. */
export class NotInjectedError extends Error {
  override name = 'NotStruckError';
}

/** A fault in a run. */
export interface Fault {
  readonly name: string;
  readonly kind: 'kill' | 'fault';
  /** The runs in which it can be injected. */
  readonly in: 'complete' | 'incremental' | 'both';
  /** The run must have several activities that read slices. Left out: half of its runs have. */
  readonly isBetweenActivities?: boolean;
  /** The org's faults last until the index has been compared. Left out: until the broken run recovers. */
  readonly untilCompared?: boolean;
  /** Injects the fault, and restores everything. Throws `NotInjectedError` if it could not be injected. */
  inject(round: Round): Promise<void>;
}

/** Starts a worker that breaks itself. There is no other worker, so it takes the run. */
export async function startFaultyWorker(world: World, inject: Injection): Promise<RunningWorker> {
  await world.killWorkers();
  return world.startWorker(inject);
}

/** Waits until the worker has broken itself. Throws `NotInjectedError` if the run ends first. */
export function atPoint(worker: RunningWorker, run: StartedRun, name: string): Promise<void> {
  return beforeEnd(run, name, async () => worker.isInjected());
}

/** Waits until the fault is injected. Throws `NotInjectedError` if the run ends first. */
export async function beforeEnd(run: StartedRun, name: string, isInjected: () => Promise<boolean>): Promise<void> {
  await waitFor(`"${name}"`, async () => {
    const { status, memo } = await run.show();
    if (await isInjected()) return true;
    if (status === 'RUNNING' || status === 'UNKNOWN' || status === 'CONTINUED_AS_NEW') return false;
    throw new NotInjectedError(`"${name}" was not injected: the run is ${status} (${memo.headline})`);
  });
}

/** A point in the middle of a complete backfill. */
export const IN_MIDDLE: Injection = { point: 'after commit', in: 'backfillSlice', nth: 3, action: 'wait' };
