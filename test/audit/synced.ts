import { onTestFinished } from 'vitest';
import type { ShareRow } from '../../src/access/types.ts';
import { indexAt } from '../../src/index/location.ts';
import { type IndexInspector, openInspector, openRunStore } from '../../src/index/open.ts';
import { type ObjectName, objectNamed } from '../../src/objects/index.ts';
import { createSalesforce, type Salesforce } from '../../src/salesforce/client.ts';
import { orgFolder } from '../sync/org-folder.ts';
import { type SandboxOrg, sandboxOrg } from '../sync/sandbox-org.ts';
import { createSyncRunner } from '../sync/sync-runner.ts';

export const CREDENTIALS = async () => ({ clientId: 'sandbox', clientSecret: 'sandbox' });

/** A served org, and an index that has just been filled from it, until the test ends. */
export interface Synced {
  readonly org: SandboxOrg;
  /** The index file. */
  readonly path: string;
  readonly inspector: IndexInspector;
  readonly salesforce: Salesforce;
  /** Replaces all share rows of the record in the index, regardless of the org. */
  tamper(object: ObjectName, id: string, grantees: readonly string[]): Promise<void>;
}

export async function synced(folder: string = orgFolder({ accounts: 12 })): Promise<Synced> {
  const org = await sandboxOrg(folder);
  onTestFinished(() => org.close());
  const sync = createSyncRunner(org.url, { sliceRecords: 2_000, pageSize: 2_000 });
  onTestFinished(() => sync.close());
  await sync.run();
  await org.clearRequests();
  const inspector = await openInspector({ index: indexAt(sync.path) });
  onTestFinished(() => inspector.close());
  const salesforce = createSalesforce({ baseUrl: org.url, credentials: CREDENTIALS });
  return { org, path: sync.path, inspector, salesforce, tamper };

  async function tamper(object: ObjectName, parentId: string, grantees: readonly string[]): Promise<void> {
    const store = await openRunStore({ index: indexAt(sync.path), create: false });
    const { indexId, organizationId, highestRun } = await store.state();
    const opens = [object, ...(Object.keys(objectNamed(object).share.childLevelFields) as ObjectName[])];
    const rows = grantees.map((grantee): ShareRow => ({ grantee, cause: 'Manual', opens }));
    await store.write(
      { run: highestRun, indexId, organizationId: organizationId ?? '' },
      { shares: [{ parentId, object, rowCount: rows.length, rows, version: Date.now() + 1_000 }] },
    );
    await store.close();
  }
}
