import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectIndexEqualsOrg } from './equality.ts';
import { account, orgFolder } from './org-folder.ts';
import { logged, loggedSoFar, type SandboxOrg, sandboxOrg } from './sandbox-org.ts';
import { createSyncRunner, type SyncRunner } from './sync-runner.ts';
import { waitUntil } from './wait.ts';

/** One activity takes several slices, also of the next objects, and reads the next one while it writes. */

const ACCOUNTS = 60;
const SLICE = 10;
const A_MINUTE = 60_000;
const A_DAY_SECONDS = 86_400;

let org: SandboxOrg;
let sync: SyncRunner;

beforeEach(async () => {
  org = await sandboxOrg(orgFolder({ accounts: ACCOUNTS }));
  sync = runner({ slicesMs: A_MINUTE });
});
afterEach(async () => {
  sync.close();
  await org.close();
});

const runner = (options: Parameters<typeof createSyncRunner>[2]): SyncRunner =>
  createSyncRunner(org.url, { sliceRecords: SLICE }, options);

const equal = () => expectIndexEqualsOrg(sync.path, org);

/** Runs a complete backfill. Returns its API calls, its queries, and how many activities read slices. */
const backfill = () =>
  logged(org, async () => {
    let activities = 0;
    const { counts } = await sync.complete({
      async afterSlice() {
        activities += 1;
      },
    });
    return { activities, counts };
  });

/** The accounts that the index has as read, in the open backfill. */
async function accountsRead(): Promise<number | undefined> {
  return (await sync.indexState()).backfill?.positions.Account?.recordsRead;
}

describe('several slices in one activity', () => {
  it('read the same by the same API calls as one slice in each', async () => {
    const together = await backfill();
    await equal();
    expect(together.activities).toBe(1);

    sync.close();
    sync = runner({ slicesMs: 0 });
    const apart = await backfill();
    await equal();
    expect(apart.activities).toBeGreaterThan(5 * (ACCOUNTS / SLICE));
    expect(together.calls).toBe(apart.calls);
    expect(together.counts).toEqual(apart.counts);
    expect(together.queries.toSorted()).toEqual(apart.queries.toSorted());
  });

  it('stop at the budget of API calls, and the run waits', async () => {
    await org.close();
    org = await sandboxOrg(orgFolder({ accounts: ACCOUNTS, settings: { daily_api_requests: 60 } }));
    sync.close();
    sync = createSyncRunner(org.url, { sliceRecords: SLICE, apiBudgetPercent: 50 }, { slicesMs: A_MINUTE });
    let callsAtFirst: number | null = null;
    const { waits } = await sync.run({
      async whileWaiting() {
        callsAtFirst ??= (await loggedSoFar(org)).calls;
        await org.advanceClock(A_DAY_SECONDS);
      },
    });
    expect(waits.length).toBeGreaterThan(0);
    // A slice that is under way ends: two queries for each stream.
    expect(callsAtFirst).toBeLessThan(30 + 10);
    await equal();
  });
});

describe('an error of the org between two slices', () => {
  it('keeps what is written, and the next activity meets it again', async () => {
    const fails = {
      match: { query: 'FROM Account WHERE Id >', skip: 2 },
      reply: 'unavailable-html',
      times: 100_000,
    };
    await org.setFaults([fails]);
    await expect(sync.run()).rejects.toThrow();
    expect(await accountsRead()).toBe(3 * SLICE);

    await org.setFaults([]);
    await sync.resume();
    await equal();
  });

  it('does not end the run if it has passed by then', async () => {
    await org.setFaults([
      { match: { query: 'FROM Account WHERE Id >', skip: 2 }, reply: 'unavailable-html', times: 3 },
    ]);
    const { activities } = await backfill();
    expect(await org.fired()).toEqual([3]);
    expect(activities).toBe(2);
    await equal();
  });
});

describe('what is read ahead', () => {
  it('is dropped if the run is cancelled, and read again later', async () => {
    await org.setFaults([{ match: { query: 'FROM Account WHERE Id >', skip: 2 }, reply: 'hang' }]);
    const run = sync.run();
    const ended = run.then(
      () => 'ended',
      () => 'cancelled',
    );
    await waitUntil(async () => (await org.held()) === 1);
    sync.cancel();
    expect(await ended).toBe('cancelled');
    await org.setFaults([]);
    await org.release();
    await sync.resume();
    await equal();
  });

  it('is older than a change made meanwhile, which the next run reads', async () => {
    await org.setFaults([{ match: { query: 'FROM Account WHERE Id >', skip: 3 }, reply: 'hang' }]);
    const run = sync.run();
    await waitUntil(async () => (await org.held()) === 1);
    await org.change({ put: 'Account', row: { Id: account(1), Name: 'Changed after it was read' } });
    await org.setFaults([]);
    await org.release();
    await run;
    await org.advanceClock(60);
    await sync.incremental();
    await equal();
  });
});
