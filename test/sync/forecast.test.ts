import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkConnection } from '../../src/check/walk.ts';
import type { DevServer } from '../../src/temporal/server.ts';
import { testConnection } from './connection.ts';
import { account, lead, orgFolder, PEOPLE, share } from './org-folder.ts';
import { sandboxOrg } from './sandbox-org.ts';
import { testTemporal } from './temporal.ts';

let temporal: DevServer;

beforeAll(async () => {
  temporal = await testTemporal();
});

afterAll(() => temporal?.stop());

/** A forecast may miss the counted calls by this much: share rows are not spread evenly, and last slices are short. */
const TOLERANCE = (calls: number) => Math.max(1, 0.05 * calls);

describe('check forecasts what the org counts, within 5 % or one call', () => {
  it.each([
    ['a small org in many slices', { accounts: 60 }, { slice_records: 25 }],
    ['an org in many pages', { accounts: 900 }, { slice_records: 400, page_size: 200 }],
    ['an org in one slice per object', { accounts: 1500 }, {}],
  ])('%s', async (_, size, settings) => {
    const org = await sandboxOrg(orgFolder(size));
    const connection = await testConnection({ baseUrl: org.url, temporalAddress: temporal.address, settings });
    const counted = async (): Promise<number> => (await org.requests()).reduce((sum, { calls }) => sum + calls, 0);
    try {
      const { forecast } = await checkConnection(connection.config);
      if (forecast === null) throw new Error('nothing was forecast');
      await connection.startWorker();

      await org.clearRequests();
      expect(await connection.run()).toMatchObject({ status: 'COMPLETED', memo: { kind: 'complete' } });
      const complete = await counted();
      expect(Math.abs(complete - forecast.firstBackfill.calls)).toBeLessThanOrEqual(TOLERANCE(complete));

      await org.clearRequests();
      await connection.run();
      expect(await counted()).toBe(forecast.incrementalCalls);

      // Changed records cost nothing more. The share rows of changed parents cost one call per object.
      const added = share('01o', 900_001, 'Lead', lead(1), PEOPLE.agent, 'Read', 'Manual');
      await org.change(...[1, 2, 3].map((n) => ({ put: 'Account', row: { Id: account(n), Description: 'Changed' } })), {
        put: 'LeadShare',
        row: { ...added, LastModifiedDate: null },
      });
      // A pass ends before the second in which it begins.
      await org.advanceClock(60);
      await org.clearRequests();
      const run = await connection.run();
      expect(run.memo.progress).toMatchObject({ Account: { changed: 3 } });
      expect(await counted()).toBe(forecast.incrementalCalls + 1);
    } finally {
      await connection.close();
      await org.close();
    }
  });
});
