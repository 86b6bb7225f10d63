import type { IndexState, SweepGuard } from '../src/index/port.ts';
import type { ObjectName } from '../src/objects/index.ts';
import type { ObjectSelection } from '../src/sync/selection.ts';
import { checkSelection } from '../src/sync/selection-change.ts';
import { sweepIsAllowed } from './allowed-sweep.ts';
import { type ActivityDeps, withIndex } from './deps.ts';
import { checkAgainstOrg, INPUTS } from './inputs.ts';
import type { Refresh } from './membership.ts';
import { type ForRun, listedIn, type Swept } from './results.ts';
import { runChecked } from './run-activity.ts';

export interface Sweep extends ForRun {
  readonly object: ObjectName;
  /** The backfill's start, ISO: what was last read before it goes. */
  readonly start: string;
  /**
   * A person has said that what is missing is gone: the guard lets it go, however much it is. Believed where the connection's
   * workflow says so too.
   */
  readonly allowSweep?: boolean;
}

export interface EndBackfill extends ForRun {
  /** Contacts' documents still carry principals of two derivations. The index looks for itself whether some do. */
  readonly contactsMixed: boolean;
}

export function createSweep(deps: ActivityDeps, refresh: Refresh) {
  /** The index and the run whose backfill was read to its end before the integration user's rights were looked at again. */
  let lookedFor = '';
  return {
    /**
     * Removes what a complete backfill did not meet. Before the first of it goes, the integration user's rights are looked
     * at again: with a right that was lost since the run began, records were not read for that reason alone.
     */
    sweep: (given: Sweep): Promise<Swept> =>
      runChecked(deps, INPUTS.sweep, given, async (input, { signal, asked }) => {
        const { connection, run, indexId, organizationId, object, start } = input;
        await checkAgainstOrg(deps.salesforce, input, { start }, signal);
        const allowSweep = input.allowSweep === true && (await sweepIsAllowed(connection, start));
        const chosen = await deps.selections.of(run, signal);
        const selection = chosen.objects[object];
        return withIndex(deps, async (index) => {
          const state = await index.state();
          checkSelection(state, chosen);
          const guard = guardOf(selection, state, deps.config.sweepGuardPercent, allowSweep);
          const me = `${indexId} ${run}`;
          if (guard.evenIfHidden !== 'all' && lookedFor !== me && (await index.hasUnmet(object, Date.parse(start)))) {
            await refresh({ ...input, backfillStart: start }, index, signal);
            lookedFor = me;
          }
          const swept = await index.sweep({ run, indexId, organizationId }, object, Date.parse(start), guard);
          deps.watch?.counted(object, { removed: swept.removed });
          return { ...swept, ...listedIn(await index.state()), ...asked() };
        });
      }),

    /** Ends the backfill in the index: from here on its start is every object's watermark, or a later pass's. */
    endBackfill: (given: EndBackfill): Promise<void> =>
      runChecked(deps, INPUTS.endBackfill, given, async (input, { signal }) => {
        const { run, indexId, organizationId, contactsMixed } = input;
        await checkAgainstOrg(deps.salesforce, input, {}, signal);
        return withIndex(deps, (index) => index.endBackfill({ run, indexId, organizationId }, { contactsMixed }));
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
