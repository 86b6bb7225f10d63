import { longId } from '@salesforce-connector/sandbox/testing';
import { afterEach, expect, it, vi } from 'vitest';
import { indexAt } from '../../src/index/location.ts';
import { openRunStore } from '../../src/index/open.ts';
import { createSalesforce } from '../../src/salesforce/client.ts';
import { QuerySizes } from '../../src/sync/query-sizes.ts';
import { Refusals } from '../../src/sync/refusals.ts';
import { resolveSchema } from '../../src/sync/resolve-schema.ts';
import { type LookBudget, lookAtShares } from '../../src/sync/share-looks.ts';
import type { Shared } from '../../src/sync/soql.ts';
import { account, accountShare, orgFolder, PEOPLE, recordId } from './org-folder.ts';
import { type SandboxOrg, sandboxOrg } from './sandbox-org.ts';
import { createSyncRunner, type SyncRunner } from './sync-runner.ts';
import { wishes } from './wishes.ts';

/** A round over the ranges of a large share table takes several runs. */

const ACCOUNTS = 900;
const EACH = 9;
const PLENTY: LookBudget = { calls: 100, ms: 60_000 };

let org: SandboxOrg;
let sync: SyncRunner;

afterEach(async () => {
  sync?.close();
  await org?.close();
});

/** The first run that compares ranges is over. */
async function slow(): Promise<void> {
  const virtual = { accounts: ACCOUNTS, shares_per_account: EACH, owners: [PEOPLE.seller, PEOPLE.otherSeller] };
  org = await sandboxOrg(orgFolder({ accounts: 5, settings: { virtual } }));
  sync = createSyncRunner(org.url, { sliceRecords: 16_000, pageSize: 2_000 });
  await sync.complete();
  await org.advanceClock(1_800);
  await org.setFaults([{ match: { query: 'Share WHERE LastModifiedDate' }, times: 'always', reply: 'query-timeout' }]);
  await sync.incremental();
  await org.advanceClock(1_800);
}

/**
 * One run's check of account shares in ranges of a thousand rows. There are nine ranges.
 *
 * @param beside what others request from the org with the same client, each time that the ledger splits a range
 */
async function look(budget: LookBudget = PLENTY, pageSize = 200, span = 1, beside = 0) {
  const salesforce = createSalesforce({
    baseUrl: org.url,
    credentials: async () => ({ clientId: 'sandbox', clientSecret: 'sandbox' }),
    pageSize: 2_000,
  });
  const { signal } = new AbortController();
  const store = await openRunStore({ index: indexAt(sync.path), create: false });
  try {
    await salesforce.authenticate();
    const schema = await resolveSchema(salesforce, wishes(), signal);
    const known = { span, quick: 0, patience: 64 };
    const sizes = new QuerySizes({ sizes: { 'ranges of share rows of Account': known }, parts: {} });
    const ahead = vi.spyOn(store, 'shareLedgerAhead');
    const parted = store.shareLedger.bind(store);
    vi.spyOn(store, 'shareLedger').mockImplementation(async (...asked) => {
      for (let call = 0; call < beside; call += 1) await salesforce.query('SELECT Id FROM Organization').next();
      return parted(...asked);
    });
    const input = {
      salesforce,
      store,
      fence: sync.fence(),
      schema,
      contacts: 'own',
      state: await store.state(),
      hidden: new Set<never>(),
      before: new Date(await org.now()).toISOString(),
      pageSize,
      guardPercent: 20,
      refusals: new Refusals({ salesforce, signal, attempt: 1 }),
      isBlocked: () => false,
      slow: new Set<never>(),
      sizes,
      budget,
      signal,
    } as const;
    const callsBefore = salesforce.calls;
    await lookAtShares(input, schema.objects.Account as Shared);
    const { shareLooks, shareWatermarks } = await store.state();
    return {
      rows: ahead.mock.calls.map(([, , rows]) => rows),
      calls: salesforce.calls - callsBefore,
      stands: shareLooks.Account,
      watermark: shareWatermarks.Account,
    };
  } finally {
    await store.close();
  }
}

