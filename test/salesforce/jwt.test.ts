import { createPrivateKey, createPublicKey, verify } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { ConfigurationError, CredentialsError } from '../../src/salesforce/errors.ts';
import { CERTIFICATE, KEY, OTHER_KEY } from './rsa-keys.ts';
import {
  type Answer,
  clientOf,
  page,
  refusal,
  rejection,
  rowsOf,
  type Seen,
  scriptedOrg,
  tokenAnswer,
  USER_ID,
} from './scripted-org.ts';

const SOQL = 'SELECT Id FROM Account';
const JWT = {
  clientId: 'the-key',
  username: 'integration@acme.example',
  privateKey: createPrivateKey(KEY),
};
const byKey = { credentials: async () => JWT };

interface Assertion {
  readonly text: string;
  readonly header: unknown;
  readonly claims: { readonly iss: string; readonly sub: string; readonly aud: string; readonly exp: number };
  readonly isSigned: boolean;
}

/** The assertion of a token request, verified with the certificate that the app would have. */
function assertionOf(request: Seen | undefined, certificate = CERTIFICATE): Assertion {
  const text = new URLSearchParams(request?.body).get('assertion') ?? '';
  const [head = '', body = '', signature = ''] = text.split('.');
  const json = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
  const signed = Buffer.from(`${head}.${body}`);
  return {
    text,
    header: json(head),
    claims: json(body),
    isSigned: verify('RSA-SHA256', signed, createPublicKey(certificate), Buffer.from(signature, 'base64url')),
  };
}

/** A refusal of the token endpoint. Its time differs from this machine's clock by this many minutes. */
function refused(error: string, description: string, minutes = 0): Answer {
  return {
    status: 400,
    json: { error, error_description: description },
    headers: { Date: stamp(minutes) },
  };
}

const stamp = (minutes: number) => new Date(Date.now() + minutes * 60_000).toUTCString();

/** For how many seconds an assertion is valid on a clock that differs from this machine's by this many minutes. */
const goodFor = (request: Seen | undefined, minutes = 0) =>
  assertionOf(request).claims.exp - Math.floor(Date.now() / 1000 + minutes * 60);

describe('the assertion', () => {
  test('names app, user and org, is signed with RS256, and gets a token', async () => {
    const org = await scriptedOrg({});
    expect(await clientOf(org, byKey).authenticate()).toMatchObject({ userId: USER_ID, scope: 'api' });
    const [request] = org.tokenRequests;
    expect(request?.headers['content-type']).toContain('application/x-www-form-urlencoded');
    const form = new URLSearchParams(request?.body);
    expect([...form.keys()]).toEqual(['grant_type', 'assertion']);
    expect(form.get('grant_type')).toBe('urn:ietf:params:oauth:grant-type:jwt-bearer');
    const { header, claims, isSigned } = assertionOf(request);
    expect({ header, isSigned }).toEqual({ header: { alg: 'RS256', typ: 'JWT' }, isSigned: true });
    expect(claims).toEqual({ iss: 'the-key', sub: JWT.username, aud: org.url, exp: expect.any(Number) });
  });

  test('with another key would be noticed', async () => {
    const org = await scriptedOrg({});
    const other = { ...JWT, privateKey: createPrivateKey(OTHER_KEY) };
    await clientOf(org, { credentials: async () => other }).authenticate();
    expect(assertionOf(org.tokenRequests[0]).isSigned).toBe(false);
  });

  test('has another audience if one is configured', async () => {
    const org = await scriptedOrg({});
    const audience = 'https://login.salesforce.com';
    await clientOf(org, { credentials: async () => ({ ...JWT, audience }) }).authenticate();
    expect(assertionOf(org.tokenRequests[0]).claims.aud).toBe(audience);
  });

  test('is valid for more than one minute and at most three', async () => {
    const org = await scriptedOrg({});
    await clientOf(org, byKey).authenticate();
    const seconds = goodFor(org.tokenRequests[0]);
    expect(seconds).toBeGreaterThan(60);
    expect(seconds).toBeLessThanOrEqual(180);
  });
});

