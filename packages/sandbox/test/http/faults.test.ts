import { get } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { expect, test, vi } from 'vitest';
import { SMALL_ORG } from '../../src/testing/small-org.ts';
import { column, pick, served } from './served.ts';

const ACCOUNTS = 'SELECT Id FROM Account';
const LEADS = 'SELECT Id FROM Lead';
const BUSY = {
  status: 503,
  body: [{ errorCode: 'SERVER_UNAVAILABLE', message: 'busy' }],
  headers: { 'X-Busy': 'yes' },
};

test('a fault fires for matching requests, after skip, as often as times says', async () => {
  const org = await served(SMALL_ORG);
  const headers = await org.login();
  const match = { path: '/query', query: 'FROM Account', skip: 1 };
  await org.control('POST', 'faults', [{ match, times: 2, reply: BUSY }]);
  const statuses: number[] = [];
  for (const soql of [LEADS, ACCOUNTS, ACCOUNTS, LEADS, ACCOUNTS, ACCOUNTS])
    statuses.push((await org.query(soql, headers)).status);
  expect(statuses).toEqual([200, 200, 503, 200, 503, 200]);
  expect((await org.control('GET', 'faults')).body).toMatchObject({ faults: [{ seen: 4, fired: 2 }], held: 0 });
});

test('a reply is sent with its headers and body, and costs no API call', async () => {
  const org = await served(SMALL_ORG);
  await org.control('POST', 'faults', [{ match: {}, times: 1, reply: BUSY }]);
  const reply = await org.query(ACCOUNTS, {});
  expect(reply).toMatchObject({ status: 503, body: BUSY.body });
  expect(reply.headers.get('x-busy')).toBe('yes');
  expect(reply.headers.get('sforce-limit-info')).toBe('api-usage=0/100000');
});

test('a raw body is sent unchanged, and unavailable-html is a page', async () => {
  const org = await served(SMALL_ORG);
  await org.control('POST', 'faults', [
    { match: { path: 'query' }, reply: { status: 200, body: '{"totalSize": 3, "rec', raw: true } },
    { match: { path: 'query' }, reply: 'unavailable-html' },
  ]);
  expect((await org.query(ACCOUNTS, {})).body).toBe('{"totalSize": 3, "rec');
  const page = await org.query(ACCOUNTS, {});
  expect(page.status).toBe(503);
  expect(page.headers.get('content-type')).toContain('text/html');
});

test('reset cuts the connection', async () => {
  const org = await served(SMALL_ORG);
  await org.control('POST', 'faults', [{ match: { path: '/query' }, reply: 'reset' }]);
  await expect(org.query(ACCOUNTS, {})).rejects.toThrow();
  expect((await org.control('GET', 'requests')).body).toMatchObject([{ query: ACCOUNTS, status: null }]);
});

test('a held request is answered on release, with the rows as they were when it arrived', async () => {
  const org = await served(SMALL_ORG);
  const headers = await org.login();
  await org.control('POST', 'faults', [{ match: { query: 'FROM Lead' }, reply: 'hang' }]);
  const held = org.query(LEADS, headers);
  await vi.waitFor(async () => expect((await org.control('GET', 'faults')).body).toMatchObject({ held: 1 }));
  await org.control('POST', 'change', { changes: [{ put: 'Lead', row: { Name: 'Later' } }] });
  expect((await org.control('POST', 'faults/release')).body).toEqual({ released: 1 });
  expect(pick((await held).body, 'totalSize')).toBe(1);
  expect(pick((await org.query(LEADS, headers)).body, 'totalSize')).toBe(2);
});

test('a client can leave a held request', async () => {
  const org = await served(SMALL_ORG);
  const headers = await org.login();
  await org.control('POST', 'faults', [{ match: { query: 'FROM Lead' }, reply: 'hang' }]);
  const leaving = new AbortController();
  const url = `${org.url}/services/data/v67.0/query?q=${encodeURIComponent(LEADS)}`;
  const held = fetch(url, { headers, signal: leaving.signal });
  await vi.waitFor(async () => expect((await org.control('GET', 'faults')).body).toMatchObject({ held: 1 }));
  leaving.abort();
  await expect(held).rejects.toThrow();
  await vi.waitFor(async () => expect((await org.control('GET', 'faults')).body).toMatchObject({ held: 0 }));
});

test('a cursor’s continuation and a composite match by their SOQL', async () => {
  const org = await served(SMALL_ORG, { page_size: 1 });
  const headers = await org.login();
  const next = String(pick((await org.query(ACCOUNTS, headers)).body, 'nextRecordsUrl'));
  await org.control('POST', 'faults', [{ match: { query: 'FROM Account' }, times: 2, reply: BUSY }]);
  expect((await org.request('GET', next, { headers })).status).toBe(503);
  const url = `/services/data/v67.0/query?q=${encodeURIComponent(ACCOUNTS)}`;
  const body = { compositeRequest: [{ method: 'GET', url, referenceId: 'a' }] };
  expect((await org.request('POST', '/services/data/v67.0/composite', { headers, body })).status).toBe(503);
});

