import { Random } from '@salesforce-connector/sandbox/testing';
import { changeAtRandom } from './changes.ts';
import { CLUSTER_FAULTS } from './cluster-faults.ts';
import { type Fault, NotInjectedError } from './fault.ts';
import { indexState } from './held.ts';
import { INDEX_FAULTS } from './index-faults.ts';
import { KILLS } from './kills.ts';
import { LASTING_FAULTS } from './lasting-faults.ts';
import { ORG_FAULTS } from './org-faults.ts';
import { RUN_FAULTS } from './run-faults.ts';
import type { ShownRun, StartedRun } from './runs.ts';
import { type Verdict, verdictOf } from './verdict.ts';
import { waitFor } from './wait.ts';
import type { Engine, World } from './world.ts';

/** The results of a world's rounds. */
export interface Tally {
  readonly rounds: number;
  readonly kills: number;
  readonly faults: number;
  readonly lost: number;
  readonly twice: number;
  readonly leaked: number;
  readonly slowestSeconds: number;
  /** The name of each round's fault. */
  readonly injected: readonly string[];
}

export interface RoundsOptions {
  readonly name: string;
  readonly world: World;
  readonly seed: number;
  /** The numbers of the rounds. A round has the same fault in any world. */
  readonly rounds: readonly number[];
  /** The faults, one per round, in the seed's order. */
  readonly faultKinds: readonly Fault[];
  readonly say: (line: string) => void;
}

/** The number of runs in which a fault may be tried. */
const INJECTION_TRIES = 5;
/** The percentage of runs whose activities read ahead. */
const READ_AHEAD_PERCENT = 50;

/** The number of runs after the broken one, in which one must complete and every refused table must be read again. */
const RUNS_TO_RECOVER = 5;

/** Returns every fault that worlds with this engine can have, or those with one of these parts in their name. */
export function faultsNamed(parts: readonly string[], engine: Engine): Fault[] {
  const clusterFaults = engine === 'opensearch' ? CLUSTER_FAULTS : [];
  const all = [...KILLS, ...RUN_FAULTS, ...INDEX_FAULTS, ...ORG_FAULTS, ...LASTING_FAULTS, ...clusterFaults];
  for (const part of parts)
    if (!all.some(({ name }) => name.includes(part)))
      throw new Error(
        `No fault has '${part}' in its name. The faults are:\n${all.map(({ name }) => `  ${name}`).join('\n')}`,
      );
  return parts.length === 0 ? all : all.filter(({ name }) => parts.some((part) => name.includes(part)));
}

/**
 * Plays rounds one after the other in a separate world: changes the org, starts a run, injects a fault, lets the run
 * recover, compares.
 */
