import { ApplicationFailure, isCancellation } from '@temporalio/workflow';
import { afterEach, describe, expect, it } from 'vitest';
import { OBJECT_NAMES } from '../../src/objects/index.ts';
import type { RunMemo } from '../../workflows/contract.ts';
import { expectIndexEqualsOrg } from './equality.ts';
import { account, orgFolder, PEOPLE } from './org-folder.ts';
import { type SandboxOrg, sandboxOrg } from './sandbox-org.ts';
import { storedDocuments } from './stored-documents.ts';
import { createSyncRunner, type Slice, type SyncRunner } from './sync-runner.ts';
import { waitUntil } from './wait.ts';

/** Tests what a run decides, without a Temporal server: this is the program that SyncWorkflow hosts. */

const SLICES_OF = 5;
const A_DAY_SECONDS = 86_400;

let org: SandboxOrg;
const syncs: SyncRunner[] = [];

afterEach(async () => {
  for (const sync of syncs.splice(0)) sync.close();
  await org?.close();
});

async function synced(options: Parameters<typeof createSyncRunner>[2] = {}): Promise<SyncRunner> {
  org = await sandboxOrg(orgFolder({ accounts: 12 }));
  return another(options);
}

function another(options: Parameters<typeof createSyncRunner>[2] = {}, settings = {}): SyncRunner {
  const sync = createSyncRunner(org.url, { sliceRecords: SLICES_OF, ...settings }, options);
  syncs.push(sync);
  return sync;
}

const documents = ({ path }: SyncRunner) =>
  storedDocuments(path).map(({ id, hash, principals }) => ({ id, hash, principals }));

const failure = (type: string) => ApplicationFailure.nonRetryable('made up', type);

/** Throws after this many slices. */
function throwAfter(slices: number, error: Error) {
  return async ({ number }: Slice) => {
    if (number === slices) throw error;
  };
}

/** A run that is cancelled while a query hangs in the org. Returns what it throws. */
async function cancelledAt(sync: SyncRunner, query: string): Promise<unknown> {
  await org.setFaults([{ match: { query }, reply: 'hang' }]);
  const ended = sync.run().catch((error: unknown) => error);
  await waitUntil(async () => (await org.held()) === 1);
  sync.cancel();
  const error = await ended;
  await org.setFaults([]);
  await org.release();
  return error;
}

describe('a limit of the org', () => {
  async function limited(): Promise<SyncRunner> {
    org = await sandboxOrg(orgFolder({ accounts: 12, settings: { daily_api_requests: 60 } }));
    return another({}, { apiBudgetPercent: 50 });
  }

  it('makes the run wait, say so, and resume where it was', async () => {
    const sync = await limited();
    const shown: RunMemo[] = [];
    const run = await sync.run({
      async whileWaiting() {
        shown.push(sync.memo());
        await org.advanceClock(A_DAY_SECONDS);
      },
    });
    expect(run.waits.length).toBeGreaterThan(0);
    expect(new Set(run.waits)).toEqual(new Set([15 * 60_000]));
    for (const memo of shown) {
      expect(memo.headline).toMatch(
        /^waiting for the org's API limit: \d+ of 60 used in 24 hours, budget 50 %; asks again at/,
      );
      expect(Date.parse(memo.waiting?.until ?? '') - Date.now()).toBeGreaterThan(14 * 60_000);
    }
    expect(run.result).toMatchObject({ outcome: 'completed', waiting: null });
    expect(sync.memo().headline).toMatch(/^run 1, complete backfill .* done: /);
    await expectIndexEqualsOrg(sync.path, org);
  });

  it('is checked again and again until it is free', async () => {
    const sync = await limited();
    let waits = 0;
    const { result } = await sync.run({
      async whileWaiting() {
        waits += 1;
        if (waits % 3 === 0) await org.advanceClock(A_DAY_SECONDS);
      },
    });
    expect(waits).toBeGreaterThanOrEqual(3);
    expect(result.outcome).toBe('completed');
    await expectIndexEqualsOrg(sync.path, org);
  });

  it('does not delay a run that is cancelled', async () => {
    const sync = await limited();
    const error = await sync.run({ whileWaiting: async () => sync.cancel() }).catch((error: unknown) => error);
    expect(isCancellation(error)).toBe(true);
    expect(sync.memo()).toMatchObject({ waiting: null, headline: expect.stringContaining(' cancelled: ') });
    expect(sync.state()).toMatchObject({ openRun: null, recentRuns: [{ status: 'cancelled' }] });
    await org.advanceClock(A_DAY_SECONDS);
    await sync.resume();
    await expectIndexEqualsOrg(sync.path, org);
  });
});

it.each([1, 2, 4])(
  'a backfill that continues as new after each %i calls ends like one that does not',
  async (continueEvery) => {
    const whole = await synced();
    const parts = another({ continueEvery });
    const [one, many] = [await whole.complete(), await parts.complete()];
    expect(one.executions).toBe(1);
    expect(many.executions).toBeGreaterThan(10 / continueEvery);
    expect(documents(parts)).toEqual(documents(whole));
    expect(many.counts).toEqual(one.counts);
    expect({ ...many.result, ...volatile(one.result) }).toEqual(one.result);
    expect(await parts.incremental()).toMatchObject({ executions: 1 });
    await expectIndexEqualsOrg(parts.path, org);
  },
);

