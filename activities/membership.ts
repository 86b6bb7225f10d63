import type { RunStore } from '../src/index/port/run-store.ts';
import { withGapTexts } from '../src/sentences/gaps.ts';
import { type MadeMembership, makeMembership, readWhoIsWho } from '../src/sync/membership.ts';
import { openRun } from '../src/sync/open-run.ts';
import { orgTime } from '../src/sync/org-time.ts';
import type { ResolvedSchema } from '../src/sync/resolved-schema.ts';
import { OutdatedDescribes } from '../src/sync/table-answer.ts';
import type { MembershipRefreshed, RefreshMembership } from '../workflows/activity-contract.ts';
import { type WorkerDeps, withStore } from './deps.ts';
import { checkAgainstOrg, INPUTS } from './inputs.ts';
import { operatorLists } from './operator-lists.ts';
import { runChecked } from './run-activity.ts';
import type { Asking } from './schema-resolver.ts';

/**
 * Opens the run in the index, updates the index's membership, and notes what the integration user's rights show now.
 */
export type Refresh = (input: RefreshMembership, store: RunStore, asking: Asking) => Promise<MadeMembership>;

export function createRefresh({ config, runs, memory }: WorkerDeps): Refresh {
  return async ({ run, indexId, organizationId, backfillStart }, store, asking) => {
    const { salesforce, signal } = asking;
    const context = runs.of({ run, indexId });
    const sizes = memory.tableSizes(await orgTime(salesforce, signal));
    const fence = { run, indexId, organizationId };
    const schema = await context.schema(asking);
    const describeAgain = context.describeAgain(asking);
    const probes = context.takeProbes();

    async function refresh(schema: ResolvedSchema, mayBeOutdated: boolean): Promise<MadeMembership> {
      const { frozenUsers } = config;
      const known = { probes, made: memory.made, backfillStart, frozenUsers, sizes };
      const input = { salesforce, store, fence, schema, mayBeOutdated, ...known, signal };
      const who = await readWhoIsWho(input);
      const state = await openRun(store, { fence, schema, backfillStart, contacts: who.contacts });
      const membership = await makeMembership(input, who, state.contacts);
      await store.noteRights(fence, membership.visibility, new Date(membership.asOf).toISOString());
      return membership;
    }

    let made: MadeMembership;
    try {
      made = await refresh(schema, describeAgain !== null);
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
        return withStore(deps, async (store) => {
          const { members, gaps, unserved, contactsClosed } = await refresh(input, store, work);
          const health = await store.health();
          // Another complete backfill would not restore access to contacts that the org does not show.
          const isStuck = health.blocked.some(({ object, of }) => object === 'Contact' && of === 'records');
          const lists = operatorLists(health);
          return {
            members,
            ...withGapTexts(gaps),
            unserved,
            contactsClosed: contactsClosed && !isStuck,
            ...lists,
            ...asked(),
          };
        });
      }),
  };
}