it('a round continues in the next run when a budget is used up, and only its end moves the watermark', async () => {
  await slow();
  const idle = await look();
  expect(idle.stands).toEqual({ began: null, after: null });
  await org.advanceClock(1_800);

  const [first, last] = [account(3), generated(899)];
  await org.change(
    { put: 'AccountShare', row: accountShare(901, first, PEOPLE.agent, 'Read', 'None', 'Manual') },
    {
      put: 'AccountShare',
      row: { ...accountShare(902, last, PEOPLE.agent, 'Read', 'None', 'Manual'), LastModifiedDate: null },
    },
  );
  await org.advanceClock(60);
  const begun = await look({ calls: 1, ms: 60_000 });
  expect(begun.stands?.began).not.toBeNull();
  expect(begun.stands?.after).toMatch(/^001Vr/);
  expect(begun.watermark).toBe(idle.watermark);
  expect(await sync.found(PEOPLE.agent)).toContain(first);
  expect(await sync.found(PEOPLE.agent)).not.toContain(last);

  const ended = await look({ calls: 1, ms: 60_000 });
  expect(ended.stands).toEqual({ began: null, after: null });
  expect(ended.watermark).toBe(begun.stands?.began);
  expect(await sync.found(PEOPLE.agent)).toContain(last);
});

const generated = (n: number) => longId(`001Vr${String(n).padStart(10, '0')}`);
const opened = (id: number, n: number) => ({
  put: 'AccountShare',
  row: { ...accountShare(id, generated(n), PEOPLE.agent, 'Read', 'None', 'Manual'), LastModifiedDate: null },
});
const foundByAgent = async () => (await sync.found(PEOPLE.agent)).toSorted();

it('a round over ranges too large to read finds more changed rows than a page, and a removed one', async () => {
  await slow();
  const before = await foundByAgent();
  await org.change(opened(901, 850));
  await org.advanceClock(1_800);
  await look();
  expect(await foundByAgent()).toEqual([...before, generated(850)].toSorted());
  await org.advanceClock(1_800);

  const some = Array.from({ length: 300 }, (_, at) => 100 + at);
  await org.change({ erase: 'AccountShare', id: recordId('00r', 901) }, ...some.map((n) => opened(1_000 + n, n)));
  await org.advanceClock(60);
  expect(await look(PLENTY, 50)).toMatchObject({ stands: { began: null } });
  expect(await foundByAgent()).toEqual([...before, ...some.map(generated)].toSorted());
});

it('requests of others at the same time do not count against its budget', async () => {
  await slow();
  await org.change(opened(901, 850));
  await org.advanceClock(1_800);
  await look();
  await org.change({ erase: 'AccountShare', id: recordId('00r', 901) });
  await org.advanceClock(60);
  const { stands, calls } = await look({ calls: 20, ms: 60_000 }, 50, 1, 25);
  expect(calls).toBeGreaterThan(25);
  expect(stands).toEqual({ began: null, after: null });
  expect(await foundByAgent()).not.toContain(generated(850));
});

it('finds a row that was committed late, next to a younger one', async () => {
  await slow();
  await org.changeLate(540, opened(901, 300));
  await org.advanceClock(30);
  await org.change(opened(902, 301), opened(903, 302));
  await org.advanceClock(30);
  await look();
  expect(await foundByAgent()).toContain(generated(301));
  expect(await foundByAgent()).not.toContain(generated(300));
  // A row that leaves at the same time hides it from the count, and the remaining rows hide it from the newest date.
  await org.change({ erase: 'AccountShare', id: recordId('00r', 902) });
  await org.advanceClock(540);
  await look();
  expect(await foundByAgent()).toContain(generated(300));
  expect(await foundByAgent()).not.toContain(generated(301));
});

it('never queries a range so large that Salesforce would not use its index', async () => {
  await slow();
  expect((await look(PLENTY, 200, 2 ** 20)).rows).toEqual([800_000]);
  expect((await look(PLENTY, 200, 500)).rows).toEqual([500_000]);
});
