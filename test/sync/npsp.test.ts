import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { indexAt } from '../../src/index/location.ts';
import { type IndexReader, openIndexReader } from '../../src/index/open.ts';
import { OBJECTS } from '../../src/objects/index.ts';
import { packageRoot } from '../../src/process/package-root.ts';
import { type SandboxOrg, sandboxOrg } from './sandbox-org.ts';
import { createSyncRunner, type SyncRunner } from './sync-runner.ts';

/** A data set that Salesforce publishes, as an org folder. It is not part of this repository. */
const FOLDER = join(packageRoot(), '..', 'shared', 'data', 'npsp-1k');
const isThere = existsSync(FOLDER);
if (!isThere) process.stderr.write('Left out: the tests on npsp-1k, whose folder is not beside the repository.\n');

describe.skipIf(!isThere)('the npsp-1k data set', () => {
  let org: SandboxOrg;
  let sync: SyncRunner;
  let index: IndexReader;

  beforeAll(async () => {
    org = await sandboxOrg(FOLDER);
    sync = createSyncRunner(org.url, { sliceRecords: 500, pageSize: 2_000 });
    await sync.complete();
    index = await openIndexReader({ index: indexAt(sync.path) });
  });

  afterAll(async () => {
    await index?.close();
    sync?.close();
    await org?.close();
  });

  it('is indexed completely, with every live record once', async () => {
    const ids = await index.ids('', { as: 'admin@npsp.example' });
    expect(ids).toHaveLength(3764);
    expect(new Set(ids).size).toBe(3764);
  });

  it('shows every user what the org lets that user read, in the same numbers as before', async () => {
    const users = (await org.rows('User')).filter((user) => user.IsActive === true);
    expect(users.length).toBeGreaterThan(10);
    const counts: string[] = [];
    for (const user of users) {
      const as = String(user.Id);
      const found = await index.ids('', { as });
      const readable = OBJECTS.map(({ name }) => [name, org.readable(as, name)] as const);
      expect({ user: user.Username, ids: found.toSorted() }).toEqual({
        user: user.Username,
        ids: readable.flatMap(([, ids]) => ids).toSorted(),
      });
      const isFound = new Set(found);
      const each = readable.map(([name, ids]) => `${name} ${ids.filter((id) => isFound.has(id)).length}`);
      counts.push(`${user.Username}: ${each.join(', ')}\n`);
    }
    await expect(counts.toSorted().join('')).toMatchFileSnapshot('npsp-counts.txt');
  });
});
