import { get } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { sfId } from '../../src/testing/folder.ts';
import { SMALL_ORG, USERS } from '../../src/testing/small-org.ts';
import { column, pick, served } from './served.ts';

const MANY = {
  ...SMALL_ORG,
  Account: Array.from({ length: 650 }, (_, i) => ({ Id: sfId('001', i + 1), Name: `A ${i}`, OwnerId: USERS.rep })),
};
const SOQL = 'SELECT Id FROM Account ORDER BY Id';
const ALL_IDS = MANY.Account.map((account) => account.Id);

test('pages continue by locator until every row was sent once', async () => {
  const org = await served(MANY);
  const headers = { ...(await org.login()), 'Sforce-Query-Options': 'batchSize=200' };
  const ids: unknown[] = [];
  const sizes: number[] = [];
  let page = await org.query(SOQL, headers);
  for (;;) {
    expect(pick(page.body, 'totalSize')).toBe(650);
    sizes.push(column(page.body, 'Id').length);
    ids.push(...column(page.body, 'Id'));
    const next = pick(page.body, 'nextRecordsUrl');
    if (next === undefined) break;
    expect(next).toMatch(/^\/services\/data\/v67\.0\/query\/0r8[A-Za-z0-9]{15}-\d+$/);
    expect(pick(page.body, 'done')).toBe(false);
    page = await org.request('GET', String(next), { headers });
  }
  expect(pick(page.body, 'done')).toBe(true);
  expect(sizes).toEqual([200, 200, 200, 50]);
  expect(ids).toEqual(ALL_IDS);
});

test('a page has at most page_size rows, even if more are requested', async () => {
  const org = await served(MANY, { page_size: 300 });
  const headers = { ...(await org.login()), 'Sforce-Query-Options': 'batchSize=2000' };
  const first = await org.query(SOQL, headers);
  expect(column(first.body, 'Id')).toEqual(ALL_IDS.slice(0, 300));
  const second = await org.request('GET', String(pick(first.body, 'nextRecordsUrl')), { headers });
  expect(column(second.body, 'Id')).toEqual(ALL_IDS.slice(300, 600));
});

test('a cursor keeps the ids of its first page’s query, and its pages can be read again', async () => {
  const org = await served(MANY, { page_size: 300 });
  const headers = await org.login();
  const first = await org.query(SOQL, headers);
  await org.control('POST', 'change', { changes: [{ put: 'Account', row: { Id: sfId('001', 900), Name: 'New' } }] });
  const next = String(pick(first.body, 'nextRecordsUrl'));
  const once = await org.request('GET', next, { headers });
  const again = await org.request('GET', next, { headers });
  expect(column(once.body, 'Id')).toEqual(ALL_IDS.slice(300, 600));
  expect(again.body).toEqual(once.body);
  expect(pick(once.body, 'totalSize')).toBe(650);
});

test('a row erased between two pages is missing, and no other row is sent twice', async () => {
  const org = await served(MANY, { page_size: 300 });
  const headers = await org.login();
  const pages = [await org.query(SOQL, headers)];
  await org.control('POST', 'change', {
    changes: [
      { erase: 'Account', id: sfId('001', 5) },
      { erase: 'Account', id: sfId('001', 310) },
    ],
  });
  for (
    let next = pick(pages[0]?.body, 'nextRecordsUrl');
    next !== undefined;
    next = pick(pages.at(-1)?.body, 'nextRecordsUrl')
  )
    pages.push(await org.request('GET', String(next), { headers }));
  const ids = pages.flatMap((page) => column(page.body, 'Id'));
  expect(ids).toEqual(ALL_IDS.filter((id) => id !== sfId('001', 310)));
});

test.each([
  ['unknown', '0r8AAAAAAAAAAAAAAA-200', 0],
  ['malformed', 'nothing-1', 0],
])('a locator that is %s is INVALID_QUERY_LOCATOR', async (_what, locator) => {
  const org = await served(MANY);
  const reply = await org.request('GET', `/services/data/v67.0/query/${locator}`, { headers: await org.login() });
  expect(reply).toMatchObject({
    status: 400,
    body: [{ errorCode: 'INVALID_QUERY_LOCATOR', message: 'invalid query locator' }],
  });
});

test('a cursor expires after two days', async () => {
  const org = await served(MANY, { page_size: 300 });
  const next = String(pick((await org.query(SOQL)).body, 'nextRecordsUrl'));
  await org.control('POST', 'clock', { advance_seconds: 47 * 3600 });
  expect((await org.request('GET', next, { headers: await org.login() })).status).toBe(200);
  await org.control('POST', 'clock', { advance_seconds: 2 * 3600 });
  expect((await org.request('GET', next, { headers: await org.login() })).status).toBe(400);
});

test('query excludes deleted rows, queryAll includes them', async () => {
  const org = await served({ ...SMALL_ORG, Lead: [{ Id: sfId('00Q', 1), IsDeleted: true, OwnerId: USERS.rep }] });
  const headers = await org.login();
  const all = await org.request('GET', `/services/data/v67.0/queryAll?q=${encodeURIComponent('SELECT Id FROM Lead')}`, {
    headers,
  });
  expect(column(all.body, 'Id')).toEqual([sfId('00Q', 1)]);
  expect(column((await org.query('SELECT Id FROM Lead')).body, 'Id')).toEqual([]);
});

