import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OBJECT_NAMES } from '../../src/objects/index.ts';
import type { Activities } from '../../workflows/activity-contract.ts';
import { beginRun, finishRun, NEW_CONNECTION } from '../../workflows/connection-state.ts';
import type { ConnectionState, RunPlan } from '../../workflows/contract.ts';
import { watermarksAt } from '../workflows/begin-message.ts';
import { expectIndexEqualsOrg } from './equality.ts';
import { account, lead, orgFolder, PEOPLE } from './org-folder.ts';
import { type SandboxOrg, sandboxOrg } from './sandbox-org.ts';
import { createSyncRunner, type SyncRunner } from './sync-runner.ts';

const FUTURE = '2999-01-01T00:00:00.000Z';
const DONE = Object.fromEntries(OBJECT_NAMES.map((name) => [name, { after: null, done: true, recordsRead: 0 }]));

let org: SandboxOrg;
let sync: SyncRunner;

beforeEach(async () => {
  org = await sandboxOrg(orgFolder({ accounts: 12 }));
  sync = createSyncRunner(org.url);
  await sync.run();
  await org.advanceClock(3600);
  await sync.incremental();
});

afterEach(async () => {
  sync?.close();
  await org?.close();
});

const all = () => sync.found(PEOPLE.admin);
const orgNow = async () => ((await (await fetch(`${org.url}/sandbox/clock`)).json()) as { now: string }).now;

/** The index contains what the next run finds, and nothing else. */
async function expectHealed(): Promise<void> {
  await org.change({ put: 'Account', row: { Id: account(1), Name: 'Healed', OwnerId: PEOPLE.otherSeller } });
  await org.change({ delete: 'Lead', id: lead(3) });
  await org.advanceClock(60);
  await sync.run();
  await expectIndexEqualsOrg(sync.path, org);
}

describe('an activity that a forged run calls writes nothing', () => {
  type Forgery = (now: string) => { name: keyof Activities; input: object; type: string };
  const fence = () => sync.fence();
  const next = () => ({ ...sync.fence(), run: sync.fence().run + 1 });
  const lists: [string, Forgery][] = [
    [
      'a sweep of everything, by the current run',
      (now) => ({
        name: 'sweep',
        input: { ...fence(), object: 'Lead', start: now, allowSweep: true },
        type: 'NotAdmittedError',
      }),
    ],
    [
      'a sweep of everything, by the next run',
      (now) => ({
        name: 'sweep',
        input: { ...next(), object: 'Lead', start: now, allowSweep: true },
        type: 'NotAdmittedError',
      }),
    ],
    [
      'a sweep from the future',
      () => ({
        name: 'sweep',
        input: { ...fence(), object: 'Lead', start: FUTURE, allowSweep: true },
        type: 'MalformedInput',
      }),
    ],
    [
      'the end of a backfill that nobody began, by a run that was never admitted',
      () => ({ name: 'endBackfill', input: { ...next(), contactsMixed: false }, type: 'NotAdmittedError' }),
    ],
    [
      'a backfill that begins now, by the current run',
      (now) => ({ name: 'refreshMembership', input: { ...fence(), backfillStart: now }, type: 'NotAdmittedError' }),
    ],
    [
      'a backfill that begins now, by the next run',
      (now) => ({ name: 'refreshMembership', input: { ...next(), backfillStart: now }, type: 'NotAdmittedError' }),
    ],
    [
      'a backfill that begins in the future',
      () => ({ name: 'refreshMembership', input: { ...next(), backfillStart: FUTURE }, type: 'MalformedInput' }),
    ],
    [
      'a slice of a backfill that nobody began',
      (now) => ({
        name: 'backfillSlice',
        input: { ...fence(), object: 'Lead', start: now, from: null },
        type: 'IndexReplacedError',
      }),
    ],
    [
      'the largest run number',
      () => ({
        name: 'readChanges',
        input: { ...fence(), run: 2 ** 53, before: null, streams: null },
        type: 'MalformedInput',
      }),
    ],
    [
      'the largest valid number',
      () => ({
        name: 'readChanges',
        input: { ...fence(), run: Number.MAX_SAFE_INTEGER, before: null, streams: null },
        type: 'NotAdmittedError',
      }),
    ],
    [
      'a pass up to the future',
      () => ({ name: 'readChanges', input: { ...fence(), before: FUTURE, streams: [] }, type: 'MalformedInput' }),
    ],
    [
      'a stream that continues in the future',
      (now) => ({
        name: 'readChanges',
        input: {
          ...fence(),
          before: now,
          streams: [{ object: 'Lead', of: 'records', after: { stamp: FUTURE, id: lead(1) } }],
        },
        type: 'MalformedInput',
      }),
    ],
    [
      'a stream whose id is more than an id',
      (now) => ({
        name: 'readChanges',
        input: {
          ...fence(),
          before: now,
          streams: [{ object: 'Lead', of: 'records', after: { stamp: now, id: "x') OR Id > '" } }],
        },
        type: 'MalformedInput',
      }),
    ],
    [
      'another organization',
      () => ({
        name: 'readChanges',
        input: { ...fence(), organizationId: '00D000000000002EAA', before: null, streams: null },
        type: 'OrganizationChangedError',
      }),
    ],
    [
      'a begin of another organization',
      () => ({
        name: 'beginRun',
        input: {
          connection: fence().connection,
          key: 'k',
          workflowId: 'w',
          organizationId: '00D000000000002EAA',
          completeBackfillFrequency: 1,
        },
        type: 'OrganizationChangedError',
      }),
    ],
    [
      'another index',
      () => ({
        name: 'readChanges',
        input: { ...fence(), indexId: randomUUID(), before: null, streams: null },
        type: 'IndexReplacedError',
      }),
    ],
  ];

  it.each(lists)('%s', async (_, forgery) => {
    const before = await sync.indexState();
    const found = await all();
    const { name, input, type } = forgery(await orgNow());
    await expect(sync.call(name, input)).rejects.toMatchObject({ type, nonRetryable: true });
    expect(await sync.indexState()).toEqual(before);
    expect(await all()).toEqual(found);
    await expectHealed();
  });
});

