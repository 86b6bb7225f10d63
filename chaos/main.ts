import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Stopped, stopOnSignals } from '../src/process/stop.ts';
import { BUGS } from './bugs.ts';
import type { Disaster } from './disaster.ts';
import { disastersNamed, lane, type Tally } from './lane.ts';
import { createWorld, freshFolder, type World } from './world.ts';

const USAGE = 'npm run chaos -- [--seed S] [--rounds N] [--lanes N] [--only <part of a name>]… [--bug <name>]';

function whole(flag: string, text: string, lowest: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= lowest) return value;
  throw new Error(`--${flag} is '${text}': give a whole number, ${lowest} or more. ${USAGE}`);
}

const ACCOUNTS = 30;

interface Options {
  readonly seed: number;
  readonly rounds: number;
  readonly lanes: number;
  readonly disasters: readonly Disaster[];
  readonly bug: string | null;
}

function flags() {
  try {
    return parseArgs({
      options: {
        seed: { type: 'string', default: `${Date.now() % 1_000_000}` },
        rounds: { type: 'string', default: '20' },
        lanes: { type: 'string', default: '2' },
        only: { type: 'string', multiple: true, default: [] },
        bug: { type: 'string' },
      },
    }).values;
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message.split('\n')[0] : String(error)}. ${USAGE}`);
  }
}

function options(): Options {
  const values = flags();
  const [seed, rounds, lanes] = [
    whole('seed', values.seed, 0),
    whole('rounds', values.rounds, 1),
    whole('lanes', values.lanes, 1),
  ];
  const bug = values.bug ?? null;
  if (bug !== null && !(bug in BUGS))
    throw new Error(`There is no bug '${bug}'. There is ${Object.keys(BUGS).join(', ')}.`);
  const disasters = disastersNamed(values.only);
  if (bug !== null && values.only.length === 0)
    print(`Only a disaster that strikes where the bug is finds it: --only '${BUGS[bug]?.foundBy}'.`);
  const only = values.only.map((part) => ` --only '${part}'`).join('');
  print(
    `Again with: npm run chaos -- --seed ${seed} --rounds ${rounds} --lanes ${lanes}${only}${bug === null ? '' : ` --bug ${bug}`}`,
  );
  return { seed, rounds, lanes: Math.min(lanes, rounds), disasters, bug };
}

/** Runs the rounds; answers whether the index equalled the org after each. Leaves no process behind, whatever happens. */
async function main({ seed, rounds, lanes, disasters, bug }: Options): Promise<boolean> {
  const stop = stopOnSignals();
  const worlds: World[] = [];
  const root = freshFolder(join(tmpdir(), `chaos-${process.pid}`));
  let logsHelp = false;

  async function oneLane(at: number): Promise<Tally> {
    const name = String.fromCharCode(65 + at);
    const folder = freshFolder(join(root, name));
    try {
      const world = await createWorld(folder, { accounts: ACCOUNTS, seed, bug });
      worlds.push(world);
      const numbers = Array.from({ length: rounds }, (_, round) => round + 1);
      const own = numbers.filter((round) => (round - 1) % lanes === at);
      return await lane({ name, world, seed, rounds: own, disasters, say: print });
    } catch (error) {
      throw new Error(
        `lane ${name}: ${error instanceof Error ? error.message : String(error)}; its logs are in ${folder}`,
      );
    }
  }

  try {
    const tallies = await Promise.race([
      stop.stopped,
      Promise.all(Array.from({ length: lanes }, (_, at) => oneLane(at))),
    ]);
    const sum = (key: Exclude<keyof Tally, 'struck'>) => tallies.reduce((total, tally) => total + tally[key], 0);
    for (const line of struckLines(tallies.flatMap(({ struck }) => struck))) print(line);
    const slowest = Math.max(...tallies.map(({ slowestSeconds }) => slowestSeconds));
    print(`longest time from a strike to progress: ${slowest.toFixed(1)} s`);
    print(
      `rounds ${sum('rounds')}, kills ${sum('kills')}, faults ${sum('faults')}, lost ${sum('lost')}, twice ${sum('twice')}, leaked ${sum('leaked')}`,
    );
    return sum('lost') + sum('twice') + sum('leaked') === 0;
  } catch (error) {
    logsHelp = !(error instanceof Stopped);
    throw error;
  } finally {
    await Promise.all(worlds.map((world) => world.close()));
    if (!logsHelp) rmSync(root, { recursive: true, force: true });
  }
}

/** How often each disaster struck. */
function struckLines(names: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([name, count]) => `${count} × ${name}`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Differences: 1; a round that could not be played: 2; Ctrl-C: as a shell expects. */
async function exitCode(): Promise<number> {
  try {
    return (await main(options())) ? 0 : 1;
  } catch (error) {
    if (error instanceof Stopped) return error.exitCode;
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  }
}

// Lanes of a harness that failed or was stopped still wait for something.
process.exit(await exitCode());
