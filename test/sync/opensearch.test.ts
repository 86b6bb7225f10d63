import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { OpenSearchEngine } from '../../src/index/opensearch/engine.ts';
import type { SearchEngine } from '../../src/index/port/search-engine.ts';
import { RecycledEngines, type Slot } from '../index/opensearch/recycled.ts';
import { START_MS } from '../opensearch/process.ts';
import { NO_OPENSEARCH, openSearchUrl } from '../opensearch/server.ts';
import { expectIndexEqualsOrg } from './equality.ts';
import { account, orgFolder, PEOPLE } from './org-folder.ts';
import { type SandboxOrg, sandboxOrg } from './sandbox-org.ts';
import { createSyncRunner, type SyncRunner } from './sync-runner.ts';

/** The engine of the test in progress. */
const engines: { open: () => SearchEngine | null } = vi.hoisted(() => ({ open: () => null }));
vi.mock('../../src/index/engine-of.ts', () => ({ engineOf: () => engines.open() }));

describe.skipIf(NO_OPENSEARCH !== null)('runs that index into OpenSearch', () => {
  let recycled: RecycledEngines;
  let org: SandboxOrg;
  let sync: SyncRunner;

  beforeAll(async () => {
    recycled = new RecycledEngines(await openSearchUrl());
  }, START_MS);
  afterAll(() => recycled?.remove());

  async function useSlot(): Promise<Slot> {
    const slot = await recycled.take();
    engines.open = () => slot.open(OpenSearchEngine);
    return slot;
  }

  beforeEach(async () => {
    org = await sandboxOrg(orgFolder({ accounts: 20 }));
    await useSlot();
    sync = createSyncRunner(org.url, { sliceRecords: 7 }, {});
  });

  afterEach(async () => {
    sync.close();
    await org.close();
  });

  it('every user finds exactly what the org lets that user read, after a backfill and after changes', async () => {
    await sync.complete();
    await expectIndexEqualsOrg(sync.path, org);
    await org.change({ put: 'Account', row: { Id: account(1), Name: 'Meanwhile Ltd' } });
    await org.change({ put: 'Account', row: { Id: account(2), OwnerId: PEOPLE.seller } });
    await org.advanceClock(60);
    await sync.incremental();
    await expectIndexEqualsOrg(sync.path, org);
    expect(await sync.found(PEOPLE.admin, 'meanwhile')).toEqual([account(1)]);
  });

  it('a cluster that has lost everything gets it again from the run store', async () => {
    await sync.complete();
    await useSlot();
    const before = (await org.requests()).length;
    await sync.incremental();
    await expectIndexEqualsOrg(sync.path, org);
    const asked = (await org.requests()).slice(before).filter(({ query }) => /FROM Account /.test(query ?? ''));
    expect(asked.every(({ query }) => query?.includes('SystemModstamp'))).toBe(true);
  });
});