describe('a wrong clock of this machine', () => {
  test.each([
    ['behind', 10, 'expired authorization code'],
    ['far behind', 60 * 24 * 400, 'expired authorization code'],
    ['ahead', -10, 'invalid assertion'],
    ['a little behind', 3, 'expired authorization code'],
  ])('costs one more request if it is %s', async (_, minutes, description) => {
    const org = await scriptedOrg({
      token: (_seen, index) => (index === 0 ? refused('invalid_grant', description, minutes) : tokenAnswer(org.url)),
    });
    expect((await clientOf(org, byKey).authenticate()).userId).toBe(USER_ID);
    expect(org.tokenRequests).toHaveLength(2);
    const seconds = goodFor(org.tokenRequests[1], minutes);
    expect(seconds).toBeGreaterThan(60);
    expect(seconds).toBeLessThanOrEqual(180);
  });

  test("costs no request once the org's time is known", async () => {
    const expired = refusal(401, 'INVALID_SESSION_ID', 'Session expired or invalid');
    const ahead = { headers: { Date: stamp(10) } };
    const org = await scriptedOrg({
      token: () => ({ ...tokenAnswer(org.url, `T${org.tokenRequests.length}`), ...ahead }),
      api: ({ headers }) =>
        headers.authorization === 'Bearer T1' ? { ...expired, ...ahead } : { json: page([], 0), ...ahead },
    });
    await rowsOf(clientOf(org, byKey).query(SOQL));
    expect(org.tokenRequests).toHaveLength(2);
    const seconds = goodFor(org.tokenRequests[1], 10);
    expect(seconds).toBeGreaterThan(60);
    expect(seconds).toBeLessThanOrEqual(180);
  });

  test("is not blamed if the refusal has this machine's time, or no time", async () => {
    for (const date of [stamp(0), 'no date']) {
      const org = await scriptedOrg({
        token: () => ({ ...refused('invalid_grant', 'expired authorization code'), headers: { Date: date } }),
      });
      expect(await rejection(clientOf(org, byKey).authenticate())).toMatchObject({
        name: 'CredentialsError',
        setupStep: 'credentials',
        hint: expect.stringContaining('Correct this machine’s clock'),
      });
      expect(org.tokenRequests).toHaveLength(1);
    }
  });

  test('is not blamed for what no clock can cause', async () => {
    const org = await scriptedOrg({ token: () => refused('invalid_client_id', 'client identifier invalid', 10) });
    await rejection(clientOf(org, byKey).authenticate());
    expect(org.tokenRequests).toHaveLength(1);
  });

  test("is suspected even if the org's Date has been wrong all the time", async () => {
    const expired = refusal(401, 'INVALID_SESSION_ID', 'Session expired or invalid');
    const lie = { headers: { Date: stamp(60) } };
    const org = await scriptedOrg({
      token: (seen) =>
        goodFor(seen) > 180
          ? refused('invalid_grant', 'invalid assertion', 60)
          : { ...tokenAnswer(org.url, `T${org.tokenRequests.length}`), ...lie },
      api: ({ headers }) =>
        headers.authorization === 'Bearer T1' ? { ...expired, ...lie } : { json: page([], 0), ...lie },
    });
    await rowsOf(clientOf(org, byKey).query(SOQL));
    expect(org.tokenRequests).toHaveLength(3);
  });

  test('is not blamed forever', async () => {
    const org = await scriptedOrg({
      token: (_seen, index) => refused('invalid_grant', 'expired authorization code', 10 * (index + 1)),
    });
    expect(await rejection(clientOf(org, byKey).authenticate())).toBeInstanceOf(CredentialsError);
    expect(org.tokenRequests).toHaveLength(3);
  });
});

