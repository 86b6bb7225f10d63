import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClusterLocation } from '../../../src/index/opensearch/client.ts';
import type { ClusterFailure } from '../../../src/index/opensearch/failures.ts';
import { type OpenSearchProcess, START_MS, startOpenSearch } from '../../opensearch/process.ts';
import { noOwnOpenSearch } from '../../opensearch/server.ts';
import { makeAuthority, makeCertificate } from './certificates.ts';
import { failureIn, NO_TLS, withClient } from './scripted-server.ts';

/** OpenSearch's own security plugin: TLS, logins, client certificates and rights. */
describe.skipIf(noOwnOpenSearch({ isSecure: true }) !== null)('a cluster with security', () => {
  let folder = '';
  let server: OpenSearchProcess;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'secure-opensearch-'));
    server = await startOpenSearch({ folder, isSecure: true, settings: ['http.max_content_length=1mb'] });
  }, START_MS);
  afterAll(async () => {
    await server?.process.stop();
    rmSync(folder, { recursive: true });
  });

  const certificate = (name: string) => join(folder, 'config', 'certificates', name);
  const basic = (username: string, file = join(folder, 'config', 'password')) =>
    ({ kind: 'basic', username, password: { file } }) as const;
  const withCertificate = (name: string): Partial<ClusterLocation> => ({
    tls: {
      caFile: certificate('ca.pem'),
      certFile: certificate(`${name}.pem`),
      keyFile: certificate(`${name}.key`),
    },
    auth: { kind: 'none' },
  });

  const searchFails = (more: Partial<ClusterLocation>): Promise<ClusterFailure> =>
    withClient({ ...server.location, ...more }, (client) => failureIn(() => client.search({ index: 'any' })));
  const nameOfUser = (more: Partial<ClusterLocation>): Promise<unknown> =>
    withClient({ ...server.location, ...more }, async (client) => {
      const { body } = await client.transport.request({ method: 'GET', path: '/_plugins/_security/authinfo' });
      return (body as { user_name?: unknown }).user_name;
    });

  it('knows the user by name and password', async () => {
    expect(await nameOfUser({})).toBe('connector');
    expect(await nameOfUser({ auth: basic('stranger') })).toBe('stranger');
  });

  it('knows the user by client certificate', async () => {
    expect(await nameOfUser(withCertificate('client'))).toBe('connector');
  });

  it('refuses a wrong password, and no login', async () => {
    const wrong = join(folder, 'wrong-password');
    writeFileSync(wrong, 'wrong\n');
    expect(await searchFails({ auth: basic('connector', wrong) })).toEqual({ code: 'unauthenticated' });
    expect(await searchFails({ auth: { kind: 'none' } })).toEqual({ code: 'unauthenticated' });
  });

  it('refuses what a user has no right to', async () => {
    const forbidden = { code: 'forbidden', type: 'security_exception' };
    expect(await searchFails({ auth: basic('stranger') })).toEqual(forbidden);
    expect(await searchFails(withCertificate('stranger'))).toEqual(forbidden);
  });

  it('reports a missing index to a user with rights', async () => {
    expect(await searchFails({})).toMatchObject({ code: 'index_missing' });
  });

  it('reports what else it refuses', async () => {
    await withClient(server.location, async (client) => {
      await client.index({ index: 'acme', id: '1', body: { words: 'acme' } });
      const fails = (request: { id: string; words?: string; version?: number }) =>
        failureIn(() => {
          const { id, words = '', version } = request;
          const versioned = version === undefined ? {} : { version, version_type: 'external' as const };
          return client.index({ index: 'acme', id, body: { words }, ...versioned });
        });
      expect(await fails({ id: '2', words: 'a'.repeat(2 ** 21) })).toEqual({ code: 'too_large' });
      expect(await fails({ id: '1', version: 1 })).toEqual({
        code: 'conflict',
        type: 'version_conflict_engine_exception',
      });
      const unknown = { method: 'POST', path: '/acme/_search', body: { query: { none: {} } } };
      expect(await failureIn(() => client.transport.request(unknown))).toEqual({
        code: 'refused',
        type: 'parsing_exception',
        status: 400,
      });
      await client.indices.putSettings({ index: 'acme', body: { 'index.blocks.read_only_allow_delete': true } });
      expect(await fails({ id: '3' })).toEqual({ code: 'read_only', type: 'cluster_block_exception' });
      await client.indices.putSettings({ index: 'acme', body: { 'index.blocks.read_only_allow_delete': null } });
      await client.indices.putSettings({ index: 'acme', body: { 'index.blocks.write': true } });
      expect(await fails({ id: '3' })).toEqual({ code: 'read_only', type: 'cluster_block_exception' });
    });
  });

  it("refuses another authority's client certificate", async () => {
    makeAuthority(folder, 'other');
    const { certFile, keyFile } = makeCertificate(folder, 'forged', { by: 'other' });
    const tls = { caFile: certificate('ca.pem'), certFile, keyFile };
    expect(await searchFails({ tls, auth: { kind: 'none' } })).toMatchObject({ code: 'client_certificate_refused' });
  });

  it('is not trusted without its authority', async () => {
    expect(await searchFails({ tls: NO_TLS })).toMatchObject({ code: 'certificate_refused' });
  });
});