describe('an activity that a forged run calls next to the real one', () => {
  it('skips no change: a position that the index did not store is not believed', async () => {
    await org.change({ put: 'Account', row: { Id: account(2), Name: 'Changed Harbour', OwnerId: PEOPLE.otherSeller } });
    await org.advanceClock(3600);
    const before = await orgNow();
    await org.advanceClock(3600);
    const streams = OBJECT_NAMES.flatMap((object) =>
      (['records', 'shares'] as const).map((of) => ({ object, of, after: { stamp: before, id: account(12) } })),
    );
    await sync.call('readChanges', { ...sync.fence(), before, streams });
    await expectIndexEqualsOrg(sync.path, org);
    await sync.call('readChanges', { ...sync.fence(), before, streams: [] });
    await expectHealed();
  });

  it('does not end a backfill early, even with the start of the open one', async () => {
    const forge = async ({ number }: { number: number }) => {
      if (number !== 3) return;
      const { start } = (await sync.indexState()).backfill ?? { start: '' };
      const found = await all();
      const forged = sync.fence();
      for (const object of OBJECT_NAMES)
        await expect(sync.call('sweep', { ...forged, object, start, allowSweep: true })).rejects.toMatchObject({
          type: 'BackfillUnreadError',
          message: expect.stringContaining('has not been read completely'),
        });
      await expect(sync.call('endBackfill', { ...forged, contactsMixed: false })).rejects.toMatchObject({
        type: 'BackfillUnreadError',
      });
      expect(await all()).toEqual(found);
    };
    await sync.complete({ afterSlice: forge });
    await expectIndexEqualsOrg(sync.path, org);
  });

  it('gets no sweep past its guard without permission, and gets one with permission', async () => {
    const large = await sandboxOrg(orgFolder({ accounts: 120 }));
    const synced = createSyncRunner(large.url, { sliceRecords: 200 });
    try {
      await synced.run();
      await large.change(...Array.from({ length: 60 }, (_, n) => ({ erase: 'Lead', id: lead(n + 1) }) as const));
      const swept: unknown[] = [];
      const forge = async () => {
        const { start, positions } = (await synced.indexState()).backfill ?? { start: '', positions: {} };
        if (!OBJECT_NAMES.every((name) => positions[name]?.done)) return;
        swept.push(await synced.call('sweep', { ...synced.fence(), object: 'Lead', start, allowSweep: true }));
      };
      await synced.complete({ afterSlice: forge });
      await synced.complete({ afterSlice: forge }, { allowSweep: true });
      expect(swept).toMatchObject([
        { removed: 0, stopped: { wouldRemove: 54, of: 107 } },
        { removed: 54, stopped: null },
      ]);
    } finally {
      synced.close();
      await large.close();
    }
  });
});

