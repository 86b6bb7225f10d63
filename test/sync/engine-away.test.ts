import { isCancellation } from '@temporalio/workflow';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EngineTrouble } from '../../src/facts/engine.ts';
import { EngineUnavailableError } from '../../src/index/port/errors.ts';
import type {
  DocumentChange,
  EngineFence,
  EngineSettings,
  PublishedMembership,
  SearchEngine,
  StoreSequences,
} from '../../src/index/port/search-engine.ts';
import { SearchReader } from '../../src/index/search/reader.ts';
import type { RunMemo } from '../../workflows/contract.ts';
import { MemoryEngine } from '../index/memory-engine/engine.ts';
import { openStoreFor } from '../index/memory-engine/open-store.ts';
import { expectIndexEqualsOrg } from './equality.ts';
import { account, orgFolder, PEOPLE } from './org-folder.ts';
import { type SandboxOrg, sandboxOrg } from './sandbox-org.ts';
import { createSyncRunner, type SyncRunner } from './sync-runner.ts';

const ADDRESS = 'https://search.example.com:9200';

/** How a call fails: before the engine has done it, or after, so that only its answer is lost. */
type Moment = 'before' | 'after';

/** A memory engine that is away for some of its calls. */
class EngineOnceAway extends MemoryEngine {
  /** Returns why a call fails. Null: it does not. Counts from 1, over all calls that a run makes. */
  isAway: (call: number, method: keyof SearchEngine) => EngineTrouble | null = () => null;
  moment: Moment = 'before';
  calls = 0;

  override claim(fence: EngineFence, sequences: StoreSequences) {
    return this.#answer('claim', () => super.claim(fence, sequences));
  }
  override wipe(fence: EngineFence) {
    return this.#answer('wipe', () => super.wipe(fence));
  }
  override configure(fence: EngineFence, settings: EngineSettings, sequence: number) {
    return this.#answer('configure', () => super.configure(fence, settings, sequence));
  }
  override apply(fence: EngineFence, changes: readonly DocumentChange[]) {
    return this.#answer('apply', () => super.apply(fence, changes));
  }
  override refresh() {
    return this.#answer('refresh', () => super.refresh());
  }
  override publishMembership(fence: EngineFence, membership: PublishedMembership, sequence: number) {
    return this.#answer('publishMembership', () => super.publishMembership(fence, membership, sequence));
  }
  override countCarrying(principals: readonly string[], upTo: number) {
    return this.#answer('countCarrying', () => super.countCarrying(principals, upTo));
  }

  async #answer<T>(method: keyof SearchEngine, work: () => Promise<T>): Promise<T> {
    this.calls += 1;
    const reason = this.isAway(this.calls, method);
    if (reason !== null && this.moment === 'before') throw new EngineUnavailableError(reason, ADDRESS);
    const answer = await work();
    if (reason !== null) throw new EngineUnavailableError(reason, ADDRESS);
    return answer;
  }
}

let org: SandboxOrg;
let engine: EngineOnceAway;
const syncs: SyncRunner[] = [];

const openStore = openStoreFor(() => engine);

const expectEqual = ({ path }: SyncRunner) =>
  expectIndexEqualsOrg(path, org, PEOPLE.admin, { open: async () => new SearchReader(engine) });

beforeEach(async () => {
  org = await sandboxOrg(orgFolder({ accounts: 12 }));
  engine = new EngineOnceAway();
});

afterEach(async () => {
  for (const sync of syncs.splice(0)) sync.close();
  await org?.close();
});

type Options = Parameters<typeof createSyncRunner>[2] & { readonly sliceRecords?: number };

function newSync({ sliceRecords = 5, ...options }: Options = {}): SyncRunner {
  const sync = createSyncRunner(org.url, { sliceRecords }, { ...options, openStore });
  syncs.push(sync);
  return sync;
}

async function filled(options: Options = {}): Promise<SyncRunner> {
  const sync = newSync(options);
  await sync.complete();
  return sync;
}

async function changeSome(): Promise<void> {
  await org.change({ put: 'Account', row: { Id: account(1), Name: 'Renamed meanwhile' } });
  await org.change({ put: 'Account', row: { Id: account(2), OwnerId: PEOPLE.otherSeller } });
  await org.change({ delete: 'Account', id: account(3) });
  await org.advanceClock(60);
}

