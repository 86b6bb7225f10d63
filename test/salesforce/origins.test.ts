import { createPrivateKey } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Credentials } from '../../src/salesforce/credentials.ts';
import { createGate } from '../../src/salesforce/gate.ts';
import type { Exchange } from '../../src/salesforce/http.ts';
import { createLingering } from '../../src/salesforce/lingering.ts';
import { createSessions } from '../../src/salesforce/session.ts';
import { createTokenHolder } from '../../src/salesforce/token-holder.ts';
import { KEY } from './rsa-keys.ts';
import {
  type Answer,
  CREDENTIALS,
  clientOf,
  ORGANIZATION_ID,
  page,
  rejection,
  rowsOf,
  type Script,
  scriptedOrg,
  tokenAnswer,
  USER_ID,
} from './scripted-org.ts';

const SOQL = 'SELECT Id FROM Account';
const BASE_URL = 'https://acme.my.salesforce.com';
const RETRY = { delaysMs: [], busyDelaysMs: [], sleep: async () => {} };

interface Sent {
  readonly url: string;
  readonly authorization: string | undefined;
  readonly body: string | undefined;
}

/** A session of an org that answers in memory, so that the org can have any host. Records everything that was sent. */
function session(
  answer: (url: URL) => { status: number; location?: string; json?: unknown },
  credentials: Credentials = CREDENTIALS,
) {
  const sent: Sent[] = [];
  const exchange: Exchange = async ({ url, headers, body }) => {
    sent.push({ url: url.href, authorization: headers.Authorization, body });
    const { status, location = '', json } = answer(url);
    return { status, headers: { location }, text: JSON.stringify(json ?? {}) };
  };
  const tokens = createTokenHolder({
    exchange,
    baseUrl: BASE_URL,
    credentials: async () => credentials,
    orgTime: () => 0,
  });
  const gate = createGate(5, createLingering({ now: () => 0, sleep: RETRY.sleep }));
  const parts = { exchange, tokens, baseUrl: BASE_URL, retry: RETRY, gate, now: () => 0 };
  const { request } = createSessions(parts)([]);
  const read = (path = '/services/data/v67.0/query?q=x') =>
    request({ method: 'GET', path, asked: () => ({ what: 'query', queries: [path] }), read: (body) => body });
  return { sent, read };
}

function token(instanceUrl: string): object {
  return {
    access_token: 'SECRET-TOKEN',
    instance_url: instanceUrl,
    id: `https://login.salesforce.com/id/${ORGANIZATION_ID}/${USER_ID}`,
  };
}

const isToken = (url: URL) => url.pathname === '/services/oauth2/token';
const hostsOf = (sent: readonly Sent[]) => [...new Set(sent.map(({ url }) => new URL(url).host))];

const OWN = [
  ['base_url itself', BASE_URL],
  ['with a slash', `${BASE_URL}/`],
  ['in capitals', 'https://ACME.my.salesforce.com'],
  ['in full-width letters, which mean the same name', 'https://ａｃｍｅ.my.salesforce.com'],
  ['with the usual port', `${BASE_URL}:443`],
  ['on another partition', 'https://acme.develop.my.salesforce.com'],
] as const;

const FOREIGN = [
  ['another org', 'https://acme2.my.salesforce.com'],
  ['a host with the same ending', 'https://evilacme.my.salesforce.com'],
  ['a host with a longer ending', 'https://acme.my.salesforce.com.evil.example'],
  ['a host with the same beginning', 'https://acme.evil.example'],
  ['the same name without TLS', 'http://acme.my.salesforce.com'],
  ['the same name on another port', 'https://acme.my.salesforce.com:8443'],
  ['another partition on another port', 'https://acme.develop.my.salesforce.com:8443'],
  ['the same name of another domain of Salesforce', 'https://acme.my.salesforce.mil'],
  ['a name with a dot at its end', 'https://acme.my.salesforce.com.'],
  ['a Cyrillic letter that looks alike', 'https://аcme.my.salesforce.com'],
  ['a Cyrillic letter, encoded', 'https://xn--cme-8cd.my.salesforce.com'],
  ['a user name', 'https://acme.my.salesforce.com@evil.example'],
  ['a user name of the org itself', 'https://user@acme.my.salesforce.com'],
  ['a password of the org itself', 'https://user:password@acme.my.salesforce.com'],
  ['a backslash', 'https://evil.example\\.acme.my.salesforce.com'],
  ['the loopback', 'http://127.0.0.1:8080'],
  ['an address', 'https://169.254.169.254'],
  ['an IPv6 address', 'https://[::1]'],
  ['another scheme', 'ftp://acme.my.salesforce.com'],
  ['a file', 'file:///etc'],
] as const;

