import { afterEach, expect, it } from 'vitest';
import { expectIndexEqualsOrg } from './equality.ts';
import { account, accountShare, caseId, lead, orgFolder, PEOPLE, recordId, share } from './org-folder.ts';
import { type Logged, logged, loggedSoFar, type SandboxOrg, sandboxOrg } from './sandbox-org.ts';
import { createSyncRunner, type SyncRunner } from './sync-runner.ts';

/** Removed share rows leave only one trace: a count. */

/** Calls of a run that finds nothing new: three probes with the describes, two for changes, one for counts. */
const IDLE = 6;

let org: SandboxOrg;
let sync: SyncRunner;

afterEach(async () => {
  sync?.close();
  await org?.close();
});

async function synced(accounts: number, settings: Parameters<typeof createSyncRunner>[1] = {}): Promise<void> {
  org = await sandboxOrg(orgFolder({ accounts }));
  sync = createSyncRunner(org.url, { sliceRecords: 16_000, pageSize: 2_000, ...settings });
  await sync.complete();
  // Later than the overlap, which would read the parents of recently added rows.
  await org.advanceClock(1800);
}

const tick = () => logged(org, sync.incremental);
const erased = (object: string, id: string) => ({ erase: object, id });

it("the next run finds a removed share, and for an account's share the children that it opened", async () => {
  await synced(12);
  expect(await tick()).toMatchObject({ calls: IDLE, warnings: [] });
  expect(await sync.found(PEOPLE.agent)).toEqual(expect.arrayContaining([account(5), caseId(5)]));
  // Lead 9 is converted: the ledger has its rows, the index does not.
  await org.change(erased('AccountShare', recordId('00r', 11)), erased('LeadShare', recordId('01o', 9)));
  // One call per object reads what is found: tables this small need no further counts.
  expect(await tick()).toMatchObject({ calls: IDLE + 2, warnings: [] });
  expect(await sync.found(PEOPLE.agent)).not.toContain(account(5));
  await expectIndexEqualsOrg(sync.path, org);
  expect((await tick()).calls).toBe(IDLE);
});

it('a new row with an old stamp is found too, even among unknown parents', async () => {
  await synced(12);
  await org.change(
    { put: 'LeadShare', row: share('01o', 901, 'Lead', lead(901), PEOPLE.agent, 'Read', 'Manual') },
    { put: 'AccountShare', row: accountShare(902, account(1), PEOPLE.agent, 'Read', 'None', 'Manual') },
  );
  await tick();
  expect(await sync.found(PEOPLE.agent)).toContain(account(1));
  await expectIndexEqualsOrg(sync.path, org);
  expect((await tick()).calls).toBe(IDLE);
});

it('share rows of a deleted record are read at once, without a search', async () => {
  await synced(12);
  await org.change({ delete: 'Lead', id: lead(1) }, { delete: 'Lead', id: lead(2) });
  await org.advanceClock(60);
  expect(await tick()).toMatchObject({ calls: IDLE + 1, counts: { Lead: { removed: 2 } } });
  expect((await tick()).calls).toBe(IDLE);
  await org.change({ undelete: 'Lead', id: lead(1) });
  await org.advanceClock(60);
  await tick();
  await expectIndexEqualsOrg(sync.path, org);
});

it('a parent with more rows than a page is read completely', async () => {
  await synced(12, { pageSize: 200 });
  const rows = Array.from({ length: 250 }, (_, n) =>
    share(
      '01n',
      5_000 + n,
      'Case',
      caseId(6),
      n === 0 ? PEOPLE.otherSeller : recordId('00G', 5_000 + n),
      'Read',
      'Rule',
    ),
  );
  await org.change(...rows.map((row) => ({ put: 'CaseShare', row })));
  await tick();
  expect(await sync.found(PEOPLE.otherSeller)).toContain(caseId(6));
  await expectIndexEqualsOrg(sync.path, org);
  await org.change(erased('CaseShare', recordId('01n', 5_000)));
  await tick();
  await expectIndexEqualsOrg(sync.path, org);
  expect((await tick()).calls).toBe(IDLE);
});

it('accounts that are off open their children only as long as their shares exist', async () => {
  await synced(12, { objects: { Account: { on: false, add: [], leaveOut: [], title: null, where: null } } });
  expect(await sync.found(PEOPLE.agent)).not.toContain(account(5));
  await org.change(erased('AccountShare', recordId('00r', 11)));
  await tick();
  await expectIndexEqualsOrg(sync.path, org, PEOPLE.admin, { takes: (object) => object !== 'Account' });
});

