import type { SweepGuard } from '../src/index/port/backfill.ts';
import type { IndexState } from '../src/index/port/state.ts';
import { checkSchema } from '../src/sync/held-schema.ts';
import type { ObjectSchema } from '../src/sync/resolved-schema.ts';
import type { EndBackfill, Sweep, Swept } from '../workflows/activity-contract.ts';
import { sweepIsAllowed } from './allowed-sweep.ts';
import type { WorkerDeps } from './deps.ts';
import { checkAgainstOrg, INPUTS } from './inputs.ts';
import type { Refresh } from './membership.ts';
import { operatorLists } from './operator-lists.ts';
import { runChecked } from './run-activity.ts';
import type { WithRunStore } from './with-run-store.ts';

export function createSweep(deps: WorkerDeps, refresh: Refresh, withRunStore: WithRunStore) {
  return {
    /**
     * Removes what a complete backfill has not seen. Before the first removal, reads the integration user's rights
     * again: if a right was lost since the run began, records may have been missed only because of that.
     */
    sweep: (given: Sweep): Promise<Swept> =>
      runChecked(deps, INPUTS.sweep, given, async (input, work) => {
        const { salesforce, signal, asked } = work;
        const { connection, run, indexId, organizationId, object, start } = input;
        await checkAgainstOrg(salesforce, input, { start }, signal);
        const allowSweep = input.allowSweep === true && (await sweepIsAllowed(connection, start));
        const context = deps.runs.of(input);
        const chosen = await context.schema(work);
        const schema = chosen.objects[object];
        return withRunStore(input, work, async (store) => {
          const state = await store.state();
          checkSchema(state, chosen);
          const guard = guardOf(schema, state, deps.config.sweepGuardPercent, allowSweep);
          const mayLook = guard.evenIfHidden !== 'all' && !context.rightsSeenAgain;
          if (mayLook && (await store.hasUnseen(object, Date.parse(start)))) {
            await refresh({ ...input, backfillStart: start }, store, work);
            context.rightsSeenAgain = true;
          }
          const swept = await store.sweep({ run, indexId, organizationId }, object, Date.parse(start), guard);
          deps.watch?.counted(object, { removed: swept.removed });
          return { ...swept, ...operatorLists(await store.health()), ...asked() };
        });
      }),

    endBackfill: (given: EndBackfill): Promise<void> =>
      runChecked(deps, INPUTS.endBackfill, given, async (input, work) => {
        const { run, indexId, organizationId, contactsMixed } = input;
        await checkAgainstOrg(work.salesforce, input, {}, work.signal);
        return withRunStore(input, work, (store) =>
          store.endBackfill({ run, indexId, organizationId }, { contactsMixed }),
        );
      }),
  };
}

/**
 * Returns the guard for an object. It does not stop what the configuration removes on purpose: a disabled object, or
 * one with a changed filter. If the integration user cannot see an object at all, everything of it is retained.
 * Disabled accounts still give access to their children through their share rows.
 */
function guardOf(
  { object, on, readable, shareColumns }: ObjectSchema,
  { backfill }: IndexState,
  percent: number,
  allowSweep: boolean,
): SweepGuard {
  if (on && !readable) return { percent: null, evenIfHidden: 'nothing' };
  if (allowSweep) return { percent: 100, evenIfHidden: 'all' };
  if (!on) return { percent: 100, evenIfHidden: shareColumns === null ? 'all' : 'documents' };
  const isFilteredAnew = backfill?.unguarded.includes(object.name) === true;
  return { percent: isFilteredAnew ? 100 : percent, evenIfHidden: 'nothing' };
}