describe('a token', () => {
  test.each(OWN)('is used with %s as instance_url', async (_, instanceUrl) => {
    const { sent, read } = session((url) => ({ status: 200, json: isToken(url) ? token(instanceUrl) : { ok: true } }));
    expect(await read()).toEqual({ ok: true });
    expect(sent.map(({ authorization }) => authorization)).toEqual([undefined, 'Bearer SECRET-TOKEN']);
  });

  test.each(FOREIGN)('goes nowhere with %s as instance_url', async (_, instanceUrl) => {
    const { sent, read } = session((url) => ({ status: 200, json: isToken(url) ? token(instanceUrl) : { ok: true } }));
    expect(await rejection(read())).toMatchObject({
      name: 'ConfigurationError',
      retry: 'give-up',
      message: expect.stringMatching(/^acme\.my\.salesforce\.com issues tokens for \S+.*; nothing was sent there$/),
      hint: expect.stringContaining('base_url must be the My Domain URL'),
    });
    expect(sent).toHaveLength(1);
    expect(hostsOf(sent)).toEqual(['acme.my.salesforce.com']);
  });

  test.each(FOREIGN)('is not requested from %s if the org redirects there', async (_, target) => {
    const { sent, read } = session(() => ({ status: 307, location: `${target}/services/oauth2/token` }));
    expect(await rejection(read())).toMatchObject({ name: 'ConfigurationError' });
    expect(sent).toHaveLength(1);
    expect(hostsOf(sent)).toEqual(['acme.my.salesforce.com']);
  });

  test('is requested where a redirect within the org leads, with the secret', async () => {
    const moved = 'https://acme.develop.my.salesforce.com';
    const { sent, read } = session((url) =>
      url.host === 'acme.my.salesforce.com' && isToken(url)
        ? { status: 307, location: `${moved}/services/oauth2/token` }
        : { status: 200, json: isToken(url) ? token(moved) : { ok: true } },
    );
    expect(await read()).toEqual({ ok: true });
    expect(sent.map(({ url }) => new URL(url).host)).toEqual([
      'acme.my.salesforce.com',
      'acme.develop.my.salesforce.com',
      'acme.develop.my.salesforce.com',
    ]);
    expect(sent[1]?.body).toContain(CREDENTIALS.clientSecret);
  });

  test('is requested there with an assertion for that host', async () => {
    const moved = 'https://acme.develop.my.salesforce.com';
    const { sent, read } = session(
      (url) =>
        url.host === 'acme.my.salesforce.com' && isToken(url)
          ? { status: 307, location: `${moved}/services/oauth2/token` }
          : { status: 200, json: isToken(url) ? token(moved) : { ok: true } },
      { clientId: 'id', username: 'int@acme.example', privateKey: createPrivateKey(KEY) },
    );
    expect(await read()).toEqual({ ok: true });
    const audiences = sent.slice(0, 2).map(({ body }) => {
      const claims = new URLSearchParams(body).get('assertion')?.split('.')[1] ?? '';
      return JSON.parse(Buffer.from(claims, 'base64url').toString('utf8')).aud;
    });
    expect(audiences).toEqual(['https://acme.my.salesforce.com', moved]);
  });

  test.each([
    ['a line break, which would begin a header', 'TOKEN\r\nX-Injected: 1'],
    ['a space', 'TOKEN more'],
    ['letters that are not allowed in headers', 'TÖKEN'],
    ['more letters than a header can hold', 'T'.repeat(20_000)],
  ])('is refused with %s', async (_, value) => {
    const org = await scriptedOrg({ token: () => tokenAnswer(org.url, value), api: () => ({ json: page([], 0) }) });
    expect(await rejection(rowsOf(clientOf(org).query(SOQL)))).toMatchObject({ name: 'ConfigurationError' });
    expect(org.seen).toEqual([]);
  });

  test('of the loopback does not go to another port', async () => {
    const thief = await scriptedOrg({});
    const org = await scriptedOrg({ token: () => tokenAnswer(thief.url) });
    expect(await rejection(rowsOf(clientOf(org).query(SOQL)))).toMatchObject({ name: 'ConfigurationError' });
    expect([...thief.seen, ...thief.tokenRequests]).toEqual([]);
  });
});

describe('a request for data', () => {
  const redirecting = (target: string) =>
    session((url) => {
      if (isToken(url)) return { status: 200, json: token(BASE_URL) };
      return url.pathname.startsWith('/moved')
        ? { status: 200, json: { ok: true } }
        : { status: 302, location: target };
    });

  test.each(OWN)('follows a redirect to %s, with the token', async (_, target) => {
    const { sent, read } = redirecting(`${target}${target.endsWith('/') ? '' : '/'}moved`);
    expect(await read()).toEqual({ ok: true });
    expect(sent.at(-1)?.authorization).toBe('Bearer SECRET-TOKEN');
  });

  test.each(FOREIGN)('does not follow one to %s', async (_, target) => {
    const { sent, read } = redirecting(`${target}/moved`);
    expect(await rejection(read())).toMatchObject({
      name: 'TransientError',
      message: expect.stringMatching(/^acme\.my\.salesforce\.com redirects to [^\s,]+(?:, which| with a)/),
      hint: expect.stringContaining('base_url'),
    });
    expect(hostsOf(sent)).toEqual(['acme.my.salesforce.com']);
    expect(sent).toHaveLength(2);
  });

  test.each([
    ['//evil.example/services/data/'],
    ['/\\evil.example/services/data/'],
    ['/services/data/../oauth2/revoke?token=1'],
    ['/services/data/%2e%2e/oauth2/revoke'],
    ['/services/data/..\\oauth2\\revoke'],
    ['/services/database'],
    ['https://acme.my.salesforce.com@evil.example/services/data/'],
  ])('never leaves the API: %s', async (path) => {
    const { sent, read } = session((url) => ({ status: 200, json: isToken(url) ? token(BASE_URL) : {} }));
    expect(await rejection(read(path))).toMatchObject({ message: 'a request must stay within /services/data' });
    expect(sent).toHaveLength(1);
  });
});

