import { createPrivateKey } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { DevServer } from '../../src/temporal/server.ts';
import { type Started, start } from '../cli/command-line.ts';
import { CERTIFICATE, KEY, OTHER_CERTIFICATE, OTHER_KEY } from '../salesforce/rsa-keys.ts';
import { type ListedRun, type TestConnection, testConnection } from './connection.ts';
import { type EchoingProxy, echoingProxy } from './echoing-proxy.ts';
import { account, orgFolder } from './org-folder.ts';
import { type SandboxOrg, sandboxOrg } from './sandbox-org.ts';
import { createSyncRunner } from './sync-runner.ts';
import { testTemporal } from './temporal.ts';

const USERNAME = 'integration@test.example';

/** An org with a certificate that an administrator can replace. */
async function orgWithCertificate(
  accounts: number,
  settings: Record<string, unknown> = {},
): Promise<{ org: SandboxOrg; upload(certificate: string): void }> {
  const folder = orgFolder({ accounts, settings: { certificate: 'certificate.pem', ...settings } });
  const upload = (certificate: string) => writeFileSync(join(folder, 'certificate.pem'), certificate);
  upload(CERTIFICATE);
  return { org: await sandboxOrg(folder), upload };
}

describe('a sync that signs in with a private key', () => {
  async function begun() {
    const { org, upload } = await orgWithCertificate(6);
    onTestFinished(() => org.close());
    let key = KEY;
    let reads = 0;
    const sync = createSyncRunner(org.url, {
      auth: 'jwt',
      credentials: async () => {
        reads += 1;
        return { clientId: 'sandbox', username: USERNAME, privateKey: createPrivateKey(key) };
      },
    });
    onTestFinished(() => sync.close());
    return {
      org,
      sync,
      upload,
      reads: () => reads,
      replaceKey: (other: string) => {
        key = other;
      },
    };
  }
  const tokens = async (org: SandboxOrg) =>
    (await org.requests()).filter(({ path }) => path === '/services/oauth2/token').map(({ status }) => status);

  it('fills the index and follows the org', async () => {
    const { org, sync } = await begun();
    expect((await sync.run()).kind).toBe('complete');
    await org.change({ put: 'Account', row: { Id: account(1), Name: 'Lighthouse' } });
    await org.advanceClock(2);
    expect((await sync.incremental()).counts.Account).toMatchObject({ changed: 1 });
    expect(await sync.found(USERNAME, 'lighthouse')).toEqual([account(1)]);
  });

  it.each([600, -600])('tolerates a clock that is %i seconds off, with one request more', async (seconds) => {
    const { org, sync } = await begun();
    await org.advanceClock(seconds);
    expect((await sync.run()).kind).toBe('complete');
    expect(await tokens(org)).toEqual([400, 200]);
    // The org's time is known by now.
    await org.expireSessions();
    await sync.run();
    expect((await tokens(org)).filter((status) => status === 400)).toHaveLength(1);
  });

  it('continues with another key once the org refuses the old one, in the middle of a backfill', async () => {
    const { org, sync, upload, reads, replaceKey } = await begun();
    let slices = 0;
    const { counts } = await sync.complete({
      async afterSlice() {
        slices += 1;
        if (slices !== 2) return;
        replaceKey(OTHER_KEY);
        expect(reads()).toBe(1);
        upload(OTHER_CERTIFICATE);
        await org.expireSessions();
      },
    });
    expect(slices).toBeGreaterThan(2);
    expect(counts.Account).toMatchObject({ added: 6 });
    expect(reads()).toBe(2);
    expect(await tokens(org)).toEqual([200, 400, 200]);
  });

  it("fails if the new certificate's key is not there yet, and the next run continues", async () => {
    const { org, sync, upload, replaceKey } = await begun();
    await sync.run();
    upload(OTHER_CERTIFICATE);
    await org.expireSessions();
    await expect(sync.run()).rejects.toThrow('no token: invalid_grant (invalid assertion)');
    replaceKey(OTHER_KEY);
    await org.change({ put: 'Account', row: { Id: account(2), Name: 'Breakwater' } });
    await org.advanceClock(2);
    await sync.run();
    expect(await sync.found(USERNAME, 'breakwater')).toEqual([account(2)]);
  });
});

