import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { measureBareWrites } from './bare-write/measure.ts';
import type { RunFigures } from './deployment/deployment.ts';
import { onStage, STAGE_OPTIONS, STAGE_USAGE, type Stage } from './deployment/stage.ts';
import { readFlags, wholeNumber } from './flags.ts';
import { RUN_FIGURES } from './run-figures.ts';
import { type Figure, grouped, inTurns, machineLoad, type Side, sideBySide, table } from './side-by-side.ts';

const FLAGS = {
  usage: `npm run bench -- backfill ${STAGE_USAGE} [--rounds N] [--no-bare-write]`,
  options: {
    ...STAGE_OPTIONS,
    rounds: { type: 'string', default: '1' },
    'no-bare-write': { type: 'boolean', default: false },
  },
} as const;

/**
 * Runs first complete backfills of a generated org as users run them, by this checkout and by another one in turns.
 * Compares them with the time that the same writes take in a process that does nothing else.
 */
export async function benchBackfill(args: readonly string[]): Promise<void> {
  const flags = readFlags(args, FLAGS);
  const rounds = wholeNumber('rounds', flags.rounds, 1);
  await onStage(flags, async (stage) => {
    const sides = stage.compared.map((checkout) => ({ name: checkout.name, checkout, rounds: [] as RunFigures[] }));
    await inTurns(rounds, sides, async ({ name, checkout, rounds: measured }) => {
      const deployment = await stage.deploy(checkout);
      try {
        const run = await deployment.completeBackfill();
        measured.push(run);
        process.stderr.write(`${name}: ${run.seconds.toFixed(1)} s; ${machineLoad()}\n`);
      } finally {
        await deployment.stop();
      }
      rmSync(dirname(deployment.index), { recursive: true });
    });
    const { orgFolder } = stage;
    process.stdout.write(
      `Complete backfill of ${orgFolder}, every reply after ${flags.latency} ms, median of ${rounds}:\n`,
    );
    process.stdout.write(sideBySide(RUN_FIGURES, sides));
    if (!flags['no-bare-write']) process.stdout.write(await bareWrites(stage, sides));
    process.stdout.write(`${machineLoad()}\n`);
  });
}

/** Measures the bare writes, and compares the runs with them. */
async function bareWrites({ org, work }: Stage, sides: readonly Side<RunFigures>[]): Promise<string> {
  const bare = await measureBareWrites(org.url, work);
  const figure: Figure<RunFigures> = {
    name: 'wall time to bare write time',
    digits: 2,
    of: (run) => run.seconds / bare.seconds,
  };
  const [, row = ''] = sideBySide([figure], sides).split('\n');
  const lines = table([
    ['bare write time of this checkout, s', grouped(bare.seconds, 1)],
    ['CPU of the bare writes, s', grouped(bare.cpuSeconds, 1)],
    ['records a second, bare', grouped(bare.records / bare.seconds, 0)],
  ]);
  return `${lines}${row}\n`;
}