describe('the path of a next page', () => {
  const withNext = (nextRecordsUrl: string): Script => ({
    api: (_seen, index) => ({
      json: index === 0 ? page([{ Id: '1' }], 2, nextRecordsUrl) : page([{ Id: '2' }], 2),
    }),
  });

  test.each([
    '/services/data/v67.0/query/0r8xx3d3FsAvwqKAIR-2000',
    '/services/data/v67.0/query/01gRO0000016PIAYA2-500',
    '/services/data/v100.0/queryAll/01gRO0000016PIAYA2-500',
  ])('%s is followed', async (next) => {
    const org = await scriptedOrg(withNext(next));
    expect(await rowsOf(clientOf(org).query(SOQL))).toHaveLength(2);
    expect(org.seen[1]?.path).toBe(next);
  });

  test.each([
    ['another host', 'https://evil.example/services/data/v67.0/query/x-1'],
    ['another host without a scheme', '//evil.example/services/data/v67.0/query/x-1'],
    ['a backslash', '/\\evil.example/services/data/v67.0/query/x-1'],
    ['a way up', '/services/data/../../services/oauth2/revoke?token=1'],
    ['a way up after the query', '/services/data/v67.0/query/../../../oauth2/revoke'],
    ['a way up, encoded', '/services/data/v67.0/query/%2e%2e/%2e%2e/sobjects'],
    ['a way up by backslashes', '/services/data/v67.0/query/..\\..\\sobjects'],
    ['a line break', '/services/data/v67.0/query/x-1\r\nX-Injected: 1'],
    ['a line break at its end', '/services/data/v67.0/query/x-1\n'],
    ['a control', '/services/data/v67.0/query/x\u0000-1'],
    ['a user name', '/services/data/ @evil.example'],
    ['another resource', '/services/data/v67.0/sobjects/Account'],
    ['a query of its own', '/services/data/v67.0/query/?q=SELECT+Id+FROM+User'],
    ['a query after the locator', '/services/data/v67.0/query/x-1?q=x'],
    ['a fragment', '/services/data/v67.0/query/x-1#x'],
    ['no locator', '/services/data/v67.0/query/'],
    ['an invalid version', '/services/data/latest/query/x-1'],
    ['an endless path', `/services/data/v67.0/query/${'x'.repeat(10_000)}`],
  ])('with %s is refused, and nothing is sent there', async (_, next) => {
    const org = await scriptedOrg(withNext(next));
    expect(await rejection(rowsOf(clientOf(org, { retryDelaysMs: [] }).query(SOQL)))).toMatchObject({
      name: 'TransientError',
      message: 'a query result does not have the documented shape (at nextRecordsUrl)',
    });
    expect(org.seen).toHaveLength(1);
    expect(org.tokenRequests).toHaveLength(1);
  });
});

describe('an unusable reply', () => {
  const empty = page([], 0);
  test.each([
    ['a redirect to nowhere', { status: 302, json: empty }],
    ['a redirect to an invalid address', { status: 302, json: empty, headers: { Location: 'http://[' } }],
    ['a redirect of another kind', { status: 303, json: empty, headers: { Location: '/services/data/' } }],
    ['part of the content', { status: 206, json: empty }],
    ['accepted, but not done yet', { status: 202, json: empty }],
    ['no content', { status: 204, text: '' }],
  ] satisfies [string, Answer][])('is not taken for data: %s', async (_, answer) => {
    const org = await scriptedOrg({ api: () => answer });
    expect(await rejection(rowsOf(clientOf(org).query(SOQL)))).toMatchObject({
      name: 'TransientError',
      status: answer.status,
    });
    expect(org.seen).toHaveLength(3);
  });

  test('is not taken for data if it is part of a composite that is not 200', async () => {
    const part = { body: empty, httpHeaders: {}, httpStatusCode: 202, referenceId: 'r0' };
    const org = await scriptedOrg({ api: () => ({ json: { compositeResponse: [part] } }) });
    expect(await rejection(clientOf(org).queryMany([SOQL]))).toMatchObject({ name: 'TransientError', status: 202 });
  });

  test('has its cookie ignored', async () => {
    const headers = { 'Set-Cookie': 'sid=STOLEN; path=/' };
    const org = await scriptedOrg({
      token: () => ({ ...tokenAnswer(org.url), headers }),
      api: () => ({ json: empty, headers }),
    });
    const client = clientOf(org);
    for (let time = 0; time < 2; time += 1) await rowsOf(client.query(SOQL));
    expect([...org.tokenRequests, ...org.seen].map((seen) => seen.headers.cookie)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});
