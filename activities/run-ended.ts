import { Context } from '@temporalio/activity';
import type { ReportedGaps } from '../workflows/activity-contract.ts';
import type { FinishRun, RunMemo } from '../workflows/contract.ts';
import { addGaps } from '../workflows/run-memo.ts';
import type { RunEnded } from './watch.ts';

/** The result is only for a line of the log, so the run does not wait longer. */
const ANSWER_MS = 10_000;

interface Ending {
  /** See `FinishRun`. */
  readonly key: string;
  readonly outcome: FinishRun['status'];
  /** Coverage gaps in addition to those that the run has shown so far. */
  readonly beside: ReportedGaps;
}

/**
 * Asks Temporal for the results of this activity's run: the sums of all its activities, on any worker. Leaves out what
 * is unavailable, because the run has ended anyway.
 */
export async function endedRun({ key, outcome, beside }: Ending): Promise<RunEnded> {
  const { client, info } = Context.current();
  const { workflowId, runId } = info.workflowExecution ?? { workflowId: '', runId: '' };
  try {
    const describe = (execution: string) => client.workflow.getHandle(workflowId, execution).describe();
    const [latest, first] = await client.withDeadline(Date.now() + ANSWER_MS, () =>
      Promise.all([describe(runId), describe(key)]),
    );
    const seconds = (Date.now() - first.startTime.getTime()) / 1000;
    const memo = (latest.memo ?? {}) as Partial<RunMemo>;
    const whole = addGaps({ ...memo, closed: memo.closed ?? [] }, beside);
    return { workflowId, outcome, memo: whole, seconds: Math.max(0, seconds) };
  } catch {
    return { workflowId, outcome, memo: {}, seconds: null };
  }
}