describe('a connection with a forged state', () => {
  const lie = (change: (state: ConnectionState) => ConnectionState) => async () => sync.tamper(change);
  const finish = (state: ConnectionState, rest: Partial<Parameters<typeof finishRun>[1]>) =>
    finishRun(state, {
      key: state.openRun?.key ?? '',
      status: 'completed',
      backfillEnded: true,
      watermarks: {},
      completeNext: null,
      headline: '',
      ...rest,
    });
  const forgedBegin = (state: ConnectionState, index: object, orgTime = FUTURE): ConnectionState => {
    const { indexId, organizationId } = sync.fence();
    const begun = beginRun(state, {
      key: 'forged',
      workflowId: 'forged',
      completeBackfillFrequency: 1,
      organizationId,
      orgTime,
      index: { indexId, highestRun: 2, watermarks: {}, backfill: null, selectionChange: null, ...index },
      holderDead: state.openRun?.key ?? null,
    });
    return finish(begun.state, { key: 'forged', status: 'failed', backfillEnded: false });
  };

  it.each<[string, () => Promise<void>]>([
    ['a run that began in the future', lie((state) => forgedBegin(state, {}))],
    [
      'an open backfill in the future, all of it read',
      lie((state) => forgedBegin(state, { backfill: { start: FUTURE, positions: DONE } })),
    ],
    ['watermarks in the future', lie((state) => forgedBegin(state, { watermarks: watermarksAt(FUTURE) }))],
    ['a run number far ahead', lie((state) => forgedBegin(state, { highestRun: 2 ** 52 }))],
    ['a state with the largest number', lie((state) => ({ ...state, runNumber: 2 ** 53 - 1, rhythmRun: 2 ** 53 - 1 }))],
    ['nothing', lie(() => NEW_CONNECTION)],
    ['a complete backfill that has ended once', lie(() => ({ ...NEW_CONNECTION, completeEver: true, rhythmRun: 1 }))],
  ])('recovers from %s: after the next two runs the index equals the org', async (_, forge) => {
    await forge();
    await expectHealed();
    await org.change({ put: 'Account', row: { Id: account(2), Name: 'Later' } });
    await org.advanceClock(3600);
    await sync.run();
    await expectIndexEqualsOrg(sync.path, org);
    expect((await sync.indexState()).highestRun).toBeLessThan(2_000_000_000);
  });

  it('does not admit a run with a backfill in the future', async () => {
    const { connection, organizationId, indexId, run } = sync.fence();
    const plan: RunPlan = {
      run: run + 1,
      kind: 'complete',
      reason: 'forged',
      indexId,
      organizationId,
      watermarks: {},
      backfill: { start: FUTURE, positions: {} },
    };
    sync.tamper((state) => ({ ...state, openRun: { key: 'forged', workflowId: 'forged', plan } }));
    const begin = { connection, key: 'forged', workflowId: 'forged', organizationId, completeBackfillFrequency: 1 };
    const before = await sync.indexState();
    await expect(sync.call('beginRun', begin)).rejects.toMatchObject({ type: 'PlanRefused', nonRetryable: true });
    expect(await sync.indexState()).toEqual(before);
    sync.tamper((state) => finish(state, { status: 'failed', backfillEnded: false }));
    await expectHealed();
  });

  it('with the claim that the first backfill has ended: the next run resumes it half-way', async () => {
    const fresh = createSyncRunner(org.url);
    try {
      const lieThenDie = async ({ number }: { number: number }) => {
        if (number !== 3) return;
        fresh.tamper((state) => finish(state, { watermarks: watermarksAt('2026-01-01T00:00:00.000Z') }));
        throw new Error('the run dies');
      };
      await expect(fresh.run({ afterSlice: lieThenDie })).rejects.toThrow('the run dies');
      fresh.tamper((state) => ({ ...state, watermarks: {} }));
      expect(await fresh.run()).toMatchObject({
        kind: 'complete',
        reason: 'resumes the open backfill in the index',
      });
      await expectIndexEqualsOrg(fresh.path, org);
    } finally {
      fresh.close();
    }
  });

  it('with the claim that a backfill has ended that an empty index never saw: the next run is complete', async () => {
    const fresh = createSyncRunner(org.url);
    try {
      fresh.tamper((state) => ({ ...state, completeEver: true, rhythmRun: 1, runNumber: 1 }));
      expect(await fresh.run()).toMatchObject({ kind: 'complete', reason: 'no complete backfill has ever finished' });
      await expectIndexEqualsOrg(fresh.path, org);
    } finally {
      fresh.close();
    }
  });
});