export async function runRounds({ name, world, seed, rounds, faultKinds, say }: RoundsOptions): Promise<Tally> {
  const tally = {
    rounds: 0,
    kills: 0,
    faults: 0,
    lost: 0,
    twice: 0,
    leaked: 0,
    slowestSeconds: 0,
    injected: [] as string[],
  };
  const order = shuffled(faultKinds, new Random(seed, 'order'));
  await world.startWorker();
  await completed(await world.runs.trigger());
  for (const number of rounds) {
    const fault = order[(number - 1) % order.length] as Fault;
    const tell = (what: string) => say(`${name} ${number} ${what}`);
    const begun = performance.now();
    const { injections, seconds, verdict } = await round(world, fault, new Random(seed, number), tell).catch(
      (error: Error) => {
        throw new Error(`round ${number}, "${fault.name}": ${error.message}`, { cause: error });
      },
    );
    tally.rounds += 1;
    tally.injected.push(fault.name);
    tally[fault.kind === 'kill' ? 'kills' : 'faults'] += injections;
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
  fault: Fault,
  random: Random,
  say: (what: string) => void,
): Promise<{ injections: number; seconds: number; verdict: Verdict }> {
  const kind = fault.in === 'both' ? random.pick(['complete', 'incremental'] as const) : fault.in;
  const injected = await injectedAtLast(world, fault, kind, random, say);
  const { injections, run, at, requests, lost } = injected;
  await waitFor('progress after the fault', async () => {
    return (await world.org.requests()).length > requests || (await run.show()).status !== 'RUNNING';
  });
  const seconds = (performance.now() - at) / 1_000;
  if (fault.untilCompared !== true) await world.org.setFaults([]);
  const shown = await ended(run);
  const miscounted = fault.kind === 'kill' ? miscounts(shown) : [];
  await recovered(world, kind === 'complete');
  const verdict = await verdictOf(world);
  await world.org.setFaults([]);
  return { injections, seconds, verdict: { ...verdict, lost: [...lost, ...verdict.lost, ...miscounted] } };
}

/**
 * Injects the fault. If the run has no suitable moment (for example, no membership to read), tries the next runs, at
 * the first opportunity.
 */
async function injectedAtLast(
  world: World,
  fault: Fault,
  kind: 'complete' | 'incremental',
  random: Random,
  say: (what: string) => void,
): Promise<Injected> {
  for (let left = INJECTION_TRIES; ; left -= 1) {
    try {
      return await inject(world, fault, kind, random, left < INJECTION_TRIES, say);
    } catch (error) {
      if (!(error instanceof NotInjectedError) || left === 1) throw error;
      say(`${error.message}; again, at the first opportunity`);
    }
  }
}

/** A run, and the state when its fault was injected. */
interface Injected {
  readonly injections: number;
  readonly run: StartedRun;
  readonly at: number;
  readonly requests: number;
  readonly lost: readonly string[];
}

async function inject(
  world: World,
  fault: Fault,
  kind: 'complete' | 'incremental',
  random: Random,
  earliest: boolean,
  say: (what: string) => void,
): Promise<Injected> {
  await changeAtRandom(world.org, random, kind === 'complete' ? 'a complete one' : 'any run');
  const readsAhead = fault.isBetweenActivities !== true && !earliest && random.chance(READ_AHEAD_PERCENT);
  await world.runs.readAhead(readsAhead);
  const injections: Pick<Injected, 'run' | 'at' | 'requests'>[] = [];
  const lost: string[] = [];
  await fault.inject({
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
      injections.push({ run, at: performance.now(), requests: (await world.org.requests()).length });
      const ahead = readsAhead ? ', reading ahead' : '';
      say(`${what}${ahead}: ${memo.headline ?? 'before the run began'}`);
    },
  });
  const injected = injections.at(-1);
  if (injected === undefined) throw new NotInjectedError(`"${fault.name}" was not injected`);
  return { ...injected, lost, injections: injections.length };
}

/**
 * Compares how many records a complete backfill reports as read with how many there were. The org does not change while
 * a process is killed.
 */
function miscounts({ status, memo }: ShownRun): string[] {
  if (status !== 'COMPLETED' || memo.kind !== 'complete') return [];
  return Object.entries(memo.progress ?? {}).flatMap(([object, { read, expected }]) =>
    read === expected ? [] : [`run ${memo.run} reports ${read} of ${expected} records of ${object} read`],
  );
}

/**
 * Starts another run, as the next tick would. Starts several if an open backfill continues, or a refused table is read
 * again.
 */
async function recovered(world: World, complete: boolean): Promise<void> {
  for (let left = RUNS_TO_RECOVER; left > 0; left -= 1) {
    const run = await world.runs.trigger();
    const { status, memo } = await ended(run);
    if (status !== 'COMPLETED') continue;
    const { openBackfill, forceRequests, forceRequestsServed } = await world.runs.state();
    const isServed = openBackfill === null && (!complete || forceRequests === forceRequestsServed);
    if (memo.run !== undefined && isServed && (await indexState(world)).blocked.length === 0) return;
  }
  throw new Error('no run completed after the fault with every table read');
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
