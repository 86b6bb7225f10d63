import { Command } from 'commander';
import { printable } from '../lib/printable.ts';
import { configured } from './configured.ts';

interface PauseOptions {
  readonly config?: string;
  readonly note?: string;
}

/** Defines `pause`, after which the Schedule starts no runs. */
export function pauseCommand(): Command {
  return new Command('pause')
    .description('pause the Schedule: no scheduled run starts until `resume`; a run that is under way continues')
    .option('--config <file>', 'the config file (default: from the last `npm start`)')
    .option('--note <text>', 'the reason; `status` and the Web UI show it')
    .addHelpText(
      'after',
      `
While the Schedule is paused, the index does not follow Salesforce: users still find records that they can no longer
read there.
\`status\` exits with 1 after three missed ticks. \`backfill\` still starts a run.

Example:
  salesforce-connector pause --config config.yaml --note "the org is being migrated"`,
    )
    .action(pause);
}

async function pause({ config: file, note }: PauseOptions): Promise<void> {
  const { connection, file: path } = await configured(file);
  const { withClient } = await import('../temporal/connect.ts');
  const { scheduleIdOf } = await import('../../workflows/contract.ts');
  const { pauseSchedule } = await import('../temporal/pause.ts');
  const paused = await withClient(path, (client) => pauseSchedule(client, connection, note));
  const because = paused.note === '' ? '' : ` (${printable(paused.note)})`;
  const goesOn = paused.underWay.map((id) => ` ${id} is under way and continues until it ends.`).join('');
  process.stdout.write(
    `Schedule ${scheduleIdOf(connection)}: ${paused.wasPaused ? 'was already paused' : 'paused'}${because}; no scheduled run starts until \`resume\`.${goesOn}\n`,
  );
}
