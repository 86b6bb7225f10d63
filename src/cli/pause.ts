import { Command } from 'commander';

interface PauseOptions {
  readonly config?: string;
  readonly note?: string;
}

/** `pause`: no run starts by itself any more. */
export function pauseCommand(): Command {
  return new Command('pause')
    .description('pauses the Schedule: no run starts by itself until `resume`; one that is under way goes on')
    .option('--config <file>', 'the config file; without it: the last `npm start`')
    .option('--note <text>', 'why, for `status` and the Web UI')
    .addHelpText(
      'after',
      `
Twice is the same as once. While it is paused, \`backfill\` still starts a run, and what changes in Salesforce, rights that
were taken away included, is not in the index; \`status\` exits 1 once three ticks were missed.

Example:
  salesforce-connector pause --config config.yaml --note "the org is being migrated"`,
    )
    .action(pause);
}

async function pause({ config: file, note }: PauseOptions): Promise<void> {
  const { loadConfig } = await import('../config.ts');
  const { connection, file: path } = await loadConfig(file);
  const { withClient } = await import('../temporal/connect.ts');
  const { scheduleIdOf } = await import('../temporal/names.ts');
  const { pauseSchedule } = await import('../temporal/pause.ts');
  const paused = await withClient(path, (client) => pauseSchedule(client, connection, note));
  const because = paused.note === '' ? '' : ` (${paused.note})`;
  const goesOn = paused.underWay.map((id) => ` ${id} is under way and goes on to its end.`).join('');
  process.stdout.write(
    `Schedule ${scheduleIdOf(connection)}: ${paused.wasPaused ? 'was paused already' : 'paused'}${because}; no run starts by itself until \`resume\`.${goesOn}\n`,
  );
}
