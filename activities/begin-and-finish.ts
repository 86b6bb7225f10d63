import { ApplicationFailure, Context } from '@temporalio/activity';
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { ensureHomeId, homeWith } from '../src/home/home-file.ts';
import { OrganizationChangedError } from '../src/index/port/errors.ts';
import type { BlockedStream } from '../src/index/port/progress.ts';
import type { RunStore } from '../src/index/port/run-store.ts';
import type { IndexHealth, IndexState } from '../src/index/port/state.ts';
import { withGapTexts } from '../src/sentences/gaps.ts';
import { withWarningTexts } from '../src/sentences/warnings.ts';
import { expectedRecords } from '../src/sync/expected.ts';
import { changesSince } from '../src/sync/held-schema.ts';
import { orgTime } from '../src/sync/org-time.ts';
import { orphanedPrincipalGaps } from '../src/sync/orphaned-principals.ts';
import type { ResolvedSchema } from '../src/sync/resolved-schema.ts';
import { askToBegin, forceCompleteBackfill } from '../src/temporal/connection-workflow.ts';
import type { Begin, Begun, Finish, Finished, ForConnection, ReportedGaps } from '../workflows/activity-contract.ts';
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
import { type ActivityDeps, type WorkerDeps, withStore } from './deps.ts';
import { fateOf } from './holder.ts';
import { checkAgainstOrg, INPUTS, isAfter } from './inputs.ts';
import { operatorLists } from './operator-lists.ts';
import { runChecked } from './run-activity.ts';
import { endedRun } from './run-ended.ts';
import { schemaChangeFields } from './schema-change-fields.ts';
import { storedPositions } from './stored-position.ts';

