import { createHmac } from 'node:crypto';
import { chmodSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addToken } from '../../src/serve/credentials/token-file.ts';
import { generation, member, ORG, OTHER_ORG, record, START, userId, userName } from '../index/contract/setup.ts';
import {
  AUDIENCE,
  bearer,
  CONNECTION,
  ISSUER,
  newIndex,
  type Provider,
  startProvider,
  startServer,
  type TestServer,
} from './setup.ts';

/** Who asks. Each user owns one lead, named after the user. */

let folder: string;
let path: string;

beforeAll(async () => {
  const index = await newIndex();
  ({ folder, path } = index);
  const { world } = index;
  await world.store.replaceMembership(
    world.fence,
    generation(START),
    [1, 2, 3].map((n) => member(n)),
    [
      userName(1, { username: 'ada@acme.example', email: 'ada@home.example', federationId: 'F1' }),
      userName(2, { username: 'ada@home.example', email: 'office@acme.example', federationId: 'ada@acme.example' }),
      userName(3, { username: 'bob@acme.example', email: 'bob@home.example', federationId: 'F3' }),
      userName(4, { username: 'gone@acme.example', email: 'bob@home.example', refused: 'inactive' }),
    ],
  );
  await world.write({
    records: [1, 2, 3].map((n) => record('Lead', n, { Name: `Lead of ${n}` }, { ownerId: userId(n) })),
    shares: [],
  });
  await world.store.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Searches, and returns the user who searched, or the problem's code. */
async function who(server: TestServer, headers: Readonly<Record<string, string>>): Promise<string> {
  const { body } = await server.search({}, headers);
  return body.userId ?? body.code;
}

describe('a JWT', () => {
  let provider: Provider;
  let server: TestServer;
  beforeAll(async () => {
    provider = await startProvider({ claim: 'sub', as: 'federation_id' });
    server = await startServer(path, { jwt: provider.settings });
  });
  afterAll(async () => {
    await server?.stop();
    provider?.stop();
  });
  const seconds = (fromNow: number) => Math.floor(Date.now() / 1000) + fromNow;

  it('names its user by the configured claim', async () => {
    expect(await who(server, bearer(await provider.sign({ sub: 'F1' })))).toBe(userId(1));
    expect(await who(server, bearer(await provider.sign({ sub: 'F3' })))).toBe(userId(3));
  });

  it('names nobody by another kind of name, also if one matches', async () => {
    // It is the username of user 1, and the federation identifier of user 2.
    expect(await who(server, bearer(await provider.sign({ sub: 'ada@acme.example' })))).toBe(userId(2));
    const reply = await server.search({}, bearer(await provider.sign({ sub: 'bob@acme.example' })));
    expect(reply).toMatchObject({ status: 403, body: { code: 'user_not_served', reason: 'unknown' } });
    expect(await who(server, bearer(await provider.sign({ sub: userId(1) })))).toBe('user_not_served');
  });

  it.each<[string, () => Promise<string> | string]>([
    ['expired', () => provider.sign({ sub: 'F1', exp: seconds(-60) })],
    ['valid only later', () => provider.sign({ sub: 'F1', nbf: seconds(600) })],
    ['without an end', () => provider.sign({ sub: 'F1', exp: undefined as never })],
    ['of another issuer', () => provider.sign({ sub: 'F1', iss: 'https://evil.example' })],
    ['for another audience', () => provider.sign({ sub: 'F1', aud: 'mail' })],
    ['without the claim', () => provider.sign({})],
    ['with an empty claim', () => provider.sign({ sub: '' })],
    ['with a claim that is a list', () => provider.sign({ sub: ['F1'] as never })],
    ['with the signature of another key', async () => signedByAnother()],
    ['with a changed payload', async () => changed(await provider.sign({ sub: 'F1' }), { sub: 'F3' })],
    ['without a signature', async () => (await provider.sign({ sub: 'F1' })).replace(/[^.]+$/, '')],
    ['with the algorithm "none"', () => unsigned({ sub: 'F1', iss: ISSUER, aud: AUDIENCE, exp: seconds(300) })],
    ['signed by HS256 with the public key', () => hmac({ sub: 'F1', iss: ISSUER, aud: AUDIENCE, exp: seconds(300) })],
    ['cut short', async () => (await provider.sign({ sub: 'F1' })).slice(0, -10)],
  ])('is refused if it is %s', async (_, token) => {
    const reply = await server.search({}, bearer(await token()));
    expect(reply).toMatchObject({ status: 401, body: { code: 'unauthorized' } });
    expect(reply.headers.get('www-authenticate')).toBe('Bearer');
  });

  it.each([
    ['no credential', {}],
    ['another scheme', { authorization: 'Basic YTpi' }],
    ['an unknown service token', { authorization: `Bearer sfc_${'A'.repeat(43)}` }],
    ['only a name', { 'act-as': 'federation_id:F1' }],
  ])('is required: %s is refused', async (_, headers) => {
    expect(await server.search({}, headers as Record<string, string>)).toMatchObject({ status: 401 });
  });

  it('is asked back who it names', async () => {
    const scope = 'salesforce-connector:status';
    expect(await server.get('/v1/me', bearer(await provider.sign({ sub: 'F1', scope })))).toMatchObject({
      status: 200,
      body: { user: { kind: 'federation_id', name: 'F1' }, permissions: ['status'], caller: 'jwt' },
    });
    expect(await server.get('/v1/me')).toMatchObject({ status: 401, body: { code: 'unauthorized' } });
  });

  it('and a header that both name a user are refused', async () => {
    const headers = { ...bearer(await provider.sign({ sub: 'F1' })), 'act-as': 'federation_id:F1' };
    expect(await server.search({}, headers)).toMatchObject({ status: 400, body: { code: 'two_users' } });
  });

  it('that is refused leaves its reason in the log, once a minute', async () => {
    for (let n = 0; n < 3; n++) await server.search({}, bearer(await provider.sign({ sub: 'F1', aud: 'mail' })));
    const lines = server.log.filter(({ why }) => why === 'ERR_JWT_CLAIM_VALIDATION_FAILED aud');
    expect(lines).toHaveLength(1);
  });

  it('permits explanations and the status only by its scope', async () => {
    const address = `/v1/records/${record('Lead', 1, {}).id}/access`;
    expect(await server.get(address, bearer(await provider.sign({ sub: 'F1' })))).toMatchObject({ status: 403 });
    const scope = 'openid salesforce-connector:explain';
    const reply = await server.get(address, bearer(await provider.sign({ sub: 'F1', scope })));
    expect(reply).toMatchObject({ status: 200, body: { finds: true, user: { id: userId(1) } } });
    expect(await server.get('/v1/status', bearer(await provider.sign({ sub: 'F1', scope })))).toMatchObject({
      status: 403,
    });
  });

  it('is not refused for good if the keys cannot be fetched', async () => {
    const away = await startServer(path, { jwt: { ...provider.settings, jwksUrl: 'http://127.0.0.1:1/keys' } });
    const reply = await away.search({}, bearer(await provider.sign({ sub: 'F1' })));
    expect(reply).toMatchObject({ status: 502, body: { code: 'keys_unavailable' } });
    await away.stop();
  });

  it('is not refused for good if the provider of the keys has failed', async () => {
    const broken = createServer((_, response) => {
      response.writeHead(503).end();
    });
    await new Promise<void>((resolve) => broken.listen(0, '127.0.0.1', resolve));
    const { port } = broken.address() as AddressInfo;
    const asking = await startServer(path, { jwt: { ...provider.settings, jwksUrl: `http://127.0.0.1:${port}/` } });
    expect(await asking.search({}, bearer(await provider.sign({ sub: 'F1' })))).toMatchObject({ status: 502 });
    await asking.stop();
    broken.close();
  });

  function signedByAnother(): Promise<string> {
    return startProvider({ claim: 'sub', as: 'federation_id' }).then(async (other) => {
      const token = await other.sign({ sub: 'F1' });
      other.stop();
      return token;
    });
  }

  function changed(token: string, claims: object): string {
    const [head, payload = '', signature] = token.split('.');
    const parsed = JSON.parse(Buffer.from(payload, 'base64url').toString());
    return [head, encoded({ ...parsed, ...claims }), signature].join('.');
  }

  function unsigned(claims: object): string {
    return `${encoded({ alg: 'none' })}.${encoded(claims)}.`;
  }

  function hmac(claims: object): string {
    const signed = `${encoded({ alg: 'HS256', kid: 'one' })}.${encoded(claims)}`;
    return `${signed}.${createHmac('sha256', provider.publicPem).update(signed).digest('base64url')}`;
  }
});

describe('a page of another site', () => {
  const site = 'https://app.acme.example';
  let server: TestServer;
  let token: string;
  beforeAll(async () => {
    const file = join(folder, 'of-sites.json');
    token = await addToken(file, {
      name: 'site',
      connections: [CONNECTION],
      expires: new Date(Date.now() + 3_600_000).toISOString(),
    });
    server = await startServer(path, { tokensFile: file, origins: [site] });
  });
  afterAll(() => server?.stop());
  const asked = async (origin: string, address = '/v1/search') => {
    const headers = { ...bearer(token), 'act-as': `id:${userId(1)}`, 'content-type': 'application/json', origin };
    const response = await fetch(`${server.url}${address}`, { method: 'POST', body: '{}', headers });
    return { status: response.status, allowed: response.headers.get('access-control-allow-origin') };
  };

  it('may ask if the config names it, and no other may read the reply', async () => {
    expect(await asked(site)).toEqual({ status: 200, allowed: site });
    expect(await asked('https://evil.example')).toEqual({ status: 200, allowed: null });
    expect((await asked('https://evil.example', '/mcp')).status).toBe(403);
    expect((await asked(site, '/mcp')).status).not.toBe(403);
  });

  it('may send the headers that a search needs, and no cookie', async () => {
    const headers = { origin: site, 'access-control-request-method': 'POST' };
    const response = await fetch(`${server.url}/v1/search`, { method: 'OPTIONS', headers });
    expect(response.headers.get('access-control-allow-headers')?.toLowerCase()).toContain('act-as');
    expect(response.headers.get('access-control-allow-credentials')).toBeNull();
  });
});

const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a JWT that names the user by e-mail', () => {
  let provider: Provider;
  let server: TestServer;
  beforeAll(async () => {
    provider = await startProvider({ claim: 'email', as: 'email' });
    server = await startServer(path, { jwt: provider.settings });
  });
  afterAll(async () => {
    await server?.stop();
    provider?.stop();
  });
  const as = async (claims: object) => server.search({}, bearer(await provider.sign(claims as never)));

  it('is a user by e-mail, also if the text is the username of another', async () => {
    expect(await as({ email: 'ada@home.example', email_verified: true })).toMatchObject({
      body: { userId: userId(1) },
    });
  });

  it.each([
    ['not verified', { email: 'ada@home.example', email_verified: false }],
    ['verified in words only', { email: 'ada@home.example', email_verified: 'true' }],
    ['not said to be verified', { email: 'ada@home.example' }],
  ])('is refused if the e-mail is %s', async (_, claims) => {
    expect(await as(claims)).toMatchObject({ status: 401 });
  });

  it('is refused if an inactive user has the same e-mail', async () => {
    const reply = await as({ email: 'bob@home.example', email_verified: true });
    expect(reply).toMatchObject({ status: 403, body: { reason: 'ambiguous' } });
  });
});

