import {
  ApplicationFailure,
  allHandlersFinished,
  condition,
  log,
  makeContinueAsNewFunc,
  patched,
  setHandler,
  upsertMemo,
  workflowInfo,
} from '@temporalio/workflow';
import { otherHomeMessage, otherOrganizationMessage } from '../src/sentences/homes.ts';
import {
  beginRun,
  checkpoint,
  connectionMemo,
  finishRun,
  forceCompleteBackfill,
  homeConflict,
  moveHere,
  NEW_CONNECTION,
  replaceOrg,
  upgradeState,
} from './connection-state.ts';
import {
  type BeginRun,
  beginRunUpdate,
  type ConnectionState,
  checkpointSignal,
  connectionOf,
  connectionStatusQuery,
  finishRunUpdate,
  forceCompleteBackfillSignal,
  moveHereSignal,
  replaceOrgSignal,
  type StoredConnectionState,
} from './contract.ts';
import {
  isCheckpoint,
  isForceRequest,
  isHome,
  isReplaceOrg,
  wrongInBeginRun,
  wrongInFinishRun,
  wrongInState,
} from './message-forms.ts';

/**
 * Keeps the durable state between runs: run counter, watermarks, the open backfill, requests for a complete one. Never
 * ends, so that it can always be signalled and queried. Never fails, and runs no activity.
 *
 * Anyone who can write to the Temporal namespace can send it anything. It ignores malformed messages, and logs them
 * without their content.
 */
export async function ConnectionWorkflow(carried: StoredConnectionState = NEW_CONNECTION): Promise<void> {
  const wrong = wrongInState(carried);
  if (wrong !== null)
    log.warn(`the connection starts over: the state that it was started with is malformed (${wrong})`);
  let state = wrong === null ? upgradeState(carried) : NEW_CONNECTION;

  // Signals before updates: a message that waits for the first task is delivered when its handler is registered. A
  // checkpoint must not be overtaken by the begin that was sent after it. Runs of this version no longer send
  // checkpoints.
  setHandler(checkpointSignal, (message) => {
    if (isCheckpoint(message)) state = checkpoint(state, message);
    else log.warn('a signal `checkpoint` was ignored: its argument is malformed');
  });
  setHandler(forceCompleteBackfillSignal, (request) => {
    const isRequest = isForceRequest(request);
    if (!isRequest) log.warn('a signal `forceCompleteBackfill` is accepted without its argument, which is malformed');
    state = forceCompleteBackfill(state, isRequest ? request : null);
    show();
  });
  setHandler(moveHereSignal, (home) => {
    if (isHome(home)) state = moveHere(state, home);
    else log.warn('a signal `moveHere` was ignored: its argument is malformed');
    show();
  });
  setHandler(replaceOrgSignal, (message) => {
    if (isReplaceOrg(message)) state = replaceOrg(state, message.organizationId);
    else log.warn('a signal `replaceOrg` was ignored: its argument is malformed');
    show();
  });
  setHandler(
    finishRunUpdate,
    (message) => {
      state = finishRun(state, message);
      show();
    },
    { validator: (message) => refuse(finishRunUpdate.name, wrongInFinishRun(message)) },
  );
  setHandler(
    beginRunUpdate,
    (message) => {
      const begun = beginRun(state, message);
      state = begun.state;
      show();
      return begun.answer;
    },
    {
      validator: (message) => {
        refuse(beginRunUpdate.name, wrongInBeginRun(message));
        refuseOtherHome(state, message);
      },
    },
  );
  setHandler(connectionStatusQuery, () => state);

  await condition(() => workflowInfo().continueAsNewSuggested && allHandlersFinished());
  const continueAsNew = makeContinueAsNewFunc<typeof ConnectionWorkflow>({ memo: { ...connectionMemo(state) } });
  await continueAsNew(state);

  function show(): void {
    // Executions that an older version began have no memo. They get one at the first message that this version handles.
    if (patched('connection-memo')) upsertMemo({ ...connectionMemo(state) });
  }
}

/** Refuses a run of another organization or home, which would fill one connection's index from another. */
function refuseOtherHome({ home: remembered }: ConnectionState, { organizationId, home }: BeginRun): void {
  if (remembered === undefined) return;
  const connection = connectionOf(workflowInfo().workflowId);
  const conflict = homeConflict(remembered, { organizationId, home });
  if (conflict === 'home' && home !== undefined)
    throw ApplicationFailure.nonRetryable(otherHomeMessage(connection, remembered, home), 'OtherHomeError');
  if (conflict === 'organization')
    throw ApplicationFailure.nonRetryable(
      otherOrganizationMessage(connection, remembered.organizationId, organizationId),
      'OtherOrganizationError',
    );
}

/**
 * Refuses a malformed update.
 *
 * @param wrong the malformed field of the message; null: none
 */
function refuse(update: string, wrong: string | null): void {
  if (wrong === null) return;
  throw ApplicationFailure.nonRetryable(
    `The connection's workflow refused the update \`${update}\`: ${wrong} is malformed. Nothing was changed. Workers of this version send it correctly: restart older ones. If all have the same version, someone else writes to the Temporal namespace.`,
    'MalformedMessage',
  );
}
