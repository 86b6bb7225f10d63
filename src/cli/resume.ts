import { Command } from 'commander';
import { configured } from './configured.ts';

/** `resume`: ends a pause. */
export function resumeCommand(): Command {
  return new Command('resume')
    .description('ends a pause: the Schedule starts runs again')
    .option('--config <file>', 'the config file (default: the one of the last `npm start`)')
    .addHelpText(
      'after',
      `
Missed ticks are not made up for. The next run reads everything that changed since the last one.

Example:
  salesforce-connector resume --config config.yaml`,
    )
    .action(resume);
}

async function resume({ config: file }: { config?: string }): Promise<void> {
  const { connection, file: path } = await configured(file);
  const { withClient } = await import('../temporal/connect.ts');
  const { scheduleIdOf } = await import('../temporal/names.ts');
  const { resumeSchedule } = await import('../temporal/pause.ts');
  const { timeOf } = await import('../durations.ts');
  const { wasPaused, nextRunAt } = await withClient(path, (client) => resumeSchedule(client, connection));
  const next = nextRunAt === null ? '' : `; the next run starts at ${timeOf(nextRunAt)}`;
  process.stdout.write(
    `Schedule ${scheduleIdOf(connection)}: ${wasPaused ? 'runs again' : 'was not paused'}${next}.\n`,
  );
}
