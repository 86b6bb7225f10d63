import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { sfId } from '../../src/testing/folder.ts';
import { RECORDS, SMALL_ORG, USERS } from '../../src/testing/small-org.ts';
import { column, pick, type Served, served } from './served.ts';

const BASE = '/services/data/v67.0';
/** A full scan takes a second per row, times the `scale`. Sending rows takes no time. */
const RATES = { rows_scanned_per_second: 1, rows_returned_per_second: 1e9, fixed_ms: 0 };
const ORG = {
  ...SMALL_ORG,
  Lead: Array.from({ length: 5 }, (_, n) => ({ Id: sfId('00Q', n), Company: 'A' })),
};
/** Reads the five rows of Lead in a full scan, which takes five seconds times the scale. */
const LEADS = 'SELECT Id FROM Lead ORDER BY Company';
const TIMEOUT = [{ errorCode: 'QUERY_TIMEOUT', message: 'Your query request was running for too long.' }];

// Stop real time, so that only requests move the org's clock.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
  onTestFinished(() => void vi.useRealTimers());
});

const at = async (org: Served): Promise<number> =>
  Date.parse(String(pick((await org.control('GET', 'clock')).body, 'now'))) / 1000;

/** Returns the seconds that pass on the org's clock. */
async function passed(org: Served, work: () => Promise<unknown>): Promise<number> {
  const before = await at(org);
  await work();
  return Math.round((await at(org)) - before);
}

function compositeOf(...soqls: string[]) {
  const compositeRequest = soqls.map((soql, n) => ({
    method: 'GET',
    url: `${BASE}/query?q=${encodeURIComponent(soql)}`,
    referenceId: `q${n}`,
  }));
  return { compositeRequest };
}

const composite = async (org: Served, ...soqls: string[]) =>
  org.request('POST', `${BASE}/composite`, { body: compositeOf(...soqls), headers: await org.login() });

test('without costs a query takes none of the org’s time', async () => {
  const org = await served(ORG);
  expect(await passed(org, () => org.query(LEADS))).toBe(0);
  expect((await org.control('GET', 'costs')).body).toEqual({ costs: null });
});

test('a query takes the time to scan and send its rows; the org’s clock, Date and the log show it', async () => {
  const org = await served(ORG, { costs: { ...RATES, scale: 10, fixed_ms: 500, rows_returned_per_second: 10 } });
  const headers = await org.login();
  let date = '';
  const seconds = await passed(org, async () => {
    date = (await org.query(LEADS, headers)).headers.get('date') ?? '';
  });
  expect(seconds).toBe(51);
  expect(Date.parse(date) / 1000).toBe(Math.floor(await at(org)));
  const log = (await org.control('GET', 'requests')).body;
  expect(pick(log, 1)).toMatchObject({ query: LEADS, ms: 51_000 });
});

test('costs can be switched on and off while the org is served, and an unknown key is refused', async () => {
  const org = await served(ORG);
  await org.control('POST', 'costs', { ...RATES, tables: { Lead: { scale: 3 } } });
  expect(await passed(org, () => org.query(LEADS))).toBe(15);
  await org.control('POST', 'costs', null);
  expect(await passed(org, () => org.query(LEADS))).toBe(0);
  expect(await org.control('POST', 'costs', { scales: 3 })).toMatchObject({ status: 400 });
});

test('a query that takes longer than the limit is refused when the limit is reached', async () => {
  const org = await served(ORG, { costs: { ...RATES, scale: 25 } });
  const seconds = await passed(org, async () => {
    expect(await org.query(LEADS)).toMatchObject({ status: 400, body: TIMEOUT });
  });
  expect(seconds).toBe(120);
  expect(await org.query(`SELECT Id FROM Lead WHERE Id = '${sfId('00Q', 1)}'`)).toMatchObject({ status: 200 });
});

test('a later page takes the time to send its rows, without a scan', async () => {
  const org = await served(ORG, { page_size: 2, costs: { ...RATES, scale: 10, rows_returned_per_second: 1 } });
  const headers = await org.login();
  const first = await org.query(LEADS, headers);
  const next = String(pick(first.body, 'nextRecordsUrl'));
  expect(await passed(org, () => org.request('GET', next, { headers }))).toBe(2);
});

test('a composite takes the sum of its queries, each with its own limit', async () => {
  const org = await served(ORG, { costs: { ...RATES, tables: { Lead: { scale: 20 }, Case: { scale: 1e6 } } } });
  const seconds = await passed(org, async () => {
    const { body } = await composite(org, LEADS, 'SELECT COUNT() FROM Case', LEADS);
    expect(pick(body, 'compositeResponse')).toMatchObject([
      { httpStatusCode: 200, body: { totalSize: 5 } },
      { httpStatusCode: 400, body: TIMEOUT },
      { httpStatusCode: 200 },
    ]);
  });
  expect(seconds).toBe(320);
  expect(pick((await org.control('GET', 'requests')).body, 1)).toMatchObject({
    ms: 320_000,
    parts: [{ ms: 100_000 }, { ms: 120_000 }, { ms: 100_000 }],
  });
});