/** What two runs of the same org never share. */
const volatile = ({ backfillStart, watermarks, apiUsage }: RunMemo) => ({ backfillStart, watermarks, apiUsage });

it('an org-wide default that moves contacts is handled at the end, even if executions change in between', async () => {
  const sync = await synced({ continueEvery: 1 });
  await sync.complete();
  await org.change({ put: 'Organization', row: { Id: '00D000000000001EAA', DefaultContactAccess: 'None' } });
  // It ends in an execution of its own, because the remaining work reaches the org's limit.
  const run = await sync.complete({
    async afterSlice({ object }) {
      if (object === 'Lead') await org.setFaults([{ match: { query: 'FROM UserRole' }, reply: 'limit-total' }]);
    },
  });
  expect(run.waits).toHaveLength(1);
  expect(run.calls.slice(-5)).toEqual([
    'endBackfill',
    'refreshMembership',
    'askApiUsage',
    'refreshMembership',
    'finishRun',
  ]);
  expect(run.calls.filter((name) => name === 'sweep')).toHaveLength(OBJECT_NAMES.length);
  expect((await sync.indexState()).contacts).toBe('own');
  await expectIndexEqualsOrg(sync.path, org);
});

describe('a tick that comes due in a backfill', () => {
  it.each([null, 1])('brings in what has changed behind it, once (executions of %s calls)', async (continueEvery) => {
    const sync = await synced({ continueEvery });
    let passes = 0;
    await sync.complete({
      async afterSlice({ object, tick }) {
        if (object !== 'Contact' || passes > 0) return;
        await org.change({ put: 'Account', row: { Id: account(1), Name: 'Renamed meanwhile' } });
        await org.advanceClock(60);
        tick();
      },
      async afterPass() {
        passes += 1;
        expect(await sync.found(PEOPLE.admin, 'meanwhile')).toEqual([account(1)]);
      },
    });
    expect(passes).toBe(1);
    await expectIndexEqualsOrg(sync.path, org);
  });
});

describe('a run that is cancelled', () => {
  it('says so in the middle of a slice, and the next one resumes after the last slice', async () => {
    const sync = await synced();
    const error = await cancelledAt(sync, 'FROM Case ');
    expect(isCancellation(error)).toBe(true);
    expect(sync.memo().headline).toBe(
      'run 1, complete backfill (no complete backfill has ever finished) cancelled: cancelled on request; the next run resumes at the last checkpoint',
    );
    expect(sync.memo().failure).toBeUndefined();
    expect(sync.state()).toMatchObject({ openRun: null, completeNext: null, recentRuns: [{ status: 'cancelled' }] });
    const { backfill } = await sync.indexState();
    expect(Object.keys(backfill?.positions ?? {})).toEqual(['Account', 'Contact']);
    await sync.resume();
    await expectIndexEqualsOrg(sync.path, org);
  });
});

describe('an activity that fails', () => {
  it('ends the run as failed, with its message, and the next run continues', async () => {
    const sync = await synced();
    await expect(sync.run({ afterSlice: throwAfter(4, failure('MadeUp')) })).rejects.toMatchObject({ type: 'MadeUp' });
    expect(sync.memo()).toMatchObject({
      failure: 'made up',
      headline: 'run 1, complete backfill (no complete backfill has ever finished) failed: made up',
    });
    expect(sync.state()).toMatchObject({
      openRun: null,
      completeNext: null,
      openBackfill: { beganRun: 1 },
      recentRuns: [{ run: 1, status: 'failed' }],
    });
    await sync.resume();
    expect(sync.state()).toMatchObject({ openBackfill: null, recentRuns: [{ status: 'completed' }, { run: 1 }] });
    await expectIndexEqualsOrg(sync.path, org);
  });

  it('makes the next run complete if it fails because the org shows other fields', async () => {
    const sync = await synced();
    await sync.complete();
    const afterPass = async () => {
      throw failure('SelectionChangedError');
    };
    await expect(sync.run({ afterPass })).rejects.toMatchObject({ type: 'SelectionChangedError' });
    const { kind, reason } = await sync.run();
    expect([kind, reason]).toEqual(['complete', 'what the integration user can see changed during a run']);
  });

  it('does not look resumed if the next run starts over', async () => {
    const sync = await synced();
    await expect(sync.run({ afterSlice: throwAfter(4, failure('MadeUp')) })).rejects.toThrow('made up');
    sync.tamper((state) => ({ ...state, indexId: 'another index' }));
    await expect(sync.resume()).rejects.toThrow('the run resumed nothing');
  });
});

it('a run that an older version began reports every slice to the connection, and other runs report none', async () => {
  const older = await synced({ sendsCheckpoints: true });
  const present = another();
  for (const sync of [older, present])
    await expect(sync.run({ afterSlice: throwAfter(4, failure('MadeUp')) })).rejects.toThrow('made up');
  // The fourth is in the index, and was never reported.
  const positions = older.state().openBackfill?.positions ?? {};
  expect(OBJECT_NAMES.filter((name) => positions[name] !== undefined)).toEqual(['Account']);
  expect(positions.Account).toMatchObject({ done: true });
  expect(present.state().openBackfill?.positions).toEqual({});
  await older.resume();
  await expectIndexEqualsOrg(older.path, org);
});
