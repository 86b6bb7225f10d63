import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Report } from '../../src/check/report.ts';
import { CERTIFICATE, KEY, OTHER_KEY } from '../salesforce/rsa-keys.ts';
import { bad, checkOf, finding, folderOf, goodOrg } from './checked.ts';

const USERNAME = 'integration@test.example';

function keyFile(text: string, mode = 0o600): string {
  const path = join(mkdtempSync(join(tmpdir(), 'check-key-')), 'key.pem');
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

const orgWithCertificate = () => goodOrg(folderOf({}, { certificate: CERTIFICATE }));

const byKey = (settings: Record<string, unknown> = {}) => ({
  auth: 'jwt',
  username: USERNAME,
  private_key_file: keyFile(KEY),
  client_secret: undefined,
  ...settings,
});

const marks = (report: Report): string[] => report.steps.map(({ id, status }) => `${id} ${status}`);

describe('the check of a connection that signs in with a private key', () => {
  it('is good in a good org, and has the steps for a private key', async () => {
    const settings = byKey();
    const org = await orgWithCertificate();
    const report = await checkOf(org, settings);
    expect(bad(report)).toEqual([]);
    expect(report).toMatchObject({ status: 'ok', stopped: null });
    expect(report.steps.map(({ title }) => title)).toContain(
      'Flow Enablement › Enable JWT Bearer Flow, with the certificate uploaded',
    );
    expect(JSON.stringify(report.steps)).not.toMatch(/Client Credentials|Secret|secret/);
    expect(finding(report, 'private-key')?.found).toBe(`${settings.private_key_file} holds an RSA key of 2048 bits`);
    expect(finding(report, 'token')?.found).toBe(`${org.url} accepts the key's assertion`);
    expect(finding(report, 'run-as')).toMatchObject({ step: 'policies', found: `runs as ${USERNAME}` });
    expect(finding(report, 'scope')?.found).toBe('scope: api');
  });

  it('warns about a key that other users can read, and continues', async () => {
    const settings = byKey({ private_key_file: keyFile(KEY, 0o644) });
    const report = await checkOf(await orgWithCertificate(), settings);
    expect(finding(report, 'private-key')).toMatchObject({
      step: 'credentials',
      status: 'warning',
      found: `${settings.private_key_file}, which holds the private key, can be read by other users of this machine`,
      remedy: expect.stringContaining('chmod 600'),
    });
    expect(report).toMatchObject({ status: 'warning', stopped: null });
  });

  it.each([
    ['a missing key', { private_key_file: '/nowhere/key.pem' }, /\/nowhere\/key\.pem cannot be read \(ENOENT\)/],
    ['the certificate for the key', { private_key_file: keyFile(CERTIFICATE) }, /holds a public key or a certificate/],
    ['no username', { username: undefined }, /username is missing: write it there, or set SALESFORCE_USERNAME/],
  ])('credentials: fails without a request for %s', async (_, settings, found) => {
    const org = await orgWithCertificate();
    const report = await checkOf(org, byKey(settings));
    expect(marks(report).at(-1)).toBe('credentials failed');
    expect(finding(report, 'token')?.found).toMatch(found);
    expect(await org.requests()).toEqual([]);
  });

  it.each([
    [
      'flow',
      'a key that is not the certificate’s',
      { private_key_file: keyFile(OTHER_KEY) },
      'Upload the certificate of this key',
    ],
    ['permission-set', 'an unknown username', { username: 'nobody@test.example' }, 'the org has no user of that name'],
    ['credentials', 'another app', { client_id: 'other' }, 'client_id is not a Consumer Key of this org'],
    [
      'app',
      'a login host for the audience',
      { audience: 'https://login.salesforce.com' },
      'If `audience` is set, remove it',
    ],
  ])('%s: %s', async (step, _, settings, remedy) => {
    const report = await checkOf(await orgWithCertificate(), byKey(settings));
    expect(finding(report, 'token')).toMatchObject({ step, status: 'failed', remedy: expect.stringContaining(remedy) });
    expect(report.stopped).toMatch(/^without a token/);
  });

  it('flow: fails if the org has no certificate', async () => {
    const report = await checkOf(await goodOrg(), byKey());
    expect(finding(report, 'token')).toMatchObject({
      step: 'flow',
      remedy: expect.stringContaining('Enable JWT Bearer Flow'),
    });
  });

  it('credentials: fails for a token of another user than the configured one', async () => {
    const org = await orgWithCertificate();
    const records = [{ Username: 'other@test.example', IsActive: true }];
    const page = { totalSize: 1, done: true, records };
    const body = { compositeResponse: [{ body: page, httpHeaders: {}, httpStatusCode: 200, referenceId: 'r0' }] };
    await org.setFaults([{ match: { query: 'Username, IsActive' }, reply: { status: 200, body } }]);
    expect(finding(await checkOf(org, byKey()), 'run-as')).toMatchObject({
      step: 'credentials',
      status: 'failed',
      found: 'the token is for other@test.example, but `username` is another user',
    });
  });

  it('policies: fails for an inactive user', async () => {
    const org = await orgWithCertificate();
    const records = [{ Username: USERNAME, IsActive: false }];
    const page = { totalSize: 1, done: true, records };
    const body = { compositeResponse: [{ body: page, httpHeaders: {}, httpStatusCode: 200, referenceId: 'r0' }] };
    await org.setFaults([{ match: { query: 'Username, IsActive' }, reply: { status: 200, body } }]);
    expect(finding(await checkOf(org, byKey()), 'run-as')).toMatchObject({
      step: 'policies',
      remedy: expect.stringContaining('Set `username` to an active user'),
    });
  });

  it('is not affected by a clock of the org that is ten minutes off', async () => {
    for (const seconds of [600, -600]) {
      const org = await orgWithCertificate();
      await org.advanceClock(seconds);
      expect(bad(await checkOf(org, byKey()))).toEqual([]);
    }
  });
});
