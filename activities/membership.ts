import { describeClosed } from '../src/access/closed.ts';
import type { IndexWriter } from '../src/index/port.ts';
import { type MadeMembership, refreshMembership } from '../src/sync/membership.ts';
import { orgTime } from '../src/sync/org-time.ts';
import { isHourOld } from '../src/sync/readings.ts';
import { TableSizes } from '../src/sync/whole-tables.ts';
import { type ActivityDeps, withIndex } from './deps.ts';
import { checkAgainstOrg, INPUTS } from './inputs.ts';
import { type ForRun, listedIn, type MembershipRefreshed } from './results.ts';
import { runChecked } from './run-activity.ts';

export interface RefreshMembership extends ForRun {
  /** The complete backfill that the run is to begin or go on with; null: an incremental run. */
  readonly backfillStart: string | null;
}

/** Brings the index's membership up to date with who is who, and notes what the integration user's rights show now. */
export type Refresh = (input: RefreshMembership, index: IndexWriter, signal: AbortSignal) => Promise<MadeMembership>;

export function createRefresh({ config, salesforce, selections }: ActivityDeps): Refresh {
  let made: MadeMembership | null = null;
  let sizes = { tables: new TableSizes(), since: 0 };
  return async ({ run, indexId, organizationId, backfillStart }, index, signal) => {
    const now = await orgTime(salesforce, signal);
    // What was slow for a while is tried whole again.
    if (isHourOld(sizes.since, now)) sizes = { tables: new TableSizes(), since: now };
    made = await refreshMembership({
      salesforce,
      index,
      ticket: { run, indexId, organizationId },
      selection: await selections.of(run, signal),
      describeAgain: selections.describeAgain(run, signal),
      probes: selections.takeProbes(run),
      made,
      backfillStart,
      frozenUsers: config.frozenUsers,
      sizes: sizes.tables,
      signal,
    });
    selections.keepAssignments(made.assignments);
    return made;
  };
}

export function createMembership(deps: ActivityDeps, refresh: Refresh) {
  return {
    /** Brings the index's membership up to date with who is who. */
    refreshMembership: (given: RefreshMembership): Promise<MembershipRefreshed> =>
      runChecked(deps, INPUTS.refreshMembership, given, async (input, { signal, asked }) => {
        await checkAgainstOrg(deps.salesforce, input, { backfillStart: input.backfillStart }, signal);
        return withIndex(deps, async (index) => {
          const { members, closed, unserved, contactsClosed } = await refresh(input, index, signal);
          const state = await index.state();
          // Another complete backfill would not open contacts that the org does not show.
          const isStuck = state.blocked.some(({ object, of }) => object === 'Contact' && of === 'records');
          const lists = listedIn(state);
          return {
            members,
            closed: closed.map(describeClosed),
            unserved,
            contactsClosed: contactsClosed && !isStuck,
            ...lists,
            ...asked(),
          };
        });
      }),
  };
}
