import { atPoint, type Fault, type Round, startFaultyWorker } from './fault.ts';
import type { Point } from './injection.ts';
import type { StartedRun } from './runs.ts';
import { waitFor } from './wait.ts';

type Victim = 'worker' | 'server' | 'both';

/** Points, each with a number of times that every run passes it at least. */
const POINTS: readonly (readonly [point: Point, within: string, most: number, kind: Fault['in']])[] = [
  ['reply', 'backfillSlice', 8, 'complete'],
  ['continuation', 'backfillSlice', 2, 'complete'],
  ['before commit', 'backfillSlice', 6, 'complete'],
  ['after commit', 'backfillSlice', 6, 'complete'],
  ['done', 'backfillSlice', 5, 'complete'],
  ['before commit', 'sweep', 3, 'complete'],
  ['after commit', 'sweep', 3, 'complete'],
  ['done', 'sweep', 4, 'complete'],
  ['done', 'endBackfill', 1, 'complete'],
  ['before continue-as-new', 'SyncWorkflow', 1, 'complete'],
  ['after continue-as-new', 'SyncWorkflow', 1, 'complete'],
  ['before continue-as-new', 'ConnectionWorkflow', 1, 'complete'],
  ['after continue-as-new', 'ConnectionWorkflow', 1, 'complete'],
  ['done', 'beginRun', 1, 'both'],
  ['done', 'authenticate', 1, 'both'],
  ['reply', 'refreshMembership', 3, 'both'],
  ['before commit', 'refreshMembership', 3, 'complete'],
  ['after commit', 'refreshMembership', 3, 'complete'],
  ['done', 'refreshMembership', 1, 'both'],
  ['reply', 'readChanges', 2, 'incremental'],
  ['before commit', 'readChanges', 3, 'incremental'],
  ['after commit', 'readChanges', 3, 'incremental'],
  ['done', 'readChanges', 1, 'incremental'],
  ['done', 'finishRun', 1, 'both'],
];
const VICTIMS: readonly Victim[] = ['worker', 'server', 'both'];

/** Every point, with each choice of the processes to kill there. */
export const KILLS: readonly Fault[] = POINTS.flatMap(([point, within, most, kind]) =>
  VICTIMS.map((victim) => kill(victim, point, within, most, kind)),
);

function kill(victim: Victim, point: Point, within: string, most: number, kind: Fault['in']): Fault {
  const name = `${victim} killed ${point === 'done' ? 'when done, unreported,' : point} in ${within}`;
  return {
    name,
    kind: 'kill',
    in: kind,
    isBetweenActivities: isBetweenActivities(point, within),
    async inject(round) {
      const { world, random, earliest, start, killed } = round;
      const nth = earliest ? 1 : random.between(1, most);
      const worker = await startFaultyWorker(world, {
        point,
        in: within,
        nth,
        action: victim === 'worker' ? 'kill' : 'wait',
      });
      const run = await start();
      await atPoint(worker, run, name);
      await killed(run, `${name}, time ${nth}`);
      if (victim !== 'server') await world.killWorkers();
      if (victim !== 'worker') await world.killServer();
      if (victim !== 'worker') await world.startServer();
      if (victim === 'server') worker.release();
      else if (random.chance(AGAIN_PERCENT)) await again(run, round);
      else await world.startWorker();
    },
  };
}

/** A run with one activity for all slices has fewer of these. */
function isBetweenActivities(point: Point, within: string): boolean {
  return within === 'SyncWorkflow' || (within === 'backfillSlice' && point === 'done');
}

/** The percentage of replacement workers that are killed as well. */
const AGAIN_PERCENT = 30;

/** Also kills the replacement worker, at any point. The run may end before it reaches that point. */
async function again(run: StartedRun, { world, random, killed }: Round): Promise<void> {
  const [point, within] = random.pick(POINTS);
  const worker = await startFaultyWorker(world, { point, in: within, nth: 1, action: 'kill' });
  const injected = await waitFor('a second fault, or the end of the run', async () => {
    if (worker.isInjected()) return 'injected';
    const { status } = await run.show();
    return status === 'RUNNING' || status === 'UNKNOWN' || status === 'CONTINUED_AS_NEW' ? null : 'ended';
  });
  if (injected === 'injected') await killed(run, `  and the next worker killed ${point} in ${within}`);
  await world.killWorkers();
  await world.startWorker();
}
