import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { indexAt } from '../../src/index/location.ts';
import { openIndexReader } from '../../src/index/open.ts';
import { OBJECT_NAMES } from '../../src/objects/index.ts';
import { DEFAULT_SETTINGS } from '../../src/objects/settings.ts';
import { OWN_SET } from '../check/checked.ts';
import { expectIndexEqualsOrg } from './equality.ts';
import { account, caseId, contact, lead, orgFolder, PEOPLE, recordId } from './org-folder.ts';
import { logged, type SandboxOrg, sandboxOrg } from './sandbox-org.ts';
import { createSyncRunner, type SyncRunner } from './sync-runner.ts';

/** An integration user who loses a right sees the same as one whose records were deleted. */

/** More of each object than the guard removes without asking. */
const ACCOUNTS = 120;
/** Lead is open to everybody by default. */
const BY_SHARES = ['Account', 'Contact', 'Case', 'Opportunity'];

let org: SandboxOrg;
let sync: SyncRunner;

beforeEach(async () => {
  org = await sandboxOrg(orgFolder({ accounts: ACCOUNTS }));
  sync = createSyncRunner(org.url, { sliceRecords: 1_000 });
});

afterEach(async () => {
  sync?.close();
  await org?.close();
});

const viewAllData = (held: boolean) =>
  org.change({ put: 'PermissionSet', row: { Id: OWN_SET, PermissionsViewAllData: held } });

/** The right to see objects at all. Without it, only View All Data shows them. */
const readOnObjects = () =>
  org.change(
    ...OBJECT_NAMES.map((SobjectType, at) => ({
      put: 'ObjectPermissions',
      row: { Id: recordId('110', 20 + at), ParentId: OWN_SET, SobjectType, PermissionsRead: true },
    })),
  );

/** The right comes back: the next run notices, and the one after it is complete. */
async function givenBack(): Promise<void> {
  await viewAllData(true);
  await org.advanceClock(60);
  await sync.incremental();
  expect((await sync.run()).kind).toBe('complete');
}

/** What everybody except the integration user finds. */
async function found(): Promise<Record<string, readonly string[]>> {
  const index = await openIndexReader({ index: indexAt(sync.path) });
  try {
    const { integration: _, retired: __, ...people } = PEOPLE;
    const all = Object.entries(people).map(async ([name, as]) => [name, await index.ids('', { as })] as const);
    return Object.fromEntries(await Promise.all(all));
  } finally {
    await index.close();
  }
}

const stale = async () => (await sync.indexState()).stale;

it.each([
  ['on every record', readOnObjects, BY_SHARES],
  ['on every object', async () => {}, [...OBJECT_NAMES]],
])(
  'a lost right %s changes no access, and is reported since the previous run until all is read again',
  async (_, before, kept) => {
    await before();
    await sync.complete();
    const since: Readonly<Record<string, string>> = (await sync.indexState()).watermarks;
    await org.advanceClock(3_600);
    // The right still exists before it, and may be gone before its end.
    await sync.incremental();
    const asBefore = await found();
    expect(asBefore.agent).not.toEqual([]);

    await viewAllData(false);
    await org.advanceClock(3_600);
    // If whole objects are gone, the run is a complete backfill.
    await sync.run();
    const run = sync.state().runNumber;
    expect(await found()).toEqual(asBefore);
    const told = await stale();
    expect(told.map(({ object }) => object).toSorted()).toEqual(kept.toSorted());
    for (const one of told) expect(one).toMatchObject({ since: since[one.object], run, hidden: true });

    await sync.run();
    await sync.complete();
    expect(await found()).toEqual(asBefore);
    expect(await stale()).toMatchObject(
      kept.map((object) => ({ object, since: since[object], run, hidden: true, wouldRemove: expect.any(Number) })),
    );

    await viewAllData(true);
    await org.advanceClock(3_600);
    await sync.run();
    expect((await sync.run()).kind).toBe(kept === BY_SHARES ? 'complete' : 'incremental');
    expect(await stale()).toEqual([]);
    expect((await sync.run()).kind).toBe('incremental');
    await expectIndexEqualsOrg(sync.path, org);
  },
);

