import { ApplicationFailure, Context } from '@temporalio/activity';
import { type Client, WithStartWorkflowOperation, WorkflowNotFoundError } from '@temporalio/client';
import { describeClosed } from '../src/access/closed.ts';
import { ensureHomeId, homeWith } from '../src/home/home-file.ts';
import { OrganizationChangedError } from '../src/index/errors.ts';
import type { BlockedStream, IndexState, IndexWriter } from '../src/index/port.ts';
import { expectedRecords } from '../src/sync/expected.ts';
import { orgTime } from '../src/sync/org-time.ts';
import type { Selection } from '../src/sync/selection.ts';
import { selectionChange } from '../src/sync/selection-change.ts';
import { unreachedClosed } from '../src/sync/unreached.ts';
import type { ConnectionWorkflow } from '../workflows/connection.ts';
import {
  type BeginAnswer,
  type BeginRun,
  beginRunUpdate,
  CONNECTION_SUMMARY,
  connectionWorkflowId,
  type FinishRun,
  type ForceRequest,
  finishRunUpdate,
  forceCompleteBackfillSignal,
  type RunPlan,
  taskQueueOf,
  type Watermarks,
} from '../workflows/contract.ts';
import { type ActivityDeps, withIndex } from './deps.ts';
import { fateOf } from './holder.ts';
import { checkAgainstOrg, INPUTS, isAfter, MOST_TEXT } from './inputs.ts';
import { type Begun, type Finished, type ForConnection, listedIn } from './results.ts';
import { runChecked } from './run-activity.ts';
import { endedRun } from './run-ended.ts';

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
  const { config, salesforce, selections, watch } = deps;
  return {
    /** Has the ConnectionWorkflow admit the run, and answers its plan; skipped where another run is still at work. */
    beginRun: (given: Begin): Promise<Begun> =>
      runChecked(deps, INPUTS.begin, given, async (input, { signal, asked }) => {
        await checkAgainstOrg(salesforce, input, {}, signal);
        const described = await selections.describe(signal);
        const { selection } = described;
        const now = new Date(await orgTime(salesforce, signal)).toISOString();
        const { state, ahead } = await withIndex(
          deps,
          async (index) => ({ state: await stateFor(index, input.organizationId), ahead: await index.aheadOf(now) }),
          { create: true },
        );
        const answer = await admit(Context.current().client, config.connection, {
          ...message(input, state, selection, { now, ahead }),
          orgTime: now,
          home: homeWith(
            await ensureHomeId({ connection: config.connection, path: config.index.path }),
            config.index.path,
          ),
        });
        if (answer.kind === 'busy') {
          const { run, workflowId } = answer.holder;
          watch?.runSkipped(input.workflowId);
          return { kind: 'skipped', headline: `skipped: run ${run} (${workflowId}) is still at work`, ...asked() };
        }
        const { plan } = answer;
        await admitToIndex(deps, plan, now);
        selections.keep(plan.run, described);
        watch?.runBegan({ ...plan, workflowId: input.workflowId });
        const expected =
          plan.backfill === null ? {} : await expectedRecords(salesforce, selection, plan.backfill, signal);
        const closed = selection.closed.map(describeClosed);
        const warnings = ahead === null ? [] : [takenBack(ahead, now)];
        const { sliceRecords } = config;
        const said = { expected, closed, warnings, lostFields: selection.lost, sliceRecords };
        return { kind: 'admitted', plan, ...said, ...listedIn(state), ...asked() };
      }),

    /** Tells the ConnectionWorkflow how the run ended; answers the watermarks that the index holds, and what it holds for nobody. */
    finishRun: (given: Finish): Promise<Finished> =>
      runChecked(deps, INPUTS.finish, given, async ({ connection, indexId, ...finish }) => {
        const { watermarks, closed } = indexId === null ? NOTHING_HELD : await held(deps, indexId, finish.status);
        try {
          await Context.current()
            .client.workflow.getHandle<typeof ConnectionWorkflow>(connectionWorkflowId(connection))
            .executeUpdate(finishRunUpdate, { args: [{ ...finish, watermarks }] });
        } catch (error) {
          // Never started, or terminated: then nothing waits for this finish.
          if (!(error instanceof WorkflowNotFoundError)) throw error;
        }
        watch?.runEnded(await endedRun({ key: finish.key, outcome: finish.status, closed }));
        return { watermarks, closed, apiUsage: salesforce.usage };
      }),

    /** Forwards a request for a complete backfill that was sent to a run instead of to the connection. */
    requestCompleteBackfill: (given: ForConnection & ForceRequest): Promise<void> =>
      runChecked(deps, INPUTS.requestCompleteBackfill, given, async ({ connection, allowSweep }) => {
        const { client } = Context.current();
        await client.workflow.signalWithStart<typeof ConnectionWorkflow, [ForceRequest]>('ConnectionWorkflow', {
          workflowId: connectionWorkflowId(connection),
          taskQueue: taskQueueOf(connection),
          staticSummary: CONNECTION_SUMMARY,
          signal: forceCompleteBackfillSignal.name,
          signalArgs: [allowSweep === true ? { allowSweep } : {}],
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
    `the index belongs to the organization ${state.organizationId}, and ${organizationId} answered (a refreshed sandbox, or another base_url?): nothing was written, and searches are refused. Point base_url back, or run \`salesforce-connector apply --replace-org\` to delete the index: the next run fills a new one`,
  );
}

/** Tells the index that the run is admitted, and what for. */
async function admitToIndex(deps: ActivityDeps, plan: RunPlan, now: string): Promise<void> {
  const { run, indexId, organizationId, backfill } = plan;
  if (backfill !== null && isAfter(backfill.start, Date.parse(now)))
    throw ApplicationFailure.nonRetryable(
      "The connection's workflow planned a complete backfill that starts after the org's clock, which was set back, or never was at that time. Nothing was written, and the next run makes a new plan.",
      'PlanRefused',
    );
  const admission = {
    backfillStart: backfill?.start ?? null,
    ...(backfill?.objects ? { objects: backfill.objects } : {}),
    now,
  };
  await withIndex(deps, (index) => index.admit({ run, indexId, organizationId }, admission));
}

function takenBack(ahead: string, now: string): string {
  return `the index held times up to ${ahead}, and the org's clock says ${now}: the org's clock was ahead for a while, or somebody forged a run. The index was brought back to the org's clock, and this run reads everything again; until it has ended, searches find what was indexed before`;
}

/** @param ahead see `IndexWriter.aheadOf`: what lies after `now` is as good as gone */
function message(
  input: Begin,
  state: IndexState,
  selection: Selection,
  { now, ahead }: { readonly now: string; readonly ahead: string | null },
): Omit<BeginRun, 'orgTime' | 'home'> {
  const watermarks = Object.entries(state.watermarks).filter(
    ([, at]) => ahead === null || Date.parse(at) <= Date.parse(now),
  );
  const backfill = ahead === null ? state.backfill : null;
  const { key, workflowId, organizationId, completeBackfillFrequency } = input;
  return {
    key,
    workflowId,
    organizationId,
    completeBackfillFrequency,
    index: {
      indexId: state.indexId,
      highestRun: state.highestRun,
      watermarks: Object.fromEntries(watermarks),
      backfill: backfill && {
        start: backfill.start,
        positions: backfill.positions,
        ...(backfill.objects === null ? {} : { objects: backfill.objects }),
      },
      ...blockedIn(state),
      lastBackfill: state.lastBackfill,
      ahead,
      // With every field of five objects it would be longer than the connection takes.
      selectionChange: selectionChange(state.selection, selection.text)?.slice(0, MOST_TEXT) ?? null,
      // A stuck object makes no run complete: a backfill of its own reads it, once the org answers.
      missed: state.missed.filter((name) => !state.blocked.some(({ object }) => object === name)),
    },
    holderDead: null,
  };
}

/** What a plan must know of blocked streams. */
function blockedIn({ blocked }: IndexState): Pick<BeginRun['index'], 'blocked' | 'answering'> {
  const objectsOf = (notes: readonly BlockedStream[]) => [...new Set(notes.map(({ object }) => object))];
  const records = objectsOf(blocked.filter(({ of }) => of === 'records'));
  const answering = objectsOf(blocked.filter(({ answers }) => answers));
  return {
    ...(records.length > 0 ? { blocked: records } : {}),
    ...(answering.length > 0 ? { answering } : {}),
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
    staticSummary: CONNECTION_SUMMARY,
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
