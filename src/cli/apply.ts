import { rm } from 'node:fs/promises';
import { Command } from 'commander';
import type { Config } from '../config.ts';

interface ApplyOptions {
  readonly config?: string;
  readonly replaceOrg?: true;
}

/** `apply`: makes the Schedule what the config file says. */
export function applyCommand(): Command {
  return new Command('apply')
    .description('creates or updates the Schedule from the config file, and says what it changed')
    .option('--config <file>', 'the config file; without it: the last `npm start`')
    .option('--replace-org', 'wipe an index that refuses searches because another org answered; the next run fills it')
    .addHelpText('after', '\nExample:\n  salesforce-connector apply --config config.yaml')
    .action(apply);
}

async function apply({ config: file, replaceOrg }: ApplyOptions): Promise<void> {
  const { loadConfig } = await import('../config.ts');
  const config = await loadConfig(file);
  const { connectClient, temporalSettings } = await import('../temporal/connect.ts');
  const { applySchedule } = await import('../temporal/schedule.ts');
  const { scheduleIdOf } = await import('../temporal/names.ts');
  // Before the server is asked: the index is wiped even where Temporal is away, as it is after a demo that ended.
  if (replaceOrg) process.stdout.write(`${await replaceIndex(config)}\n`);
  const client = await connectClient(temporalSettings(config.file));
  try {
    const changes = await applySchedule(client, config);
    process.stdout.write(`Schedule ${scheduleIdOf(config.connection)}: ${changes.join('; ')}.\n`);
    process.stdout.write(`${await meaning(config)}\n`);
  } finally {
    await client.connection.close();
  }
}

/** Only what a run has refused is wiped: the flag left in a script must not empty a good index. */
async function replaceIndex({ index }: Config): Promise<string> {
  const { openIndexWriter } = await import('../index/open.ts');
  const { IndexReplacedError } = await import('../index/errors.ts');
  let refused: string | null;
  try {
    const writer = await openIndexWriter({ path: index.path, create: false });
    refused = (await writer.state()).refusedOrganizationId;
    await writer.close();
  } catch (error) {
    if (error instanceof IndexReplacedError) return `Index ${index.path}: not there yet, nothing to replace.`;
    throw error;
  }
  if (refused === null) return `Index ${index.path}: no other org has answered, nothing was replaced.`;
  for (const ending of ['', '-wal', '-shm']) await rm(index.path + ending, { force: true });
  return `Index ${index.path}: wiped; the next run fills it from the organization ${refused}.`;
}

/** What the two streaming values come to, in words. */
async function meaning({ cronSpec, timezone, completeBackfillFrequency }: Config): Promise<string> {
  const { tickSeconds } = await import('../cron.ts');
  const tick = tickSeconds(cronSpec, timezone);
  const complete =
    completeBackfillFrequency === 1
      ? 'every run is a complete backfill'
      : `every ${ordinal(completeBackfillFrequency)} run is a complete backfill, which is every ${duration(tick * completeBackfillFrequency)} at the closest`;
  return `A run starts at ${cronSpec} (${timezone}), every ${duration(tick)} at the closest; ${complete}.`;
}

function ordinal(n: number): string {
  const endings: Readonly<Record<string, string>> = { one: 'st', two: 'nd', few: 'rd' };
  return `${n}${endings[new Intl.PluralRules('en', { type: 'ordinal' }).select(n)] ?? 'th'}`;
}

function duration(seconds: number): string {
  const units = [
    ['day', 86_400],
    ['hour', 3600],
    ['minute', 60],
  ] as const;
  const [name, size] = units.find(([, size]) => seconds >= size && (seconds % size === 0 || seconds >= 2 * size)) ?? [
    'second',
    1,
  ];
  const count = Math.round((seconds / size) * 10) / 10;
  return count === 1 ? name : `${count} ${name}s`;
}
