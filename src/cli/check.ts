import { Command } from 'commander';
import type { Report } from '../check/report.ts';
import type { Config } from '../config.ts';

interface CheckOptions {
  readonly config?: string;
  readonly json?: true;
}

const HELP = `
It asks Salesforce only, changes nothing, and needs neither Temporal nor an index. ✓ good, ! works but look at it,
✗ to be mended, – not tested or not to be seen. Exit code 1 where something is marked ✗, else 0.

--json writes { connection, baseUrl, status, steps, org, stopped, unseen, closed, sizes, forecast, apiCalls }:
  status    ok, warning or failed
  steps     [{ number, id, title, status, findings }], the setup's six steps
  org       [finding], about the org and the schedule
            a finding is { test, step, status, found, closes, remedy }; its status may be unknown, too, and a step's
            not-tested
  stopped   why not all was tested, or null
  unseen    [{ step, what }], to be looked at in Setup
  closed    [{ what, why, count, remedy }], what a run would close to users today; count null: it cannot be known;
            remedy left out: there is none. A run adds the rights above, and counts records in the index
  sizes     [{ object, records, shareObject, shareRows }]; null: not counted
  forecast  { firstBackfill: { calls, seconds }, incrementalCalls, runsPerDay, callsPerDay, percentOfLimit,
            fittingFrequency, affordableRuns }, or null
  apiCalls  that this check made

Examples:
  salesforce-connector check --config config.yaml
  salesforce-connector check --config config.yaml --json | jq .status`;

/** `check`: walks the setup in Salesforce, and says which step to mend and what the schedule will cost. */
export function checkCommand(): Command {
  return new Command('check')
    .description('walks the setup in Salesforce step by step: what to mend, what is not seen, what the schedule costs')
    .option('--config <file>', 'the config file; without it: the last `npm start`')
    .option('--json', 'write the report as JSON')
    .addHelpText('after', HELP)
    .action(check);
}

async function check({ config: file, json }: CheckOptions): Promise<void> {
  const { config, report } = await checked(file);
  const { reportText } = await import('../check/text.ts');
  process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : reportText(report, config));
  if (report.status === 'failed') process.exitCode = 1;
}

/** A base_url that cannot be one is a finding; everything else that is wrong in the file is bad input. */
async function checked(file: string | undefined): Promise<{ config: Config | null; report: Report }> {
  const { loadConfig } = await import('../config.ts');
  const { BadConfigError } = await import('../config-problems.ts');
  const { checkConnection, unusableBaseUrl } = await import('../check/walk.ts');
  let config: Config;
  try {
    config = await loadConfig(file);
  } catch (error) {
    if (!(error instanceof BadConfigError) || error.keys.some((key) => key !== 'base_url')) throw error;
    return { config: null, report: unusableBaseUrl(error.file, error.message) };
  }
  return { config, report: await checkConnection(config) };
}
