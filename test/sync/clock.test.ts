import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { finishRun } from '../../workflows/connection-state.ts';
import { clockProxy } from './clock-proxy.ts';
import { expectIndexEqualsOrg } from './equality.ts';
import { account, lead, orgFolder, PEOPLE } from './org-folder.ts';
import { type SandboxOrg, sandboxOrg } from './sandbox-org.ts';
import { createSyncRunner, type SyncRunner } from './sync-runner.ts';

const CENTURIES = 973 * 365 * 86_400;

let org: SandboxOrg;
let sync: SyncRunner;

beforeEach(async () => {
  org = await sandboxOrg(orgFolder({ accounts: 12 }));
  sync = createSyncRunner(org.url);
  await sync.run();
  await org.advanceClock(3600);
});

afterEach(async () => {
  sync?.close();
  await org?.close();
});

async function orgNow(): Promise<number> {
  const { now } = (await (await fetch(`${org.url}/sandbox/clock`)).json()) as { now: string };
  return Date.parse(now);
}

/** Changes text, rights and existence of records that the index already has. */
async function change(word: string): Promise<void> {
  await org.change(
    { put: 'Account', row: { Id: account(1), Name: `${word} Harbour`, OwnerId: PEOPLE.otherSeller } },
    { put: 'Account', row: { Id: account(2), OwnerId: PEOPLE.seller } },
  );
}

describe("an org's clock that was ahead and came back", () => {
  it.each([
    ['by centuries', CENTURIES],
    ['by an hour', 3_600],
    ['by eleven minutes', 660],
  ])('%s for one run: the next run takes the index back, reads everything, and says why', async (_, seconds) => {
    await org.advanceClock(seconds);
    await change('Ahead');
    await sync.run();
    await org.advanceClock(-seconds);
    await change('Present');
    await org.change({ delete: 'Lead', id: lead(3) });
    const healed = await sync.run();
    expect(healed.kind).toBe('complete');
    expect(healed.reason).toMatch(/^the index contains times up to .*, ahead of the org's clock$/);
    expect(healed.warnings).toEqual([
      expect.stringMatching(/^the index contained times up to .* set back to the org's clock/),
    ]);
    await expectIndexEqualsOrg(sync.path, org);

    await change('Later');
    await org.advanceClock(3600);
    expect(await sync.run()).toMatchObject({ kind: 'incremental', warnings: [] });
    await expectIndexEqualsOrg(sync.path, org);
  });

  it('has the same effect on a worker that has just started', async () => {
    await org.advanceClock(CENTURIES);
    await change('Ahead');
    await sync.run();
    await org.advanceClock(-CENTURIES);
    await change('Present');
    sync.restart();
    expect(await sync.run()).toMatchObject({ kind: 'complete' });
    await expectIndexEqualsOrg(sync.path, org);
  });

  it('by less than the overlap of passes: one of the next passes brings in what was left out', async () => {
    await org.advanceClock(540);
    await change('Ahead');
    await org.advanceClock(1);
    await sync.incremental();
    await org.advanceClock(-541);
    await change('Present');
    await sync.incremental();
    await org.advanceClock(600);
    await sync.incremental();
    await expectIndexEqualsOrg(sync.path, org);
  });

  it('in a complete backfill that began ahead: the run fails and says so, and the next one starts over', async () => {
    await org.advanceClock(CENTURIES);
    await change('Ahead');
    const setBack = async ({ number }: { number: number }) => {
      if (number === 3) await org.advanceClock(-CENTURIES);
    };
    await expect(sync.complete({ afterSlice: setBack })).rejects.toMatchObject({
      type: 'MalformedInput',
      nonRetryable: true,
      message: expect.stringMatching(/start is ahead of the org's clock, which was set back/),
    });
    await change('Present');
    expect((await sync.run()).reason).toContain("ahead of the org's clock");
    await expectIndexEqualsOrg(sync.path, org);
  });

  it('in a complete backfill during which it jumped: a run fails if all its records would be outdated', async () => {
    const jump = async ({ number }: { number: number }) => {
      if (number === 1) await org.advanceClock(7_200);
      if (number === 4) await org.advanceClock(-7_200);
    };
    await expect(sync.complete({ afterSlice: jump })).rejects.toMatchObject({
      type: 'ClockSetBackError',
      nonRetryable: true,
      message: expect.stringMatching(/counts as outdated.*next run sets the index back.*complete backfill/),
    });
    await change('Present');
    expect((await sync.run()).reason).toContain("ahead of the org's clock");
    await expectIndexEqualsOrg(sync.path, org);
  });

  it('with a run that dies after the index was taken back: the next run reads everything', async () => {
    await org.advanceClock(CENTURIES);
    await sync.run();
    await org.advanceClock(-CENTURIES);
    await change('Present');
    const { connection, organizationId } = sync.fence();
    const begin = { connection, key: 'dies', workflowId: 'dies', organizationId, completeBackfillFrequency: 1_000 };
    expect(await sync.call('beginRun', begin)).toMatchObject({ kind: 'admitted', plan: { kind: 'complete' } });
    const died = { key: 'dies', status: 'failed', backfillEnded: false, completeNext: null, headline: '' } as const;
    sync.tamper((state) => finishRun(state, { ...died, watermarks: {} }));
    expect((await sync.indexState()).backfill).toBeNull();
    expect((await sync.run()).kind).toBe('complete');
    await expectIndexEqualsOrg(sync.path, org);
  });
});

describe('one reply with a wrong time', () => {
  it.each([
    ['centuries ahead', CENTURIES],
    ['an hour ahead', 3_600],
    ['a day behind', -86_400],
  ])('%s changes nothing, in any reply of a run', async (_, seconds) => {
    const proxy = await clockProxy(org.url);
    const proxied = createSyncRunner(proxy.url, { pageSize: 2_000, sliceRecords: 16_000 });
    try {
      await proxied.run();
      for (const restarts of [false, true]) {
        for (let wrong = 0; ; wrong += 1) {
          await org.change({ put: 'Account', row: { Id: account(1), Name: `Harbour ${wrong}` } });
          await org.advanceClock(60);
          if (restarts) proxied.restart();
          const first = proxy.replies;
          proxy.shift = (reply) => (reply === first + wrong ? seconds * 1_000 : 0);
          expect(await proxied.run(), `reply ${wrong}`).toMatchObject({ kind: 'incremental', warnings: [] });
          const replies = proxy.replies - first;
          proxy.shift = () => 0;
          const now = await orgNow();
          for (const at of Object.values((await proxied.indexState()).watermarks))
            expect(Date.parse(at), `reply ${wrong}`).toBeLessThanOrEqual(now);
          if (wrong >= replies) break;
        }
      }
      await expectIndexEqualsOrg(proxied.path, org);
    } finally {
      proxied.close();
      await proxy.close();
    }
  });
});
