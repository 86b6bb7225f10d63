import {
  ApplicationFailure,
  allHandlersFinished,
  CancellationScope,
  condition,
  getExternalWorkflowHandle,
  log,
  makeContinueAsNewFunc,
  patched,
  setCurrentDetails,
  setHandler,
  sleep,
  TemporalFailure,
  upsertMemo,
  workflowInfo,
} from '@temporalio/workflow';
import { activities } from './activity-options.ts';
import type { Carried } from './carried.ts';
import {
  checkpointSignal,
  connectionWorkflowId,
  forceCompleteBackfillSignal,
  type RunMemo,
  runStatusQuery,
  type SyncInput,
  type SyncResult,
} from './contract.ts';
import { isForceRequest, wrongArgument } from './message-forms.ts';
import type { RunHost } from './run-host.ts';
import { STARTING } from './run-memo.ts';
import { performRun } from './run-program.ts';

/** Hosts one run on Temporal. Only the Schedule starts it. Ends as `Failed` with a message for a person. */
export async function SyncWorkflow(input: SyncInput, carried?: Carried): Promise<SyncResult> {
  const wrong = wrongArgument(input, carried);
  if (wrong !== null)
    throw ApplicationFailure.nonRetryable(
      `SyncWorkflow was started with a malformed argument: ${wrong}. The Schedule starts it with correct arguments, so someone else started this one.`,
      'MalformedInput',
    );
  const { connection } = input;
  const { workflowId, runId } = workflowInfo();
  let memo: RunMemo = STARTING;
  const host: RunHost = {
    workflowId,
    runId,
    activities,
    // Asked once, so that an execution that sent checkpoints continues to send them.
    sendsCheckpoints: !patched('no-checkpoint'),
    now: () => Date.now(),
    sleep,
    keep(next) {
      memo = next;
    },
    show(next) {
      memo = next;
      upsertMemo({ ...next });
      setCurrentDetails(next.headline);
    },
    sendCheckpoint: (connection, checkpoint) =>
      getExternalWorkflowHandle(connectionWorkflowId(connection)).signal(checkpointSignal, checkpoint),
    isHistoryLong: () => workflowInfo().continueAsNewSuggested,
    messagesHandled: () => condition(allHandlersFinished),
    async continueAsNew(next) {
      // A new execution has only the memo that it is given.
      const continueAsNew = makeContinueAsNewFunc<typeof SyncWorkflow>({ memo: { ...next.memo } });
      await continueAsNew(input, next);
    },
    uncancelled: (work) => CancellationScope.nonCancellable(work),
  };

  setHandler(forceCompleteBackfillSignal, forwardRequest);
  setHandler(runStatusQuery, () => memo);

  return performRun(host, input, carried);

  /** Forwards a request to the connection. A person may send it by hand, so the argument's form is checked. */
  async function forwardRequest(request: unknown): Promise<void> {
    const allowSweep = isForceRequest(request) && request?.allowSweep === true;
    try {
      await activities.requestCompleteBackfill({ connection, ...(allowSweep ? { allowSweep } : {}) });
    } catch (error) {
      // A request that cannot be forwarded must not end the run.
      if (!(error instanceof TemporalFailure)) throw error;
      log.warn('a request for a complete backfill could not be forwarded: send it again', { error });
    }
  }
}