it('makes a backfill wait, say so, ask the org nothing, and end with everything', async () => {
  const sync = newSync();
  let away = 3;
  engine.isAway = (_, method) => {
    if (method !== 'apply' || away === 0) return null;
    away -= 1;
    return 'read_only';
  };
  const shown: RunMemo[] = [];
  const run = await sync.complete({ whileWaiting: async () => void shown.push(sync.memo()) });
  expect(run.waits).toHaveLength(3);
  expect(run.calls).not.toContain('askApiUsage');
  for (const { waiting, headline } of shown) {
    expect(waiting).toMatchObject({
      why: { code: 'engine_unavailable', reason: 'read_only', address: ADDRESS, engineCode: null },
      since: shown[0]?.waiting?.since,
      remedy: expect.stringContaining('Free disk space'),
    });
    expect(headline).toContain(`waiting for the search engine at ${ADDRESS}, which is read-only, since `);
  }
  expect(run.result).toMatchObject({ outcome: 'completed', waiting: null });
  await expectEqual(sync);
});

describe('an engine that is away at any of its calls', () => {
  const MOMENTS: readonly Moment[] = ['before', 'after'];

  /** Has the given call of a run fail, and the one after it. Every second call fails after its work. */
  async function awayAt(call: number, run: () => Promise<{ readonly waits: readonly number[] }>) {
    const begun = engine.calls;
    let away = 2;
    engine.moment = MOMENTS[call % 2] ?? 'before';
    engine.isAway = (at) => {
      if (at < begun + call || away === 0) return null;
      away -= 1;
      return 'unreachable';
    };
    const { waits } = await run();
    engine.isAway = () => null;
    return waits;
  }

  it('loses nothing of a backfill', async () => {
    await filled({ sliceRecords: 100 });
    const { calls } = engine;
    expect(calls).toBeGreaterThan(10);
    for (let call = 1; call <= calls; call += 1) {
      engine = new EngineOnceAway();
      const sync = newSync({ sliceRecords: 100 });
      // Changes are sent in the background: if a later activity sends them before anyone waits for them, no one does.
      expect((await awayAt(call, () => sync.complete())).length, `call ${call}`).toBeLessThanOrEqual(2);
      await expectEqual(sync);
    }
  }, 120_000);

  it('loses nothing of an incremental run', async () => {
    const sync = await filled();
    await changeSome();
    const before = engine.calls;
    await sync.incremental();
    const calls = engine.calls - before;
    expect(calls).toBeGreaterThan(10);
    for (let call = 1; call <= calls; call += 1) {
      await org.change({ put: 'Account', row: { Id: account(1), Name: `Renamed ${call} times` } });
      await org.change({ put: 'Account', row: { Id: account(2), OwnerId: call % 2 ? PEOPLE.seller : PEOPLE.retired } });
      await org.advanceClock(60);
      await awayAt(call, () => sync.incremental());
      await expectEqual(sync);
    }
  }, 120_000);
});

it('waits in a pass of a backfill, and in executions that follow', async () => {
  const sync = newSync({ continueEvery: 2 });
  let ticked = false;
  let away = 0;
  engine.isAway = () => {
    if (away === 0) return null;
    away -= 1;
    return 'overloaded';
  };
  const run = await sync.complete({
    async afterSlice({ object, tick }) {
      if (object !== 'Contact' || ticked) return;
      ticked = true;
      await changeSome();
      away = 5;
      tick();
    },
    async afterPass() {
      expect(away).toBe(0);
      expect(await new SearchReader(engine).ids('meanwhile', { as: PEOPLE.admin })).toEqual([account(1)]);
    },
  });
  expect(run.waits).toHaveLength(5);
  expect(run.executions).toBeGreaterThan(2);
  await expectEqual(sync);
});

it('does not delay a run that is cancelled, and the next one continues', async () => {
  const sync = newSync();
  let hasMembership = false;
  engine.isAway = (_, method) => {
    hasMembership ||= method === 'publishMembership';
    return hasMembership && method === 'apply' ? 'refused' : null;
  };
  const error = await sync.complete({ whileWaiting: async () => sync.cancel() }).catch((error: unknown) => error);
  expect(isCancellation(error)).toBe(true);
  expect(sync.memo()).toMatchObject({ waiting: null, headline: expect.stringContaining(' cancelled: ') });
  expect(sync.state()).toMatchObject({ openRun: null, recentRuns: [{ status: 'cancelled' }] });
  engine.isAway = () => null;
  await sync.resume();
  await expectEqual(sync);
});