describe('hidden records, fewer than the guard asks about,', () => {
  const FEW = 12;

  beforeEach(async () => {
    await org.close();
    sync.close();
    org = await sandboxOrg(orgFolder({ accounts: FEW }));
    sync = createSyncRunner(org.url, { sliceRecords: 1_000 });
    await readOnObjects();
    await sync.complete();
    await org.advanceClock(3_600);
  });

  it('stay while the right is lost, through passes and backfills, and changes come in once it is back', async () => {
    const asBefore = await found();
    await viewAllData(false);
    await sync.incremental();
    await sync.complete();
    expect(await found()).toEqual(asBefore);

    await org.change(
      { put: 'Case', row: { Id: caseId(5), Subject: 'Meanwhile' } },
      { erase: 'Case', id: caseId(6) },
      { erase: 'AccountShare', id: String((await org.rows('AccountShare'))[0]?.Id) },
    );
    await org.advanceClock(3_600);
    await sync.incremental();
    await viewAllData(true);
    await org.advanceClock(60);
    await sync.incremental();
    expect(await stale()).toMatchObject(BY_SHARES.map((object) => ({ object, hidden: false })));
    expect((await sync.indexState()).missed).toEqual(BY_SHARES);
    const mended = await sync.run();
    expect(mended.reason).toBe(
      `the integration user's rights have changed, and changes to ${BY_SHARES.join(', ')} may have been missed`,
    );
    expect(await stale()).toEqual([]);
    await expectIndexEqualsOrg(sync.path, org);
    await sync.incremental();
  });

  it('go if a person says that they are gone, and come back with the right', async () => {
    await viewAllData(false);
    await sync.incremental();
    await sync.complete(undefined, { allowSweep: true });
    expect(await stale()).toEqual([]);
    expect((await found()).admin?.every((id) => id.startsWith('00Q'))).toBe(true);
    await sync.incremental();
    expect(await stale()).toEqual([]);

    await givenBack();
    await expectIndexEqualsOrg(sync.path, org);
    await sync.incremental();
  });

  it('stay if the right comes back in the middle of a backfill, which the next run then repeats', async () => {
    const asBefore = await found();
    await viewAllData(false);
    const broken = await sync.complete({
      async afterSlice({ object, tick }) {
        if (object !== 'Case') return;
        await viewAllData(true);
        await org.advanceClock(60);
        tick();
      },
    });
    expect(broken.counts.Account).toMatchObject({ read: 0, removed: 0 });
    expect(await found()).toEqual(asBefore);
    expect((await sync.run()).reason).toContain('may have been missed');
    expect(await stale()).toEqual([]);
    await expectIndexEqualsOrg(sync.path, org);
    await sync.incremental();
  });
});

