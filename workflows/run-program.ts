import { ApplicationFailure, isCancellation, TemporalFailure } from '@temporalio/workflow';
import type { FoundReason } from '../src/facts/reasons.ts';
import { reasonText } from '../src/sentences/reasons.ts';
import type { Finished } from './activity-contract.ts';
import type { Carried, OpenBackfill } from './carried.ts';
import { completeBackfill } from './complete-backfill.ts';
import type { FinishRun, RunMemo, RunPlan, SyncInput, SyncResult } from './contract.ts';
import { engineCalls } from './engine-waits.ts';
import { incrementalPass } from './incremental-pass.ts';
import { type OrgCalls, orgCalls } from './org-limits.ts';
import type { Run } from './run.ts';
import { runFailure } from './run-failure.ts';
import type { RunHost } from './run-host.ts';
import {
  addGaps,
  addWarnings,
  replaceGaps,
  STARTING,
  withFailure,
  withOperatorLists,
  withPlan,
  withSuccess,
} from './run-memo.ts';

/**
 * Performs one run from begin to finish, on any host. A complete backfill reads everything again, slice by slice; an
 * incremental run makes one pass over what has changed. Fails with a message for a person.
 *
 * @param carried what an earlier execution of this run passed on; left out: this is the first
 */
export async function performRun(host: RunHost, input: SyncInput, carried?: Carried): Promise<SyncResult> {
  const { activities } = host;
  const { connection } = input;
  const key = carried?.key ?? host.runId;
  let memo: RunMemo = STARTING;
  let plan: RunPlan | null = carried?.plan ?? null;
  let backfill: OpenBackfill | null = carried?.backfill ?? null;
  const org = orgCalls({
    host,
    connection,
    limit: carried?.limit ?? null,
    memo: () => memo,
    keep,
    show,
    beforeWaiting: continueAsNewIfLong,
  });
  const callEngine = engineCalls({ host, memo: () => memo, show });
  const ask: OrgCalls['ask'] = (call, options) =>
    callEngine(() => org.ask(call, options), { afterWaiting: continueAsNewIfLong });

  keep(carried?.memo ?? STARTING);
  try {
    if (plan === null) {
      show(memo);
      const begun = await begin();
      if (begun === null) {
        await host.messagesHandled();
        return { outcome: 'skipped', ...memo };
      }
      plan = begun;
    }
    const found = await work(plan);
    const headline = withSuccess(memo, {}).headline;
    const backfillEnded = plan.kind === 'complete';
    const finished = await callEngine(() =>
      finish({ status: 'completed', backfillEnded, headline, ...completeNextFields(found) }),
    );
    show(withSuccess({ ...addGaps(memo, finished), ...usageOf(finished.apiUsage) }, finished.watermarks));
    return { outcome: 'completed', ...memo };
  } catch (error) {
    if (!(error instanceof TemporalFailure)) throw error;
    const status = isCancellation(error) ? 'cancelled' : 'failed';
    const failure = runFailure(error);
    show(withFailure(memo, status, failure));
    // A run that ends early retains its checkpoint. It must still report that it is over, even if it was cancelled.
    await host.uncancelled(() =>
      finish({ status, backfillEnded: false, headline: memo.headline, ...completeNextFields(reasonFoundBy(error)) }),
    );
    if (status === 'cancelled') throw error;
    throw ApplicationFailure.create({ message: failure.message, type: 'RunFailed', nonRetryable: true });
  }

  /** Has the run admitted. Null: another run is still under way. */
  async function begin(): Promise<RunPlan | null> {
    const { organizationId } = await org.ask(() => activities.authenticate({ connection }));
    const begun = await ask(() =>
      activities.beginRun({
        connection,
        key,
        workflowId: host.workflowId,
        organizationId,
        completeBackfillFrequency: input.completeBackfillFrequency,
      }),
    );
    if (begun.kind === 'skipped') {
      show({ ...memo, headline: begun.headline });
      return null;
    }
    const { lostFields = [] } = begun;
    const known = addWarnings(withOperatorLists({ ...replaceGaps(memo, begun), lostFields }, begun), begun);
    show(withPlan(known, begun.plan, begun.expected));
    return begun.plan;
  }

  /** Does what the plan says. Returns why the next run must be complete; null: it need not be. */
  async function work(plan: RunPlan): Promise<FoundReason | null> {
    const { run, indexId, organizationId } = plan;
    const running: Run = {
      host,
      key,
      plan,
      fence: { connection, run, indexId, organizationId },
      tickSeconds: input.tickSeconds,
      ask,
      callEngine,
      memo: () => memo,
      show,
      keepBackfill: (next) => {
        backfill = next;
      },
      continueAsNewIfLong,
    };
    if (plan.backfill === null) {
      const { contactsClosed } = await incrementalPass(running);
      return contactsClosed ? { code: 'contact_sharing_changed' } : null;
    }
    await completeBackfill(running, plan.backfill, backfill);
    return null;
  }

  async function continueAsNewIfLong(): Promise<void> {
    if (!host.isHistoryLong()) return;
    await host.messagesHandled();
    await host.continueAsNew({ key, plan, memo, backfill, limit: org.limit });
  }

  async function finish(outcome: Omit<FinishRun, 'key' | 'watermarks' | 'lastBackfill'>): Promise<Finished> {
    const finished = await activities.finishRun({ connection, key, indexId: plan?.indexId ?? null, ...outcome });
    await host.messagesHandled();
    return finished;
  }

  function keep(next: RunMemo): void {
    memo = next;
    host.keep(next);
  }

  function show(next: RunMemo): void {
    memo = next;
    host.show(next);
  }
}

/** Returns the org's API usage if it was reported. */
function usageOf(apiUsage: RunMemo['apiUsage']): Pick<RunMemo, 'apiUsage'> {
  return apiUsage ? { apiUsage } : {};
}

/** Returns why the next run must be complete, from the error that ended this one. Null: it need not be. */
function reasonFoundBy(error: TemporalFailure): FoundReason | null {
  return error.cause instanceof ApplicationFailure && error.cause.type === 'SelectionChangedError'
    ? { code: 'selection_changed_mid_run' }
    : null;
}

function completeNextFields(found: FoundReason | null): Pick<FinishRun, 'completeNext' | 'completeNextWhy'> {
  return { completeNext: found && reasonText(found), completeNextWhy: found };
}
