import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openIndex } from '../../src/index/open.ts';
import { OBJECTS } from '../../src/objects/index.ts';
import { packageRoot } from '../../src/package-root.ts';
import type { DevServer } from '../../src/temporal/server.ts';
import { type ListedRun, type TestConnection, testConnection } from './connection.ts';
import { type SandboxOrg, sandboxOrg } from './sandbox-org.ts';
import { testTemporal } from './temporal.ts';

/** A published data set of Salesforce's, made into an org folder; it does not come with this repository. */
const FOLDER = join(packageRoot(), '..', 'shared', 'data', 'npsp-1k');
const isThere = existsSync(FOLDER);
if (!isThere) process.stderr.write('Left out: the tests on npsp-1k, whose folder is not beside the repository.\n');

describe.skipIf(!isThere)('the npsp-1k data set', () => {
  let temporal: DevServer;
  let org: SandboxOrg;
  let connection: TestConnection;
  let run: ListedRun;

  beforeAll(async () => {
    temporal = await testTemporal();
    org = await sandboxOrg(FOLDER);
    connection = await testConnection({ baseUrl: org.url, temporalAddress: temporal.address });
    await connection.startWorker();
    run = await connection.run();
  });

  afterAll(async () => {
    await connection?.close();
    await org?.close();
    await temporal?.stop();
  });

  it('is indexed whole, every live record once', async () => {
    expect(run).toMatchObject({ status: 'COMPLETED', memo: { kind: 'complete' } });
    const index = await openIndex({ path: connection.config.index.path });
    const ids = await index.ids('', { as: 'admin@npsp.example' });
    await index.close();
    expect(ids).toHaveLength(3764);
    expect(new Set(ids).size).toBe(3764);
  });

  it('shows every user what the org lets that user read', async () => {
    const index = await openIndex({ path: connection.config.index.path });
    const users = (await org.rows('User')).filter((user) => user.IsActive === true);
    expect(users.length).toBeGreaterThan(10);
    for (const user of users) {
      const as = String(user.Id);
      const readable = OBJECTS.flatMap(({ name }) => org.readable(as, name));
      const found = await index.ids('', { as });
      expect({ user: user.Username, ids: found.toSorted() }).toEqual({ user: user.Username, ids: readable.toSorted() });
    }
    await index.close();
  });
});
