import type { Client, ScheduleDescription } from '@temporalio/client';
import { Command } from 'commander';
import type { Config } from '../config.ts';
import { printable } from '../printable.ts';
import type { Salesforce } from '../salesforce/client.ts';
import { configured } from './configured.ts';

interface ApplyOptions {
  readonly config?: string;
  readonly moveHere?: true;
  readonly replaceOrg?: true;
}

/** `apply`: makes the Schedule what the config file says. */
export function applyCommand(): Command {
  return new Command('apply')
    .description('creates or updates the Schedule from the config file, and says what it changed')
    .option('--config <file>', 'the config file (default: the one of the last `npm start`)')
    .option(
      '--move-here',
      'accept the index of this config as the one of this connection: after a move, or after its disk was lost',
    )
    .option('--replace-org', 'accept the org that answers now, and delete the index of the old org')
    .addHelpText(
      'after',
      `
You can run it again at any time. A paused Schedule stays paused. A run that is under way continues; what you changed
counts from the next run.

A connection remembers its organization and where its index is. This command, the worker and every run refuse another
one, unless you accept it here. Both flags work without a worker.

Example:
  salesforce-connector apply --config config.yaml`,
    )
    .action(apply);
}

async function apply({ config: file, moveHere, replaceOrg }: ApplyOptions): Promise<void> {
  const config = await configured(file);
  const { withClient } = await import('../temporal/connect.ts');
  const { compareHome, refuseOther } = await import('../home/check-home.ts');
  const { createSalesforce } = await import('../salesforce/client.ts');
  const { applySchedule, describeSchedule } = await import('../temporal/schedule.ts');
  const { scheduleIdOf } = await import('../temporal/names.ts');
  const salesforce = createSalesforce({ baseUrl: config.baseUrl, credentials: config.credentials });
  const say = (line: string) => process.stdout.write(`${printable(line)}\n`);
  await withClient(config.file, async (client) => {
    if (moveHere) say(await move(client, config));
    if (replaceOrg) say(await replace(client, config, salesforce));
    const check = await compareHome(client, config, salesforce);
    refuseOther(config.connection, check);
    if (check.state === 'unchecked')
      process.stderr.write(
        `${printable(`The org gave no token (${check.reason}), so this command did not check that it is the org of this connection. Each run does, before it writes.`)}\n`,
      );
    const changes = await applySchedule(client, config);
    process.stdout.write(`Schedule ${scheduleIdOf(config.connection)}: ${changes.join('; ')}.\n`);
    process.stdout.write(`${await meaning(config)}\n`);
    process.stdout.write(`${await whatComes(await describeSchedule(client, config.connection))}\n`);
  });
}

/** When the next run starts, or why none does. */
async function whatComes({ state, info }: ScheduleDescription): Promise<string> {
  if (state.paused)
    return `It is paused${state.note ? ` (${printable(state.note)})` : ''}: no run starts by itself until \`salesforce-connector resume\`.`;
  const { timeOf } = await import('../durations.ts');
  const [next] = info.nextActionTimes;
  return next === undefined ? 'No run is due.' : `The next run starts at ${timeOf(next)}.`;
}

/** What `--move-here` did. */
async function move(client: Client, config: Config): Promise<string> {
  const { moveHere } = await import('../home/replace.ts');
  const moved = await moveHere(client, config);
  const { connection, index } = config;
  switch (moved.state) {
    case 'moved':
      return `Connection ${connection} moved from ${moved.from.path} on ${moved.from.host} to ${index.path} here. Stop the worker there and start one here; the next run is a complete backfill unless the index came along.`;
    case 'here':
      return `Connection ${connection} has its index here already: nothing to move.`;
    case 'nothing-remembered':
      return `Connection ${connection} remembers no place yet: nothing to move. The next run notes the place of its worker.`;
  }
}

/** What `--replace-org` did. */
async function replace(client: Client, config: Config, salesforce: Salesforce): Promise<string> {
  const { replaceOrganization } = await import('../home/replace.ts');
  const { before, now, indexDeleted } = await replaceOrganization(client, config, salesforce);
  const index = indexDeleted ? ` Its index ${config.index.path} is deleted.` : '';
  return `Organization ${now} answers at base_url and replaces ${before}.${index} The next run fills the index from ${now}.`;
}

/** What the two streaming values come to, in words. */
async function meaning({ cronSpec, timezone, completeBackfillFrequency }: Config): Promise<string> {
  const { tickSeconds } = await import('../cron.ts');
  const { every, ordinal } = await import('../durations.ts');
  const tick = tickSeconds(cronSpec, timezone);
  const complete =
    completeBackfillFrequency === 1
      ? 'every run is a complete backfill'
      : `every ${ordinal(completeBackfillFrequency)} run is a complete backfill, which is every ${every(tick * completeBackfillFrequency)} at the closest`;
  return `A run starts at ${cronSpec} (${timezone}), every ${every(tick)} at the closest; ${complete}.`;
}
