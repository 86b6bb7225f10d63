import type { Random } from '../sandbox/generate/random.ts';
import type { StartedRun } from './runs.ts';
import type { Strike } from './strike.ts';
import { waitFor } from './wait.ts';
import type { RunningWorker } from './worker.ts';
import type { World } from './world.ts';

/** A run that is about to be struck. */
export interface Round {
  readonly world: World;
  readonly random: Random;
  /** What its run is to be. */
  readonly kind: 'complete' | 'incremental';
  /** It did not strike the first time: it must at the first occasion now. */
  readonly earliest: boolean;
  /** Starts the run, once the worker that is to be struck is there. */
  start(): Promise<StartedRun>;
  /** Called at the moment of each strike; says how far the run was. */
  killed(run: StartedRun, what: string): Promise<void>;
  /** Called for what the index lacks while the org is still broken. */
  lost(what: string): void;
}

/** The run never came to the point where it was to be struck. */
export class NotStruckError extends Error {
  override name = 'NotStruckError';
}

/** Something that goes wrong in a run. */
export interface Disaster {
  readonly name: string;
  readonly kind: 'kill' | 'fault';
  /** Which runs it can strike. */
  readonly in: 'complete' | 'incremental' | 'both';
  /** The org's faults last until the index was compared. Left out: until the struck run recovers. */
  readonly untilCompared?: boolean;
  /** Strikes, and leaves everything alive again. Throws `NotStruckError` where it could not strike. */
  strike(round: Round): Promise<void>;
}

/** A worker that strikes itself; there is no other, so that it takes the run. */
export async function struckWorker(world: World, strike: Strike): Promise<RunningWorker> {
  await world.killWorkers();
  return world.startWorker(strike);
}

/** Waits until the worker has struck itself. Throws `NotStruckError` where the run ends before. */
export function atPoint(worker: RunningWorker, run: StartedRun, name: string): Promise<void> {
  return beforeEnd(run, name, async () => worker.isStruck());
}

/** Waits until the run is struck. Throws `NotStruckError` where it ends before. */
export async function beforeEnd(run: StartedRun, name: string, isStruck: () => Promise<boolean>): Promise<void> {
  await waitFor(`"${name}"`, async () => {
    const { status, memo } = await run.show();
    if (await isStruck()) return true;
    if (status === 'RUNNING' || status === 'UNKNOWN' || status === 'CONTINUED_AS_NEW') return false;
    throw new NotStruckError(`"${name}" did not strike: the run is ${status} (${memo.headline})`);
  });
}

/** In the middle of a complete backfill. */
export const IN_MIDDLE: Strike = { point: 'after commit', in: 'backfillSlice', nth: 3, action: 'wait' };
