import type { Deployment, RunFigures } from './deployment/deployment.ts';
import { onStage, STAGE_OPTIONS, STAGE_USAGE } from './deployment/stage.ts';
import { readFlags, wholeNumber } from './flags.ts';
import { RUN_FIGURES } from './run-figures.ts';
import { inTurns, machineLoad, sideBySide } from './side-by-side.ts';

const FLAGS = {
  usage: `npm run bench -- idle ${STAGE_USAGE} [--runs N]`,
  options: { ...STAGE_OPTIONS, runs: { type: 'string', default: '7' } },
} as const;

/** The first runs after a backfill read its last minutes again, and their code is not compiled yet. */
const UNMEASURED = 2;
/** After this time of the org, a run has nothing left to read again. */
const SETTLED_SECONDS = 3_600;

/** Fills an index, and then measures incremental runs that find no changes, by this checkout and by another in turns. */
export async function benchIdle(args: readonly string[]): Promise<void> {
  const flags = readFlags(args, FLAGS);
  const runs = wholeNumber('runs', flags.runs, 1);
  await onStage(flags, async ({ compared, org, orgFolder, deploy }) => {
    const sides: { name: string; deployment: Deployment; rounds: RunFigures[] }[] = [];
    try {
      for (const checkout of compared) {
        const deployment = await deploy(checkout);
        sides.push({ name: checkout.name, deployment, rounds: [] });
        const { seconds, records } = await deployment.completeBackfill();
        process.stderr.write(`${checkout.name}: ${records} records indexed in ${seconds.toFixed(1)} s\n`);
      }
      await org.advanceClock(SETTLED_SECONDS);
      await inTurns(UNMEASURED + runs, sides, async ({ deployment, rounds }, round) => {
        const run = await deployment.incrementalRun();
        if (round >= UNMEASURED) rounds.push(run);
      });
    } finally {
      for (const { deployment } of sides) await deployment.stop();
    }
    process.stdout.write(`Incremental run without changes, ${orgFolder} indexed, median of ${runs}:\n`);
    process.stdout.write(sideBySide(RUN_FIGURES, sides));
    process.stdout.write(`${machineLoad()}\n`);
  });
}
