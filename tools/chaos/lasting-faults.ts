import type { Random } from '@salesforce-connector/sandbox/testing';
import { dependentObjects } from '../../src/index/model/blocked.ts';
import { OBJECT_NAMES, type ObjectName } from '../../src/objects/index.ts';
import { type Begun, BROKEN_TABLES, type LastingFault } from './broken-tables.ts';
import { changeAtRandom, TITLES } from './changes.ts';
import { atPoint, beforeEnd, type Fault, type Round, startFaultyWorker } from './fault.ts';
import { foundBySomeone } from './held.ts';
import type { Point } from './injection.ts';
import type { Org } from './org.ts';
import type { StartedRun } from './runs.ts';
import { waitFor } from './wait.ts';

/**
 * The points at which to kill the worker in the meantime, each with a number of times that the run surely passes it.
 */
const POINTS: Readonly<Record<Round['kind'], readonly (readonly [point: Point, within: string, most: number])[]>> = {
  complete: [
    ['reply', 'backfillSlice', 6],
    ['before commit', 'backfillSlice', 5],
    ['after commit', 'backfillSlice', 5],
    ['done', 'backfillSlice', 4],
    ['before commit', 'sweep', 2],
    ['done', 'endBackfill', 1],
  ],
  incremental: [
    ['reply', 'readChanges', 2],
    ['before commit', 'readChanges', 3],
    ['after commit', 'readChanges', 3],
    ['done', 'readChanges', 1],
  ],
};

export const LASTING_FAULTS: readonly Fault[] = BROKEN_TABLES.flatMap((fault) => [
  lastingFault(fault, 'alive'),
  lastingFault(fault, 'killed'),
]);

/**
 * Returns a fault that lasts for two runs. Both must complete, and the second must find what changed in unaffected
 * objects.
 */
function lastingFault(
  { what, in: kind, untilCompared = false, begin }: LastingFault,
  worker: 'alive' | 'killed',
): Fault {
  const name = `org: ${what}${worker === 'killed' ? ', worker killed' : ''}`;
  return {
    name,
    kind: 'fault',
    in: kind,
    untilCompared,
    async inject(round) {
      const { world, random, start, killed, lost } = round;
      try {
        const begun = await begin(round);
        const run =
          worker === 'killed' ? await startAndKill(name, round) : await startUntil(name, start, begun.hasInjected);
        await killed(run, `${name}, ${begun.what}`);
        if (worker === 'killed') await world.startWorker();
        await ends(run, name, round);
        // The killed worker may have died before the fault affected anything.
        await beforeEnd(run, name, begun.hasInjected);
        await changeAtRandom(world.org, random, 'any run');
        const changed = await changeTitle(world.org, random, begun.objects);
        await ends(await world.runs.trigger(), name, round);
        if (changed !== null && !(await foundBySomeone(world, changed)))
          lost(`while ${begun.what}, nobody finds ${changed.id} by its new title '${changed.word}'`);
      } finally {
        if (!untilCompared) await world.org.setFaults([]);
        await world.org.setCosts(null);
      }
    },
  };
}

async function startUntil(name: string, start: Round['start'], hasInjected: Begun['hasInjected']): Promise<StartedRun> {
  const run = await start();
  await beforeEnd(run, name, hasInjected);
  return run;
}

async function startAndKill(name: string, { world, random, earliest, kind, start }: Round): Promise<StartedRun> {
  const [point, within, most] = random.pick(POINTS[kind]);
  const nth = earliest ? 1 : random.between(1, most);
  const worker = await startFaultyWorker(world, { point, in: within, nth, action: 'kill' });
  const run = await start();
  await atPoint(worker, run, `${name}, ${point} in ${within}, time ${nth}`);
  return run;
}

/** Waits for a run to end. A refused table must not fail it. */
async function ends(run: StartedRun, name: string, { lost }: Round): Promise<void> {
  const shown = await waitFor(
    `the end of a run, "${name}"`,
    async () => {
      const { status, memo } = await run.show();
      return status === 'RUNNING' || status === 'UNKNOWN' ? null : { status, headline: memo.headline };
    },
    300,
  );
  if (shown.status !== 'COMPLETED') lost(`a run is ${shown.status} (${shown.headline})`);
}

/** Changes a title in an object that is not one of these and does not depend on them. Null: there is none. */
async function changeTitle(org: Org, random: Random, broken: readonly ObjectName[]) {
  const stale = new Set(broken.flatMap((object) => dependentObjects({ object, of: 'shares' })));
  // Everyone who can read a record of these objects can read its title.
  const objects = OBJECT_NAMES.filter((name) => name !== 'Case' && !stale.has(name));
  if (objects.length === 0) return null;
  const object = random.pick(objects);
  const rows = (await org.rows(object)).filter((row) => row.IsDeleted !== true && row.IsConverted !== true);
  if (rows.length === 0) return null;
  const [id, word] = [String(random.pick(rows).Id), `fresh${random.int(1_000_000)}`];
  await org.change({ put: object, row: { Id: id, [TITLES[object]]: word } });
  // A run reads up to its own second, exclusive, and knows the org's time to a second.
  await org.advanceClock(2);
  return { object, id, word };
}
