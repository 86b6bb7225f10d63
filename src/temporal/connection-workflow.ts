import { type Client, isGrpcServiceError, WithStartWorkflowOperation, WorkflowNotFoundError } from '@temporalio/client';
import type { ConnectionWorkflow } from '../../workflows/connection.ts';
import {
  type BeginAnswer,
  type BeginRun,
  beginRunUpdate,
  CONNECTION_SUMMARY,
  type ConnectionState,
  connectionStatusQuery,
  connectionWorkflowId,
  type ForceRequest,
  forceCompleteBackfillSignal,
  type StoredConnectionState,
  taskQueueOf,
} from '../../workflows/contract.ts';
import { upgradeState } from '../../workflows/upgrade-state.ts';
import { CONNECTION_WORKFLOW } from './names.ts';

/** Asks the connection's workflow for its state; needs a worker that answers. */
export type ConnectionStateReader = () => Promise<ConnectionState>;

/** The state between runs, as its query tells it. */
export function connectionState(client: Client, connection: string): ConnectionStateReader {
  const handle = client.workflow.getHandle(connectionWorkflowId(connection));
  // A worker of another version may answer.
  return async () => upgradeState(await handle.query<StoredConnectionState, []>(connectionStatusQuery));
}

/** Whether the connection's workflow is open. It is from the first run on, unless somebody has ended it by hand. */
export async function connectionIsOpen(client: Client, connection: string): Promise<boolean> {
  try {
    const { status } = await client.workflow.getHandle(connectionWorkflowId(connection)).describe();
    return status.name === 'RUNNING';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}

/** gRPC's CANCELLED, DEADLINE_EXCEEDED and FAILED_PRECONDITION: no worker takes the query. */
const UNANSWERED: ReadonlySet<number> = new Set([1, 4, 9]);

/**
 * The state between runs, within a time; `'unanswered'` where no worker takes the query, null where no run has ever begun.
 */
export async function connectionStateWithin(
  client: Client,
  connection: string,
  ms: number,
): Promise<ConnectionState | 'unanswered' | null> {
  try {
    return await client.withDeadline(Date.now() + ms, connectionState(client, connection));
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    const cause = isGrpcServiceError(error) ? error : error instanceof Error ? error.cause : undefined;
    if (isGrpcServiceError(cause) && UNANSWERED.has(cause.code)) return 'unanswered';
    throw error;
  }
}

/** How the connection's workflow is started where there is none yet; an open one takes the message. */
function startOptions(connection: string) {
  return {
    workflowId: connectionWorkflowId(connection),
    taskQueue: taskQueueOf(connection),
    workflowIdConflictPolicy: 'USE_EXISTING',
    staticSummary: CONNECTION_SUMMARY,
    args: [],
  } as const;
}

/** Asks for a complete backfill; makes the connection's workflow where there is none yet. */
export async function forceCompleteBackfill(client: Client, connection: string, request: ForceRequest): Promise<void> {
  await client.workflow.signalWithStart<typeof ConnectionWorkflow, [ForceRequest]>(CONNECTION_WORKFLOW, {
    ...startOptions(connection),
    signal: forceCompleteBackfillSignal.name,
    signalArgs: [request],
  });
}

/** Asks for a run to be admitted; makes the connection's workflow where there is none yet. */
export async function askToBegin(client: Client, connection: string, begin: BeginRun): Promise<BeginAnswer> {
  const startWorkflowOperation = new WithStartWorkflowOperation<typeof ConnectionWorkflow>(
    CONNECTION_WORKFLOW,
    startOptions(connection),
  );
  return client.workflow.executeUpdateWithStart(beginRunUpdate, { startWorkflowOperation, args: [begin] });
}
