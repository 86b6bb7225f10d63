import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DevServer } from '../../src/temporal/server.ts';
import { type TestConnection, testConnection } from './connection.ts';
import { expectIndexEqualsOrg } from './equality.ts';
import { orgFolder } from './org-folder.ts';
import { type SandboxOrg, sandboxOrg } from './sandbox-org.ts';
import { testTemporal } from './temporal.ts';

let temporal: DevServer;
let org: SandboxOrg;
let connection: TestConnection;

beforeAll(async () => {
  temporal = await testTemporal();
  org = await sandboxOrg(orgFolder({ accounts: 60 }));
  connection = await testConnection({
    baseUrl: org.url,
    temporalAddress: temporal.address,
    settings: { slice_records: 10 },
  });
  await connection.startWorker();
});

afterAll(async () => {
  await connection?.close();
  await org?.close();
  await temporal?.stop();
});

it('the first run is a complete backfill, and the index equals the org', async () => {
  const run = await connection.run();
  expect(run).toMatchObject({ status: 'COMPLETED', scheduled: true, memo: { run: 1, kind: 'complete' } });
  await expectIndexEqualsOrg(connection.config.index.path, org);
});