describe('a refused assertion', () => {
  test.each([
    [
      'user not pre-authorized',
      'invalid_grant',
      "user hasn't approved this consumer",
      'permission-set',
      'pre-authorized',
    ],
    [
      'username unknown',
      'invalid_grant',
      "user hasn't approved this consumer",
      'permission-set',
      'no user of that name',
    ],
    [
      'user in no permission set',
      'invalid_app_access',
      'user is not admin approved to access this app',
      'permission-set',
      'External Client App Access Settings',
    ],
    ['wrong audience', 'invalid_grant', 'audience is invalid', 'credentials', 'Remove `audience`'],
    ['wrong audience, with other words', 'invalid_grant', 'invalid audience', 'credentials', 'Remove `audience`'],
    [
      'login host as audience',
      'app_not_found',
      'External client app is not installed in this org',
      'app',
      'If `audience` is set, remove it: an External Client App accepts only the My Domain URL. Otherwise the org does not have this',
    ],
    ['expired', 'invalid_grant', 'expired authorization code', 'credentials', 'Correct this machine’s clock'],
    [
      'expired, with other words',
      'invalid_grant',
      'assertion has expired',
      'credentials',
      'Correct this machine’s clock',
    ],
    ['another certificate', 'invalid_grant', 'invalid assertion', 'flow', 'Upload the certificate of this key'],
    [
      'another certificate, with other words',
      'invalid_grant',
      'invalid signature',
      'flow',
      'Upload the certificate of this key',
    ],
    ['an expired certificate', 'invalid_grant', 'expired certificate', 'flow', 'it has expired'],
    ['invalid user', 'invalid_grant', 'invalid user', 'credentials', 'The org does not accept `username`'],
    ['inactive user', 'inactive_user', 'user is inactive', 'policies', 'set `username` to an active one'],
    ['inactive user, with other words', 'invalid_grant', 'inactive user', 'policies', 'Activate the integration user'],
    ['frozen user', 'invalid_grant', 'user is frozen', 'policies', 'unfreeze'],
    ['restricted address', 'invalid_grant', 'ip restricted', 'policies', 'Relax IP restrictions'],
    [
      'wrong key of the app',
      'invalid_client_id',
      'client identifier invalid',
      'credentials',
      'client_id is not a Consumer Key',
    ],
    [
      'app refused',
      'invalid_client',
      'invalid client credentials',
      'credentials',
      'has the certificate of the private key',
    ],
    ['flow off', 'unsupported_grant_type', 'grant type not supported', 'flow', 'Enable JWT Bearer Flow'],
    ['flow off, with other words', 'oauth_flow_disabled', 'flow disabled', 'flow', 'Enable JWT Bearer Flow'],
    ['a session policy', 'invalid_grant', 'high assurance session required', 'policies', 'than this login has'],
    ['an unknown cause', 'invalid_grant', 'something new', 'app', 'the user of `username`'],
  ])('names the step to fix: %s', async (_, error, description, setupStep, words) => {
    const org = await scriptedOrg({ token: () => refused(error, description) });
    expect(await rejection(clientOf(org, byKey).authenticate())).toMatchObject({
      name: 'CredentialsError',
      retry: 'give-up',
      setupStep,
      hint: expect.stringContaining(words),
    });
  });

  test.each(['client_secret', 'Client Credentials', 'Run As', 'Consumer Secret'])(
    'never mentions %s',
    async (foreign) => {
      const said: string[] = [];
      for (const [error, description] of [
        ['invalid_client', 'invalid client credentials'],
        ['unsupported_grant_type', 'grant type not supported'],
        ['inactive_user', 'user is inactive'],
        ['app_not_found', 'not installed'],
        ['odd', 'something new'],
      ] as const) {
        const org = await scriptedOrg({ token: () => refused(error, description) });
        said.push(inspect(await rejection(clientOf(org, byKey).authenticate())));
      }
      expect(said.join('\n')).not.toContain(foreign);
    },
  );

  test('is tried once more with a key that has been replaced, for any refusal', async () => {
    for (const [error, description] of [
      ['invalid_grant', 'invalid assertion'],
      ['invalid_grant', "user hasn't approved this consumer"],
      ['invalid_client', 'invalid client credentials'],
    ] as const) {
      const keys = [KEY, OTHER_KEY].map((pem) => createPrivateKey(pem));
      const org = await scriptedOrg({
        token: (seen) => (assertionOf(seen).isSigned ? refused(error, description) : tokenAnswer(org.url)),
      });
      const credentials = async () => ({ ...JWT, privateKey: keys.shift() ?? createPrivateKey(OTHER_KEY) });
      expect((await clientOf(org, { credentials }).authenticate()).userId).toBe(USER_ID);
      expect(org.tokenRequests).toHaveLength(2);
    }
  });

  test('is final if the key is still the same', async () => {
    let reads = 0;
    const org = await scriptedOrg({ token: () => refused('invalid_grant', 'invalid assertion') });
    const credentials = async () => {
      reads += 1;
      return { ...JWT, privateKey: createPrivateKey(KEY) };
    };
    expect(await rejection(clientOf(org, { credentials }).authenticate())).toBeInstanceOf(CredentialsError);
    expect({ reads, requests: org.tokenRequests.length }).toEqual({ reads: 2, requests: 1 });
  });

  test('is not sent if a redirect leads to another host', async () => {
    const thief = await scriptedOrg({});
    const org = await scriptedOrg({
      token: () => ({ status: 307, text: '', headers: { Location: `${thief.url}/services/oauth2/token` } }),
    });
    const error = await rejection(clientOf(org, byKey).authenticate());
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error).toMatchObject({ message: expect.stringMatching(/; the assertion was not sent there$/) });
    expect(thief.tokenRequests).toEqual([]);
  });
});