test.each([
  [
    'an unknown field',
    'SELECT Id, Nope__c FROM Account',
    'INVALID_FIELD',
    /No such column 'Nope__c' on entity 'Account'/,
  ],
  ['an unknown object', 'SELECT Id FROM Nope', 'INVALID_TYPE', /sObject type 'Nope' is not supported/],
  [
    'AND and OR without parentheses',
    "SELECT Id FROM Account WHERE Name = 'a' OR Name = 'b' AND Name = 'c'",
    'MALFORMED_QUERY',
    /unexpected token/,
  ],
  ['an empty query', ' ', 'MALFORMED_QUERY', /./],
])('%s is a 400 in Salesforce’s array format', async (_what, soql, errorCode, message) => {
  const org = await served(SMALL_ORG);
  const { status, body } = await org.query(soql);
  expect(status).toBe(400);
  expect(body).toEqual([{ errorCode, message: expect.stringMatching(message) }]);
});

test.each([
  ['an unknown resource', 'GET', '/services/data/v67.0/nope', 404, 'NOT_FOUND'],
  ['a future version', 'GET', '/services/data/v99.0/limits', 404, 'NOT_FOUND'],
  ['a retired version', 'GET', '/services/data/v30.0/limits', 410, 'UNSUPPORTED_API_VERSION'],
  ['a method that a query does not allow', 'POST', '/services/data/v67.0/query?q=x', 405, 'METHOD_NOT_ALLOWED'],
  ['a path outside the API', 'GET', '/nope', 404, 'NOT_FOUND'],
])('%s: %s %s is %i', async (_what, method, path, status, errorCode) => {
  const org = await served(SMALL_ORG);
  const reply = await org.request(method, path, { headers: await org.login() });
  expect(reply).toMatchObject({ status, body: [{ errorCode }] });
});

test('a URI over 16,384 bytes is 414, and a shorter one is answered', async () => {
  const org = await served(SMALL_ORG);
  const headers = await org.login();
  const uri = (length: number): string => {
    const start = '/services/data/v67.0/query?q=SELECT+Id+FROM+Account&x=';
    return start + 'x'.repeat(length - start.length);
  };
  expect((await org.request('GET', uri(16_384), { headers })).status).toBe(200);
  expect((await org.request('GET', uri(16_385), { headers })).status).toBe(414);
});

test('replies are compressed on request, keep the connection alive, and carry the org’s time and usage', async () => {
  const org = await served(SMALL_ORG);
  await org.control('POST', 'clock', { advance_seconds: 86_400 });
  const session = await org.login();
  const url = `${org.url}/services/data/v67.0/query?q=SELECT+Id+FROM+Account`;
  const { headers, text } = await new Promise<{ headers: Record<string, unknown>; text: string }>((resolve, reject) => {
    get(url, { headers: { ...session, 'Accept-Encoding': 'gzip' } }, (reply) => {
      const chunks: Buffer[] = [];
      reply.on('data', (chunk: Buffer) => chunks.push(chunk));
      reply.on('end', () => resolve({ headers: reply.headers, text: gunzipSync(Buffer.concat(chunks)).toString() }));
    }).on('error', reject);
  });
  expect(headers).toMatchObject({ 'content-encoding': 'gzip', 'sforce-limit-info': 'api-usage=1/100000' });
  expect(Date.parse(String(headers.date)) - Date.now()).toBeGreaterThan(80_000_000);
  expect(pick(JSON.parse(text), 'totalSize')).toBe(2);
});

test('the daily limit answers 403, and resets a day later', async () => {
  const org = await served(SMALL_ORG, { daily_api_requests: 2 });
  const headers = await org.login();
  const soql = 'SELECT Id FROM Account';
  expect((await org.query(soql, headers)).status).toBe(200);
  expect((await org.query(soql, headers)).headers.get('sforce-limit-info')).toBe('api-usage=2/2');
  expect(await org.query(soql, headers)).toMatchObject({
    status: 403,
    body: [{ errorCode: 'REQUEST_LIMIT_EXCEEDED', message: 'TotalRequests Limit exceeded.' }],
  });
  await org.control('POST', 'clock', { advance_seconds: 25 * 3600 });
  expect((await org.query(soql)).status).toBe(200);
});

test('UserRecordAccess is answered by the access rules', async () => {
  const org = await served(SMALL_ORG);
  const { body } = await org.query(
    `SELECT RecordId, HasReadAccess FROM UserRecordAccess WHERE UserId = '${USERS.colleague}' AND RecordId IN ('${sfId('001', 1)}', '${sfId('00Q', 77)}')`,
  );
  expect(pick(body, 'totalSize')).toBe(1);
  expect(pick(body, 'records', 0)).toMatchObject({ RecordId: sfId('001', 1), HasReadAccess: false });
});

test('UserRecordAccess takes at most 200 records', async () => {
  const org = await served(SMALL_ORG);
  const ask = (n: number) => {
    const ids = Array.from({ length: n }, (_, i) => `'${sfId('001', i + 1)}'`).join(',');
    return org.query(`SELECT RecordId FROM UserRecordAccess WHERE UserId = '${USERS.rep}' AND RecordId IN (${ids})`);
  };
  expect((await ask(200)).status).toBe(200);
  expect((await ask(201)).body).toMatchObject([{ errorCode: 'MALFORMED_QUERY' }]);
});
