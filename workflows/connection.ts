import { allHandlersFinished, condition, continueAsNew, setHandler, workflowInfo } from '@temporalio/workflow';
import { beginRun, checkpoint, finishRun, forceCompleteBackfill, NEW_CONNECTION } from './connection-state.ts';
import {
  beginRunUpdate,
  type ConnectionState,
  checkpointSignal,
  connectionStatusQuery,
  finishRunUpdate,
  forceCompleteBackfillSignal,
} from './contract.ts';

/**
 * The durable state between runs: run counter, watermarks, the open backfill, requests for a complete one. Lives for
 * ever, so that it can always be signalled and queried; it never fails, and it runs no activity.
 */
export async function ConnectionWorkflow(carried: ConnectionState = NEW_CONNECTION): Promise<void> {
  let state = carried;

  // Signals before updates: a message that waits for the first task is handed out as its handler is registered, and a
  // checkpoint must not be overtaken by the begin that was sent after it.
  setHandler(checkpointSignal, (message) => {
    state = checkpoint(state, message);
  });
  setHandler(forceCompleteBackfillSignal, (request) => {
    state = forceCompleteBackfill(state, request);
  });
  setHandler(finishRunUpdate, (message) => {
    state = finishRun(state, message);
  });
  setHandler(beginRunUpdate, (message) => {
    const begun = beginRun(state, message);
    state = begun.state;
    return begun.answer;
  });
  setHandler(connectionStatusQuery, () => state);

  await condition(() => workflowInfo().continueAsNewSuggested && allHandlersFinished());
  await continueAsNew<typeof ConnectionWorkflow>(state);
}
