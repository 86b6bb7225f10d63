import { Command } from 'commander';
import { printable, printableJson, printableLines } from '../lib/printable.ts';
import type { Requested } from '../temporal/begin-backfill.ts';
import type { EndedRun } from '../temporal/follow-runs.ts';
import { configured } from './configured.ts';

interface BackfillOptions {
  readonly config?: string;
  readonly wait?: true;
  readonly allowSweep?: true;
  readonly json?: true;
}

const HELP = `
If a run is under way, the backfill starts right after it. It also starts while the Schedule is paused.
If the org does not answer, --wait says so and keeps waiting. Without --wait the exit code is then 1, and the request
remains. Ctrl-C ends only the command, with exit code 130: the backfill continues.

Exit code 1: no run started, or, with --wait, the run failed. The message says why.

--json writes { state: "begun" | "queued" | "completed", workflowId, run }. The run is the backfill. For "queued", it is
the run that the backfill waits for. With --wait it also writes { seconds, headline, reason, why, backfillStart,
progress, watermarks, closed, gaps, warnings, warningFacts, unindexed: { count, records: [{ id, object, cause, why }] },
stale, missed, apiCalls, apiUsage }. \`why\`, \`gaps\` and \`warningFacts\` give \`reason\` (for a record: \`cause\`), \`closed\`
and \`warnings\` as codes. docs/codes.md lists all codes and their data.

Examples:
  salesforce-connector backfill --config config.yaml --wait
  salesforce-connector backfill --allow-sweep`;

/** Defines `backfill`, which starts a complete backfill now. */
export function backfillCommand(): Command {
  return new Command('backfill')
    .description('start a complete backfill now')
    .option('--config <file>', 'the config file (default: from the last `npm start`)')
    .option('--wait', 'wait until it ends, and show its progress')
    .option(
      '--allow-sweep',
      'let it remove more than sweep_guard_percent of an object (only if those records are really gone)',
    )
    .option('--json', 'write JSON')
    .addHelpText('after', HELP)
    .action(backfill);
}

async function backfill({ config: file, wait, allowSweep, json }: BackfillOptions): Promise<void> {
  const config = await configured(file);
  const { withClient } = await import('../temporal/connect.ts');
  const { beginBackfill } = await import('../temporal/begin-backfill.ts');
  const { Stopped, stopOnSignals } = await import('../process/stop.ts');
  const { liveProgress } = await import('./live-progress.ts');
  const { line: say, show, clear } = liveProgress(process.stderr);
  const stop = stopOnSignals();
  let left = 'No backfill was requested.';
  stop.signal.addEventListener('abort', () => {
    say(left);
    process.exit(stop.signal.reason instanceof Stopped ? stop.signal.reason.exitCode : 1);
  });
  await withClient(config.file, async (client) => {
    const requested = await beginBackfill(client, config.connection, {
      patient: wait === true,
      say,
      show,
      asked: () => {
        left = 'The request is recorded, and the backfill will start: `salesforce-connector status` shows it.';
      },
      ...(allowSweep ? { allowSweep } : {}),
    });
    if (!wait || requested.state === 'queued') {
      write(json ? begunFields(requested) : begunLines(requested, client.options.namespace));
      return;
    }
    left = `The backfill continues: \`salesforce-connector status\` shows its progress. To stop it, cancel ${requested.run.workflowId} in the Web UI.`;
    say(begunLines(requested, client.options.namespace));
    const ended = await requested.run.ended().finally(clear);
    write(json ? endedFields(requested, ended) : endedLines(ended));
  });
  stop.dispose();
}

type Ended = Pick<EndedRun['result'], 'headline' | 'closed' | 'warningFacts' | 'apiCalls'>;

function begunFields(requested: Requested) {
  const run = requested.state === 'begun' ? requested.run : requested.behind;
  return { state: requested.state, workflowId: run.workflowId, run: requested.memo.run };
}

function endedFields(requested: Requested, { result, seconds }: EndedRun) {
  const { outcome: _, kind: __, ...memo } = result;
  return { ...begunFields(requested), state: 'completed', seconds, warningFacts: [], ...memo };
}

function begunLines(requested: Requested, namespace: string): string {
  if (requested.state === 'queued')
    return `The request is recorded: the backfill starts right after run ${requested.memo.run} (${requested.behind.workflowId}), which is in progress.`;
  const { memo, run } = requested;
  const page = `<address of the Web UI>/namespaces/${namespace}/workflows/${encodeURIComponent(run.workflowId)}`;
  return `Run ${memo.run}, a complete backfill (${memo.reason}), has started: ${run.workflowId}\nWeb UI: ${page}`;
}

/** Reports a finished backfill for a person. */
export function endedLines({ result, seconds }: Pick<EndedRun, 'seconds'> & { readonly result: Ended }): string {
  const notes = result.closed.map((line) => `\n  ! ${printable(line)}`);
  const mend = result.warningFacts?.some(({ code }) => code === 'sweep_stopped')
    ? '\n`salesforce-connector check` shows what the integration user can no longer see. If those records are really gone from the org, run `salesforce-connector backfill --allow-sweep`.'
    : '';
  return `${printable(result.headline)}, in ${seconds.toFixed(1)} s with ${result.apiCalls} API calls${notes.join('')}${mend}`;
}

function write(result: string | object): void {
  process.stdout.write(`${typeof result === 'string' ? printableLines(result) : printableJson(result)}\n`);
}
