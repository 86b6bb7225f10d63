import {
  ApplicationFailure,
  allHandlersFinished,
  CancellationScope,
  condition,
  isCancellation,
  log,
  makeContinueAsNewFunc,
  patched,
  setCurrentDetails,
  setHandler,
  TemporalFailure,
  upsertMemo,
  workflowInfo,
} from '@temporalio/workflow';
import type { Finished } from '../activities/results.ts';
import { activities } from './activity-options.ts';
import type { Carried } from './carried.ts';
import { completeBackfill, type OpenBackfill } from './complete-backfill.ts';
import {
  type FinishRun,
  forceCompleteBackfillSignal,
  type RunMemo,
  type RunPlan,
  runStatusQuery,
  type SyncInput,
  type SyncResult,
} from './contract.ts';
import { incrementalPass } from './incremental-pass.ts';
import { isForceRequest, wrongArgument } from './message-forms.ts';
import { orgCalls } from './org-limits.ts';
import type { Run } from './run.ts';
import { admitted, ended, failed, listed, STARTING, warned } from './run-memo.ts';

/**
 * One run, from begin to finish; started by the Schedule only. A complete backfill reads everything again, slice by
 * slice; an incremental run makes one pass over what has changed. Ends `Failed` with a message for a person.
 */
export async function SyncWorkflow(input: SyncInput, carried?: Carried): Promise<SyncResult> {
  const wrong = wrongArgument(input, carried);
  if (wrong !== null)
    throw ApplicationFailure.nonRetryable(
      `SyncWorkflow was started with a malformed argument: ${wrong}. The Schedule starts it with the right ones: somebody else started this one.`,
      'MalformedInput',
    );
  const { connection } = input;
  const key = carried?.key ?? workflowInfo().runId;
  let memo: RunMemo = carried?.memo ?? STARTING;
  let plan: RunPlan | null = carried?.plan ?? null;
  let backfill: OpenBackfill | null = carried?.backfill ?? null;
  let sliceRecords = carried?.sliceRecords ?? null;
  // Asked once: an execution that sent checkpoints goes on to do so.
  const sendsCheckpoints = !patched('no-checkpoint');
  const org = orgCalls({
    connection,
    limit: carried?.limit ?? null,
    memo: () => memo,
    keep: (next) => {
      memo = next;
    },
    show,
    beforeWaiting: continueAsNewIfLong,
  });

  setHandler(forceCompleteBackfillSignal, forwardRequest);
  setHandler(runStatusQuery, () => memo);

  try {
    if (plan === null) {
      show(memo);
      const begun = await begin();
      if (begun === null) {
        await condition(allHandlersFinished);
        return { outcome: 'skipped', ...memo };
      }
      plan = begun;
    }
    const completeNext = await work(plan);
    const headline = ended(memo, {}).headline;
    const backfillEnded = plan.kind === 'complete';
    const finished = await finish({ status: 'completed', backfillEnded, completeNext, headline });
    const closed = [...memo.closed, ...(finished.closed ?? [])];
    show(ended({ ...memo, closed, ...told(finished.apiUsage) }, finished.watermarks));
    return { outcome: 'completed', ...memo };
  } catch (error) {
    if (!(error instanceof TemporalFailure)) throw error;
    const status = isCancellation(error) ? 'cancelled' : 'failed';
    const message = causeOf(error);
    show(failed(memo, status, message));
    // A run that ends early keeps its checkpoint, and must still say that it is over, cancelled or not.
    await CancellationScope.nonCancellable(() =>
      finish({ status, backfillEnded: false, completeNext: completeAfter(error), headline: memo.headline }),
    );
    if (status === 'cancelled') throw error;
    throw ApplicationFailure.create({ message, type: 'RunFailed', nonRetryable: true });
  }

  /** Hands a request on to the connection. What a person may send by hand is not trusted to have the argument's form. */
  async function forwardRequest(request: unknown): Promise<void> {
    const allowSweep = isForceRequest(request) && request?.allowSweep === true;
    try {
      await activities.requestCompleteBackfill({ connection, ...(allowSweep ? { allowSweep } : {}) });
    } catch (error) {
      // A request that does not come through must not end the run.
      if (!(error instanceof TemporalFailure)) throw error;
      log.warn('a request for a complete backfill could not be handed on: send it again', { error });
    }
  }

  /** Has the run admitted, or answers null where another run is still at work. */
  async function begin(): Promise<RunPlan | null> {
    const { organizationId } = await org.ask(() => activities.authenticate({ connection }));
    const begun = await org.ask(() =>
      activities.beginRun({
        connection,
        key,
        workflowId: workflowInfo().workflowId,
        organizationId,
        completeBackfillFrequency: input.completeBackfillFrequency,
      }),
    );
    if (begun.kind === 'skipped') {
      show({ ...memo, headline: begun.headline });
      return null;
    }
    const { closed, lostFields = [] } = begun;
    const known = warned(listed({ ...memo, closed, lostFields }, begun), begun.warnings ?? []);
    show(admitted(known, begun.plan, begun.expected));
    sliceRecords = begun.sliceRecords ?? null;
    return begun.plan;
  }

  /** Does what the plan says; answers why the next run must be complete, if it must. */
  async function work(plan: RunPlan): Promise<string | null> {
    const { run, indexId, organizationId } = plan;
    const running: Run = {
      key,
      plan,
      ticket: { connection, run, indexId, organizationId },
      tickSeconds: input.tickSeconds,
      sliceRecords,
      sendsCheckpoints,
      ask: org.ask,
      memo: () => memo,
      show,
      reached: (next) => {
        backfill = next;
      },
      continueAsNewIfLong,
    };
    if (plan.backfill === null) {
      const { contactsClosed } = await incrementalPass(running);
      return contactsClosed ? "the org-wide default of contacts has moved from or to 'Controlled by Parent'" : null;
    }
    await completeBackfill(running, plan.backfill, backfill);
    return null;
  }

  async function continueAsNewIfLong(): Promise<void> {
    if (!workflowInfo().continueAsNewSuggested) return;
    await condition(allHandlersFinished);
    // An execution begins with no memo but the one that it is given.
    const continueAsNew = makeContinueAsNewFunc<typeof SyncWorkflow>({ memo: { ...memo } });
    await continueAsNew(input, { key, plan, memo, backfill, sliceRecords, limit: org.limit });
  }

  async function finish(outcome: Omit<FinishRun, 'key' | 'watermarks'>): Promise<Finished> {
    const finished = await activities.finishRun({ connection, key, indexId: plan?.indexId ?? null, ...outcome });
    await condition(allHandlersFinished);
    return finished;
  }

  function show(next: RunMemo): void {
    memo = next;
    upsertMemo({ ...memo });
    setCurrentDetails(memo.headline);
  }
}

/** What the org told of its own API usage, if it did. */
function told(apiUsage: RunMemo['apiUsage']): Pick<RunMemo, 'apiUsage'> {
  return apiUsage ? { apiUsage } : {};
}

/** Why the next run must be complete; null: it need not. */
function completeAfter(error: TemporalFailure): string | null {
  return error.cause instanceof ApplicationFailure && error.cause.type === 'SelectionChangedError'
    ? 'what the integration user sees changed while a run was at work'
    : null;
}

/** The innermost message: what a person needs, without Temporal's wrapping. */
function causeOf(error: unknown): string {
  if (isCancellation(error)) return 'cancelled on request; the next run goes on from the last checkpoint';
  let inner: unknown = error;
  while (inner instanceof Error && inner.cause instanceof Error) inner = inner.cause;
  return inner instanceof Error ? inner.message : String(inner);
}
