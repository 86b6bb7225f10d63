import { Command } from 'commander';
import { printable, printableJson, printableLines } from '../printable.ts';
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
While the org does not answer, --wait says so and goes on waiting. Without --wait that is exit code 1, and the request
is kept. Ctrl-C ends the command alone, with exit code 130: the backfill continues.

Exit code 1: no run began, or, with --wait, the run failed. The message says why.

--json writes { state: "begun" | "queued" | "completed", workflowId, run }. The run is the backfill. For "queued", it is
the run that the backfill waits for. With --wait it also writes { seconds, headline, reason, why, backfillStart,
progress, watermarks, closed, gaps, warnings, warningFacts, unindexed: { count, records: [{ id, object, cause, why }] },
stale, missed, apiCalls, apiUsage }. \`why\`, \`gaps\` and \`warningFacts\` are what \`reason\` (of a record: \`cause\`),
\`closed\` and \`warnings\` say, with codes. docs/codes.md has all codes and their data.

Examples:
  salesforce-connector backfill --config config.yaml --wait
  salesforce-connector backfill --allow-sweep`;

/** `backfill`: a complete backfill now. */
export function backfillCommand(): Command {
  return new Command('backfill')
    .description('starts a complete backfill now')
    .option('--config <file>', 'the config file (default: the one of the last `npm start`)')
    .option('--wait', 'wait until it has ended, and show its progress')
    .option(
      '--allow-sweep',
      'let it remove more than sweep_guard_percent of an object (use it if those records are really gone)',
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
  let left = 'Nothing was asked for.';
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
        left = 'The request is kept, and the backfill begins by itself: `salesforce-connector status` shows it.';
      },
      ...(allowSweep ? { allowSweep } : {}),
    });
    if (!wait || requested.state === 'queued') {
      write(json ? begunFields(requested) : begunLines(requested, client.options.namespace));
      return;
    }
    left = `The backfill goes on: \`salesforce-connector status\` shows how far it is; to stop it, cancel ${requested.run.workflowId} in the Web UI.`;
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
    return `The request is kept: the backfill begins right after run ${requested.memo.run} (${requested.behind.workflowId}), which is at work.`;
  const { memo, run } = requested;
  const page = `<its address>/namespaces/${namespace}/workflows/${encodeURIComponent(run.workflowId)}`;
  return `Run ${memo.run}, a complete backfill (${memo.reason}), has begun: ${run.workflowId}\nIn the Web UI: ${page}`;
}

/** What a person is told of a backfill that has ended. */
export function endedLines({ result, seconds }: Pick<EndedRun, 'seconds'> & { readonly result: Ended }): string {
  const notes = result.closed.map((line) => `\n  ! ${printable(line)}`);
  const mend = result.warningFacts?.some(({ code }) => code === 'sweep_stopped')
    ? '\n`salesforce-connector check` says what the integration user has lost. Where those records really are gone from the org: `salesforce-connector backfill --allow-sweep`.'
    : '';
  return `${printable(result.headline)}, in ${seconds.toFixed(1)} s with ${result.apiCalls} API calls${notes.join('')}${mend}`;
}

function write(result: string | object): void {
  process.stdout.write(`${typeof result === 'string' ? printableLines(result) : printableJson(result)}\n`);
}
