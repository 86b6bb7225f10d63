import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { connectCluster } from '../../../src/index/opensearch/client.ts';
import { failureIn, locationOf, NO_TLS, withClient, withServer } from './scripted-server.ts';
import { type Account, wrongSignature } from './sigv4.ts';

const ACCOUNT: Account = {
  accessKey: 'AKIDEXAMPLE',
  secretKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  sessionToken: null,
  region: 'eu-central-1',
  service: 'es',
};

/** Runs the body with a server that answers to right signatures alone, and returns what was wrong with each request. */
async function signedRequests(account: Account, body: (url: string) => Promise<unknown>): Promise<(string | null)[]> {
  const wrong: (string | null)[] = [];
  await withServer(async (request, response) => {
    const problem = wrongSignature(request, await text(request), account);
    wrong.push(problem);
    response.writeHead(problem === null ? 200 : 403, { 'content-type': 'application/json' });
    response.end(JSON.stringify(problem === null ? { took: 1, items: [] } : { message: `refused: ${problem}` }));
  }, body);
  return wrong;
}

const auth = { kind: 'sigv4', region: ACCOUNT.region, service: ACCOUNT.service } as const;

describe('AWS signatures', () => {
  beforeEach(() => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', ACCOUNT.accessKey);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', ACCOUNT.secretKey);
    vi.stubEnv('AWS_SESSION_TOKEN', undefined);
    vi.stubEnv('AWS_PROFILE', undefined);
    // Otherwise a test would ask the network for the role of this machine.
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    vi.stubEnv('AWS_CONFIG_FILE', '/dev/null');
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/dev/null');
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  const each = (url: string) =>
    withClient(locationOf(url, { auth }), async (client) => {
      await client.info();
      await client.search({ index: 'acme-*,-other', body: { query: { match: { words: 'Müller & (Söhne)' } } } });
      await client.bulk({ refresh: 'true', body: [{ index: { _index: 'a', _id: '1' } }, { words: 'acme' }] });
      await client.get({ index: 'a', id: "a b/c+d'(ü)*", _source: ['x', 'y z'] });
      await client.indices.exists({ index: 'a' });
    });

  it('are right for every kind of request', async () => {
    expect(await signedRequests(ACCOUNT, each)).toEqual([null, null, null, null, null]);
  });

  it('include the token of a session', async () => {
    vi.stubEnv('AWS_SESSION_TOKEN', 'session/token+1==');
    const account = { ...ACCOUNT, sessionToken: 'session/token+1==' };
    expect(await signedRequests(account, each)).toEqual([null, null, null, null, null]);
  });

  it('of another service are right there', async () => {
    const account = { ...ACCOUNT, service: 'aoss' };
    const wrong = await signedRequests(account, (url) =>
      withClient(locationOf(url, { auth: { ...auth, service: 'aoss' } }), (client) => client.info()),
    );
    expect(wrong).toEqual([null]);
  });

  it('over a path of its own are right', async () => {
    const wrong = await signedRequests(ACCOUNT, (url) =>
      withClient(locationOf(`${url}/search/eu`, { auth }), (client) => client.count({ index: 'a' })),
    );
    expect(wrong).toEqual([null]);
  });

  it('with another secret are refused', async () => {
    const account = { ...ACCOUNT, secretKey: 'another' };
    const wrong = await signedRequests(account, async (url) => {
      const failure = await withClient(locationOf(url, { auth }), (client) => failureIn(() => client.info()));
      expect(failure).toEqual({ code: 'forbidden', type: null });
    });
    expect(wrong).toEqual(['another signature']);
  });

  it('control: a request without a signature is caught', async () => {
    const wrong = await signedRequests(ACCOUNT, (url) =>
      withClient(locationOf(url), (client) => failureIn(() => client.info())),
    );
    expect(wrong).toEqual(['there is no signature']);
  });

  it('need credentials', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', undefined);
    const connected = connectCluster({ url: 'https://search.example', tls: NO_TLS, auth });
    await expect(connected).rejects.toMatchObject({
      name: 'UserError',
      code: 'credential_missing',
      message: expect.stringMatching(/^index\.auth: AWS credentials are missing/),
    });
    await expect(connected).rejects.not.toMatchObject({ message: expect.stringContaining(ACCOUNT.secretKey) });
  });
});