describe('a right that is lost and given back between the starts of two runs', () => {
  const lost = { put: 'PermissionSet', row: { Id: OWN_SET, PermissionsViewAllData: false } };

  /** Changes while it is lost leave no trace within the next windows. */
  async function missedChanges(gone = 7): Promise<void> {
    await org.change(
      {
        put: 'Contact',
        row: { Id: contact(900 + gone), LastName: 'Meanwhile', AccountId: account(3), OwnerId: PEOPLE.seller },
      },
      { delete: 'Case', id: caseId(gone) },
    );
    await org.advanceClock(1_200);
  }

  /** The following run finds the traces of that, and the next one makes up for it. */
  async function madeUpFor(): Promise<void> {
    await viewAllData(true);
    await org.advanceClock(60);
    const noticed = await sync.run();
    const mended = noticed.kind === 'complete' ? noticed : await sync.run();
    expect(mended.reason).toContain('may have been missed');
    expect((await sync.indexState()).missed).toEqual([]);
    await expectIndexEqualsOrg(sync.path, org);
    await sync.incremental();
  }

  beforeEach(async () => {
    await readOnObjects();
    await sync.complete();
    await org.advanceClock(3_600);
    await sync.incremental();
    await missedChanges();
  });

  it('after a pass has checked the rights', async () => {
    await org.setFaults([{ match: { query: 'FROM Contact WHERE SystemModstamp' }, reply: { change: [lost] } }]);
    await sync.incremental();
    expect(await org.fired()).toEqual([1]);
    await org.advanceClock(1_200);
    await madeUpFor();
  });

  it('late in a complete backfill, whose sweep then removes nothing', async () => {
    const asBefore = await found();
    await org.setFaults([{ match: { query: 'FROM Opportunity ' }, reply: { change: [lost] } }]);
    const { counts } = await sync.complete();
    expect(await org.fired()).toEqual([1]);
    expect(counts.Opportunity).toMatchObject({ removed: 0 });
    expect(counts.Case).toMatchObject({ removed: 0 });
    for (const [name, ids] of Object.entries(asBefore))
      expect(await sync.found(PEOPLE[name as keyof typeof PEOPLE])).toEqual(
        expect.arrayContaining(ids.filter((id) => id !== caseId(7))),
      );
    await madeUpFor();
  });

  it('together with View Setup and Configuration, so that nothing can show it', async () => {
    const rights = (held: boolean) =>
      org.change({
        put: 'PermissionSet',
        row: { Id: OWN_SET, PermissionsViewAllData: held, PermissionsViewSetup: held },
      });
    await rights(true);
    await sync.run();
    await sync.run();
    await rights(false);
    await sync.incremental();
    expect(await stale()).toMatchObject([...OBJECT_NAMES].map((object) => ({ object, hidden: true })));
    await missedChanges(8);
    const { counts } = await sync.complete();
    for (const object of OBJECT_NAMES) expect(counts[object]).toMatchObject({ removed: 0 });
    await rights(true);
    await madeUpFor();
  });
});

describe('a default that alone shows the leads, made private and open again', () => {
  const leads = (access: string) => ({
    put: 'Organization',
    row: { Id: recordId('00D', 1), DefaultLeadAccess: access },
  });

  beforeEach(async () => {
    await readOnObjects();
    await viewAllData(false);
    await sync.complete();
    await org.advanceClock(3_600);
    await sync.incremental();
    await org.change({ delete: 'Lead', id: lead(4) }, { put: 'Lead', row: { Id: lead(900), Company: 'Meanwhile' } });
    await org.advanceClock(1_200);
  });

  async function madeUpFor(): Promise<void> {
    await org.advanceClock(1_200);
    const noticed = await sync.run();
    const mended = noticed.kind === 'complete' ? noticed : await sync.run();
    expect(mended.reason).toContain('changes to Lead may have been missed');
    expect(await stale()).toEqual([]);
    const all = await sync.found(PEOPLE.agent);
    expect(all.filter((id) => id.startsWith('00Q')).toSorted()).toEqual(org.readable(PEOPLE.agent, 'Lead').toSorted());
    await sync.incremental();
  }

  it('while a pass reads them', async () => {
    await org.setFaults([
      { match: { query: 'FROM Lead WHERE SystemModstamp' }, reply: { change: [leads('None')] } },
      { match: { query: 'COUNT(Id) n FROM AccountShare' }, reply: { change: [leads('Edit')] } },
    ]);
    await sync.incremental();
    expect(await org.fired()).toEqual([1, 1]);
    await madeUpFor();
  });

  it('while a backfill reads them, before its sweep', async () => {
    const { counts } = await sync.complete({
      async afterSlice({ object }) {
        if (object === 'Opportunity') await org.change(leads('None'));
        if (object === 'Lead') await org.change(leads('Edit'));
      },
    });
    // Its own.
    expect(counts.Lead).toMatchObject({ read: 1 });
    expect(counts.Lead?.removed ?? 0).toBe(0);
    await madeUpFor();
  });
});

