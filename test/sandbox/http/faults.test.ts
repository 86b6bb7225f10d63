import { expect, test, vi } from 'vitest';
import { SMALL_ORG } from '../access/small-org.ts';
import { pick, served } from './served.ts';

const ACCOUNTS = 'SELECT Id FROM Account';
const LEADS = 'SELECT Id FROM Lead';
const BUSY = {
  status: 503,
  body: [{ errorCode: 'SERVER_UNAVAILABLE', message: 'busy' }],
  headers: { 'X-Busy': 'yes' },
};

test('a fault fires for what it matches, after skip, as often as it says', async () => {
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

test('a raw body is sent as it is, html503 is a page', async () => {
  const org = await served(SMALL_ORG);
  await org.control('POST', 'faults', [
    { match: { path: 'query' }, reply: { status: 200, body: '{"totalSize": 3, "rec', raw: true } },
    { match: { path: 'query' }, reply: 'html503' },
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

test('a held request is answered when it is released, with the rows as they were when it came', async () => {
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

test('a fault of org.json works from the start', async () => {
  const org = await served(SMALL_ORG, { faults: [{ match: { path: '/oauth2/token' }, reply: BUSY }] });
  expect((await org.token()).status).toBe(503);
  expect((await org.token()).status).toBe(200);
});

test('a list that is no list of faults is refused with one message', async () => {
  const org = await served(SMALL_ORG);
  const reply = await org.control('POST', 'faults', [{ match: { pth: 'x' }, reply: 'hang' }]);
  expect(reply).toMatchObject({ status: 400, body: { error: expect.stringMatching(/pth/) } });
});