test('a fault in org.json applies from the start', async () => {
  const org = await served(SMALL_ORG, { faults: [{ match: { path: '/oauth2/token' }, reply: BUSY }] });
  expect((await org.token()).status).toBe(503);
  expect((await org.token()).status).toBe(200);
});

test('an invalid list of faults is refused with one message', async () => {
  const org = await served(SMALL_ORG);
  const reply = await org.control('POST', 'faults', [{ match: { pth: 'x' }, reply: 'hang' }]);
  expect(reply).toMatchObject({ status: 400, body: { error: expect.stringMatching(/pth/) } });
});

/** Returns a reply's status, and whether its compressed body arrived as complete JSON. */
async function bytesOf(url: string, headers: Record<string, string>): Promise<{ status: number; whole: boolean }> {
  return new Promise((resolve, reject) => {
    const request = get(url, { headers: { ...headers, 'Accept-Encoding': 'gzip' } }, (reply) => {
      const chunks: Buffer[] = [];
      reply.on('data', (chunk: Buffer) => chunks.push(chunk));
      const end = (): void => resolve({ status: reply.statusCode ?? 0, whole: isWhole(Buffer.concat(chunks)) });
      reply.on('end', end);
      reply.on('error', end);
    });
    request.on('error', reject);
  });
}

function isWhole(body: Buffer): boolean {
  try {
    JSON.parse(gunzipSync(body).toString('utf8'));
    return true;
  } catch {
    return false;
  }
}

const LIMIT = 'REQUEST_LIMIT_EXCEEDED';

test.each([
  ['limit-total', 403, [{ errorCode: LIMIT, message: 'TotalRequests Limit exceeded.' }]],
  [
    'limit-concurrent',
    403,
    [{ errorCode: LIMIT, message: 'ConcurrentRequests (Concurrent API Requests) Limit exceeded.' }],
  ],
  ['limit-long-running', 403, [{ errorCode: LIMIT, message: 'ConcurrentPerOrgLongTxn Limit exceeded.' }]],
  ['unknown-exception', 500, [{ errorCode: 'UNKNOWN_EXCEPTION' }]],
  ['unavailable-json', 503, [{ errorCode: 'SERVER_UNAVAILABLE' }]],
  ['unavailable-html', 503, expect.stringContaining('<html>')],
  ['page-420', 420, expect.stringContaining('<html>')],
  ['empty-406', 406, ''],
  ['session-expired', 401, [{ errorCode: 'INVALID_SESSION_ID' }]],
  ['query-timeout', 400, [{ errorCode: 'QUERY_TIMEOUT' }]],
])('%s is answered once, and the next answer is normal', async (reply, status, body) => {
  const org = await served(SMALL_ORG);
  const headers = await org.login();
  await org.control('POST', 'faults', [{ match: { path: '/query' }, reply }]);
  expect(await org.query(ACCOUNTS, headers)).toMatchObject({ status, body });
  expect(await org.query(ACCOUNTS)).toMatchObject({ status: 200, body: { totalSize: 2 } });
});

test.each([
  ['truncated-json', false],
  ['truncated-gzip', false],
  ['reset-midway', false],
  ['slow', true],
])('%s: the reply starts with 200 and is complete: %s', async (reply, whole) => {
  const org = await served(SMALL_ORG);
  const headers = await org.login();
  const url = `${org.url}/services/data/v67.0/query?q=${encodeURIComponent(ACCOUNTS)}`;
  await org.control('POST', 'faults', [{ match: { path: '/query' }, reply }]);
  expect(await bytesOf(url, headers)).toEqual({ status: 200, whole });
  expect(await bytesOf(url, headers)).toEqual({ status: 200, whole: true });
});

test('a stalled reply continues when it is released', async () => {
  const org = await served(SMALL_ORG);
  const headers = await org.login();
  await org.control('POST', 'faults', [{ match: { path: '/query' }, reply: 'stall' }]);
  const stalled = org.query(ACCOUNTS, headers);
  await vi.waitFor(async () => expect((await org.control('GET', 'faults')).body).toMatchObject({ held: 1 }));
  await org.control('POST', 'faults/release');
  expect((await stalled).body).toMatchObject({ totalSize: 2 });
});

test('credentials-revoked ends the sessions and refuses every later token request', async () => {
  const org = await served(SMALL_ORG);
  const headers = await org.login();
  await org.control('POST', 'faults', [{ match: { path: '/query' }, reply: 'credentials-revoked' }]);
  expect((await org.query(ACCOUNTS, headers)).status).toBe(401);
  expect(await org.token()).toMatchObject({ status: 400, body: { error: 'invalid_client' } });
  await org.control('POST', 'token', { fail: null });
  expect((await org.token()).status).toBe(200);
});

