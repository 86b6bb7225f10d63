import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openIndexReader } from '../../src/index/open.ts';
import { packageRoot } from '../../src/process/package-root.ts';
import { assess } from '../../src/status/assess.ts';
import { observe } from '../../src/status/observe.ts';
import type { DevServer } from '../../src/temporal/server.ts';
import {
  CONNECTION_WORKFLOW,
  connectionWorkflowId,
  type StoredConnectionState,
  taskQueueOf,
} from '../../workflows/contract.ts';
import { type TestConnection, testConnection } from '../sync/connection.ts';
import { expectIndexEqualsOrg } from '../sync/equality.ts';
import { type SandboxOrg, sandboxOrg } from '../sync/sandbox-org.ts';
import { testTemporal } from '../sync/temporal.ts';

// A connection of a release, in the middle of a complete backfill and with a pending request, on a Temporal server. Its
// state continues in the present ConnectionWorkflow, as at continue-as-new, and its index file stays at its path.

const STORED = join(packageRoot(), 'test', 'stored');
const releases = readdirSync(STORED).filter((name) => !name.includes('.'));

/** Reads every record and every field. */
const READER = '005Hb000000000FIAQ';

let temporal: DevServer;
let org: SandboxOrg;
let connection: TestConnection;

beforeAll(async () => {
  temporal = await testTemporal();
});
afterAll(() => temporal.stop());
beforeEach(async () => {
  org = await sandboxOrg(join(packageRoot(), 'packages', 'sandbox', 'orgs', 'harbor'));
  connection = await testConnection({
    baseUrl: org.url,
    temporalAddress: temporal.address,
    settings: { slice_records: 20 },
  });
});
afterEach(async () => {
  await connection.close();
  await org.close();
});

async function status() {
  return assess(await observe(connection.client, connection.config));
}

async function found(): Promise<string[]> {
  const index = await openIndexReader({ index: connection.config.index });
  try {
    return await index.ids('', { as: READER });
  } finally {
    await index.close();
  }
}

describe.each(releases)('a connection of %s that was in a backfill', (release) => {
  it('resumes it, serves the pending request with the following run, and its index equals the org', async () => {
    const { state } = JSON.parse(readFileSync(join(STORED, release, 'in-a-backfill.json'), 'utf8')) as {
      state: StoredConnectionState;
    };
    const { path } = connection.config.index;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, gunzipSync(readFileSync(join(STORED, release, 'in-a-backfill.sqlite.gz'))));
    await connection.client.workflow.start(CONNECTION_WORKFLOW, {
      workflowId: connectionWorkflowId(connection.config.connection),
      taskQueue: taskQueueOf(connection.config.connection),
      // Its home is the machine of that time.
      args: [{ ...state, home: undefined }],
    });
    await connection.startWorker();

    const resumed = await connection.run();
    const why = { code: 'backfill_resumed', beganRun: 1 };
    expect(resumed).toMatchObject({ status: 'COMPLETED', memo: { run: 2, kind: 'complete', why } });
    // What was read before is not read a second time.
    expect(resumed.memo.progress.Account).toMatchObject({ read: 60, added: 0, done: true });
    expect(resumed.memo.progress.Contact).toMatchObject({ read: 90, added: 90 });
    expect(await found()).toHaveLength(338);
    await expectIndexEqualsOrg(path, org, READER);
    expect(await status()).toMatchObject({
      health: 'healthy',
      runNumber: 2,
      nextComplete: { run: 3, why: { code: 'requested' } },
    });

    expect((await connection.run()).memo).toMatchObject({ run: 3, kind: 'complete', why: { code: 'requested' } });
    expect(await connection.state()).toMatchObject({ rhythmRun: 1, forceRequests: 1, forceRequestsServed: 1 });
    expect(await status()).toMatchObject({
      health: 'healthy',
      nextComplete: { run: 49, reason: null, why: { code: 'cadence' } },
    });
    await expectIndexEqualsOrg(path, org, READER);
  });
});
