import { afterEach, beforeEach, expect, it } from 'vitest';
import { openIndexReader, openIndexWriter } from '../../src/index/open.ts';
import { OBJECT_NAMES } from '../../src/objects/index.ts';
import { OWN_SET } from '../check/checked.ts';
import { type HandSync, syncByHand } from './by-hand.ts';
import { expectIndexEqualsOrg } from './equality.ts';
import { account, orgFolder, PEOPLE, recordId } from './org-folder.ts';
import { logged, type SandboxOrg, sandboxOrg } from './sandbox-org.ts';

/** An integration user who loses a right meets what one meets whose records were deleted. */

/** More of each object than the guard lets go unasked. */
const ACCOUNTS = 120;
/** Lead is open to everybody by default. */
const BY_SHARES = ['Account', 'Contact', 'Case', 'Opportunity'];

let org: SandboxOrg;
let sync: HandSync;

beforeEach(async () => {
  org = await sandboxOrg(orgFolder({ accounts: ACCOUNTS }));
  sync = syncByHand(org.url, { sliceRecords: 1_000 });
});

afterEach(async () => {
  sync?.close();
  await org?.close();
});

const viewAllData = (held: boolean) =>
  org.change({ put: 'PermissionSet', row: { Id: OWN_SET, PermissionsViewAllData: held } });

/** The right to see objects at all, without which View All Data is all that shows them. */
const readOnObjects = () =>
  org.change(
    ...OBJECT_NAMES.map((SobjectType, at) => ({
      put: 'ObjectPermissions',
      row: { Id: recordId('110', 20 + at), ParentId: OWN_SET, SobjectType, PermissionsRead: true },
    })),
  );

/** What everybody but the integration user finds. */
async function found(): Promise<Record<string, readonly string[]>> {
  const index = await openIndexReader({ path: sync.path });
  try {
    const { integration: _, retired: __, ...people } = PEOPLE;
    const all = Object.entries(people).map(async ([name, as]) => [name, await index.ids('', { as })] as const);
    return Object.fromEntries(await Promise.all(all));
  } finally {
    await index.close();
  }
}

async function unswept() {
  const index = await openIndexWriter({ path: sync.path, create: false });
  try {
    return (await index.state()).unswept;
  } finally {
    await index.close();
  }
}

it.each([
  ['on every record', readOnObjects, BY_SHARES],
  ['on every object', async () => {}, [...OBJECT_NAMES]],
])(
  'a lost right %s takes nothing from anybody and gives nothing, and is told until it is back',
  async (_, before, kept) => {
    await before();
    await sync.complete();
    const asBefore = await found();
    expect(asBefore.agent).not.toEqual([]);

    await viewAllData(false);
    await org.advanceClock(3_600);
    await sync.run();
    const run = sync.state().runNumber;
    expect(await found()).toEqual(asBefore);
    await sync.complete();
    expect(await found()).toEqual(asBefore);
    const told = await unswept();
    expect(told.map(({ object }) => object).toSorted()).toEqual(kept.toSorted());
    // Where whole objects are gone the first run is complete already.
    for (const { run: since } of told) expect(since).toBeLessThanOrEqual(run + 1);

    await viewAllData(true);
    await org.advanceClock(3_600);
    await sync.complete();
    expect(await unswept()).toEqual([]);
    await expectIndexEqualsOrg(sync.path, org);
  },
);

it('a mass of removed share rows, whose records are still there, closes them in the next run', async () => {
  await sync.complete();
  await org.advanceClock(3_600);
  const shares = (await org.rows('CaseShare')).map(({ Id }) => ({ erase: 'CaseShare', id: Id }));
  await org.change(...shares.slice(0, 90));
  await sync.incremental();
  await expectIndexEqualsOrg(sync.path, org);
});

it('a run that keeps who may read what, since the records are not shown, warns, and asks one count for it', async () => {
  await readOnObjects();
  await sync.complete();
  await org.advanceClock(3_600);
  const idle = await logged(org, () => sync.incremental());
  await viewAllData(false);
  await sync.incremental();
  const { calls, warnings } = await logged(org, () => sync.incremental());
  expect(calls).toBe(idle.calls + 1);
  const tables = ['AccountShare', 'CaseShare', 'OpportunityShare'];
  expect(warnings).toEqual(
    tables.map(
      (table) =>
        `${table} lacks rows that the index knows, and the org shows 0 of the ${ACCOUNTS} records that they share, which looks like lost access: who may read them stays as it was`,
    ),
  );
  expect(await sync.found(PEOPLE.agent)).toContain(account(5));
});
