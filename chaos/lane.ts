import { Random } from '../sandbox/generate/random.ts';
import { changeAtRandom } from './changes.ts';
import { type Disaster, NotStruckError } from './disaster.ts';
import { indexState } from './held.ts';
import { INDEX_FAULTS } from './index-faults.ts';
import { KILLS } from './kills.ts';
import { LASTING_FAULTS } from './lasting-faults.ts';
import { ORG_FAULTS } from './org-faults.ts';
import { RUN_FAULTS } from './run-faults.ts';
import type { ShownRun, StartedRun } from './runs.ts';
import { type Verdict, verdictOf } from './verdict.ts';
import { waitFor } from './wait.ts';
import type { World } from './world.ts';

/** What a lane's rounds came to. */
export interface Tally {
  readonly rounds: number;
  readonly kills: number;
  readonly faults: number;
  readonly lost: number;
  readonly twice: number;
  readonly leaked: number;
  readonly slowestSeconds: number;
  /** The name of each round's disaster. */
  readonly struck: readonly string[];
}

export interface LaneOptions {
  readonly name: string;
  readonly world: World;
  readonly seed: number;
  /** Their numbers: a round strikes the same whatever lane it runs in. */
  readonly rounds: readonly number[];
  /** The disasters that strike, one a round, in the seed's order. */
  readonly disasters: readonly Disaster[];
  readonly say: (line: string) => void;
}

/** Runs that a disaster may try. */
const TRIES_TO_STRIKE = 5;

/** Runs after the struck one, until one has completed and no table is left that was refused. */
const RUNS_TO_RECOVER = 5;

/** Every disaster, or those whose name holds one of these. */
export function disastersNamed(parts: readonly string[]): Disaster[] {
  const all = [...KILLS, ...RUN_FAULTS, ...INDEX_FAULTS, ...ORG_FAULTS, ...LASTING_FAULTS];
  for (const part of parts)
    if (!all.some(({ name }) => name.includes(part)))
      throw new Error(
        `No disaster has '${part}' in its name. There are:\n${all.map(({ name }) => `  ${name}`).join('\n')}`,
      );
  return parts.length === 0 ? all : all.filter(({ name }) => parts.some((part) => name.includes(part)));
}

/** Rounds one after the other in a world of their own: change the org, start a run, strike it, let it recover, compare. */
export async function lane({ name, world, seed, rounds, disasters, say }: LaneOptions): Promise<Tally> {
  const tally = {
    rounds: 0,
    kills: 0,
    faults: 0,
    lost: 0,
    twice: 0,
    leaked: 0,
    slowestSeconds: 0,
    struck: [] as string[],
  };
  const order = shuffled(disasters, new Random(seed, 'order'));
  await world.startWorker();
  await completed(await world.runs.trigger());
  for (const number of rounds) {
    const disaster = order[(number - 1) % order.length] as Disaster;
    const tell = (what: string) => say(`${name} ${number} ${what}`);
    const begun = performance.now();
    const { strikes, seconds, verdict } = await round(world, disaster, new Random(seed, number), tell).catch(
      (error: Error) => {
        throw new Error(`round ${number}, "${disaster.name}": ${error.message}`, { cause: error });
      },
    );
    tally.rounds += 1;
    tally.struck.push(disaster.name);
    tally[disaster.kind === 'kill' ? 'kills' : 'faults'] += strikes;
    tally.slowestSeconds = Math.max(tally.slowestSeconds, seconds);
    for (const key of ['lost', 'twice', 'leaked'] as const) {
      tally[key] += verdict[key].length;
      for (const line of verdict[key].slice(0, 5)) tell(`  ${key.toUpperCase()} ${line}`);
    }
    const whole = (performance.now() - begun) / 1_000;
    tell(
      `  progress after ${seconds.toFixed(1)} s; index = org: ${isClean(verdict) ? 'yes' : 'NO'} (${whole.toFixed(0)} s)`,
    );
  }
  return tally;
}