describe('a JWT of Salesforce', () => {
  let provider: Provider;
  let server: TestServer;
  beforeAll(async () => {
    provider = await startProvider({ claim: 'sub', as: 'salesforce' });
    server = await startServer(path, { jwt: provider.settings });
  });
  afterAll(async () => {
    await server?.stop();
    provider?.stop();
  });
  const as = async (sub: string) => server.search({}, bearer(await provider.sign({ sub })));

  it('names organization and user by id, and both are checked', async () => {
    const identity = (org: string, user: string) => `https://login.salesforce.com/id/${org}/${user}`;
    expect(await as(identity(ORG, userId(1)))).toMatchObject({ body: { userId: userId(1) } });
    expect(await as(identity(OTHER_ORG, userId(1)))).toMatchObject({ status: 403, body: { reason: 'unknown' } });
    expect(await as(identity(ORG, userId(9)))).toMatchObject({ status: 403, body: { reason: 'unknown' } });
  });

  it.each([userId(1), `http://login.salesforce.com/id/${ORG}/${userId(1)}`, `https://x/id/${ORG}/${userId(1)}/more`])(
    'is refused without an identity URL: %s',
    async (sub) => {
      expect(await as(sub)).toMatchObject({ status: 401 });
    },
  );
});

describe('a service token', () => {
  let server: TestServer;
  let file: string;
  const tokens: Record<string, string> = {};
  const later = new Date(Date.now() + 3_600_000).toISOString();
  const entry = { connections: [CONNECTION], expires: later };
  beforeAll(async () => {
    file = join(folder, 'tokens.json');
    tokens.any = await addToken(file, { ...entry, name: 'any' });
    tokens.some = await addToken(file, { ...entry, name: 'some', users: ['username:Bob@acme.example', 'id:005'] });
    tokens.other = await addToken(file, { ...entry, name: 'other', connections: ['elsewhere'] });
    tokens.old = await addToken(file, { ...entry, name: 'old', expires: new Date(Date.now() - 1_000).toISOString() });
    tokens.desk = await addToken(file, { ...entry, name: 'desk', may: ['explain'] });
    server = await startServer(path, { tokensFile: file });
  });
  afterAll(() => server?.stop());
  const headers = (token: string, actAs?: string) => ({
    ...bearer(tokens[token] ?? ''),
    ...(actAs === undefined ? {} : { 'act-as': actAs }),
  });

  it.each([
    ['username:ada%40acme.example', 1],
    ['username:ada@acme.example', 1],
    ['email:ada@home.example', 1],
    ['federation_id:ada@acme.example', 2],
    [`id:${userId(3)}`, 3],
  ])('searches as the user in the header: %s', async (actAs, n) => {
    expect(await who(server, headers('any', actAs))).toBe(userId(n));
  });

  it.each([
    ['nobody', undefined, 400, 'user_missing'],
    ['a name without its kind', 'ada@acme.example', 400, 'bad_request'],
    ['an unknown kind of name', 'phone:7', 400, 'bad_request'],
    ['a name with a broken escape', 'username:%E0%A4%A', 400, 'bad_request'],
    ['two users', 'username:ada@acme.example, username:bob@acme.example', 400, 'two_users'],
    ['an inactive user', 'username:gone@acme.example', 403, 'user_not_served'],
  ])('that names %s is refused', async (_, actAs, status, code) => {
    expect(await server.search({}, headers('any', actAs))).toMatchObject({ status, body: { code } });
  });

  it('acts only for the users of its entry', async () => {
    expect(await who(server, headers('some', 'username:bob@ACME.example'))).toBe(userId(3));
    expect(await server.search({}, headers('some', 'username:ada@acme.example'))).toMatchObject({ status: 403 });
    expect(await server.search({}, headers('some', `id:${userId(3)}`))).toMatchObject({ status: 403 });
  });

  it.each(['other', 'old'])('is refused for another connection, and after its end: %s', async (token) => {
    expect(await server.search({}, headers(token, 'username:ada@acme.example'))).toMatchObject({ status: 401 });
  });

  it('is asked back whom it acts for', async () => {
    const nobody = { user: null, permissions: [], caller: 'token' };
    expect((await server.get('/v1/me', headers('any'))).body).toEqual(nobody);
    expect((await server.get('/v1/me', headers('desk', 'email:ada%40home.example'))).body).toEqual({
      user: { kind: 'email', name: 'ada@home.example' },
      permissions: ['explain'],
      caller: 'token',
    });
  });

  it('permits explanations only if its entry says so', async () => {
    const address = `/v1/records/${record('Lead', 1, {}).id}/access`;
    expect(await server.get(address, headers('any', `id:${userId(1)}`))).toMatchObject({ status: 403 });
    expect(await server.get(address, headers('desk', `id:${userId(1)}`))).toMatchObject({ status: 200 });
    expect(await server.get('/v1/status', headers('desk'))).toMatchObject({ status: 403, body: { code: 'forbidden' } });
  });

  it('counts and ends with the file, without a restart', async () => {
    const before = readFileSync(file, 'utf8');
    const added = await addToken(file, { ...entry, name: 'added' });
    const asAdded = { ...bearer(added), 'act-as': `id:${userId(1)}` };
    expect(await who(server, asAdded)).toBe(userId(1));
    writeFileSync(file, '{ not JSON');
    expect(await server.search({}, asAdded)).toMatchObject({ status: 503, body: { code: 'tokens_unavailable' } });
    expect(server.log.map(({ event }) => event)).toContain('tokens_refused');
    writeFileSync(file, before);
    expect(await who(server, asAdded)).toBe('unauthorized');
    expect(await who(server, headers('any', `id:${userId(1)}`))).toBe(userId(1));
  });

  it('counts in each of the first requests at once', async () => {
    const fresh = await startServer(path, { tokensFile: file });
    const asked = Array.from({ length: 20 }, () => fresh.search({}, headers('any', `id:${userId(1)}`)));
    for (const { status } of await Promise.all(asked)) expect(status).toBe(200);
    await fresh.stop();
  });

  it('that asks for another user than its entry allows leaves a line in the log', async () => {
    await server.search({}, headers('some', 'username:ada@acme.example'));
    const message = 'token some was refused for username:ada@acme.example';
    expect(server.log).toContainEqual(expect.objectContaining({ event: 'request_refused', message }));
  });

  it('made at once with another is not lost', async () => {
    const both = join(folder, 'both.json');
    const made = await Promise.allSettled(['one', 'two', 'three'].map((name) => addToken(both, { ...entry, name })));
    const names = JSON.parse(readFileSync(both, 'utf8')).tokens.map(({ name }: { name: string }) => name);
    expect(names).toHaveLength(made.filter(({ status }) => status === 'fulfilled').length);
    for (const each of made) if (each.status === 'rejected') expect(String(each.reason)).toContain('try again');
  });

  it('is added to the file that a link names, which keeps its rights', async () => {
    const [real, link] = [join(folder, 'real.json'), join(folder, 'link.json')];
    await addToken(real, { ...entry, name: 'one' });
    chmodSync(real, 0o640);
    symlinkSync(real, link);
    await addToken(link, { ...entry, name: 'two' });
    expect(JSON.parse(readFileSync(real, 'utf8')).tokens).toHaveLength(2);
    expect(statSync(real).mode & 0o777).toBe(0o640);
  });

  it('is stored as its SHA-256 only, in a file for its owner only', async () => {
    const text = readFileSync(file, 'utf8');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    for (const token of Object.values(tokens)) expect(text).not.toContain(token.slice(4, 20));
    await expect(addToken(file, { ...entry, name: 'any' })).rejects.toThrow("has a token named 'any'");
  });

  it('and no request writes a token or a word to the log', async () => {
    await server.search({ words: 'Bordeaux' }, headers('any', `id:${userId(1)}`));
    const text = JSON.stringify(server.log);
    expect(server.log.at(-1)).toMatchObject({
      event: 'asked',
      what: 'search',
      caller: 'token any',
      userId: userId(1),
      hits: 0,
      outcome: 'ok',
    });
    expect(text).not.toContain('Bordeaux');
    for (const token of Object.values(tokens)) expect(text).not.toContain(token.slice(4, 20));
  });
});
