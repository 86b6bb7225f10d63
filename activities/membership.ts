import { describeClosed } from '../src/access/closed.ts';
import { type MadeMembership, refreshMembership } from '../src/sync/membership.ts';
import { type ActivityDeps, withIndex } from './deps.ts';
import type { ForRun, MembershipRefreshed } from './results.ts';
import { runActivity } from './run-activity.ts';

export interface RefreshMembership extends ForRun {
  /** The complete backfill that the run is to begin or go on with; null: an incremental run. */
  readonly backfillStart: string | null;
}

export function createMembership(deps: ActivityDeps) {
  let made: MadeMembership | null = null;
  return {
    /** Brings the index's membership up to date with who is who. */
    refreshMembership: (input: RefreshMembership): Promise<MembershipRefreshed> =>
      runActivity(deps, input, async ({ signal, asked }) => {
        const { run, indexId, organizationId, backfillStart } = input;
        const selection = await deps.selections.of(run, signal);
        return withIndex(deps, async (index) => {
          made = await refreshMembership({
            salesforce: deps.salesforce,
            index,
            ticket: { run, indexId, organizationId },
            selection,
            probes: deps.selections.takeProbes(run),
            made,
            backfillStart,
            frozenUsers: deps.config.frozenUsers,
            signal,
          });
          const { members, closed, contactsClosed } = made;
          const { stale } = await index.state();
          return { members, closed: closed.map(describeClosed), contactsClosed, stale, ...asked() };
        });
      }),
  };
}
