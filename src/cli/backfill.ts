import { Command } from 'commander';
import type { Requested } from '../temporal/begin-backfill.ts';
import type { EndedRun } from '../temporal/follow-runs.ts';

interface BackfillOptions {
  readonly config?: string;
  readonly wait?: true;
  readonly allowSweep?: true;
  readonly json?: true;
}

const HELP = `
A run that is under way began before the request and does not serve it: the backfill begins right after it. A paused
Schedule starts it too. Exit code 1: no run began, or with --wait the run failed; the message says why.

--json writes { state: "begun" | "queued" | "completed", workflowId, run }: the run that serves the request, or for
"queued" the one that it waits for; with --wait also { seconds, headline, reason, backfillStart, progress, watermarks,
closed, warnings, unindexed, stale, missed, apiCalls, apiUsage }.

Examples:
  salesforce-connector backfill --config config.yaml --wait
  salesforce-connector backfill --allow-sweep`;

/** `backfill`: a complete backfill now. */
export function backfillCommand(): Command {
  return new Command('backfill')
    .description('asks for a complete backfill, and sees that it began')
    .option('--config <file>', 'the config file; without it: the last `npm start`')
    .option('--wait', 'follow it to its end')
    .option(
      '--allow-sweep',
      'it may remove more than sweep_guard_percent of an object: for when the records really are gone from the org',
    )
    .option('--json', 'write the result as JSON')
    .addHelpText('after', HELP)
    .action(backfill);
}

async function backfill({ config: file, wait, allowSweep, json }: BackfillOptions): Promise<void> {
  const { loadConfig } = await import('../config.ts');
  const config = await loadConfig(file);
  const { withClient } = await import('../temporal/connect.ts');
  const { beginBackfill } = await import('../temporal/begin-backfill.ts');
  await withClient(config.file, async (client) => {
    const requested = await beginBackfill(client, config.connection, {
      patient: wait === true,
      show: say,
      ...(allowSweep ? { allowSweep } : {}),
    });
    if (!wait || requested.state === 'queued') {
      write(json ? begunFields(requested) : begunLines(requested, client.options.namespace));
      return;
    }
    say(begunLines(requested, client.options.namespace));
    const ended = await requested.run.ended();
    write(json ? endedFields(requested, ended) : endedLines(ended));
  });
}

function begunFields(requested: Requested) {
  const run = requested.state === 'begun' ? requested.run : requested.behind;
  return { state: requested.state, workflowId: run.workflowId, run: requested.memo.run };
}

function endedFields(requested: Requested, { result, seconds }: EndedRun) {
  const { outcome: _, kind: __, ...memo } = result;
  return { ...begunFields(requested), state: 'completed', seconds, ...memo };
}

function begunLines(requested: Requested, namespace: string): string {
  if (requested.state === 'queued')
    return `The request is kept: the backfill begins right after run ${requested.memo.run} (${requested.behind.workflowId}), which is at work.`;
  const { memo, run } = requested;
  const page = `<its address>/namespaces/${namespace}/workflows/${encodeURIComponent(run.workflowId)}`;
  return `Run ${memo.run}, a complete backfill (${memo.reason}), has begun: ${run.workflowId}\nIn the Web UI: ${page}`;
}

function endedLines({ result, seconds }: EndedRun): string {
  const notes = result.closed.map((line) => `\n  ! ${line}`);
  const mend = result.warnings.some((line) => line.startsWith('sweep of '))
    ? '\n`salesforce-connector check` says what the integration user has lost. Where those records really are gone from the org: `salesforce-connector backfill --allow-sweep`.'
    : '';
  return `${result.headline}, in ${seconds.toFixed(1)} s with ${result.apiCalls} API calls${notes.join('')}${mend}`;
}

function write(result: string | object): void {
  process.stdout.write(`${typeof result === 'string' ? result : JSON.stringify(result, null, 2)}\n`);
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
