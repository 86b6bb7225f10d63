import { Context } from '@temporalio/activity';
import type { Closed } from '../workflows/activity-contract.ts';
import type { FinishRun, RunMemo } from '../workflows/contract.ts';
import { alsoClosed } from '../workflows/memo-gaps.ts';
import type { RunEnded } from './watch.ts';

/** It is for a line of the log, which the run must not wait for. */
const ANSWER_MS = 10_000;

interface Ending {
  /** See `FinishRun`. */
  readonly key: string;
  readonly outcome: FinishRun['status'];
  /** What is closed beside what the run has shown until now. */
  readonly beside: Closed;
}

/**
 * Asks Temporal what the run of this activity has left behind: the sums of all its activities, on whichever worker. What it
 * cannot tell is left out, for the run has ended all the same.
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
    const whole = alsoClosed({ ...memo, closed: memo.closed ?? [] }, beside);
    return { workflowId, outcome, memo: whole, seconds: Math.max(0, seconds) };
  } catch {
    return { workflowId, outcome, memo: {}, seconds: null };
  }
}
