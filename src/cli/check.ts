import { Command } from 'commander';
import type { Report } from '../check/report.ts';
import type { Config } from '../config/load.ts';
import { configured } from './configured.ts';

interface CheckOptions {
  readonly config?: string;
  readonly json?: true;
}

const HELP = `
It queries Salesforce, reads the index if there is one, and changes nothing. It does not need Temporal. On a large org
it takes up to a minute. With \`engine: opensearch\` it also tests the cluster: it creates a small index there, uses it,
and deletes it again.

  ✓  good
  !  works, but look at it
  ✗  must be fixed
  –  not tested, or not visible to the API

Exit code 1 if anything is marked ✗, else 0.

--json writes { connection, baseUrl, status, steps, org, engine, stopped, unseen, closed, unserved, sizes,
forecast, apiCalls }:
  status    ok, warning or failed
  steps     [{ number, id, title, status, findings }]: the six steps of the setup; status can also be not-tested
  org       [finding]: the org and the schedule
            A finding is { test, step, status, found, closes, remedy, gap, engine }; its status can also be unknown.
  engine    [finding]: the cluster, if there is one. engine of such a finding is { code, … } (docs/codes.md).
  stopped   why the check ended early, or null
  unseen    [{ step, what }]: what can only be checked by hand in Setup
  closed    [{ what, why, count, remedy, gap }]: what a run would hide from users today. count is null if it cannot be
            known. remedy is left out if there is none. A run also reports missing rights, and counts records in
            the index. gap is { code, count, … }, as runs report it (docs/coverage-gaps.md); not every finding has one.
    unserved  how many users cannot search, or only by some of their names: { inactive, frozen, sharedUsername: { users,
            usernames }, sharedFederationId: { users, ids }, sharedEmail: { users, addresses }, federationIdOfOthers,
            emailOfOthers }; null if not tested. docs/troubleshooting.md explains them.
  sizes     [{ object, records, shareObject, shareRows, estimated }]; null if unknown. estimated says which of the two
            numbers are Salesforce's estimates, of all rows.
  forecast  { firstBackfill: { calls, seconds }, incrementalCalls, runsPerDay, callsPerDay, percentOfLimit,
            fittingFrequency, affordableRuns }, or null
  apiCalls  how many API calls this check made

Examples:
  salesforce-connector check --config config.yaml
  salesforce-connector check --config config.yaml --json | jq .status`;

/**
 * Defines `check`, which checks the setup in Salesforce, and says which step to correct and what the schedule will
 * cost.
 */
export function checkCommand(): Command {
  return new Command('check')
    .description('check the setup in Salesforce step by step, and forecast the API calls')
    .option('--config <file>', 'the config file (default: from the last `npm start`)')
    .option('--json', 'write JSON')
    .addHelpText('after', HELP)
    .action(check);
}

async function check({ config: file, json }: CheckOptions): Promise<void> {
  const { config, report } = await checked(file);
  const { reportText } = await import('../check/text.ts');
  const { printableJson } = await import('../lib/printable.ts');
  process.stdout.write(json ? `${printableJson(report)}\n` : reportText(report, config));
  if (report.status === 'failed') process.exitCode = 1;
}

/** Runs the check. An unusable base_url is a finding; any other problem in the file is bad input. */
async function checked(file: string | undefined): Promise<{ config: Config | null; report: Report }> {
  const { BadConfigError } = await import('../config/problems.ts');
  const { checkConnection, unusableBaseUrl } = await import('../check/walk.ts');
  let config: Config;
  try {
    config = await configured(file);
  } catch (error) {
    if (!(error instanceof BadConfigError) || error.keys.some((key) => key !== 'base_url')) throw error;
    return { config: null, report: unusableBaseUrl(error) };
  }
  return { config, report: await checkConnection(config) };
}
