import { describeClosed } from '../src/access/closed.ts';
import type { IndexWriter } from '../src/index/port.ts';
import { type MadeMembership, refreshMembership } from '../src/sync/membership.ts';
import { type ActivityDeps, withIndex } from './deps.ts';
import { type ForRun, listedIn, type MembershipRefreshed } from './results.ts';
import { runActivity } from './run-activity.ts';

export interface RefreshMembership extends ForRun {
  /** The complete backfill that the run is to begin or go on with; null: an incremental run. */
  readonly backfillStart: string | null;
}

/** Brings the index's membership up to date with who is who, and notes what the integration user's rights show now. */
export type Refresh = (input: RefreshMembership, index: IndexWriter, signal: AbortSignal) => Promise<MadeMembership>;

export function createRefresh({ config, salesforce, selections }: ActivityDeps): Refresh {
  let made: MadeMembership | null = null;
  return async ({ run, indexId, organizationId, backfillStart }, index, signal) => {
    made = await refreshMembership({
      salesforce,
      index,
      ticket: { run, indexId, organizationId },
      selection: await selections.of(run, signal),
      probes: selections.takeProbes(run),
      made,
      backfillStart,
      frozenUsers: config.frozenUsers,
      signal,
    });
    return made;
  };
}

export function createMembership(deps: ActivityDeps, refresh: Refresh) {
  return {
    /** Brings the index's membership up to date with who is who. */
    refreshMembership: (input: RefreshMembership): Promise<MembershipRefreshed> =>
      runActivity(deps, input, ({ signal, asked }) =>
        withIndex(deps, async (index) => {
          const { members, closed, contactsClosed } = await refresh(input, index, signal);
          const lists = listedIn(await index.state());
          return { members, closed: closed.map(describeClosed), contactsClosed, ...lists, ...asked() };
        }),
      ),
  };
}
