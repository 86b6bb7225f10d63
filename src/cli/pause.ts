import { Command } from 'commander';
import { printable } from '../printable.ts';
import { configured } from './configured.ts';

interface PauseOptions {
  readonly config?: string;
  readonly note?: string;
}

/** `pause`: no run starts by itself any more. */
export function pauseCommand(): Command {
  return new Command('pause')
    .description('pauses the Schedule: no run starts until `resume`; a run that is under way continues')
    .option('--config <file>', 'the config file (default: the one of the last `npm start`)')
    .option('--note <text>', 'why; `status` and the Web UI show it')
    .addHelpText(
      'after',
      `
While it is paused, the index does not follow Salesforce: users still find what they may no longer read. \`status\` exits
with 1 after three missed ticks. \`backfill\` still starts a run.

Example:
  salesforce-connector pause --config config.yaml --note "the org is being migrated"`,
    )
    .action(pause);
}

async function pause({ config: file, note }: PauseOptions): Promise<void> {
  const { connection, file: path } = await configured(file);
  const { withClient } = await import('../temporal/connect.ts');
  const { scheduleIdOf } = await import('../temporal/names.ts');
  const { pauseSchedule } = await import('../temporal/pause.ts');
  const paused = await withClient(path, (client) => pauseSchedule(client, connection, note));
  const because = paused.note === '' ? '' : ` (${printable(paused.note)})`;
  const goesOn = paused.underWay.map((id) => ` ${id} is under way and goes on to its end.`).join('');
  process.stdout.write(
    `Schedule ${scheduleIdOf(connection)}: ${paused.wasPaused ? 'was paused already' : 'paused'}${because}; no run starts by itself until \`resume\`.${goesOn}\n`,
  );
}
