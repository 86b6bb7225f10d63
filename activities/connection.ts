import { ApplicationFailure, Context } from '@temporalio/activity';
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { ensureHomeId, homeWith } from '../src/home/home-file.ts';
import { OrganizationChangedError } from '../src/index/errors.ts';
import type { BlockedStream, IndexHealth, IndexState, IndexWriter } from '../src/index/port.ts';
import { tellGaps } from '../src/sentences/gaps.ts';
import { tellWarnings } from '../src/sentences/warnings.ts';
import { expectedRecords } from '../src/sync/expected.ts';
import { changesSince } from '../src/sync/held-selection.ts';
import { orgTime } from '../src/sync/org-time.ts';
import type { Selection } from '../src/sync/selection.ts';
import { unreachedGaps } from '../src/sync/unreached.ts';
import { askToBegin, forceCompleteBackfill } from '../src/temporal/connection-workflow.ts';
import type { Begin, Begun, Closed, Finish, Finished, ForConnection } from '../workflows/activity-contract.ts';
import type { ConnectionWorkflow } from '../workflows/connection.ts';
import {
  type BeginAnswer,
  type BeginRun,
  connectionWorkflowId,
  type FinishRun,
  type ForceRequest,
  finishRunUpdate,
  type RunPlan,
  type Watermarks,
} from '../workflows/contract.ts';
import { type ActivityDeps, type WorkerDeps, withIndex } from './deps.ts';
import { fateOf } from './holder.ts';
import { checkAgainstOrg, INPUTS, isAfter } from './inputs.ts';
import { listedIn } from './listed-in.ts';
import { runChecked } from './run-activity.ts';
import { endedRun } from './run-ended.ts';
import { selectionTold } from './selection-told.ts';

/** Activities that speak with the connection's workflow. */
export function createConnection(deps: WorkerDeps) {
  const { config, selections, runs, memory, watch } = deps;
  return {
    beginRun: (given: Begin): Promise<Begun> =>
      runChecked(deps, INPUTS.begin, given, async (input, work) => {
        const { salesforce, signal, asked } = work;
        await checkAgainstOrg(salesforce, input, {}, signal);
        const described = await selections.describe(work, memory.known);
        const { selection } = described;
        const now = new Date(await orgTime(salesforce, signal)).toISOString();
        const { state, health, ahead } = await withIndex(
          deps,
          async (index) => ({
            state: await stateFor(index, input.organizationId),
            health: await index.health(),
            ahead: await index.aheadOf(now),
          }),
          { create: true },
        );
        const answer = await admit(Context.current().client, config.connection, {
          ...message(input, { state, health }, selection, { now, ahead }),
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
        runs.begin(plan, described);
        watch?.runBegan({ ...plan, workflowId: input.workflowId });
        const expected =
          plan.backfill === null ? {} : await expectedRecords(salesforce, selection, plan.backfill, signal);
        const warnings = tellWarnings(ahead === null ? [] : [{ code: 'clock_set_back', latest: ahead, now }]);
        const { sliceRecords } = config;
        const said = { expected, ...warnings, lostFields: selection.lost, sliceRecords };
        return { kind: 'admitted', plan, ...said, ...tellGaps(selection.gaps), ...listedIn(health), ...asked() };
      }),

    finishRun: (given: Finish): Promise<Finished> =>
      runChecked(deps, INPUTS.finish, given, async ({ connection, indexId, ...finish }, { salesforce }) => {
        const { watermarks, lastBackfill, ...beside } =
          indexId === null ? NOTHING_HELD : await held(deps, indexId, finish.status);
        try {
          await Context.current()
            .client.workflow.getHandle<typeof ConnectionWorkflow>(connectionWorkflowId(connection))
            .executeUpdate(finishRunUpdate, {
              args: [{ ...finish, watermarks, ...(lastBackfill === undefined ? {} : { lastBackfill }) }],
            });
        } catch (error) {
          // Never started, or terminated: then nothing waits for this finish.
          if (!(error instanceof WorkflowNotFoundError)) throw error;
        }
        watch?.runEnded(await endedRun({ key: finish.key, outcome: finish.status, beside }));
        return { watermarks, ...beside, apiUsage: salesforce.usage };
      }),

    requestCompleteBackfill: (given: ForConnection & ForceRequest): Promise<void> =>
      runChecked(deps, INPUTS.requestCompleteBackfill, given, async ({ connection, allowSweep }) => {
        await forceCompleteBackfill(Context.current().client, connection, allowSweep === true ? { allowSweep } : {});
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

/** @param ahead see `IndexWriter.aheadOf`: what lies after `now` is as good as gone */
function message(
  input: Begin,
  { state, health }: { readonly state: IndexState; readonly health: IndexHealth },
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
      ...selectionTold(changesSince(state.selection, selection)),
      // A stuck object makes no run complete: a backfill of its own reads it, once the org answers.
      missed: health.missed.filter((name) => !state.blocked.some(({ object }) => object === name)),
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
  const answer = await askToBegin(client, connection, begin);
  if (answer.kind === 'admitted') return answer;
  switch (await fateOf(client, answer.holder)) {
    case 'running':
      return answer;
    case 'dead':
      return askToBegin(client, connection, { ...begin, holderDead: answer.holder.key });
    case 'completed':
      throw ApplicationFailure.retryable(
        `run ${answer.holder.run} has ended, and its finish is on the way`,
        'HolderEnding',
      );
  }
}

interface Held extends Closed {
  readonly watermarks: Watermarks;
  /** See `FinishRun`. */
  readonly lastBackfill?: string | null;
}

const NOTHING_HELD: Held = { watermarks: {}, ...tellGaps([]) };

/** What the index holds. A run that failed may have failed on the index: then it is not asked twice. */
async function held(deps: ActivityDeps, indexId: string, status: FinishRun['status']): Promise<Held> {
  try {
    return await withIndex(deps, async (index) => {
      const state = await index.state();
      if (state.indexId !== indexId) return NOTHING_HELD;
      const gaps = status === 'completed' ? unreachedGaps(await index.unreached()) : [];
      return { watermarks: state.watermarks, lastBackfill: state.lastBackfill, ...tellGaps(gaps) };
    });
  } catch (error) {
    if (status === 'completed') throw error;
    return NOTHING_HELD;
  }
}
