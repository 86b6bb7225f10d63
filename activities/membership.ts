import type { IndexWriter } from '../src/index/port.ts';
import { tellGaps } from '../src/sentences/gaps.ts';
import { type MadeMembership, makeMembership, readWhoIsWho } from '../src/sync/membership.ts';
import { openRun } from '../src/sync/open-run.ts';
import { orgTime } from '../src/sync/org-time.ts';
import type { Selection } from '../src/sync/selection.ts';
import { OutdatedDescribes } from '../src/sync/table-answer.ts';
import type { MembershipRefreshed, RefreshMembership } from '../workflows/activity-contract.ts';
import { type WorkerDeps, withIndex } from './deps.ts';
import { checkAgainstOrg, INPUTS } from './inputs.ts';
import { listedIn } from './listed-in.ts';
import { runChecked } from './run-activity.ts';
import type { Asking } from './selections.ts';

/**
 * Opens the run in the index, brings the index's membership up to date with who is who, and notes what the integration
 * user's rights show now.
 */
export type Refresh = (input: RefreshMembership, index: IndexWriter, asking: Asking) => Promise<MadeMembership>;

export function createRefresh({ config, runs, memory }: WorkerDeps): Refresh {
  return async ({ run, indexId, organizationId, backfillStart }, index, asking) => {
    const { salesforce, signal } = asking;
    const context = runs.of({ run, indexId });
    const sizes = memory.tableSizes(await orgTime(salesforce, signal));
    const ticket = { run, indexId, organizationId };
    const selection = await context.selection(asking);
    const describeAgain = context.describeAgain(asking);
    const probes = context.takeProbes();

    async function refresh(selection: Selection, mayBeOutdated: boolean): Promise<MadeMembership> {
      const { frozenUsers } = config;
      const known = { probes, made: memory.made, backfillStart, frozenUsers, sizes };
      const input = { salesforce, index, ticket, selection, mayBeOutdated, ...known, signal };
      const who = await readWhoIsWho(input);
      const state = await openRun(index, { ticket, selection, backfillStart, contacts: who.contacts });
      const membership = await makeMembership(input, who, state.contacts);
      await index.noteRights(ticket, membership.sights, new Date(membership.asOf).toISOString());
      return membership;
    }

    let made: MadeMembership;
    try {
      made = await refresh(selection, describeAgain !== null);
    } catch (error) {
      if (!(error instanceof OutdatedDescribes) || describeAgain === null) throw error;
      made = await refresh(await describeAgain(), false);
    }
    memory.made = made;
    return made;
  };
}

export function createMembership(deps: WorkerDeps, refresh: Refresh) {
  return {
    refreshMembership: (given: RefreshMembership): Promise<MembershipRefreshed> =>
      runChecked(deps, INPUTS.refreshMembership, given, async (input, work) => {
        const { salesforce, signal, asked } = work;
        await checkAgainstOrg(salesforce, input, { backfillStart: input.backfillStart }, signal);
        return withIndex(deps, async (index) => {
          const { members, gaps, unserved, contactsClosed } = await refresh(input, index, work);
          const health = await index.health();
          // Another complete backfill would not open contacts that the org does not show.
          const isStuck = health.blocked.some(({ object, of }) => object === 'Contact' && of === 'records');
          const lists = listedIn(health);
          return {
            members,
            ...tellGaps(gaps),
            unserved,
            contactsClosed: contactsClosed && !isStuck,
            ...lists,
            ...asked(),
          };
        });
      }),
  };
}