/** Pieces of both keys. Each piece would reveal a key. */
const KEY_LINES = [KEY, OTHER_KEY].flatMap((key) => key.split('\n').slice(1, -2));
/** The beginning of every assertion. */
const ASSERTION = Buffer.from('{"alg":"RS256","typ":"JWT"}').toString('base64url');

describe('a worker with a private key', () => {
  let temporal: DevServer;
  let org: SandboxOrg;
  let proxy: EchoingProxy;
  let connection: TestConnection;
  let worker: Started;
  const runs: ListedRun[] = [];
  /** Everything that is left behind, by where it is. */
  const found = new Map<string, string>();

  beforeAll(async () => {
    const database = join(mkdtempSync(join(tmpdir(), 'connector-temporal-')), 'temporal.db');
    temporal = await testTemporal({ database });
    const audience = 'https://login.salesforce.com';
    const own = await orgWithCertificate(10, { audiences: [audience] });
    org = own.org;
    proxy = await echoingProxy(org.url);
    const keyFile = join(mkdtempSync(join(tmpdir(), 'connector-key-')), 'private-key.pem');
    writeFileSync(keyFile, KEY, { mode: 0o600 });
    const byKey = { auth: 'jwt', client_secret: undefined, username: USERNAME, private_key_file: keyFile, audience };
    connection = await testConnection({ baseUrl: proxy.url, temporalAddress: temporal.address, settings: byKey });
    worker = start(['worker', '--config', connection.config.file], connection.folder, {
      SALESFORCE_CONNECTOR_DEBUG: '1',
      SALESFORCE_CONNECTOR_LOG_LEVEL: 'debug',
    });
    runs.push(await connection.run());

    writeFileSync(`${keyFile}.new`, OTHER_KEY, { mode: 0o600 });
    renameSync(`${keyFile}.new`, keyFile);
    own.upload(OTHER_CERTIFICATE);
    await org.expireSessions();
    runs.push(await connection.run());

    proxy.echo = 'token';
    await org.expireSessions();
    runs.push(await connection.run());

    for await (const { workflowId, runId } of connection.client.workflow.list()) {
      const handle = connection.client.workflow.getHandle(workflowId, runId);
      found.set(`history of ${workflowId} ${runId}`, textOf(await handle.fetchHistory()));
      found.set(`description of ${workflowId} ${runId}`, textOf(await handle.describe()));
    }
    worker.process.kill('SIGTERM');
    await worker.ended;
    found.set('log', worker.output());
    for (const folder of [connection.folder, dirname(database)])
      for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true }))
        if (entry.isFile()) found.set(entry.name, readFileSync(join(entry.parentPath, entry.name), 'latin1'));
  }, 120_000);
  afterAll(async () => {
    worker?.process.kill('SIGKILL');
    await connection?.close();
    await Promise.all([proxy?.close(), org?.close()]);
    await temporal?.stop();
  });

  it('runs without a restart, even after the key was replaced during its work', () => {
    expect(runs.slice(0, 2).map(({ status }) => status)).toEqual(['COMPLETED', 'COMPLETED']);
    expect(proxy.tokens).toHaveLength(2);
  });

  it('leaves neither key nor assertion in histories, log, database and index, even if the org echoes them', () => {
    expect(runs[2]?.status).toBe('FAILED');
    expect(proxy.echoed).toBeGreaterThan(0);
    const placesOf = (mark: string) => [...found].filter(([, text]) => text.includes(mark)).map(([place]) => place);
    for (const mark of [...KEY_LINES, ASSERTION]) expect(placesOf(mark)).toEqual([]);
    // The control: the refusal itself is in each of them.
    expect(placesOf('invalid_client').join()).toMatch(/history of .*log.*temporal\.db/s);
    expect([...found.keys()]).toContain('index.db');
  });
});

/** All strings and bytes in a value, including payloads. */
function textOf(value: unknown, seen = new Set<unknown>()): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1');
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null || seen.has(value)) return '';
  seen.add(value);
  return Object.getOwnPropertyNames(value)
    .map((key) => `${key} ${textOf(Reflect.get(value, key), seen)}`)
    .join('\n');
}