test('the later queries of a composite see what commits while it runs', async () => {
  const org = await served(ORG, { costs: { ...RATES, scale: 10 } });
  await org.control('POST', 'change', {
    changes: [{ put: 'Lead', row: { Id: sfId('00Q', 77), Company: 'Late' } }],
    visible_after_seconds: 40,
  });
  const { body } = await composite(org, LEADS, LEADS);
  expect(pick(body, 'compositeResponse')).toMatchObject([{ body: { totalSize: 5 } }, { body: { totalSize: 6 } }]);
});

test('a composite as a whole ends after ten minutes', async () => {
  const org = await served(ORG, { costs: { ...RATES, scale: 59, query_timeout_seconds: 1000 } });
  const seconds = await passed(org, async () => {
    expect(await composite(org, LEADS, LEADS, LEADS)).toMatchObject({ status: 400, body: TIMEOUT });
  });
  expect(seconds).toBe(600);
  expect(await composite(org, LEADS, LEADS)).toMatchObject({ status: 200 });
});

test('a batch as a whole ends too, and its subrequests are counted', async () => {
  const org = await served(ORG, { costs: { ...RATES, scale: 24, query_timeout_seconds: 1000 } });
  const url = `v67.0/query?q=${encodeURIComponent(LEADS)}`;
  const batchRequests = Array.from({ length: 6 }, () => ({ method: 'GET', url }));
  const ask = async (requests: readonly unknown[]) =>
    org.request('POST', `${BASE}/composite/batch`, {
      body: { batchRequests: requests },
      headers: await org.login(),
    });
  expect(await ask(batchRequests.slice(0, 4))).toMatchObject({ status: 200, body: { hasErrors: false } });
  const refused = await ask(batchRequests);
  expect(refused).toMatchObject({ status: 400, body: TIMEOUT });
  expect(refused.headers.get('sforce-limit-info')).toBe('api-usage=10/100000');
});

test('with real time the reply waits, and the org’s clock runs faster by the factor of the shortened wait', async () => {
  vi.useRealTimers();
  const costs = { ...RATES, scale: 20, real: true, real_factor: 0.001 };
  const org = await served(ORG, { costs });
  const seconds = await passed(org, () => org.query(LEADS));
  expect(seconds).toBeGreaterThan(90);
});

test('long requests count while they run, even if the client left; one too many is refused', async () => {
  const costs = { ...RATES, scale: 20, real: true };
  const org = await served(ORG, { costs, long_requests: 2 });
  const headers = await org.login();
  const hangUp = new AbortController();
  const url = `${org.url}${BASE}/query?q=${encodeURIComponent(LEADS)}`;
  const asked = [1, 2].map(() => fetch(url, { headers, signal: hangUp.signal }).catch(() => 'left'));
  await vi.waitFor(async () => expect(await org.control('GET', 'requests')).toMatchObject({ body: { length: 3 } }));
  hangUp.abort();
  expect(await Promise.all(asked)).toEqual(['left', 'left']);

  await org.control('POST', 'clock', { advance_seconds: 15 });
  const short = `SELECT Id FROM Account WHERE Id = '${RECORDS.account}'`;
  await org.control('POST', 'costs', null);
  expect(await org.query(short, headers)).toMatchObject({ status: 200 });
  await org.control('POST', 'clock', { advance_seconds: 10 });
  expect(await org.query(short, headers)).toMatchObject({
    status: 403,
    body: [
      {
        errorCode: 'REQUEST_LIMIT_EXCEEDED',
        message: 'ConcurrentRequests (Concurrent API Requests) Limit exceeded.',
      },
    ],
  });
  await org.control('POST', 'clock', { advance_seconds: 80 });
  expect(await org.query(short, headers)).toMatchObject({ status: 200 });
});