async function round(
  world: World,
  disaster: Disaster,
  random: Random,
  say: (what: string) => void,
): Promise<{ strikes: number; seconds: number; verdict: Verdict }> {
  const kind = disaster.in === 'both' ? random.pick(['complete', 'incremental'] as const) : disaster.in;
  const struck = await struckAtLast(world, disaster, kind, random, say);
  const { strikes, run, at, requests, lost } = struck;
  await waitFor('progress after the strike', async () => {
    return (await world.org.requests()).length > requests || (await run.show()).status !== 'RUNNING';
  });
  const seconds = (performance.now() - at) / 1_000;
  if (disaster.untilCompared !== true) await world.org.setFaults([]);
  const shown = await ended(run);
  const miscounted = disaster.kind === 'kill' ? miscounts(shown) : [];
  await recovered(world, kind === 'complete');
  const verdict = await verdictOf(world);
  await world.org.setFaults([]);
  return { strikes, seconds, verdict: { ...verdict, lost: [...lost, ...verdict.lost, ...miscounted] } };
}

/** Strikes: where a run has no such moment (nothing to read of who is who, say), one of the next, at the first occasion. */
async function struckAtLast(
  world: World,
  disaster: Disaster,
  kind: 'complete' | 'incremental',
  random: Random,
  say: (what: string) => void,
): Promise<Struck> {
  for (let left = TRIES_TO_STRIKE; ; left -= 1) {
    try {
      return await strike(world, disaster, kind, random, left < TRIES_TO_STRIKE, say);
    } catch (error) {
      if (!(error instanceof NotStruckError) || left === 1) throw error;
      say(`${error.message}; again, at the first occasion`);
    }
  }
}

/** A run, and how far things were at the moment when it was struck. */
interface Struck {
  readonly strikes: number;
  readonly run: StartedRun;
  readonly at: number;
  readonly requests: number;
  readonly lost: readonly string[];
}

async function strike(
  world: World,
  disaster: Disaster,
  kind: 'complete' | 'incremental',
  random: Random,
  earliest: boolean,
  say: (what: string) => void,
): Promise<Struck> {
  await changeAtRandom(world.org, random, kind === 'complete' ? 'a complete one' : 'any run');
  const strikes: Pick<Struck, 'run' | 'at' | 'requests'>[] = [];
  const lost: string[] = [];
  await disaster.strike({
    world,
    random,
    kind,
    earliest,
    lost: (what) => void lost.push(what),
    async start() {
      if (kind === 'complete') await world.runs.force();
      return world.runs.trigger();
    },
    async killed(run, what) {
      const { memo } = await run.show();
      strikes.push({ run, at: performance.now(), requests: (await world.org.requests()).length });
      say(`${what}: ${memo.headline ?? 'before the run began'}`);
    },
  });
  const struck = strikes.at(-1);
  if (struck === undefined) throw new NotStruckError(`"${disaster.name}" did not strike`);
  return { ...struck, lost, strikes: strikes.length };
}

/** What a complete backfill says to have read, and what there was: the org does not change while a process is killed. */
function miscounts({ status, memo }: ShownRun): string[] {
  if (status !== 'COMPLETED' || memo.kind !== 'complete') return [];
  return Object.entries(memo.progress ?? {}).flatMap(([object, { read, expected }]) =>
    read === expected ? [] : [`run ${memo.run} says to have read ${read} of ${expected} records of ${object}`],
  );
}

/** One more run, as the next tick would start it; a few where an open backfill goes on, or a refused table is read again. */
async function recovered(world: World, complete: boolean): Promise<void> {
  for (let left = RUNS_TO_RECOVER; left > 0; left -= 1) {
    const run = await world.runs.trigger();
    const { status, memo } = await ended(run);
    if (status !== 'COMPLETED') continue;
    const { openBackfill, forceRequests, forceRequestsServed } = await world.runs.state();
    const isServed = openBackfill === null && (!complete || forceRequests === forceRequestsServed);
    if (memo.run !== undefined && isServed && (await indexState(world)).blocked.length === 0) return;
  }
  throw new Error('no run completed after the strike, with every table read');
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

async function completed(run: StartedRun): Promise<void> {
  const { status, memo } = await ended(run);
  if (status !== 'COMPLETED') throw new Error(`the first run is ${status}: ${memo.headline}`);
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
