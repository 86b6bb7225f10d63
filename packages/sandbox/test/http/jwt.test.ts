import { createSign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Row } from '../../src/org/types.ts';
import { sfId } from '../../src/testing/folder.ts';
import { SMALL_ORG, USERS } from '../../src/testing/small-org.ts';
import { CERTIFICATE, KEY, OTHER_CERTIFICATE, OTHER_KEY } from './rsa-keys.ts';
import { pick, type Served, served } from './served.ts';

const seconds = () => Math.floor(Date.now() / 1000);
const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Signs as Salesforce's description of the flow says, without the connector's code. */
function signed(claims: object, { key = KEY, header = { alg: 'RS256' } as object, hash = 'RSA-SHA256' } = {}): string {
  const text = `${encoded(header)}.${encoded(claims)}`;
  return `${text}.${createSign(hash).update(text).sign(key).toString('base64url')}`;
}

const ask = (org: Served, assertion: string) =>
  org.token({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion });

const nameOf = (id: unknown) => `u${id}@small.example`;
const USERS_WITH_NAMES: Row[] = (SMALL_ORG.User ?? []).map((row) => ({ ...row, Username: nameOf(row.Id) }));
const ORG = { ...SMALL_ORG, User: USERS_WITH_NAMES };
const USERNAME = nameOf(USERS.integration);
const good = (org: Served) => ({ iss: 'sandbox', sub: USERNAME, aud: org.url, exp: seconds() + 120 });

test('an assertion signed with the certificate’s key gets a working token, without signature or expiry', async () => {
  const org = await served(ORG, { certificate: CERTIFICATE });
  const { status, body } = await ask(org, signed(good(org)));
  expect({ status, body }).toEqual({
    status: 200,
    body: {
      access_token: expect.stringMatching(/^00D\w{12}!/),
      scope: 'api',
      instance_url: org.url,
      id: `https://login.salesforce.com/id/${sfId('00D', 1)}/${USERS.integration}`,
      token_type: 'Bearer',
    },
  });
  const session = { Authorization: `Bearer ${String(pick(body, 'access_token'))}` };
  expect((await org.query('SELECT Id FROM Account', session)).status).toBe(200);
});

test('the username is case-insensitive, and an assertion can name several audiences', async () => {
  const org = await served(ORG, { certificate: CERTIFICATE });
  const claims = { ...good(org), sub: USERNAME.toUpperCase(), aud: ['https://other.example', org.url] };
  expect((await ask(org, signed(claims))).status).toBe(200);
});