it('an open backfill searches what it has already read, and not what is still ahead', async () => {
  await synced(12, { sliceRecords: 5 });
  const passes: (Logged & { readonly warnings: readonly string[] })[] = [];
  await sync.complete({
    async afterSlice({ object, tick }) {
      if (object !== 'Lead') return;
      // Accounts are fully read, and the first five leads: neither 7 nor 9 is among them.
      if (passes.length === 0)
        await org.change(
          erased('AccountShare', recordId('00r', 21)),
          erased('LeadShare', recordId('01o', 2)),
          erased('LeadShare', recordId('01o', 7)),
        );
      await org.clearRequests();
      tick();
    },
    async afterPass(warnings) {
      passes.push({ warnings, ...(await loggedSoFar(org)) });
      expect(await sync.found(PEOPLE.agent)).not.toContain(account(10));
    },
  });
  // Two runs of searches, three probes, two for changes and one for counts. Nothing shares a call with describes.
  expect(passes).toMatchObject([{ calls: IDLE + 2, warnings: [] }, { calls: IDLE }, { calls: IDLE }]);
  const counted = passes.flatMap(({ queries }) =>
    queries.filter((query) => query.includes('COUNT(Id) n FROM LeadShare')),
  );
  expect(counted).toEqual([
    expect.stringContaining(`LeadId <= '${lead(5)}'`),
    expect.stringContaining(`LeadId <= '${lead(11)}'`),
    expect.not.stringContaining('LeadId'),
  ]);
  await expectIndexEqualsOrg(sync.path, org);
});

it('an ended backfill stays ended when the membership is refreshed, and the whole ledger counts', async () => {
  await synced(12);
  // Contacts are hidden until the backfill has ended, and opened by that refresh.
  await org.change({ put: 'Organization', row: { Id: recordId('00D', 1), DefaultContactAccess: 'None' } });
  await sync.complete();
  await expectIndexEqualsOrg(sync.path, org);
  await org.advanceClock(1800);
  await org.change(erased('AccountShare', recordId('00r', 11)));
  expect((await tick()).calls).toBe(IDLE + 1);
  expect(await sync.found(PEOPLE.agent)).not.toContain(account(5));
});

it('reports a table that the org cannot count, and still searches the others', async () => {
  await synced(12);
  await org.change({
    put: 'CaseShare',
    row: share('01n', 900, 'Case', caseId(1), PEOPLE.otherSeller, 'Read', 'Manual'),
  });
  await tick();
  await org.advanceClock(1800);
  await org.change(erased('AccountShare', recordId('00r', 11)), erased('CaseShare', recordId('01n', 900)));
  const timeout = [{ errorCode: 'QUERY_TIMEOUT', message: 'Your query request was running for too long.' }];
  // Five counts share a call, which is split until this one is alone.
  await org.setFaults([
    { match: { query: 'COUNT(Id) n FROM AccountShare' }, times: 4, reply: { status: 400, body: timeout } },
  ]);
  expect(await sync.found(PEOPLE.otherSeller)).toContain(caseId(1));
  const { warnings } = await tick();
  expect(warnings).toEqual([expect.stringMatching(/^AccountShare could not be counted: .* complete backfill$/)]);
  expect(await sync.found(PEOPLE.otherSeller)).not.toContain(caseId(1));
  await tick();
  await expectIndexEqualsOrg(sync.path, org);
});

it('finds one row among thousands in few calls, and reports what it leaves to later runs', async () => {
  const off = { on: false, add: [], leaveOut: [], title: null, where: null };
  await synced(2_500, { objects: { Contact: off, Case: off, Opportunity: off, Lead: off }, pageSize: 200 });
  const { calls: idle } = await tick();
  expect(await sync.found(PEOPLE.agent)).toContain(account(775));
  await org.change(erased('AccountShare', recordId('00r', 2 * 775 + 1)));
  // 500 of the 2,500 parents are counted, then 167 of those, which are then read.
  expect(await tick()).toMatchObject({ calls: idle + 3, counts: { Account: { changed: 1 } }, warnings: [] });
  expect(await sync.found(PEOPLE.agent)).not.toContain(account(775));

  // Everywhere at once, and without a new stamp.
  const shared = Array.from({ length: 500 }, (_, n) => 5 * (n + 1)).filter((n) => n !== 775);
  await org.change(
    ...shared.map((n) => erased('AccountShare', recordId('00r', 2 * n + 1))),
    ...Array.from({ length: 2_500 }, (_, n) => ({
      put: 'AccountShare',
      row: accountShare(10_000 + n, account(n + 1), PEOPLE.chief, 'Read', 'None', 'Manual'),
    })),
  );
  const first = await tick();
  expect(first.calls).toBeLessThanOrEqual(idle + 10);
  expect(first.warnings).toEqual([expect.stringMatching(/^AccountShare differs from the index/)]);
  const { length: left } = await sync.found(PEOPLE.agent);
  expect(left).toBeLessThan(shared.length);
  expect(left).toBeGreaterThan(0);
  expect((await tick()).warnings).toEqual([]);
  expect(await sync.found(PEOPLE.agent)).toEqual([]);
  expect((await tick()).calls).toBe(idle);
});
