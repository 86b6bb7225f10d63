import type { IndexState, SweepGuard } from '../src/index/port.ts';
import { checkSelection } from '../src/sync/held-selection.ts';
import type { ObjectSelection } from '../src/sync/selection.ts';
import type { EndBackfill, Sweep, Swept } from '../workflows/activity-contract.ts';
import { sweepIsAllowed } from './allowed-sweep.ts';
import type { WorkerDeps } from './deps.ts';
import { checkAgainstOrg, INPUTS } from './inputs.ts';
import { listedIn } from './listed-in.ts';
import type { Refresh } from './membership.ts';
import { runChecked } from './run-activity.ts';
import type { WithRunIndex } from './run-index.ts';

export function createSweep(deps: WorkerDeps, refresh: Refresh, withRunIndex: WithRunIndex) {
  return {
    /**
     * Removes what a complete backfill did not meet. Before the first of it goes, the integration user's rights are looked
     * at again: with a right that was lost since the run began, records were not read for that reason alone.
     */
    sweep: (given: Sweep): Promise<Swept> =>
      runChecked(deps, INPUTS.sweep, given, async (input, work) => {
        const { salesforce, signal, asked } = work;
        const { connection, run, indexId, organizationId, object, start } = input;
        await checkAgainstOrg(salesforce, input, { start }, signal);
        const allowSweep = input.allowSweep === true && (await sweepIsAllowed(connection, start));
        const context = deps.runs.of(input);
        const chosen = await context.selection(work);
        const selection = chosen.objects[object];
        return withRunIndex(input, work, async (index) => {
          const state = await index.state();
          checkSelection(state, chosen);
          const guard = guardOf(selection, state, deps.config.sweepGuardPercent, allowSweep);
          const mayLook = guard.evenIfHidden !== 'all' && !context.rightsSeenAgain;
          if (mayLook && (await index.hasUnmet(object, Date.parse(start)))) {
            await refresh({ ...input, backfillStart: start }, index, work);
            context.rightsSeenAgain = true;
          }
          const swept = await index.sweep({ run, indexId, organizationId }, object, Date.parse(start), guard);
          deps.watch?.counted(object, { removed: swept.removed });
          return { ...swept, ...listedIn(await index.health()), ...asked() };
        });
      }),

    endBackfill: (given: EndBackfill): Promise<void> =>
      runChecked(deps, INPUTS.endBackfill, given, async (input, work) => {
        const { run, indexId, organizationId, contactsMixed } = input;
        await checkAgainstOrg(work.salesforce, input, {}, work.signal);
        return withRunIndex(input, work, (index) =>
          index.endBackfill({ run, indexId, organizationId }, { contactsMixed }),
        );
      }),
  };
}

/**
 * The guard does not stop what the configuration means to remove: an object that is off, or whose filter has changed. If the
 * integration user does not see an object at all, all of it is kept. Accounts that are off still open their children by their
 * share rows.
 */
function guardOf(
  { object, on, readable, shareColumns }: ObjectSelection,
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
