import { Random } from '../sandbox/generate/random.ts';
import { changeAtRandom } from './changes.ts';
import type { Disaster } from './disaster.ts';
import { INDEX_FAULTS } from './index-faults.ts';
import { KILLS } from './kills.ts';
import { ORG_FAULTS } from './org-faults.ts';
import { RUN_FAULTS } from './run-faults.ts';
import type { StartedRun } from './runs.ts';
import { type Verdict, verdictOf } from './verdict.ts';
import { waitFor } from './wait.ts';
import { createWorld, freshFolder, type World } from './world.ts';

/** What a lane's rounds came to. */
export interface Tally {
  readonly rounds: number;
  readonly kills: number;
  readonly faults: number;
  readonly lost: number;
  readonly twice: number;
  readonly leaked: number;
  readonly slowestSeconds: number;
}

export interface LaneOptions {
  readonly name: string;
  readonly folder: string;
  readonly seed: number;
  /** Their numbers: a round strikes the same whatever lane it runs in. */
  readonly rounds: readonly number[];
  /** Only disasters whose name holds this. */
  readonly only: string;
  readonly bug: string | null;
  readonly say: (line: string) => void;
}

const ACCOUNTS = 30;
/** Runs after the struck one, until one has completed. */
const RUNS_TO_RECOVER = 3;

/** Rounds one after the other in a world of their own: change the org, start a run, strike it, let it recover, compare. */
export async function lane({ name, folder, seed, rounds, only, bug, say }: LaneOptions): Promise<Tally> {
  const tally = { rounds: 0, kills: 0, faults: 0, lost: 0, twice: 0, leaked: 0, slowestSeconds: 0 };
  const disasters = shuffled(
    [...KILLS, ...RUN_FAULTS, ...INDEX_FAULTS, ...ORG_FAULTS].filter((disaster) => disaster.name.includes(only)),
    new Random(seed, 'order'),
  );
  if (disasters.length === 0) throw new Error(`No disaster has '${only}' in its name.`);
  const world = await createWorld(freshFolder(folder), { accounts: ACCOUNTS, seed, bug });
  try {
    await world.startWorker();
    await completed(world, await world.runs.trigger());
    for (const number of rounds) {
      const disaster = disasters[(number - 1) % disasters.length] as Disaster;
      const random = new Random(seed, number);
      const begun = performance.now();
      const { seconds, verdict } = await round(world, disaster, random, (what) => say(`${name} ${number} ${what}`));
      tally.rounds += 1;
      tally[disaster.kind === 'kill' ? 'kills' : 'faults'] += 1;
      tally.slowestSeconds = Math.max(tally.slowestSeconds, seconds);
      for (const key of ['lost', 'twice', 'leaked'] as const) {
        tally[key] += verdict[key].length;
        for (const line of verdict[key].slice(0, 5)) say(`${name} ${number}   ${key.toUpperCase()} ${line}`);
      }
      const whole = (performance.now() - begun) / 1_000;
      say(
        `${name} ${number}   progress after ${seconds.toFixed(1)} s; index = org: ${isClean(verdict) ? 'yes' : 'NO'} (${whole.toFixed(0)} s)`,
      );
    }
  } finally {
    await world.close();
  }
  return tally;
}

async function round(
  world: World,
  disaster: Disaster,
  random: Random,
  say: (what: string) => void,
): Promise<{ seconds: number; verdict: Verdict }> {
  const kind = disaster.in === 'both' ? random.pick(['complete', 'incremental'] as const) : disaster.in;
  await changeAtRandom(world.org, random, kind === 'complete' ? 'a complete one' : 'any run');
  let struck: { readonly run: StartedRun; readonly at: number; readonly requests: number } | null = null;
  await disaster.strike({
    world,
    random,
    async start() {
      if (kind === 'complete') await world.runs.force();
      return world.runs.trigger();
    },
    async killed(run, what) {
      const { memo } = await run.show();
      struck = { run, at: performance.now(), requests: await world.org.requests() };
      say(`${what}: ${memo.headline ?? 'before the run began'}`);
    },
  });
  if (struck === null) throw new Error(`"${disaster.name}" did not strike`);
  const { run, at, requests } = struck as { run: StartedRun; at: number; requests: number };
  await waitFor('progress after the strike', async () => {
    return (await world.org.requests()) > requests || (await run.show()).status !== 'RUNNING';
  });
  const seconds = (performance.now() - at) / 1_000;
  await world.org.setFaults([]);
  await ended(run);
  await recovered(world, kind === 'complete');
  return { seconds, verdict: await verdictOf(world) };
}

/** One more run, as the next tick would start it; a few where it is an open backfill that goes on. */
async function recovered(world: World, complete: boolean): Promise<void> {
  for (let left = RUNS_TO_RECOVER; left > 0; left -= 1) {
    const run = await world.runs.trigger();
    const { status, memo } = await ended(run);
    if (status !== 'COMPLETED') continue;
    const { openBackfill, forceRequests, forceRequestsServed } = await world.runs.state();
    if (memo.run !== undefined && openBackfill === null && (!complete || forceRequests === forceRequestsServed)) return;
  }
  throw new Error('no run completed after the strike');
}

async function ended(run: StartedRun) {
  return waitFor(
    'the end of the run',
    async () => {
      const shown = await run.show();
      return shown.status === 'RUNNING' || shown.status === 'UNKNOWN' ? null : shown;
    },
    300,
  );
}

async function completed(world: World, run: StartedRun): Promise<void> {
  const { status, memo } = await ended(run);
  if (status !== 'COMPLETED') throw new Error(`the first run is ${status}: ${memo.headline}; see ${world.folder}`);
}

function isClean({ lost, twice, leaked }: Verdict): boolean {
  return lost.length + twice.length + leaked.length === 0;
}

function shuffled<T>(list: readonly T[], random: Random): T[] {
  const result = [...list];
  for (let at = result.length - 1; at > 0; at -= 1) {
    const other = random.int(at + 1);
    [result[at], result[other]] = [result[other] as T, result[at] as T];
  }
  return result;
}