test('explain lists the ways to run a query, best first, and takes no time', async () => {
  const org = await served(ORG, { costs: { ...RATES, scale: 1000 } });
  const headers = await org.login();
  const explain = (soql: string) =>
    org.request('GET', `${BASE}/query?explain=${encodeURIComponent(soql)}`, { headers });
  const soql = "SELECT Id FROM Lead WHERE Id = '00Q000000000001AAA' AND Company = 'A'";
  const seconds = await passed(org, async () => {
    expect((await explain(soql)).body).toEqual({
      plans: [
        {
          leadingOperationType: 'Index',
          fields: ['Id'],
          cardinality: 1000,
          relativeCost: 1000 / 1500,
          sobjectCardinality: 5000,
          sobjectType: 'Lead',
          notes: [
            {
              description: 'Not considering filter for optimization because unindexed',
              fields: ['Company'],
              tableEnumOrId: 'Lead',
            },
          ],
        },
        expect.objectContaining({ leadingOperationType: 'TableScan', fields: [], cardinality: 5000 }),
      ],
      sourceQuery: soql,
    });
  });
  expect(seconds).toBe(0);
  expect(await explain('SELECT Nope FROM Lead')).toMatchObject({ status: 400, body: [{ errorCode: 'INVALID_FIELD' }] });
  expect(await explain('SELECT Id FROM Nope')).toMatchObject({ status: 400, body: [{ errorCode: 'INVALID_TYPE' }] });
  expect(await explain(' ')).toMatchObject({ status: 400, body: [{ errorCode: 'MALFORMED_QUERY' }] });
});

test('recordCount counts live records, and omits share objects and objects that the user cannot see', async () => {
  const org = await served(ORG);
  const headers = await org.login();
  await org.control('POST', 'change', { changes: [{ delete: 'Lead', id: sfId('00Q', 1) }] });
  const count = (names: string) => org.request('GET', `${BASE}/limits/recordCount${names}`, { headers });
  expect((await count('?sObjects=Lead,LeadShare,Nope')).body).toEqual({ sObjects: [{ count: 4, name: 'Lead' }] });
  const all = (await count('')).body;
  expect(pick(all, 'sObjects')).toContainEqual({ count: 4, name: 'Lead' });
  expect(JSON.stringify(all)).not.toContain('Share"');
  await org.control('POST', 'costs', { tables: { Lead: { scale: 100 } } });
  expect((await count('?sObjects=Lead')).body).toEqual({ sObjects: [{ count: 400, name: 'Lead' }] });
});

test('a refused part leaves the other parts of a composite alone, and stays refused on request', async () => {
  const org = await served(ORG);
  const refusal = { status: 400, errorCode: 'QUERY_TOO_COMPLICATED', message: 'too many formula fields' };
  await org.control('POST', 'faults', [{ match: { query: 'FROM Lead ' }, times: 'always', reply: { part: refusal } }]);
  const body = [{ errorCode: refusal.errorCode, message: refusal.message }];
  for (let time = 0; time < 3; time += 1) {
    const answer = await composite(org, 'SELECT Id FROM Account', LEADS);
    expect(pick(answer.body, 'compositeResponse')).toMatchObject([
      { httpStatusCode: 200 },
      { httpStatusCode: 400, body },
    ]);
  }
  expect(await org.query(LEADS)).toMatchObject({ status: 400, body });
  expect(await org.query('SELECT Id FROM Account')).toMatchObject({ status: 200 });
});

test.each([
  ['delete_ahead', [sfId('00Q', 0), sfId('00Q', 1), sfId('00Q', 4)]],
  ['erase_ahead', [sfId('00Q', 0), sfId('00Q', 1), sfId('00Q', 4)]],
])('%s: records removed before their page is read are missing from it, and the total stays', async (fault, ids) => {
  const org = await served(ORG, { page_size: 2 });
  const headers = await org.login();
  await org.control('POST', 'faults', [{ match: { query: 'FROM Lead' }, reply: { [fault]: 2 } }]);
  const pages = [await org.query('SELECT Id FROM Lead ORDER BY Id', headers)];
  for (let next = nextOf(pages); next !== undefined; next = nextOf(pages))
    pages.push(await org.request('GET', String(next), { headers }));
  expect(pages.flatMap(({ body }) => column(body, 'Id'))).toEqual(ids);
  expect(pages.map(({ body }) => pick(body, 'totalSize'))).toEqual([5, 5, 5]);
});

const nextOf = (pages: readonly { readonly body: unknown }[]): unknown => pick(pages.at(-1)?.body, 'nextRecordsUrl');

test('fifty million shares cannot be counted at once, but can be by ranges of their accounts', async () => {
  const virtual = { accounts: 10_000_000, owners: [USERS.rep] };
  const org = await served(ORG, { costs: {}, virtual });
  const headers = await org.login();
  const count = 'SELECT COUNT(Id) n, MAX(LastModifiedDate) m FROM AccountShare';
  expect(await org.query(count, headers)).toMatchObject({ status: 400, body: TIMEOUT });
  const account = (n: number): string => `001Vr${String(n).padStart(10, '0')}IAA`;
  const range = `${count} WHERE AccountId > '${account(399_999)}' AND AccountId <= '${account(599_999)}'`;
  const seconds = await passed(org, async () => {
    expect((await org.query(range, headers)).body).toMatchObject({ records: [{ n: 1_000_000 }] });
  });
  expect(seconds).toBe(5);
});
