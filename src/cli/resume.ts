import { Command } from 'commander';
import { configured } from './configured.ts';

/** Defines `resume`, which ends a pause. */
export function resumeCommand(): Command {
  return new Command('resume')
    .description('resume a paused Schedule')
    .option('--config <file>', 'the config file (default: from the last `npm start`)')
    .addHelpText(
      'after',
      `
Missed ticks are not caught up. The next run reads everything that changed since the last one.

Example:
  salesforce-connector resume --config config.yaml`,
    )
    .action(resume);
}

async function resume({ config: file }: { config?: string }): Promise<void> {
  const { connection, file: path } = await configured(file);
  const { withClient } = await import('../temporal/connect.ts');
  const { scheduleIdOf } = await import('../../workflows/contract.ts');
  const { resumeSchedule } = await import('../temporal/pause.ts');
  const { timeOf } = await import('../sentences/durations.ts');
  const { wasPaused, nextRunAt } = await withClient(path, (client) => resumeSchedule(client, connection));
  const next = nextRunAt === null ? '' : `; the next run starts at ${timeOf(nextRunAt)}`;
  process.stdout.write(`Schedule ${scheduleIdOf(connection)}: ${wasPaused ? 'resumed' : 'was not paused'}${next}.\n`);
}
