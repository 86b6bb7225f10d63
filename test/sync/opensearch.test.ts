import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { OpenSearchEngine } from '../../src/index/opensearch/engine.ts';
import { SearchReader } from '../../src/index/search/reader.ts';
import { openStoreFor } from '../index/memory-engine/open-store.ts';
import { RecycledEngines, type Slot } from '../index/opensearch/recycled.ts';
import { START_MS } from '../opensearch/process.ts';
import { NO_OPENSEARCH, openSearchUrl } from '../opensearch/server.ts';
import { expectIndexEqualsOrg } from './equality.ts';
import { account, orgFolder, PEOPLE } from './org-folder.ts';
import { type SandboxOrg, sandboxOrg } from './sandbox-org.ts';
import { createSyncRunner, type SyncRunner } from './sync-runner.ts';

describe.skipIf(NO_OPENSEARCH !== null)('runs that index into OpenSearch', () => {
  let recycled: RecycledEngines;
  let org: SandboxOrg;
  let sync: SyncRunner;
  /** The indexes of the test in progress. */
  let slot: Slot;

  beforeAll(async () => {
    recycled = new RecycledEngines(await openSearchUrl());
  }, START_MS);
  afterAll(() => recycled?.remove());

  const openEngine = () => slot.open(OpenSearchEngine);

  async function expectEqual(): Promise<void> {
    const open = async () => new SearchReader(openEngine());
    await expectIndexEqualsOrg(sync.path, org, PEOPLE.admin, { open });
  }

  beforeEach(async () => {
    org = await sandboxOrg(orgFolder({ accounts: 20 }));
    slot = await recycled.take();
    sync = createSyncRunner(org.url, { sliceRecords: 7 }, { openStore: openStoreFor(openEngine) });
  });

  afterEach(async () => {
    sync.close();
    await org.close();
  });

  it('every user finds exactly what the org lets that user read, after a backfill and after changes', async () => {
    await sync.complete();
    await expectEqual();
    await org.change({ put: 'Account', row: { Id: account(1), Name: 'Meanwhile Ltd' } });
    await org.change({ put: 'Account', row: { Id: account(2), OwnerId: PEOPLE.seller } });
    await org.advanceClock(60);
    await sync.incremental();
    await expectEqual();
  });

  it('a cluster that has lost everything gets it again from the run store', async () => {
    await sync.complete();
    slot = await recycled.take();
    const before = (await org.requests()).length;
    await sync.incremental();
    await expectEqual();
    const asked = (await org.requests()).slice(before).filter(({ query }) => /FROM Account /.test(query ?? ''));
    expect(asked.every(({ query }) => query?.includes('SystemModstamp'))).toBe(true);
  });
});
