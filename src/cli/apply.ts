import type { Client, ScheduleDescription } from '@temporalio/client';
import { Command } from 'commander';
import type { Config } from '../config/load.ts';
import { printable } from '../lib/printable.ts';
import type { Salesforce } from '../salesforce/client.ts';
import { configured } from './configured.ts';

interface ApplyOptions {
  readonly config?: string;
  readonly moveHere?: true;
  readonly replaceOrg?: true;
}

/** Defines `apply`, which makes the Schedule match the config file. */
export function applyCommand(): Command {
  return new Command('apply')
    .description('create or update the Schedule from the config file, and print what changed')
    .option('--config <file>', 'the config file (default: from the last `npm start`)')
    .option('--move-here', "make this config's index the connection's index, after it moved or its disk was lost")
    .option('--replace-org', 'accept the org that answers now, and delete the index of the previous org')
    .addHelpText(
      'after',
      `
You can run it again at any time. A paused Schedule stays paused. A run that is under way continues; your changes take
effect with the next run.

A connection remembers its organization and where its index is. This command, the worker and every run refuse a
different one until you accept it here. Both flags work without a worker.

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
  const { scheduleIdOf } = await import('../../workflows/contract.ts');
  const salesforce = createSalesforce({ baseUrl: config.baseUrl, credentials: config.credentials });
  const say = (line: string) => process.stdout.write(`${printable(line)}\n`);
  await withClient(config.file, async (client) => {
    if (moveHere) say(await move(client, config));
    if (replaceOrg) say(await replace(client, config, salesforce));
    const check = await compareHome(client, config, salesforce);
    refuseOther(config.connection, check);
    if (check.state === 'unchecked')
      process.stderr.write(
        `${printable(`The org issued no token (${check.reason}), so this command did not check that it is the org of this connection. Each run checks this before it writes.`)}\n`,
      );
    const changes = await applySchedule(client, config);
    process.stdout.write(`Schedule ${scheduleIdOf(config.connection)}: ${changes.join('; ')}.\n`);
    process.stdout.write(`${await meaning(config)}\n`);
    process.stdout.write(`${await whatComes(await describeSchedule(client, config.connection))}\n`);
  });
}

/** Says when the next run starts, or why none does. */
async function whatComes({ state, info }: ScheduleDescription): Promise<string> {
  if (state.paused)
    return `It is paused${state.note ? ` (${printable(state.note)})` : ''}: no scheduled run starts until \`salesforce-connector resume\`.`;
  const { timeOf } = await import('../sentences/durations.ts');
  const [next] = info.nextActionTimes;
  return next === undefined ? 'No run is due.' : `The next run starts at ${timeOf(next)}.`;
}

/** Moves the connection here for `--move-here`, and says what changed. */
async function move(client: Client, config: Config): Promise<string> {
  const { moveHere } = await import('../home/replace.ts');
  const { indexName } = await import('../index/location.ts');
  const moved = await moveHere(client, config);
  const { connection, index } = config;
  switch (moved.state) {
    case 'moved':
      return `Connection ${connection} moved from ${moved.from.path} on ${moved.from.host} to ${indexName(index)} here. Stop the worker there and start one here; the next run is a complete backfill unless you moved the index too.`;
    case 'here':
      return `The index of connection ${connection} is already here: nothing to move.`;
    case 'nothing-remembered':
      return `Connection ${connection} does not remember an index location yet: nothing to move. The next run records where its worker has the index.`;
  }
}

/** Replaces the org for `--replace-org`, and says what changed. */
async function replace(client: Client, config: Config, salesforce: Salesforce): Promise<string> {
  const { replaceOrganization } = await import('../home/replace.ts');
  const { indexName } = await import('../index/location.ts');
  const { before, now, indexDeleted } = await replaceOrganization(client, config, salesforce);
  const index = indexDeleted ? ` The index ${indexName(config.index)} was deleted.` : '';
  return `Organization ${now} answers at base_url and replaces ${before}.${index} The next run fills the index from ${now}.`;
}

/** Describes the cadence of the two config values in words. */
async function meaning({ cronSpec, timezone, completeBackfillFrequency }: Config): Promise<string> {
  const { tickSeconds } = await import('../config/cron.ts');
  const { every } = await import('../sentences/durations.ts');
  const { ordinal } = await import('../sentences/numbers.ts');
  const tick = tickSeconds(cronSpec, timezone);
  const complete =
    completeBackfillFrequency === 1
      ? 'every run is a complete backfill'
      : `every ${ordinal(completeBackfillFrequency)} run is a complete backfill, so at most one every ${every(tick * completeBackfillFrequency)}`;
  return `Runs start at ${cronSpec} (${timezone}), at most one every ${every(tick)}; ${complete}.`;
}