test('query-timeout hits queries that read too many rows, and in a composite only those', async () => {
  const org = await served(SMALL_ORG);
  const headers = await org.login();
  await org.control('POST', 'faults', [{ match: { rows_over: 1 }, times: 99, reply: 'query-timeout' }]);
  const asked = [
    ACCOUNTS,
    `${ACCOUNTS} LIMIT 1`,
    'SELECT COUNT() FROM Account',
    'SELECT MAX(Id) m FROM Account',
    LEADS,
  ];
  const compositeRequest = asked.map((soql, at) => ({
    method: 'GET',
    url: `/services/data/v67.0/query?q=${encodeURIComponent(soql)}`,
    referenceId: `r${at}`,
  }));
  const reply = await org.request('POST', '/services/data/v67.0/composite', { headers, body: { compositeRequest } });
  const statuses = asked.map((_soql, at) => pick(reply.body, 'compositeResponse', at, 'httpStatusCode'));
  expect(statuses).toEqual([400, 200, 400, 400, 200]);
});

test('short-pages: each page has half of the remaining rows, and none is lost', async () => {
  const org = await served(SMALL_ORG);
  const headers = await org.login();
  await org.control('POST', 'faults', [{ match: {}, times: 99, reply: 'short-pages' }]);
  const sizes: number[] = [];
  const ids: unknown[] = [];
  let path = `/services/data/v67.0/query?q=${encodeURIComponent('SELECT Id FROM User')}`;
  while (path !== 'undefined') {
    const { body } = await org.request('GET', path, { headers });
    sizes.push(column(body, 'Id').length);
    ids.push(...column(body, 'Id'));
    path = String(pick(body, 'nextRecordsUrl'));
  }
  expect(sizes).toEqual([5, 3, 1, 1]);
  expect(new Set(ids).size).toBe(10);
});

test('locator-expired hits continuations only', async () => {
  const org = await served(SMALL_ORG, { page_size: 1 });
  const headers = await org.login();
  await org.control('POST', 'faults', [{ match: { query: 'FROM Account' }, reply: 'locator-expired' }]);
  const first = await org.query(ACCOUNTS, headers);
  expect(first.status).toBe(200);
  const next = await org.request('GET', String(pick(first.body, 'nextRecordsUrl')), { headers });
  expect(next).toMatchObject({ status: 400, body: [{ errorCode: 'INVALID_QUERY_LOCATOR' }] });
});

test('moved: requests for data are redirected within the address until the next token', async () => {
  const org = await served(SMALL_ORG);
  const headers = await org.login();
  await org.control('POST', 'faults', [{ match: { path: '/query' }, reply: 'moved' }]);
  const path = `/services/data/v67.0/query?q=${encodeURIComponent(ACCOUNTS)}`;
  const statusAndTarget = async (method: string) => {
    const reply = await fetch(org.url + path, { method, headers, redirect: 'manual' });
    return [reply.status, reply.headers.get('location')];
  };
  const [status, target] = await statusAndTarget('GET');
  const moved = `${org.url}/moved${path}`;
  expect([status, target]).toEqual([301, moved]);
  expect(await statusAndTarget('POST')).toEqual([307, moved]);
  expect((await fetch(moved, { headers })).status).toBe(200);
  expect(pick((await org.token()).body, 'instance_url')).toBe(org.url);
  expect(await statusAndTarget('GET')).toEqual([200, null]);
});

test('changes are made just before the matching answer', async () => {
  const org = await served(SMALL_ORG);
  const headers = await org.login();
  const change = [{ put: 'Lead', row: { Name: 'In between' } }];
  await org.control('POST', 'faults', [{ match: { query: 'FROM Lead', skip: 1 }, reply: { change } }]);
  const sizes: unknown[] = [];
  for (let time = 0; time < 3; time += 1) sizes.push(pick((await org.query(LEADS, headers)).body, 'totalSize'));
  expect(sizes).toEqual([1, 2, 2]);
});

test.each([
  ['an unknown name', { reply: 'explode' }, /must be one of limit-total, .*"change"/],
  [
    'rows_over with another fault',
    { match: { rows_over: 5 }, reply: 'reset' },
    /rows_over"? is allowed only with query-timeout/,
  ],
  ['a part without a code', { reply: { part: { status: 400 } } }, /must be one of .*"part"/],
  ['an invalid number of times', { times: 'never', reply: 'reset' }, /times/],
])('%s is refused, also in org.json', async (_what, fault, message) => {
  const org = await served(SMALL_ORG);
  const reply = await org.control('POST', 'faults', [fault]);
  expect(reply).toMatchObject({ status: 400, body: { error: expect.stringMatching(message) } });
  await expect(served(SMALL_ORG, { faults: [fault] })).rejects.toThrow(message);
});