describe('neither assertion nor key', () => {
  const encodings: [string, (text: string) => string][] = [
    ['unchanged', (text) => text],
    ['percent-encoded', (text) => [...text].map((c) => `%${c.charCodeAt(0).toString(16)}`).join('')],
    ['in base64', (text) => Buffer.from(text).toString('base64')],
    ['cut in the middle', (text) => text.slice(40, 120)],
    ['in capitals', (text) => text.toUpperCase()],
  ];

  test.each(encodings)('is repeated if the org echoes the request %s', async (_, encode) => {
    let assertion = '';
    const org = await scriptedOrg({
      token: (seen) => {
        assertion = assertionOf(seen).text;
        return refused('invalid_grant', `bad assertion: ${encode(assertion)} was sent`);
      },
    });
    const error = await rejection(clientOf(org, byKey).authenticate());
    const shown = `${inspect(error, { depth: 12, showHidden: true })} ${JSON.stringify(error)}`;
    expect(assertion.length).toBeGreaterThan(400);
    // Base64 of a piece depends on where the piece begins, so the whole text is looked for there.
    const pieces = Array.from({ length: assertion.length - 16 }, (_, at) => assertion.slice(at, at + 16));
    const low = shown.toLowerCase();
    expect(pieces.filter((piece) => low.includes(piece.toLowerCase()))).toEqual([]);
    expect(low).not.toContain(encode(assertion).toLowerCase());
    expect(shown).toContain('no token: invalid_grant');
  });

  test('is in the client, or in a network error', async () => {
    const org = await scriptedOrg({});
    const client = clientOf(org, byKey);
    await client.authenticate();
    const [signature = ''] = assertionOf(org.tokenRequests[0]).text.split('.').slice(-1);
    const failure = await rejection(clientOf({ url: 'http://127.0.0.1:1' }, byKey).authenticate());
    for (const value of [client, failure, JWT]) {
      const shown = `${inspect(value, { depth: 12, showHidden: true, getters: true })} ${JSON.stringify(value)}`;
      expect(shown).not.toContain(signature);
      for (const line of KEY.split('\n').slice(1, -2)) expect(shown).not.toContain(line);
    }
  });
});
