import { ApplicationFailure, Context } from '@temporalio/activity';
import { type Client, WithStartWorkflowOperation, WorkflowNotFoundError } from '@temporalio/client';
import { describeClosed } from '../src/access/closed.ts';
import { OrganizationChangedError } from '../src/index/errors.ts';
import type { IndexState, IndexWriter } from '../src/index/port.ts';
import { expectedRecords } from '../src/sync/expected.ts';
import type { Selection } from '../src/sync/selection.ts';
import { selectionChange } from '../src/sync/selection-change.ts';
import { unreachedClosed } from '../src/sync/unreached.ts';
import type { ConnectionWorkflow } from '../workflows/connection.ts';
import {
  type BeginAnswer,
  type BeginRun,
  beginRunUpdate,
  connectionWorkflowId,
  type FinishRun,
  type ForceRequest,
  finishRunUpdate,
  forceCompleteBackfillSignal,
  taskQueueOf,
  type Watermarks,
} from '../workflows/contract.ts';
import { type ActivityDeps, withIndex } from './deps.ts';
import { fateOf } from './holder.ts';
import { type Begun, type Finished, type ForConnection, listedIn } from './results.ts';
import { runActivity } from './run-activity.ts';

export interface Begin extends ForConnection {
  readonly key: string;
  readonly workflowId: string;
  readonly organizationId: string;
  readonly completeBackfillFrequency: number;
}

export interface Finish extends ForConnection, Omit<FinishRun, 'watermarks'> {
  /** The index that the run wrote; null: it was never admitted. */
  readonly indexId: string | null;
}

/** Activities that speak with the connection's workflow. */
export function createConnection(deps: ActivityDeps) {
  const { config, salesforce, selections } = deps;
  return {
    /** Has the ConnectionWorkflow admit the run, and answers its plan; skipped where another run is still at work. */
    beginRun: (input: Begin): Promise<Begun> =>
      runActivity(deps, input, async ({ signal, asked }) => {
        const described = await selections.describe(signal);
        const { selection } = described;
        const state = await withIndex(deps, (index) => stateFor(index, input.organizationId), { create: true });
        const orgTime = new Date(salesforce.clock.now()).toISOString();
        const answer = await admit(Context.current().client, config.connection, {
          ...message(input, state, selection),
          orgTime,
        });
        if (answer.kind === 'busy') {
          const { run, workflowId } = answer.holder;
          return { kind: 'skipped', headline: `skipped: run ${run} (${workflowId}) is still at work`, ...asked() };
        }
        const { plan } = answer;
        selections.keep(plan.run, described);
        const expected = plan.kind === 'complete' ? await expectedRecords(salesforce, selection, signal) : {};
        const closed = selection.closed.map(describeClosed);
        return { kind: 'admitted', plan, expected, closed, ...listedIn(state), ...asked() };
      }),

    /** Tells the ConnectionWorkflow how the run ended; answers the watermarks that the index holds, and what it holds for nobody. */
    finishRun: ({ connection, indexId, ...finish }: Finish): Promise<Finished> =>
      runActivity(deps, { connection }, async () => {
        const { watermarks, closed } = indexId === null ? NOTHING_HELD : await held(deps, indexId, finish.status);
        try {
          await Context.current()
            .client.workflow.getHandle<typeof ConnectionWorkflow>(connectionWorkflowId(connection))
            .executeUpdate(finishRunUpdate, { args: [{ ...finish, watermarks }] });
        } catch (error) {
          // Never started, or terminated: then nothing waits for this finish.
          if (!(error instanceof WorkflowNotFoundError)) throw error;
        }
        return { watermarks, closed, apiUsage: salesforce.usage };
      }),

    /** Forwards a request for a complete backfill that was sent to a run instead of to the connection. */
    requestCompleteBackfill: ({ connection, ...request }: ForConnection & ForceRequest): Promise<void> =>
      runActivity(deps, { connection }, async () => {
        const { client } = Context.current();
        await client.workflow.signalWithStart<typeof ConnectionWorkflow, [ForceRequest]>('ConnectionWorkflow', {
          workflowId: connectionWorkflowId(connection),
          taskQueue: taskQueueOf(connection),
          signal: forceCompleteBackfillSignal.name,
          signalArgs: [request],
        });
      }),
  };
}

/** The index's state; refused, and the refusal remembered, where it belongs to another org. */
async function stateFor(index: IndexWriter, organizationId: string): Promise<IndexState> {
  const state = await index.state();
  if (state.organizationId === null || state.organizationId === organizationId) return state;
  await index.refuse(organizationId);
  throw new OrganizationChangedError(
    `the index belongs to the organization ${state.organizationId}, and ${organizationId} answered (a refreshed sandbox, or another base_url?): nothing was written, and searches are refused. Point base_url back, or run \`salesforce-connector apply --replace-org\` to wipe the index and fill it anew`,
  );
}

function message(input: Begin, state: IndexState, selection: Selection): Omit<BeginRun, 'orgTime'> {
  const { key, workflowId, organizationId, completeBackfillFrequency } = input;
  return {
    key,
    workflowId,
    organizationId,
    completeBackfillFrequency,
    index: {
      indexId: state.indexId,
      highestRun: state.highestRun,
      watermarks: state.watermarks,
      backfill: state.backfill && { start: state.backfill.start, positions: state.backfill.positions },
      selectionChange: selectionChange(state.selection, selection.text),
      missed: state.missed,
    },
    holderDead: null,
  };
}

/** Update-with-start; a holder that is dead is taken over, one that is done is about to say so. */
async function admit(client: Client, connection: string, begin: BeginRun): Promise<BeginAnswer> {
  const answer = await sendBegin(client, connection, begin);
  if (answer.kind === 'admitted') return answer;
  switch (await fateOf(client, answer.holder)) {
    case 'running':
      return answer;
    case 'dead':
      return sendBegin(client, connection, { ...begin, holderDead: answer.holder.key });
    case 'completed':
      throw ApplicationFailure.retryable(
        `run ${answer.holder.run} has ended, and its finish is on the way`,
        'HolderEnding',
      );
  }
}

async function sendBegin(client: Client, connection: string, begin: BeginRun): Promise<BeginAnswer> {
  const start = new WithStartWorkflowOperation<typeof ConnectionWorkflow>('ConnectionWorkflow', {
    workflowId: connectionWorkflowId(connection),
    taskQueue: taskQueueOf(connection),
    workflowIdConflictPolicy: 'USE_EXISTING',
    args: [],
  });
  return client.workflow.executeUpdateWithStart(beginRunUpdate, { startWorkflowOperation: start, args: [begin] });
}

interface Held {
  readonly watermarks: Watermarks;
  readonly closed: readonly string[];
}

const NOTHING_HELD: Held = { watermarks: {}, closed: [] };

/** What the index holds. A run that failed may have failed on the index: then it is not asked twice. */
async function held(deps: ActivityDeps, indexId: string, status: FinishRun['status']): Promise<Held> {
  try {
    return await withIndex(deps, async (index) => {
      const state = await index.state();
      if (state.indexId !== indexId) return NOTHING_HELD;
      const closed = status === 'completed' ? unreachedClosed(await index.unreached()).map(describeClosed) : [];
      return { watermarks: state.watermarks, closed };
    });
  } catch (error) {
    if (status === 'completed') throw error;
    return NOTHING_HELD;
  }
}
