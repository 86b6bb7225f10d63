import { Command } from 'commander';

interface StatusOptions {
  readonly config?: string;
  readonly json?: true;
}

const HELP = `
Needs no worker: what the runs have left behind tells it. Only what a run yet to come will do is asked of the worker.

Exit codes, for monitoring:
  0  healthy
  1  failing: the last run failed (skipped, cancelled and terminated runs do not count), or the run under way shows no
     progress for 5 minutes, or for 3 ticks no run has succeeded or progressed (paused or not), or the index's file is gone
     (where a worker runs on this machine), or a right is missing without which nobody finds anything. A run that waits for the
     org's API limit or its budget (api_budget_percent) progresses, and says until when. Also 1: the config file is wrong, or nothing was applied yet
  2  Temporal cannot be reached

--json writes { connection, health: "healthy" | "failing", since, problems: [text], failedRuns, running: { workflowId,
startedAt, memo, progressAt, waitsUntil, secondsLeft, retry: { attempt, message, nextAt, isLimit } } | null, schedule: { cronSpec,
timezone, completeBackfillFrequency, paused, note, createdAt, nextRunAt }, nextComplete: { run, at, reason } | null,
worker: { taskQueue, isPolled, lastSeenAt, isHere }, runNumber, watermarks, lagSeconds, lastSuccessAt, lastRuns: [{ workflowId,
runId, outcome, endedAt, memo }], warnings: [text], closed: [text], unindexed: { count, records: [{ id, object, cause }] },
stale: [{ object, since, run, wouldRemove, of, hidden }], missed: [object], apiCalls: { last24Hours, org: { used, limit } |
null } }. Of unindexed records the first twenty are named. Stale are objects of which the integration user does not see
everything any more (hidden), or of which a sweep stopped (wouldRemove, else null), until a sweep goes through; missed are
those of which something may have been missed, until the next complete backfill.

Examples:
  salesforce-connector status --config config.yaml
  salesforce-connector status --json`;

/** `status`: whether the index is kept up to date, and if not, since when and why. */
export function statusCommand(): Command {
  return new Command('status')
    .description('says whether the index is kept up to date: since when, what is under way, what comes next')
    .option('--config <file>', 'the config file; without it: the last `npm start`')
    .option('--json', 'write it as JSON')
    .addHelpText('after', HELP)
    .action(status);
}

/** Temporal cannot be reached: nothing is known about the runs. */
const UNREACHABLE = 2;

async function status({ config: file, json }: StatusOptions): Promise<void> {
  const { loadConfig } = await import('../config.ts');
  const config = await loadConfig(file);
  const { NoServerError, withClient } = await import('../temporal/connect.ts');
  const { observe } = await import('./status/observe.ts');
  const { judge } = await import('./status/judge.ts');
  const { statusLines } = await import('./status/report.ts');
  try {
    const observed = await withClient(config.file, (client) => observe(client, config));
    const status = judge(observed);
    const text = json ? JSON.stringify(status, null, 2) : statusLines(status, observed.now).join('\n');
    process.stdout.write(`${text}\n`);
    if (status.health === 'failing') process.exitCode = 1;
  } catch (error) {
    if (!(error instanceof NoServerError)) throw error;
    const { reportError } = await import('./errors.ts');
    reportError(error);
    process.exitCode = UNREACHABLE;
  }
}
