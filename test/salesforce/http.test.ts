import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { describe, expect, test, vi } from 'vitest';
import { isOwn } from '../../src/salesforce/redirect.ts';
import { type Answer, clientOf, page, refusal, rejection, rowsOf, scriptedOrg, tokenAnswer } from './scripted-org.ts';

const SOQL = 'SELECT Id FROM Account';
const ROW = { Id: '001' };
const zipped = gzipSync(JSON.stringify(page([ROW], 1)));
const asGzip = { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' };

describe('a reply', () => {
  test('may be compressed', async () => {
    const org = await scriptedOrg({ api: () => ({ text: zipped, headers: asGzip }) });
    expect(await rowsOf(clientOf(org).query(SOQL))).toEqual([ROW]);
    expect(org.seen[0]?.headers['accept-encoding']).toBe('gzip');
  });

  const broken: [string, Answer][] = [
    ['compressed data that ends early', { text: zipped.subarray(0, -6), headers: asGzip }],
    ['invalid compressed data', { text: 'plain', headers: asGzip }],
    [
      'a body shorter than its Content-Length',
      {
        by: (response: ServerResponse) => {
          response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': '1000' });
          response.write('{"totalSize":1', () => response.destroy());
        },
      },
    ],
    ['a connection that is cut before the reply', { by: (response: ServerResponse) => void response.destroy() }],
  ];

  test.each(broken)('is requested again after %s', async (_name, answer) => {
    const org = await scriptedOrg({ api: (_seen, index) => (index === 0 ? answer : { json: page([ROW], 1) }) });
    const client = clientOf(org);
    expect(await rowsOf(client.query(SOQL))).toEqual([ROW]);
    expect(client.calls).toBe(2);
  });

  test.each(broken)('is a transient error if %s persists', async (_name, answer) => {
    const org = await scriptedOrg({ api: () => answer });
    expect(await rejection(rowsOf(clientOf(org).query(SOQL)))).toMatchObject({
      name: 'TransientError',
      remedy: 'same-request',
    });
    expect(org.seen).toHaveLength(3);
  });

  test('that does not begin is given up after the time limit', async () => {
    const org = await scriptedOrg({ api: () => ({ by: () => {} }) });
    const client = clientOf(org, { firstByteMs: 40, retryDelaysMs: [] });
    expect(await rejection(rowsOf(client.query(SOQL)))).toMatchObject({
      name: 'TransientError',
      message: expect.stringContaining('sent no reply within 0.04 s'),
    });
  });

  test('that stops in the middle is given up after the limit of silence', async () => {
    const org = await scriptedOrg({
      api: () => ({
        by: (response) => {
          response.writeHead(200, { 'Content-Type': 'application/json' });
          response.write('{"totalSize":');
        },
      }),
    });
    const client = clientOf(org, { idleMs: 40, retryDelaysMs: [] });
    expect(await rejection(rowsOf(client.query(SOQL)))).toMatchObject({
      name: 'TransientError',
      message: expect.stringContaining('no more of its reply within 0.04 s'),
    });
  });

  test('may take longer than both limits while bytes keep arriving', async () => {
    const text = JSON.stringify(page([ROW], 1));
    const org = await scriptedOrg({
      api: () => ({
        by: (response) => {
          response.writeHead(200, { 'Content-Type': 'application/json' });
          let sent = 0;
          const timer = setInterval(() => {
            response.write(text.slice(sent, sent + 10));
            sent += 10;
            if (sent < text.length) return;
            clearInterval(timer);
            response.end();
          }, 220);
        },
      }),
    });
    const client = clientOf(org, { firstByteMs: 1500, idleMs: 1500, retryDelaysMs: [] });
    const begun = performance.now();
    expect(await rowsOf(client.query(SOQL))).toEqual([ROW]);
    expect(performance.now() - begun).toBeGreaterThan(1500);
  });

  test('shows the API usage and the time, even an error', async () => {
    const date = 'Thu, 01 Oct 2026 12:00:00 GMT';
    const org = await scriptedOrg({
      token: () => ({ ...tokenAnswer(org.url), headers: { Date: 'Thu, 01 Oct 2026 11:59:30 GMT' } }),
      api: () => ({
        ...refusal(400, 'MALFORMED_QUERY'),
        headers: { Date: date, 'Sforce-Limit-Info': 'api-usage=18/5000; per-app-api-usage=17/250(appName=x)' },
      }),
    });
    const client = clientOf(org);
    await client.authenticate();
    expect([client.usage, client.calls, client.tokenRequests]).toEqual([null, 0, 1]);
    expect(client.clock.lastDate).toBe(Date.parse('2026-10-01T11:59:30Z'));
    await rejection(rowsOf(client.query(SOQL)));
    expect(client.usage).toEqual({ used: 18, limit: 5000 });
    expect(client.calls).toBe(1);
    expect(client.clock.lastDate).toBe(Date.parse(date));
    expect(client.clock.now()).toBeGreaterThanOrEqual(Date.parse(date));
  });
});

describe('requests', () => {
  test('share a connection', async () => {
    const org = await scriptedOrg({ api: () => ({ json: page([ROW], 1) }) });
    const client = clientOf(org);
    for (let time = 0; time < 3; time += 1) await rowsOf(client.query(SOQL));
    expect(new Set(org.seen.map(({ remotePort }) => remotePort)).size).toBe(1);
  });

  test('in flight never exceed the allowed number, and all are answered', async () => {
    const mostHeld: number[] = [];
    const held: (() => void)[] = [];
    const org = await scriptedOrg({
      api: async ({ path }) => {
        if (path === '/probe') return { json: {} };
        await new Promise<void>((resolve) => held.push(resolve));
        return { json: page([ROW], 1) };
      },
    });
    const client = clientOf(org, { maxConcurrent: 2 });
    const results = Promise.all(Array.from({ length: 6 }, () => rowsOf(client.query(SOQL))));
    for (let round = 0; round < 3; round += 1) {
      await vi.waitUntil(() => held.length >= 2, 30_000);
      // Two round trips, long enough for a third request to arrive.
      await fetch(`${org.url}/probe`);
      await fetch(`${org.url}/probe`);
      mostHeld.push(held.length);
      for (const release of held.splice(0)) release();
    }
    expect(await results).toEqual(Array(6).fill([ROW]));
    expect(mostHeld).toEqual([2, 2, 2]);
  });

  test('that wait for their turn end when they are cancelled, even while the one before them continues', async () => {
    const first = new AbortController();
    const second = new AbortController();
    const org = await scriptedOrg({ api: () => ({ by: () => {} }) });
    const client = clientOf(org, { maxConcurrent: 1, retryDelaysMs: [] });
    const stuck = rejection(rowsOf(client.query(SOQL, { signal: first.signal })));
    await vi.waitUntil(() => org.seen.length === 1, 30_000);
    const waiting = rejection(rowsOf(client.query(SOQL, { signal: second.signal })));
    second.abort(new Error('enough'));
    expect(await waiting).toMatchObject({ message: 'enough' });
    first.abort(new Error('this one too'));
    expect(await stuck).toMatchObject({ message: 'this one too' });
    expect(org.seen).toHaveLength(1);
  });

  test.each([
    ['http://127.0.0.1:1', /^cannot reach 127\.0\.0\.1:1 \(ECONNREFUSED\)$/, /^Nothing listens there: .*`npm start`/],
    [
      'https://acme.invalid',
      /^cannot reach acme\.invalid \((ENOTFOUND|EAI_AGAIN)\)$/,
      /^Check the host name in base_url /,
    ],
  ])('to %s, which nobody serves, say so, name base_url, and count no call', async (url, message, hint) => {
    const client = clientOf({ url });
    const error = await rejection(rowsOf(client.query(SOQL)));
    expect(error).toMatchObject({
      name: 'TransientError',
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
      reached: false,
    });
    expect(error).toMatchObject({ hint: expect.stringContaining('base_url') });
    expect(client.calls).toBe(0);
  });

  test('over https to a server that speaks no TLS name base_url', async () => {
    const org = await scriptedOrg({});
    const error = await rejection(clientOf({ url: org.url.replace('http:', 'https:') }).authenticate());
    expect(error).toMatchObject({ name: 'TransientError', hint: expect.stringContaining('base_url') });
  });
});

describe('a redirect', () => {
  test.each([301, 302, 307, 308])('%i within the org is followed with the token', async (status) => {
    const org = await scriptedOrg({
      api: ({ path, headers }) => {
        if (!path.startsWith('/moved')) return { status, text: '', headers: { Location: `/moved${path}` } };
        return headers.authorization === undefined ? refusal(401, 'INVALID_SESSION_ID') : { json: page([ROW], 1) };
      },
    });
    expect(await rowsOf(clientOf(org).query(SOQL))).toEqual([ROW]);
  });

  test('keeps method and body of a /composite', async () => {
    const org = await scriptedOrg({
      api: ({ path, method, body }) => {
        if (!path.startsWith('/moved')) return { status: 301, text: '', headers: { Location: `/moved${path}` } };
        const referenceId = JSON.parse(body).compositeRequest[0].referenceId;
        expect(method).toBe('POST');
        return { json: { compositeResponse: [{ body: page([ROW], 1), httpStatusCode: 200, referenceId }] } };
      },
    });
    expect(await clientOf(org).queryMany([SOQL])).toMatchObject([{ ok: true, records: [ROW] }]);
  });

  test('makes the client read instance_url once more', async () => {
    const org = await scriptedOrg({
      api: ({ path }) =>
        path.startsWith('/moved')
          ? { json: page([ROW], 1) }
          : { status: 302, text: '', headers: { Location: `/moved${path}` } },
    });
    const client = clientOf(org);
    for (let time = 0; time < 3; time += 1) await rowsOf(client.query(SOQL));
    expect(org.tokenRequests).toHaveLength(2);
  });

  test('to another host is not followed', async () => {
    const other = await scriptedOrg({});
    const org = await scriptedOrg({
      api: ({ path }) => ({ status: 302, text: '', headers: { Location: `${other.url}${path}` } }),
    });
    expect(await rejection(rowsOf(clientOf(org).query(SOQL)))).toMatchObject({
      name: 'TransientError',
      hint: expect.stringContaining('base_url'),
    });
    expect(other.seen).toEqual([]);
  });

  test('in a loop ends', async () => {
    const org = await scriptedOrg({ api: ({ path }) => ({ status: 302, text: '', headers: { Location: path } }) });
    const client = clientOf(org, { retryDelaysMs: [] });
    expect(await rejection(rowsOf(client.query(SOQL)))).toMatchObject({ name: 'TransientError' });
    expect(org.seen).toHaveLength(6);
  });

  const known = ['https://acme.my.salesforce.com', 'https://na1.example.com'];
  test.each([
    ['the same host', 'https://acme.my.salesforce.com/x', true],
    ['the host of instance_url', 'https://na1.example.com/x', true],
    ['the same My Domain on another partition', 'https://acme.develop.my.salesforce.com/x', true],
    ['the same host without TLS', 'http://acme.my.salesforce.com/x', false],
    ['another My Domain', 'https://acme2.my.salesforce.com/x', false],
    ['a host with the same ending', 'https://acme.my.salesforce.com.evil.example/x', false],
    ['a host with the same beginning', 'https://acme.evil.example/x', false],
    ['another port', 'https://na1.example.com:8443/x', false],
    ['login.salesforce.com', 'https://login.salesforce.com/x', false],
  ])('%s', (_name, url, own) => {
    expect(isOwn(new URL(url), known)).toBe(own);
  });
});
