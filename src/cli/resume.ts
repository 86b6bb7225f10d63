import { Command } from 'commander';

/** `resume`: ends a pause. */
export function resumeCommand(): Command {
  return new Command('resume')
    .description('lets a paused Schedule start runs again')
    .option('--config <file>', 'the config file; without it: the last `npm start`')
    .addHelpText(
      'after',
      `
Twice is the same as once. Ticks that were missed are not made up for: the next run reads from the watermarks on.

Example:
  salesforce-connector resume --config config.yaml`,
    )
    .action(resume);
}

async function resume({ config: file }: { config?: string }): Promise<void> {
  const { loadConfig } = await import('../config.ts');
  const { connection, file: path } = await loadConfig(file);
  const { withClient } = await import('../temporal/connect.ts');
  const { scheduleIdOf } = await import('../temporal/names.ts');
  const { resumeSchedule } = await import('../temporal/pause.ts');
  const { timeOf } = await import('./durations.ts');
  const { wasPaused, nextRunAt } = await withClient(path, (client) => resumeSchedule(client, connection));
  const next = nextRunAt === null ? '' : `; the next run starts at ${timeOf(nextRunAt)}`;
  process.stdout.write(
    `Schedule ${scheduleIdOf(connection)}: ${wasPaused ? 'runs again' : 'was not paused'}${next}.\n`,
  );
}