describe('an assertion is refused', () => {
  const invalid = ['invalid_grant', 'invalid assertion'];
  const cases: [string, (org: Served) => string, string[]][] = [
    ['signed with another key', (org) => signed(good(org), { key: OTHER_KEY }), invalid],
    ['whose claims were changed', (org) => changed(signed(good(org)), { ...good(org), exp: seconds() + 121 }), invalid],
    ['signed with another algorithm', (org) => signed(good(org), { hash: 'RSA-SHA512' }), invalid],
    ['that names another algorithm', (org) => signed(good(org), { header: { alg: 'RS512' } }), invalid],
    [
      'that names no algorithm and has no signature',
      (org) => `${encoded({ alg: 'none' })}.${encoded(good(org))}.`,
      invalid,
    ],
    ['without a signature', (org) => signed(good(org)).replace(/\.[^.]*$/, '.'), invalid],
    ['without claims', () => signed({}), invalid],
    ['that is malformed', () => 'assertion', invalid],
    [
      'of another app',
      (org) => signed({ ...good(org), iss: 'other' }),
      ['invalid_client_id', 'client identifier invalid'],
    ],
    [
      'for another org',
      (org) => signed({ ...good(org), aud: 'https://other.example' }),
      ['invalid_grant', 'audience is invalid'],
    ],
    [
      'for a login host',
      (org) => signed({ ...good(org), aud: 'https://test.salesforce.com' }),
      ['app_not_found', 'External client app is not installed in this org'],
    ],
    [
      'that has expired',
      (org) => signed({ ...good(org), exp: seconds() - 60 }),
      ['invalid_grant', 'expired authorization code'],
    ],
    ['that is valid for more than three minutes', (org) => signed({ ...good(org), exp: seconds() + 300 }), invalid],
    [
      'for an unknown user',
      (org) => signed({ ...good(org), sub: 'nobody@acme.example' }),
      ['invalid_grant', "user hasn't approved this consumer"],
    ],
  ];

  test.each(cases)('%s', async (_, assertion, [error, error_description]) => {
    const org = await served(ORG, { certificate: CERTIFICATE });
    const { status, body } = await ask(org, assertion(org));
    expect({ status, body }).toEqual({ status: 400, body: { error, error_description } });
    // The control: the same org accepts a valid one.
    expect((await ask(org, signed(good(org)))).status).toBe(200);
  });

  test('for a user who is not pre-authorized or not active', async () => {
    const org = await served(ORG, { certificate: CERTIFICATE });
    const of = async (id: unknown) => (await ask(org, signed({ ...good(org), sub: nameOf(id) }))).body;
    const other = ORG.User.find(({ Id, IsActive }) => Id !== USERS.integration && IsActive !== false)?.Id;
    expect(await of(other)).toMatchObject({ error: 'invalid_app_access' });
    expect(await of(USERS.inactive)).toMatchObject({ error: 'inactive_user' });
  });

  test('if the org has no certificate, because the flow is off', async () => {
    const org = await served(ORG);
    expect((await ask(org, signed(good(org)))).body).toMatchObject({ error: 'unsupported_grant_type' });
  });

  test('if it is missing', async () => {
    const org = await served(ORG, { certificate: CERTIFICATE });
    const { body } = await org.token({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer' });
    expect(body).toEqual({ error: 'invalid_request', error_description: 'missing required parameter: assertion' });
  });
});

/** Replaces the claims of an assertion, and keeps its header and signature. */
const changed = (assertion: string, claims: object) => assertion.replace(/\.[^.]*\./, `.${encoded(claims)}.`);

test('times are compared with the org’s clock, with a tolerance of half a minute', async () => {
  const org = await served(ORG, { certificate: CERTIFICATE });
  await org.control('POST', 'clock', { advance_seconds: 600 });
  const at = (offset: number) => ask(org, signed({ ...good(org), exp: seconds() + 600 + offset }));
  expect((await ask(org, signed(good(org)))).body).toMatchObject({ error_description: 'expired authorization code' });
  expect([await at(-15), await at(120), await at(195)].map(({ status }) => status)).toEqual([200, 200, 200]);
  expect((await at(240)).status).toBe(400);
});

test('org.json can name further audiences', async () => {
  const audience = 'https://login.salesforce.com';
  const org = await served(ORG, { certificate: CERTIFICATE, audiences: [audience] });
  expect((await ask(org, signed({ ...good(org), aud: audience }))).status).toBe(200);
});

test('a certificate file is read for each token, because an administrator can replace it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'certificate-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'certificate.pem');
  const org = await served(ORG, { certificate: path });
  const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  onTestFinished(() => said.mockRestore());
  const lines = () => said.mock.calls.map(([text]) => String(text));
  const [first, second] = [KEY, OTHER_KEY].map((key) => signed(good(org), { key }));
  const statuses = async () => [(await ask(org, first ?? '')).status, (await ask(org, second ?? '')).status];
  for (const _ of ['once', 'again'])
    expect((await ask(org, first ?? '')).body).toMatchObject({ error: 'unsupported_grant_type' });
  const missing = `sandbox: org.json: "certificate" names ${path}, which does not exist: put the certificate there. Until then the JWT bearer flow is off.\n`;
  expect(lines()).toEqual([missing]);
  writeFileSync(path, 'no certificate');
  for (const _ of ['once', 'again'])
    expect((await ask(org, first ?? '')).body).toMatchObject({ error: 'unsupported_grant_type' });
  const broken = `sandbox: org.json: "certificate" names ${path}, which is not a PEM certificate: write the text of certificate.pem there. Until then the JWT bearer flow is off.\n`;
  expect(lines()).toEqual([missing, broken]);
  writeFileSync(path, CERTIFICATE);
  expect(await statuses()).toEqual([200, 400]);
  writeFileSync(path, OTHER_CERTIFICATE);
  expect(await statuses()).toEqual([400, 200]);
});

test('both flows work side by side, and the failure switch stops both', async () => {
  const org = await served(ORG, { certificate: CERTIFICATE });
  expect((await org.token()).status).toBe(200);
  await org.control('POST', 'token', {
    fail: { status: 400, error: 'invalid_grant', error_description: 'ip restricted' },
  });
  expect((await ask(org, signed(good(org)))).body).toMatchObject({ error_description: 'ip restricted' });
});
