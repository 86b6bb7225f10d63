import { describeClosed } from '../src/access/closed.ts';
import { refreshMembership } from '../src/sync/membership.ts';
import { type ActivityDeps, withIndex } from './deps.ts';
import type { ForRun, MembershipRefreshed } from './results.ts';
import { runActivity } from './run-activity.ts';

export interface RefreshMembership extends ForRun {
  /** The complete backfill that the run is to begin or go on with; null: an incremental run. */
  readonly backfillStart: string | null;
}

export function createMembership(deps: ActivityDeps) {
  return {
    /** Reads who is who and makes it the index's current membership. */
    refreshMembership: (input: RefreshMembership): Promise<MembershipRefreshed> =>
      runActivity(deps, input, async ({ signal, asked }) => {
        const { run, indexId, organizationId, backfillStart } = input;
        const selection = await deps.selections.of(run, signal);
        const { members, closed, contactsClosed } = await withIndex(deps, (index) =>
          refreshMembership({
            salesforce: deps.salesforce,
            index,
            ticket: { run, indexId, organizationId },
            selection,
            backfillStart,
            frozenUsers: deps.config.frozenUsers,
            signal,
          }),
        );
        return { members, closed: closed.map(describeClosed), contactsClosed, ...asked() };
      }),
  };
}
