import { Command } from 'commander';
import { configured } from './configured.ts';

interface StatusOptions {
  readonly config?: string;
  readonly json?: true;
}

const HELP = `
It works without a worker: it reads what the runs recorded.

Exit codes, for monitoring:
  0  healthy
  1  failing, or the config file is wrong, or \`apply\` never ran
  2  Temporal cannot be reached
  3  degraded

The connection is failing if one of these is true:
  - the last run failed (skipped, cancelled and terminated runs do not count)
  - the run under way has made no progress for 5 minutes (waiting for the org's API limit counts as progress)
  - the run under way has waited for the search engine for a minute
  - no run has succeeded or made progress for 3 ticks, even if the Schedule is paused
    - a worker is running on this machine, and the index file is gone or damaged
    - the config file names another index than the connection's
  - the integration user lacks a right without which nobody finds anything

It is degraded if it is not failing, and one of these is true:
  - no worker has polled the task queue for a minute
    - the index is not filled yet: searches find only what has been read so far
  - the org refuses queries on a table
  - a default field or a title is not in the index
  - a sweep stopped, or documents may be stale, or a change may have been missed
Degraded needs a person's attention. A restart does not help.

--json writes { connection, health: "healthy" | "degraded" | "failing", since, problems: [text], codes: [code],
problemFacts: [{ code, … }], failedRuns, running: { workflowId, startedAt, memo, progressAt, waitsUntil, secondsLeft,
retry: { attempt, message, error: { code, … } | null, nextAt, isLimit } | null } | null, schedule: { cronSpec, timezone,
completeBackfillFrequency, paused, note, createdAt, nextRunAt }, nextComplete: { run, at, reason, why: { code, … } |
null } | null, worker: { taskQueue, isPolled, lastSeenAt, isHere }, runNumber, watermarks, lagSeconds, lastSuccessAt,
lastRuns: [{ workflowId, runId, outcome, endedAt, memo }], warnings: [text], warningFacts: [{ code, … }], closed:
[text], gaps: [{ code, count, … }] | null, unserved: { inactive, frozen, … } | null, unindexed: { count, records: [{ id,
object, cause, why: { code, … } }] }, stale: [{ object, since, run, wouldRemove, of, hidden, blockedBy: { object, of }
}], slowShares: [{ object, since }], blocked: [{ object, of, code, message, since, at, run, answers }], missed:
[object], lostFields: [{ object, field, cause }], apiCalls: { last24Hours, org: { used, limit } | null } }.
docs/codes.md lists all codes and their data, which are stable. Texts may change, so let programs rely on codes.
  memo       what a run reports: reason and why, failure and error, waiting (waitsFor, why, until; for the
             search engine also since and remedy), and more
    why        \`reason\` or \`cause\` as a code; left out if an earlier version wrote it
  error      \`message\`, or \`failure\` in a memo, as a code; null or left out if an earlier version wrote it
  problemFacts, warningFacts
                          \`problems\` and \`warnings\` as codes, in the same order; earlier versions wrote no warningFacts
  gaps       \`closed\` as codes, in the same order; null if the newest run reported none
  unserved   how many users cannot search, or only by some of their names, as in \`check --json\`
  unindexed  records that could not be indexed; the first twenty are listed
  stale      objects whose documents may be out of date, because the integration user cannot see all of the object
             (hidden), because a sweep stopped (wouldRemove), or because a table cannot be read (blockedBy)
  slowShares share tables that are compared by ranges; the last full comparison began at \`since\`
  blocked    tables that the org refuses: \`of\` is "records" or "shares"; read up to \`since\`, refused since \`at\`
  missed     objects with changes that may have been missed, until the next complete backfill
  lostFields default fields and titles that are not in the index: the integration user cannot see them (hidden), or the
             index has no room (no_room)
  codes      of the problems; failing: no_progress, engine_unavailable, index_gone, index_damaged, other_home,
             nobody_finds, run_failed, not_fresh; degraded: no_worker, refilling, stream_blocked, fields_lost,
             sweep_stopped, may_be_stale, may_be_missed

Examples:
  salesforce-connector status --config config.yaml
  salesforce-connector status --json`;

/** Defines `status`, which says whether the index is up to date, and if not, since when and why. */
export function statusCommand(): Command {
  return new Command('status')
    .description('show whether the index is up to date, and if not, why')
    .option('--config <file>', 'the config file (default: from the last `npm start`)')
    .option('--json', 'write JSON')
    .addHelpText('after', HELP)
    .action(status);
}

/** The exit code if Temporal cannot be reached, so that nothing is known about the runs. */
const UNREACHABLE = 2;

const EXIT_CODES = { healthy: 0, failing: 1, degraded: 3 } as const;

async function status({ config: file, json }: StatusOptions): Promise<void> {
  const config = await configured(file);
  const { withClient } = await import('../temporal/connect.ts');
  const { NoServerError } = await import('../temporal/errors.ts');
  const { observe } = await import('../status/observe.ts');
  const { assess } = await import('../status/assess.ts');
  const { printableJson } = await import('../lib/printable.ts');
  const { statusJson } = await import('../status/json.ts');
  const { statusLines } = await import('./status-report.ts');
  try {
    const observed = await withClient(config.file, (client) => observe(client, config));
    const status = assess(observed);
    const text = json ? printableJson(statusJson(status)) : statusLines(status, observed.now).join('\n');
    process.stdout.write(`${text}\n`);
    process.exitCode = EXIT_CODES[status.health];
  } catch (error) {
    if (!(error instanceof NoServerError)) throw error;
    const { reportError } = await import('./report-error.ts');
    reportError(error);
    process.exitCode = UNREACHABLE;
  }
}
