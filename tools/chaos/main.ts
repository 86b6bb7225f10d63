import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Stopped, stopOnSignals } from '../../src/process/stop.ts';
import { BUGS } from './bugs.ts';
import type { Fault } from './fault.ts';
import { faultsNamed, runRounds, type Tally } from './rounds.ts';
import { createWorld, ENGINES, type Engine, freshFolder, type World } from './world.ts';

const USAGE =
  'npm run chaos -- [--seed S] [--rounds N] [--worlds N] [--engine opensearch] [--only <part of a name>]… [--bug <name>]';

function whole(flag: string, text: string, lowest: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= lowest) return value;
  throw new Error(`--${flag} is '${text}': write a whole number, ${lowest} or more. ${USAGE}`);
}

const ACCOUNTS = 30;

interface Options {
  readonly seed: number;
  readonly rounds: number;
  readonly worldCount: number;
  readonly faultKinds: readonly Fault[];
  readonly bug: string | null;
  readonly engine: Engine;
}

function flags() {
  try {
    return parseArgs({
      options: {
        seed: { type: 'string', default: `${Date.now() % 1_000_000}` },
        rounds: { type: 'string', default: '20' },
        worlds: { type: 'string', default: '2' },
        only: { type: 'string', multiple: true, default: [] },
        engine: { type: 'string', default: 'sqlite' },
        bug: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    throw new Error(`${text.split(/\.(?:\s|$)|\n/)[0]}. ${USAGE}`);
  }
}

function options(): Options | null {
  const values = flags();
  if (values.help) return null;
  const [seed, rounds, worldCount] = [
    whole('seed', values.seed, 0),
    whole('rounds', values.rounds, 1),
    whole('worlds', values.worlds, 1),
  ];
  const bug = values.bug ?? null;
  if (bug !== null && !Object.hasOwn(BUGS, bug))
    throw new Error(`There is no bug '${bug}'. There are: ${Object.keys(BUGS).join(', ')}.`);
  const engine = ENGINES.find((name) => name === values.engine);
  if (engine === undefined) throw new Error(`There is no engine '${values.engine}'. There are: ${ENGINES.join(', ')}.`);
  const faultKinds = faultsNamed(values.only, engine);
  if (bug !== null && values.only.length === 0)
    print(`Only a fault that is injected where the bug is finds it: --only '${BUGS[bug]?.foundBy}'.`);
  const only = values.only.map((part) => ` --only '${part}'`).join('');
  print(
    `To repeat: npm run chaos -- --seed ${seed} --rounds ${rounds} --worlds ${worldCount}${engine === 'sqlite' ? '' : ` --engine ${engine}`}${only}${bug === null ? '' : ` --bug ${bug}`}`,
  );
  return { seed, rounds, worldCount: Math.min(worldCount, rounds), faultKinds, bug, engine };
}

/** Runs the rounds. Returns whether the index equalled the org after each. Always leaves no process behind. */
async function main({ seed, rounds, worldCount, faultKinds, bug, engine }: Options): Promise<boolean> {
  const stop = stopOnSignals();
  const worlds: World[] = [];
  const root = freshFolder(join(tmpdir(), `chaos-${process.pid}`));
  let logsHelp = false;

  async function runWorld(at: number): Promise<Tally> {
    const name = String.fromCharCode(65 + at);
    const folder = freshFolder(join(root, name));
    try {
      const world = await createWorld(folder, { accounts: ACCOUNTS, seed, bug, engine });
      worlds.push(world);
      const numbers = Array.from({ length: rounds }, (_, round) => round + 1);
      const own = numbers.filter((round) => (round - 1) % worldCount === at);
      return await runRounds({ name, world, seed, rounds: own, faultKinds, say: print });
    } catch (error) {
      throw new Error(
        `world ${name}: ${error instanceof Error ? error.message : String(error)}; its logs are in ${folder}`,
      );
    }
  }

  try {
    const tallies = await Promise.race([
      stop.stopped,
      Promise.all(Array.from({ length: worldCount }, (_, at) => runWorld(at))),
    ]);
    const sum = (key: Exclude<keyof Tally, 'injected'>) => tallies.reduce((total, tally) => total + tally[key], 0);
    for (const line of injectedLines(tallies.flatMap(({ injected }) => injected))) print(line);
    const slowest = Math.max(...tallies.map(({ slowestSeconds }) => slowestSeconds));
    print(`longest time from a fault to progress: ${slowest.toFixed(1)} s`);
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

/** Lists how often each fault was injected. */
function injectedLines(names: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([name, count]) => `${count} × ${name}`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Returns 1 for differences, 2 for a round that could not be played, and for Ctrl-C what shells expect. */
async function exitCode(): Promise<number> {
  try {
    const chosen = options();
    if (chosen !== null) return (await main(chosen)) ? 0 : 1;
    print(USAGE);
    return 0;
  } catch (error) {
    if (error instanceof Stopped) return error.exitCode;
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  }
}

// Worlds of a harness that failed or was stopped may still be waiting.
process.exit(await exitCode());