describe('accounts that are off, whose share rows are read', () => {
  beforeEach(async () => {
    await readOnObjects();
    sync.restart({ objects: { Account: { ...DEFAULT_SETTINGS, on: false } } });
    await sync.complete();
    await org.advanceClock(3_600);
    await sync.incremental();
  });

  it('open their children while the right to them is lost, through a backfill too', async () => {
    const asBefore = await found();
    expect(asBefore.seller?.some((id) => id.startsWith('003'))).toBe(true);
    await viewAllData(false);
    await sync.incremental();
    await sync.complete();
    expect(await found()).toEqual(asBefore);
    await givenBack();
    expect(await stale()).toEqual([]);
    expect(await found()).toEqual(asBefore);
  });
});

it('a filter that changes while records are hidden removes no record that is only hidden', async () => {
  await readOnObjects();
  await sync.complete();
  await org.advanceClock(3_600);
  await sync.incremental();
  const asBefore = await found();
  await viewAllData(false);
  await sync.incremental();
  await org.advanceClock(60);
  sync.restart({ objects: { Case: { ...DEFAULT_SETTINGS, where: 'Subject != null' } } });
  expect((await sync.run()).reason).toContain('what is indexed has changed');
  expect(await found()).toEqual(asBefore);
  expect((await stale()).map(({ object }) => object)).toContain('Case');
  await givenBack();
  expect(await stale()).toEqual([]);
  expect(await found()).toEqual(asBefore);
});

it('a gap names an object that was never wholly visible, and a granted right causes a backfill', async () => {
  await readOnObjects();
  await viewAllData(false);
  const { gaps } = await sync.complete();
  expect(gaps).toContainEqual({ code: 'records_hidden', object: 'Case', internalDefault: 'private', count: null });
  await sync.incremental();
  await sync.complete();
  expect(await stale()).toEqual([]);

  await givenBack();
  await expectIndexEqualsOrg(sync.path, org);
  await sync.incremental();
});

it('a worker notices that a right has expired, even though no table has changed', async () => {
  await readOnObjects();
  await viewAllData(false);
  const added = recordId('0PS', 50);
  await org.change(
    {
      put: 'PermissionSet',
      row: { Id: added, Name: 'Temporary', IsOwnedByProfile: false, PermissionsViewAllData: true },
    },
    {
      put: 'PermissionSetAssignment',
      row: {
        Id: recordId('0Pa', 50),
        AssigneeId: PEOPLE.integration,
        PermissionSetId: added,
        ExpirationDate: new Date(Date.now() + 5_400_000).toISOString(),
        IsActive: true,
      },
    },
  );
  await sync.complete();
  await org.advanceClock(3_600);
  await sync.incremental();
  expect(await stale()).toEqual([]);
  await org.advanceClock(3_600);
  await sync.incremental();
  expect((await stale()).map(({ object }) => object)).toEqual(BY_SHARES);
});

it('a mass of removed share rows whose records still exist hides these records in the next run', async () => {
  await sync.complete();
  await org.advanceClock(3_600);
  const shares = (await org.rows('CaseShare')).map(({ Id }) => ({ erase: 'CaseShare', id: Id }));
  await org.change(...shares.slice(0, 90));
  await sync.incremental();
  await expectIndexEqualsOrg(sync.path, org);
});

it('a run that keeps old share rows because their records are hidden warns, and needs one more count', async () => {
  await readOnObjects();
  await sync.complete();
  await org.advanceClock(3_600);
  // No counted run contains the hourly reading of rights.
  await sync.incremental();
  const idle = await logged(org, () => sync.incremental());
  await viewAllData(false);
  await sync.incremental();
  // Until late commits can no longer hide, the rights are read again.
  await org.advanceClock(1_200);
  await sync.incremental();
  const { calls, warnings } = await logged(org, () => sync.incremental());
  expect(calls).toBe(idle.calls + 1);
  const tables = ['AccountShare', 'CaseShare', 'OpportunityShare'];
  expect(warnings).toEqual(
    tables.map(
      (table) =>
        `${table} lacks rows that the index has, and the org shows 0 of the ${ACCOUNTS} records that they share. This looks like lost access, so access to these records was left unchanged`,
    ),
  );
  expect(await sync.found(PEOPLE.agent)).toContain(account(5));
});
