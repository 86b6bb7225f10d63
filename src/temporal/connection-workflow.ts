import { type Client, isGrpcServiceError, WithStartWorkflowOperation, WorkflowNotFoundError } from '@temporalio/client';
import type { ConnectionWorkflow } from '../../workflows/connection.ts';
import { upgradeState } from '../../workflows/connection-state.ts';
import {
  type BeginAnswer,
  type BeginRun,
  beginRunUpdate,
  CONNECTION_SUMMARY,
  CONNECTION_WORKFLOW,
  type ConnectionState,
  connectionStatusQuery,
  connectionWorkflowId,
  type ForceRequest,
  forceCompleteBackfillSignal,
  type StoredConnectionState,
  taskQueueOf,
} from '../../workflows/contract.ts';

/** Queries the state of the connection's workflow. Needs a worker that answers. */
export type ConnectionStateReader = () => Promise<ConnectionState>;

/** Returns a reader of the state between runs. */
export function connectionState(client: Client, connection: string): ConnectionStateReader {
  const handle = client.workflow.getHandle(connectionWorkflowId(connection));
  // A worker of another version may answer.
  return async () => upgradeState(await handle.query<StoredConnectionState, []>(connectionStatusQuery));
}

/**
 * Reports whether the connection's workflow is open. It is open from the first run on, unless somebody ended it by
 * hand.
 */
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
 * Returns the state between runs, within a time. `'unanswered'`: no worker takes the query; null: no run has ever
 * begun.
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

/** Returns the start options of the connection's workflow. If it is already open, it gets the message. */
function startOptions(connection: string) {
  return {
    workflowId: connectionWorkflowId(connection),
    taskQueue: taskQueueOf(connection),
    workflowIdConflictPolicy: 'USE_EXISTING',
    staticSummary: CONNECTION_SUMMARY,
    args: [],
  } as const;
}

/** Requests a complete backfill. Starts the connection's workflow if there is none yet. */
export async function forceCompleteBackfill(client: Client, connection: string, request: ForceRequest): Promise<void> {
  await client.workflow.signalWithStart<typeof ConnectionWorkflow, [ForceRequest]>(CONNECTION_WORKFLOW, {
    ...startOptions(connection),
    signal: forceCompleteBackfillSignal.name,
    signalArgs: [request],
  });
}

/** Asks to admit a run. Starts the connection's workflow if there is none yet. */
export async function askToBegin(client: Client, connection: string, begin: BeginRun): Promise<BeginAnswer> {
  const startWorkflowOperation = new WithStartWorkflowOperation<typeof ConnectionWorkflow>(
    CONNECTION_WORKFLOW,
    startOptions(connection),
  );
  return client.workflow.executeUpdateWithStart(beginRunUpdate, { startWorkflowOperation, args: [begin] });
}
