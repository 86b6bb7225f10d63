import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { BUGS } from './bugs.ts';
import { lane, type Tally } from './lane.ts';

const USAGE = 'npm run chaos -- [--seed S] [--rounds N] [--lanes N] [--only <part of a name>] [--bug <name>]';

function whole(flag: string, text: string, lowest: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= lowest) return value;
  throw new Error(`--${flag} is '${text}': give a whole number, ${lowest} or more. ${USAGE}`);
}

async function main(): Promise<boolean> {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: `${Date.now() % 1_000_000}` },
      rounds: { type: 'string', default: '20' },
      lanes: { type: 'string', default: '2' },
      only: { type: 'string', default: '' },
      bug: { type: 'string' },
    },
  });
  const [seed, rounds, lanes] = [
    whole('seed', values.seed, 0),
    whole('rounds', values.rounds, 1),
    whole('lanes', values.lanes, 1),
  ];
  const bug = values.bug ?? null;
  if (bug !== null && !(bug in BUGS))
    throw new Error(`There is no bug '${bug}'. There is ${Object.keys(BUGS).join(', ')}.`);
  process.stdout.write(
    `Again with: npm run chaos -- --seed ${seed} --rounds ${rounds} --lanes ${lanes}${values.only === '' ? '' : ` --only '${values.only}'`}${bug === null ? '' : ` --bug ${bug}`}\n`,
  );

  const tallies = await Promise.all(
    Array.from({ length: Math.min(lanes, rounds) }, (_, at) =>
      lane({
        name: String.fromCharCode(65 + at),
        folder: join(tmpdir(), `chaos-${process.pid}-${at}`),
        seed,
        rounds: Array.from({ length: rounds }, (_, round) => round + 1).filter((round) => (round - 1) % lanes === at),
        only: values.only,
        bug,
        say: (line) => process.stdout.write(`${line}\n`),
      }),
    ),
  );
  const sum = (key: keyof Tally) => tallies.reduce((total, tally) => total + Number(tally[key]), 0);
  const slowest = Math.max(...tallies.map(({ slowestSeconds }) => slowestSeconds));
  process.stdout.write(`longest time from a strike to progress: ${slowest.toFixed(1)} s\n`);
  process.stdout.write(
    `rounds ${sum('rounds')}, kills ${sum('kills')}, faults ${sum('faults')}, lost ${sum('lost')}, twice ${sum('twice')}, leaked ${sum('leaked')}\n`,
  );
  return sum('lost') + sum('twice') + sum('leaked') === 0;
}

try {
  if (!(await main())) process.exitCode = 1;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
