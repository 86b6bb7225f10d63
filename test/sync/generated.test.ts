import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateOrg } from '@salesforce-connector/sandbox/generate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openIndexReader } from '../../src/index/open.ts';
import { OBJECTS } from '../../src/objects/index.ts';
import type { DevServer } from '../../src/temporal/server.ts';
import { type ListedRun, type TestConnection, testConnection } from './connection.ts';
import { expectIndexEqualsOrg } from './equality.ts';
import { type SandboxOrg, sandboxOrg } from './sandbox-org.ts';
import { testTemporal } from './temporal.ts';

// A failure names its seed; `GENERATE_SEED=<n> npx vitest run test/sync/generated.test.ts` repeats it.
const SEED = Number(process.env.GENERATE_SEED ?? 1 + Math.floor(Math.random() * 1_000_000));
/** Small enough that one search shows all records of an object. */
const ACCOUNTS = 70;
const ADMIN = 'admin@alder.example';

describe.each([0, 30])('a generated org in which %i of a hundred accounts are people', (personPercent) => {
  const seed = `GENERATE_SEED=${SEED}`;
  const folder = join(mkdtempSync(join(tmpdir(), 'generated-org-')), 'org');
  let temporal: DevServer;
  let org: SandboxOrg;
  let connection: TestConnection;
  let run: ListedRun;

  beforeAll(async () => {
    generateOrg({ folder, accounts: ACCOUNTS, seed: SEED, personPercent });
    temporal = await testTemporal();
    org = await sandboxOrg(folder);
    const settings = { slice_records: 40 };
    connection = await testConnection({ baseUrl: org.url, temporalAddress: temporal.address, settings });
    await connection.startWorker();
    run = await connection.run();
  });

  afterAll(async () => {
    await connection?.close();
    await org?.close();
    await temporal?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it(`gets an index that equals it, for everybody and every field (${seed})`, async () => {
    expect(run).toMatchObject({ status: 'COMPLETED', memo: { kind: 'complete' } });
    const people = (await org.rows('Account')).filter((row) => row.IsPersonAccount === true);
    expect(people.length > 0).toBe(personPercent > 0);
    await expectIndexEqualsOrg(connection.config.index.path, org, ADMIN);
  });

  it(`shows different parts of it to different people (${seed})`, async () => {
    const index = await openIndexReader({ index: connection.config.index });
    const count = async (as: string) => (await index.ids('', { as, types: OBJECTS.map(({ name }) => name) })).length;
    const users = (await org.rows('User')).filter(({ Title }) => Title === 'Account Executive');
    const [seller] = users.map(({ Username }) => String(Username));
    const [some, more, all] = [
      await count(seller ?? ''),
      await count('nora.lindqvist@alder.example'),
      await count(ADMIN),
    ];
    await index.close();
    expect(some).toBeGreaterThan(0);
    expect(more).toBeGreaterThan(some);
    // The head of the role hierarchy misses only others' contacts without an account, and an org this small may have
    // none.
    expect(all).toBeGreaterThanOrEqual(more);
  });
});
