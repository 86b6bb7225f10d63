import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UserError } from '../../src/errors.ts';
import { Sessions } from '../../src/serve/credentials/sessions.ts';
import { returnAddress } from '../../src/serve/login/return-address.ts';
import { generation, member, record, START, userId, userName } from '../index/contract/setup.ts';
import { Browser, type Page } from './browser.ts';
import { type OpenIdProvider, OWN, SECRET, startOpenIdProvider } from './openid-provider.ts';
import { bearer, newIndex, startServer, type TestServer } from './setup.ts';

/** Employees log in to the server's pages. A real OpenID provider runs on this machine. */

const HOUR = 3_600_000;
const SESSION = '__Host-sfc-session';
const own = { origin: OWN };
const json = { 'content-type': 'application/json' };

let folder: string;
let path: string;
let provider: OpenIdProvider;
let server: TestServer;

beforeAll(async () => {
  const index = await newIndex();
  ({ folder, path } = index);
  const { world } = index;
  await world.store.replaceMembership(
    world.fence,
    generation(START),
    [1, 2].map((n) => member(n)),
    [
      userName(1, { username: 'ada@acme.example', email: 'ada@home.example', federationId: 'F1' }),
      userName(2, { username: 'bob@acme.example', email: 'bob@home.example', federationId: 'F2' }),
    ],
  );
  await world.write({
    records: [1, 2].map((n) => record('Lead', n, { Name: `Lead of ${n}` }, { ownerId: userId(n) })),
    shares: [],
  });
  await world.endBackfill();
  await world.store.close();
  provider = await startOpenIdProvider();
  server = await startServer(path, { login: provider.settings, url: OWN });
});
afterAll(async () => {
  await server?.stop();
  provider?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const browserOf = ({ url }: TestServer, address = OWN) => new Browser(address, url);

const isCallback = (address: string) => address.startsWith(`${OWN}/login/callback?`);

/** Searches as the page does, and returns the user who searched, or the problem's code. */
async function who(browser: Browser, headers: Readonly<Record<string, string>> = own): Promise<string> {
  const cookie = [...browser.cookies(OWN)].map(([name, value]) => `${name}=${value}`).join('; ');
  const { body } = await server.search({}, { cookie, ...headers });
  return body.userId ?? body.code;
}

async function loggedIn(name = 'F1', at = server): Promise<Browser> {
  const browser = browserOf(at);
  await browser.logIn(`${OWN}/login`, name);
  expect([...browser.cookies(OWN).keys()]).toEqual([SESSION]);
  return browser;
}

/** Logs in as far as the identity provider's answer, and returns the address that has it. */
async function answered(browser: Browser, name = 'F1'): Promise<string> {
  const { address } = await browser.logIn(`${OWN}/login`, name, isCallback);
  expect(isCallback(address)).toBe(true);
  return address;
}

function expectFailed({ status, text }: Page, said: string): void {
  expect({ status, text }).toEqual({ status: 400, text: expect.stringMatching(/^Login failed\n\n/) });
  expect(text).toContain(said);
}

describe('a login', () => {
  it('names the user by the configured claim, and returns to the page', async () => {
    const browser = browserOf(server);
    const page = await browser.logIn(`${OWN}/login?to=${encodeURIComponent('/v1/me?x=1')}`, 'F1');
    expect(page).toMatchObject({ address: `${OWN}/v1/me?x=1`, status: 200 });
    expect(JSON.parse(page.text)).toEqual({
      user: { kind: 'federation_id', name: 'F1' },
      permissions: ['explain'],
      caller: 'login',
    });
    expect(await who(browser)).toBe(userId(1));
    expect(await who(await loggedIn('F2'))).toBe(userId(2));
    expect(await who(await loggedIn('nobody'))).toBe('user_not_served');
  });

  it('keeps its secrets in cookies that only this host gets, and no script', async () => {
    const browser = browserOf(server);
    const { cookies } = await browser.logIn(`${OWN}/login`, 'F1', (address) => address === `${OWN}/`);
    const ours = cookies.filter((line) => line.startsWith('__Host-sfc'));
    expect(ours).toHaveLength(3);
    for (const line of ours)
      for (const flag of ['HttpOnly', 'Secure', 'SameSite=Lax', 'Path=/']) expect(line.split('; ')).toContain(flag);
    expect(ours.at(-1)).toMatch(/^__Host-sfc-session=[\w-]{43}; Max-Age=28800;/);
  });

  it('works on this machine without TLS', async () => {
    const address = 'http://127.0.0.1:1';
    const local = await startOpenIdProvider({ own: address });
    const plain = await startServer(path, { login: local.settings, url: address });
    const browser = browserOf(plain, address);
    const { cookies, text } = await browser.logIn(`${address}/login?to=/v1/me`, 'F1');
    expect(JSON.parse(text)).toMatchObject({ caller: 'login' });
    expect(cookies.find((line) => line.startsWith('sfc-session='))).not.toContain('Secure');
    await plain.stop();
    local.stop();
  });

  it('sends a challenge, a nonce and a state to the identity provider', async () => {
    const { status, headers } = await browserOf(server).ask(`${OWN}/login`);
    const address = new URL(headers.get('location') ?? '');
    expect([status, headers.get('cache-control'), address.origin]).toEqual([303, 'no-store', provider.issuer]);
    expect(Object.fromEntries(address.searchParams)).toEqual({
      client_id: 'page',
      response_type: 'code',
      redirect_uri: `${OWN}/login/callback`,
      scope: 'openid email salesforce-connector:explain',
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
    });
  });

  it('works in several pages of one browser at once', async () => {
    const browser = browserOf(server);
    const first = await answered(browser);
    const second = await answered(browser);
    for (const address of [first, second]) expect(await browser.ask(address)).toMatchObject({ status: 303 });
    for (let n = 0; n < 20; n++) await browser.ask(`${OWN}/login`);
    expect([...browser.cookies(OWN).keys()].filter((name) => name !== SESSION)).toHaveLength(5);
  });

  it('of a public client needs no secret', async () => {
    const login = { ...provider.settings, clientId: 'public', clientSecret: async () => null };
    const other = await startServer(path, { login, url: OWN });
    const page = await browserOf(other).logIn(`${OWN}/login?to=/v1/me`, 'F2');
    expect(page).toMatchObject({ status: 200 });
    await other.stop();
  });

  it('reads a secret again that the identity provider rejects', async () => {
    let secret = 'an old secret';
    const login = { ...provider.settings, clientSecret: async () => secret };
    const other = await startServer(path, { login, url: OWN });
    const refused = await browserOf(other).logIn(`${OWN}/login`, 'F1');
    expect(refused).toMatchObject({ status: 502, text: expect.stringMatching(/^Login unavailable\n/) });
    expect(other.log.at(-1)).toMatchObject({ event: 'login_failed', level: 'error', why: 'invalid_client' });
    secret = SECRET;
    expect(await browserOf(other).logIn(`${OWN}/login?to=/v1/me`, 'F1')).toMatchObject({ status: 200 });
    await other.stop();
  });

  it('is not offered by a server that cannot read its secret: it does not start', async () => {
    const login = { ...provider.settings, clientSecret: () => Promise.reject(new UserError('The file is missing.')) };
    await expect(startServer(path, { login, url: OWN })).rejects.toThrow('The file is missing.');
  });

  it('leaves no secret in the log', async () => {
    const browser = browserOf(server);
    const callback = await answered(browser);
    const kept = [...browser.cookies(OWN)].flat();
    await browser.open(callback);
    expect(await who(browser)).toBe(userId(1));
    const text = JSON.stringify(server.log);
    expect(server.log).toContainEqual(
      expect.objectContaining({ event: 'logged_in', as: 'federation_id:F1', permissions: 'explain' }),
    );
    const { searchParams } = new URL(callback);
    const secrets = [SECRET, searchParams.get('code') ?? '', ...kept, browser.cookies(OWN).get(SESSION) ?? ''];
    for (const secret of secrets) {
      expect(secret.length).toBeGreaterThan(20);
      expect(text).not.toContain(secret);
    }
  });
});

describe('a login by e-mail', () => {
  it.each([
    ['verified', { email: 'ada@home.example', email_verified: true }, userId(1)],
    ['not verified', { email: 'ada@home.example', email_verified: false }, null],
    ['not said to be verified', { email: 'ada@home.example' }, null],
    ['missing', {}, null],
  ])('whose address is %s', async (_, claims, user) => {
    const mail = await startOpenIdProvider({ claims, claim: 'email', as: 'email' });
    const other = await startServer(path, { login: mail.settings, url: OWN });
    const browser = browserOf(other);
    const page = await browser.logIn(`${OWN}/login?to=/v1/me`, 'anybody');
    if (user !== null) expect(JSON.parse(page.text).user).toEqual({ kind: 'email', name: 'ada@home.example' });
    else {
      expect(page).toMatchObject({ status: 403, text: expect.stringMatching(/^Login refused\n/) });
      expect([...browser.cookies(OWN)]).toEqual([]);
      expect(other.log.at(-1)).toMatchObject({ event: 'login_failed', code: 'login_refused' });
    }
    await other.stop();
    mail.stop();
  });
});

describe('no session begins', () => {
  it('with a state that the browser does not have', async () => {
    const browser = browserOf(server);
    const callback = new URL(await answered(browser));
    callback.searchParams.set('state', 'A'.repeat(43));
    expectFailed(await browser.ask(callback.href), 'has not begun this login');
    expect(browser.cookies(OWN).has(SESSION)).toBe(false);
  });

  it('in the browser of another person, who was sent the answer', async () => {
    const callback = await answered(browserOf(server));
    const victim = browserOf(server);
    await victim.ask(`${OWN}/login`);
    expectFailed(await victim.ask(callback), 'has not begun this login');
    expect(victim.cookies(OWN).has(SESSION)).toBe(false);
  });

  it('twice by one answer, also if the browser restores its cookies', async () => {
    const browser = browserOf(server);
    const callback = await answered(browser);
    const kept = [...browser.cookies(OWN)];
    expect(await browser.ask(callback)).toMatchObject({ status: 303 });
    expectFailed(await browser.ask(callback), 'has ended it already');
    const again = browserOf(server);
    for (const [name, value] of kept) again.cookies(OWN).set(name, value);
    expectFailed(await again.ask(callback), 'was used already');
    expect(again.cookies(OWN).has(SESSION)).toBe(false);
  });

  it.each([
    ['nonce', 0, 'is not valid for this login'],
    ['verifier of PKCE', 1, 'was used already, or took too long'],
  ])('with another %s', async (_, part, said) => {
    const browser = browserOf(server);
    const callback = await answered(browser);
    for (const [name, value] of browser.cookies(OWN))
      browser.cookies(OWN).set(name, value.split('.').with(part, 'A'.repeat(43)).join('.'));
    expectFailed(await browser.ask(callback), said);
    expect(browser.cookies(OWN).has(SESSION)).toBe(false);
  });

  it('with a code that the identity provider did not give', async () => {
    const browser = browserOf(server);
    const callback = new URL(await answered(browser));
    callback.searchParams.set('code', 'A'.repeat(43));
    expectFailed(await browser.ask(callback.href), 'was used already');
  });

  it('if the person stops at the identity provider', async () => {
    const browser = browserOf(server);
    const { address } = await browser.open(`${OWN}/login`);
    expectFailed(await browser.open(`${address}/abort`), 'did not let you in (access_denied)');
    expect([...browser.cookies(OWN)]).toEqual([]);
  });

  it('if the answer comes from another issuer', async () => {
    const browser = browserOf(server);
    const callback = new URL(await answered(browser));
    callback.searchParams.set('iss', 'https://evil.example');
    expectFailed(await browser.ask(callback.href), 'is not valid for this login');
  });

  it('if another key signed the answer', async () => {
    const forged = await startOpenIdProvider({ isForged: true });
    const other = await startServer(path, { login: forged.settings, url: OWN });
    const browser = browserOf(other);
    expectFailed(await browser.logIn(`${OWN}/login`, 'F1'), 'is not valid for this login');
    expect(browser.cookies(OWN).has(SESSION)).toBe(false);
    expect(other.log.at(-1)).toMatchObject({ event: 'login_failed', code: 'login_failed' });
    await other.stop();
    forged.stop();
  });

  it('while the identity provider is away, and the log says why', async () => {
    const login = { ...provider.settings, issuer: 'http://127.0.0.1:1' };
    const away = await startServer(path, { login, url: OWN });
    const page = await browserOf(away).ask(`${OWN}/login`);
    expect(page).toMatchObject({ status: 502, text: expect.stringMatching(/^Login unavailable\n/) });
    expect(away.log.at(-1)).toMatchObject({ event: 'login_failed', level: 'error' });
    await away.stop();
  });
});

describe('a login returns only to this server', () => {
  it.each([
    ['another site', 'https://evil.example'],
    ['another host', '//evil.example'],
    ['another host after a backslash', '/\\evil.example'],
    ['a name without a slash', 'evil.example'],
    ['a script', 'javascript:alert(1)'],
    ['nothing', ''],
    ['a very long path', `/${'x'.repeat(2_000)}`],
  ])('and not to %s', async (_, to) => {
    const page = await browserOf(server).ask(`${OWN}/login?to=${encodeURIComponent(to)}`);
    expect(page).toMatchObject({ status: 400, text: expect.stringContaining('`to` must be a path of this server') });
    expect(page.cookies).toEqual([]);
  });

  it('also if the browser kept another address', async () => {
    const browser = browserOf(server);
    const callback = await answered(browser);
    for (const [name, value] of browser.cookies(OWN))
      browser.cookies(OWN).set(name, value.split('.').with(2, btoa('//evil.example')).join('.'));
    expect(await browser.ask(callback)).toMatchObject({ status: 400 });
    expect(browser.cookies(OWN).has(SESSION)).toBe(false);
  });

  it.each([
    ['/', 'https://a.example', 'https://a.example/'],
    ['/?words=a%20b#hit', 'https://a.example', 'https://a.example/?words=a%20b#hit'],
    ['/.//evil.example', 'https://a.example', 'https://a.example//evil.example'],
    ['/\t/evil.example', 'https://a.example', 'https://a.example//evil.example'],
    ['/@evil.example', 'https://a.example', 'https://a.example/@evil.example'],
    ['/x', 'https://a.example/search', 'https://a.example/search/x'],
    ['/../x', 'https://a.example/search', null],
    ['/../search-2/x', 'https://a.example/search', null],
  ])('%j of %s is %s', (to, url, address) => {
    if (address === null) expect(() => returnAddress(to, url)).toThrow('must be a path of this server');
    else expect(returnAddress(to, url)).toBe(address);
  });
});

describe('a session', () => {
  it('ends by a logout, for good', async () => {
    const browser = await loggedIn();
    const cookie = browser.cookies(OWN).get(SESSION) ?? '';
    const { status, cookies } = await browser.ask(`${OWN}/logout`, { method: 'POST', headers: own });
    expect([status, cookies]).toEqual([204, [expect.stringContaining(`${SESSION}=; Max-Age=0`)]]);
    expect(await who(browser)).toBe('unauthorized');
    browser.cookies(OWN).set(SESSION, cookie);
    expect(await who(browser)).toBe('unauthorized');
    expect(server.log).toContainEqual(expect.objectContaining({ event: 'logged_out', as: 'federation_id:F1' }));
    expect(await browser.ask(`${OWN}/logout`, { method: 'POST', headers: own })).toMatchObject({ status: 204 });
  });

  it.each([{ origin: 'https://evil.example' }, { origin: 'null' }, {}])(
    'does not end by another site: %j',
    async (headers) => {
      const browser = await loggedIn();
      const page = await browser.ask(`${OWN}/logout`, { method: 'POST', headers: headers as Record<string, string> });
      expect(page.status).toBe(403);
      expect(await browser.ask(`${OWN}/logout`)).toMatchObject({ status: 404 });
      expect(await who(browser)).toBe(userId(1));
    },
  );

  it('ends after 8 hours', async () => {
    let ahead = 0;
    const other = await startServer(path, {
      login: provider.settings,
      url: OWN,
      now: () => Date.now() + ahead,
    });
    const browser = await loggedIn('F1', other);
    ahead = 7.9 * HOUR;
    expect(await browser.ask(`${OWN}/v1/me`)).toMatchObject({ status: 200 });
    ahead = 8 * HOUR;
    expect(await browser.ask(`${OWN}/v1/me`)).toMatchObject({ status: 401 });
    await other.stop();
  });

  it('is another one after each login, and the one before ends', async () => {
    const browser = await loggedIn('F1');
    const before = browser.cookies(OWN).get(SESSION) ?? '';
    await browser.logIn(`${OWN}/login`, 'F1');
    expect(await who(browser)).toBe(userId(1));
    browser.cookies(OWN).set(SESSION, before);
    expect(await who(browser)).toBe('unauthorized');
  });

  it.each<[string, Readonly<Record<string, string>>, string]>([
    ['the origin of another site', { origin: 'https://evil.example' }, 'origin_refused'],
    ['the origin of another port', { origin: `${OWN}:8443` }, 'origin_refused'],
    ['the origin of a sandboxed frame', { origin: 'null', 'sec-fetch-site': 'cross-site' }, 'origin_refused'],
    ['a neighbour', { 'sec-fetch-site': 'same-site' }, 'origin_refused'],
    ['nothing that says where it comes from', {}, 'origin_refused'],
    ['its own origin', own, userId(1)],
    ['a mark of the browser', { 'sec-fetch-site': 'same-origin' }, userId(1)],
  ])('counts for a search with %s or not', async (_, headers, expected) => {
    expect(await who(await loggedIn(), headers)).toBe(expected);
  });

  it.each<[string, Readonly<Record<string, string>>]>([
    ['a token', bearer(`sfc_${'A'.repeat(43)}`)],
    ['another user', { 'act-as': 'federation_id:F2' }],
    ['something that cannot be read', { 'act-as': 'phone:7' }],
  ])('does not count beside %s', async (_, headers) => {
    expect(await who(await loggedIn(), { ...own, ...headers })).toBe('two_users');
  });

  it('does not count for tools', async () => {
    const browser = await loggedIn();
    const headers = { ...own, ...json, accept: 'application/json, text/event-stream' };
    expect(await browser.ask(`${OWN}/mcp`, { method: 'POST', headers })).toMatchObject({ status: 401 });
  });

  it('permits what the identity provider granted', async () => {
    const browser = await loggedIn();
    const address = `${OWN}/v1/records/${record('Lead', 2, {}).id}/access`;
    expect(await browser.ask(address)).toMatchObject({ status: 200 });
    expect(await browser.ask(`${OWN}/v1/status`)).toMatchObject({ status: 403 });
  });

  it('has the limit of its user', async () => {
    const other = await startServer(path, { login: provider.settings, url: OWN, requestsPerMinute: 2 });
    const [ada, again, bob] = [await loggedIn('F1', other), await loggedIn('F1', other), await loggedIn('F2', other)];
    const statuses = [];
    for (const browser of [ada, again, ada, bob]) statuses.push((await browser.ask(`${OWN}/v1/me`)).status);
    expect(statuses).toEqual([200, 200, 429, 200]);
    await other.stop();
  });

  it('that is unknown is refused, and the reply says where to log in', async () => {
    const reply = await server.get('/v1/me', { cookie: `${SESSION}=${'A'.repeat(43)}` });
    expect(reply).toMatchObject({ status: 401, body: { code: 'unauthorized' } });
    expect(reply.body.detail).toContain('log in at /login');
    const { body } = await server.get('/openapi.json');
    expect(body.components.securitySchemes.session).toMatchObject({ in: 'cookie', name: SESSION });
  });

  const callerOf = (n: number) =>
    ({ kind: 'login', name: 'login', user: { kind: 'id', name: userId(n) }, permissions: [] }) as const;

  it('makes room for others after 10,000', () => {
    const sessions = new Sessions();
    const tokens = Array.from({ length: 10_001 }, (_, n) => sessions.begin(callerOf(n)));
    const known = tokens.map((token) => sessions.callerOf(token) !== null);
    expect([known.indexOf(true), known.lastIndexOf(false)]).toEqual([1, 0]);
    expect(new Set(tokens).size).toBe(10_001);
  });

  it('of one person ends after ten more of that person, and never those of others', () => {
    const sessions = new Sessions();
    const other = sessions.begin(callerOf(1));
    const tokens = Array.from({ length: 30 }, () => sessions.begin(callerOf(2)));
    expect(tokens.filter((token) => sessions.callerOf(token) !== null)).toEqual(tokens.slice(-10));
    expect(sessions.callerOf(other)).not.toBeNull();
  });
});
