import { type Client, isGrpcServiceError, WorkflowNotFoundError } from '@temporalio/client';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { moveHere, NEW_CONNECTION, replaceOrg } from '../../workflows/connection-state.ts';
import {
  type ConnectionHome,
  type ConnectionMemo,
  type ConnectionState,
  connectionWorkflowId,
  moveHereSignal,
  replaceOrgSignal,
} from '../../workflows/contract.ts';
import { isConnectionHome, isHome, isReplaceOrg } from '../../workflows/message-forms.ts';
import type { Home } from '../facts/homes.ts';

/**
 * Reads what the connection belongs to, as far as it remembers. Needs no worker. Null: nothing, or no run has ever
 * begun.
 */
export async function rememberedHome(client: Client, connection: string): Promise<ConnectionHome | null> {
  const workflowId = connectionWorkflowId(connection);
  try {
    // Before the memo: otherwise a signal that a worker takes in between would be in neither.
    const waiting = await waitingSignals(client, workflowId);
    const { memo, status } = await client.workflow.getHandle(workflowId).describe();
    const { home } = (memo ?? {}) as Partial<ConnectionMemo>;
    if (status.name !== 'RUNNING' || !isConnectionHome(home)) return null;
    return withWaitingSignals(home, waiting);
  } catch (error) {
    if (error instanceof WorkflowNotFoundError || isNotFound(error)) return null;
    throw error;
  }
}

/** Reports whether the service itself says that there is no such workflow. */
function isNotFound(error: unknown): boolean {
  return isGrpcServiceError(error) && error.code === NOT_FOUND;
}

/** gRPC's NOT_FOUND. */
const NOT_FOUND = 5;

interface WaitingSignal {
  readonly name: string;
  readonly argument: unknown;
}

/**
 * Applies waiting signals to the home. The memo changes only once a worker takes the signals, and no worker would start
 * before.
 */
function withWaitingSignals(home: ConnectionHome, signals: readonly WaitingSignal[]): ConnectionHome {
  let state: ConnectionState = { ...NEW_CONNECTION, home };
  for (const { name, argument } of signals) {
    if (name === moveHereSignal.name && isHome(argument)) state = moveHere(state, argument);
    if (name === replaceOrgSignal.name && isReplaceOrg(argument)) state = replaceOrg(state, argument.organizationId);
  }
  return state.home ?? home;
}

/** The number of events to search for signals that no worker has taken yet. */
const EVENTS = 200;

/** Returns the signals since the last workflow task that a worker completed, the oldest first. */
async function waitingSignals(client: Client, workflowId: string): Promise<WaitingSignal[]> {
  const { history } = await client.workflowService.getWorkflowExecutionHistoryReverse({
    namespace: client.options.namespace,
    execution: { workflowId },
    maximumPageSize: EVENTS,
  });
  const signals: WaitingSignal[] = [];
  for (const event of history?.events ?? []) {
    if (event.workflowTaskCompletedEventAttributes) break;
    const signal = event.workflowExecutionSignaledEventAttributes;
    const [payload] = signal?.input?.payloads ?? [];
    if (signal?.signalName && payload) signals.unshift({ name: signal.signalName, argument: argumentOf(payload) });
  }
  return signals;
}

/** Decodes an argument. Anyone who can write to the namespace can send unreadable ones. */
function argumentOf(payload: Payload): unknown {
  try {
    return defaultPayloadConverter.fromPayload(payload);
  } catch {
    return null;
  }
}

/**
 * Signals to the connection where its index is now. Needs no worker. Returns false if there is no connection yet that
 * could remember it.
 */
export function signalHome(client: Client, connection: string, home: Home): Promise<boolean> {
  return signalConnection(client, connection, moveHereSignal.name, home);
}

/** Signals to the connection which organization replaces the remembered one; otherwise like `signalHome`. */
export function signalOrganization(client: Client, connection: string, organizationId: string): Promise<boolean> {
  return signalConnection(client, connection, replaceOrgSignal.name, { organizationId });
}

async function signalConnection(client: Client, connection: string, name: string, argument: object): Promise<boolean> {
  try {
    await client.workflow.getHandle(connectionWorkflowId(connection)).signal(name, argument);
    return true;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
