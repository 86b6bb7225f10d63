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
  /** Starts the run, once the worker that is to be struck is there. */
  start(): Promise<StartedRun>;
  /** Called at the moment of a kill, with how far the run was. */
  killed(run: StartedRun, what: string): Promise<void>;
}

/** Something that goes wrong in a run. */
export interface Disaster {
  readonly name: string;
  readonly kind: 'kill' | 'fault';
  /** Which runs it can strike. */
  readonly in: 'complete' | 'incremental' | 'both';
  /** Strikes, and leaves everything alive again. Throws where it could not strike. */
  strike(round: Round): Promise<void>;
}

/** A worker that strikes itself; there is no other, so that it takes the run. */
export async function struckWorker(world: World, strike: Strike): Promise<RunningWorker> {
  await world.killWorkers();
  return world.startWorker(strike);
}

/** Waits until the worker has struck itself. Throws where the run ends before. */
export async function atPoint(worker: RunningWorker, run: StartedRun, name: string): Promise<void> {
  await waitFor(`"${name}"`, async () => {
    if (worker.isStruck()) return true;
    const { status, memo } = await run.show();
    if (status === 'RUNNING' || status === 'UNKNOWN' || status === 'CONTINUED_AS_NEW') return false;
    throw new Error(`"${name}" did not strike: the run is ${status} (${memo.headline})`);
  });
}

/** In the middle of a complete backfill. */
export const IN_MIDDLE: Strike = { point: 'after commit', in: 'backfillSlice', nth: 3, action: 'wait' };