/** Creates the activities that communicate with the connection's workflow. */
export function createConnection(deps: WorkerDeps) {
  const { config, schemas, runs, memory, watch } = deps;
  return {
    beginRun: (given: Begin): Promise<Begun> =>
      runChecked(deps, INPUTS.begin, given, async (input, work) => {
        const { salesforce, signal, asked } = work;
        await checkAgainstOrg(salesforce, input, {}, signal);
        const described = await schemas.describe(work, memory.known);
        const { schema } = described;
        const now = new Date(await orgTime(salesforce, signal)).toISOString();
        const { state, health, ahead } = await withStore(
          deps,
          async (store) => ({
            state: await stateFor(store, input.organizationId),
            health: await store.health(),
            ahead: await store.aheadOf(now),
          }),
          { create: true },
        );
        const answer = await admit(Context.current().client, config.connection, {
          ...beginMessage(input, { state, health }, schema, { now, ahead }),
          orgTime: now,
          home: homeWith(await ensureHomeId(config), config.index),
        });
        if (answer.kind === 'busy') {
          const { run, workflowId } = answer.holder;
          watch?.runSkipped(input.workflowId);
          return { kind: 'skipped', headline: `skipped: run ${run} (${workflowId}) is still in progress`, ...asked() };
        }
        const { plan } = answer;
        await admitToIndex(deps, plan, now);
        runs.begin(plan, described);
        watch?.runBegan({ ...plan, workflowId: input.workflowId });
        const expected = plan.backfill === null ? {} : await expectedRecords(salesforce, schema, plan.backfill, signal);
        const warnings = withWarningTexts(ahead === null ? [] : [{ code: 'clock_set_back', latest: ahead, now }]);
        const said = { expected, ...warnings, lostFields: schema.lost };
        return { kind: 'admitted', plan, ...said, ...withGapTexts(schema.gaps), ...operatorLists(health), ...asked() };
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
          // The workflow was never started, or was terminated. Then nothing waits for this finish.
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

/** Returns the index's state. If the index belongs to another org, records the refusal and throws. */
async function stateFor(store: RunStore, organizationId: string): Promise<IndexState> {
  const state = await store.state();
  if (state.organizationId === null || state.organizationId === organizationId) return state;
  await store.refuse(organizationId);
  throw new OrganizationChangedError(
    `the index belongs to the organization ${state.organizationId}, but ${organizationId} answered (a refreshed sandbox, or another base_url?). Nothing was written, and searches are refused. Change base_url back, or run \`salesforce-connector apply --replace-org\` to delete the index: the next run fills a new one`,
  );
}

/** Admits the run to the index, with what it is admitted for. */
async function admitToIndex(deps: ActivityDeps, plan: RunPlan, now: string): Promise<void> {
  const { run, indexId, organizationId, backfill } = plan;
  if (backfill !== null && isAfter(backfill.start, Date.parse(now)))
    throw ApplicationFailure.nonRetryable(
      "The connection's workflow planned a complete backfill that starts at a time ahead of the org's clock. The clock was set back, or was never at that time. Nothing was written, and the next run makes a new plan.",
      'PlanRefused',
    );
  const admission = {
    backfillStart: backfill?.start ?? null,
    ...(backfill?.objects ? { objects: backfill.objects } : {}),
    now,
  };
  const sentAgain = await withStore(deps, (store) => store.admit({ run, indexId, organizationId }, admission));
  if (sentAgain > 0)
    Context.current().log.warn(
      'The search engine lacked the content of this connection, or had that of another run store. Everything is sent again.',
      { documents: sentAgain },
    );
}

/**
 * Builds the message that asks to admit a run.
 *
 * @param ahead see `Admissions.aheadOf`: if set, what is after `now` counts as gone
 */
function beginMessage(
  input: Begin,
  { state, health }: { readonly state: IndexState; readonly health: IndexHealth },
  schema: ResolvedSchema,
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
        positions: storedPositions(backfill.positions),
        ...(backfill.objects === null ? {} : { objects: backfill.objects }),
      },
      ...blockedIn(state),
      lastBackfill: state.lastBackfill,
      ahead,
      ...schemaChangeFields(changesSince(state.schema, schema)),
      // A blocked object is no reason for a complete run: a separate backfill reads it once the org answers.
      missed: health.missed.filter((name) => !state.blocked.some(({ object }) => object === name)),
    },
    holderDead: null,
  };
}

/** Returns what a plan needs to know about blocked streams. */
function blockedIn({ blocked }: IndexState): Pick<BeginRun['index'], 'blocked' | 'answering'> {
  const objectsOf = (notes: readonly BlockedStream[]) => [...new Set(notes.map(({ object }) => object))];
  const records = objectsOf(blocked.filter(({ of }) => of === 'records'));
  const answering = objectsOf(blocked.filter(({ answers }) => answers));
  return {
    ...(records.length > 0 ? { blocked: records } : {}),
    ...(answering.length > 0 ? { answering } : {}),
  };
}

/**
 * Asks to admit the run, by update-with-start. Takes over from a dead holder. A holder that has completed is about to
 * report its finish.
 */
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
        `run ${answer.holder.run} has ended, but its finish has not arrived yet`,
        'HolderEnding',
      );
  }
}

interface Held extends ReportedGaps {
  readonly watermarks: Watermarks;
  /** See `FinishRun`. */
  readonly lastBackfill?: string | null;
}

const NOTHING_HELD: Held = { watermarks: {}, ...withGapTexts([]) };

/**
 * Reads what the index contains. A run may have failed because of the index, so a failed run gets no second error from
 * it.
 */
async function held(deps: ActivityDeps, indexId: string, status: FinishRun['status']): Promise<Held> {
  try {
    return await withStore(deps, async (store) => {
      const state = await store.state();
      if (state.indexId !== indexId) return NOTHING_HELD;
      const gaps = status === 'completed' ? orphanedPrincipalGaps(await store.orphanedPrincipals()) : [];
      return { watermarks: state.watermarks, lastBackfill: state.lastBackfill, ...withGapTexts(gaps) };
    });
  } catch (error) {
    if (status === 'completed') throw error;
    return NOTHING_HELD;
  }
}
