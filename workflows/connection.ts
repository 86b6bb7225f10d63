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
  moveHere,
  NEW_CONNECTION,
  replaceOrg,
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
import { homeConflict } from './home.ts';
import {
  isCheckpoint,
  isForceRequest,
  isHome,
  isReplaceOrg,
  wrongInBeginRun,
  wrongInFinishRun,
  wrongInState,
} from './message-forms.ts';
import { upgradeState } from './upgrade-state.ts';

/**
 * The durable state between runs: run counter, watermarks, the open backfill, requests for a complete one. Lives for
 * ever, so that it can always be signalled and queried; it never fails, and it runs no activity.
 *
 * Anybody who can write to the Temporal namespace can send it anything. It ignores what is malformed, and logs that without
 * its content.
 */
export async function ConnectionWorkflow(carried: StoredConnectionState = NEW_CONNECTION): Promise<void> {
  const wrong = wrongInState(carried);
  if (wrong !== null)
    log.warn(`the connection starts over: the state that it was started with is malformed (${wrong})`);
  let state = wrong === null ? upgradeState(carried) : NEW_CONNECTION;

  // Signals before updates: a message that waits for the first task is handed out as its handler is registered, and a
  // checkpoint must not be overtaken by the begin that was sent after it. Runs of this version send none any more.
  setHandler(checkpointSignal, (message) => {
    if (isCheckpoint(message)) state = checkpoint(state, message);
    else log.warn('a signal `checkpoint` was ignored: its argument is malformed');
  });
  setHandler(forceCompleteBackfillSignal, (request) => {
    const isRequest = isForceRequest(request);
    if (!isRequest) log.warn('a signal `forceCompleteBackfill` counts without its argument, which is malformed');
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
    // Executions that an older version began have no memo: theirs is made at the first message that this version takes.
    if (patched('connection-memo')) upsertMemo({ ...connectionMemo(state) });
  }
}

/** Refuses a run of another organization or home: it would fill the index of one connection from another. */
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

/** @param wrong the malformed field of the message; null: none is */
function refuse(update: string, wrong: string | null): void {
  if (wrong === null) return;
  throw ApplicationFailure.nonRetryable(
    `The connection's workflow refused the update \`${update}\`: ${wrong} is malformed. Nothing was changed. Workers of one version send it right: restart older ones. If all are of one version, somebody else writes to the Temporal namespace.`,
    'MalformedMessage',
  );
}
