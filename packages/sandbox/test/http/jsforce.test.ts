import { Connection } from 'jsforce';
import { expect, test } from 'vitest';
import { sfId } from '../../src/testing/folder.ts';
import { SMALL_ORG, USERS } from '../../src/testing/small-org.ts';
import { type Served, served } from './served.ts';

const MANY = {
  ...SMALL_ORG,
  Account: Array.from({ length: 950 }, (_, i) => ({ Id: sfId('001', i + 1), Name: `A ${i}`, OwnerId: USERS.rep })),
};

/** Logs jsforce in by its own client credentials flow. */
async function connected(org: Served): Promise<Connection> {
  const connection = new Connection({
    version: '67.0',
    oauth2: { loginUrl: org.url, clientId: 'sandbox', clientSecret: 'sandbox' },
  });
  await connection.authorize({ grant_type: 'client_credentials' });
  return connection;
}

test('logs in and knows its user', async () => {
  const org = await served(MANY);
  const connection = await connected(org);
  expect(connection.userInfo).toMatchObject({ id: USERS.integration, organizationId: sfId('00D', 1) });
  expect(connection.instanceUrl).toBe(org.url);
});

test('reads every page of a query', async () => {
  const org = await served(MANY, { page_size: 250 });
  const connection = await connected(org);
  const ids: string[] = [];
  let page = await connection.query<{ Id: string; Owner: { Id: string } }>(
    'SELECT Id, Owner.Id FROM Account ORDER BY Id',
  );
  let pages = 1;
  ids.push(...page.records.map((record) => record.Id));
  while (!page.done) {
    page = await connection.queryMore(page.nextRecordsUrl ?? '');
    pages += 1;
    ids.push(...page.records.map((record) => record.Id));
  }
  expect(pages).toBe(4);
  expect(ids).toEqual(MANY.Account.map((account) => account.Id));
  expect(page.records[0]?.Owner.Id).toBe(USERS.rep);
  expect(connection.limitInfo).toEqual({ apiUsage: { used: 4, limit: 100_000 } });
});

test('describes, lists and retrieves', async () => {
  const connection = await connected(await served(MANY));
  const described = await connection.describe('Account');
  expect(described.fields.map((field) => field.name)).toEqual(
    expect.arrayContaining(['Id', 'Name', 'OwnerId', 'BillingCity']),
  );
  const { sobjects } = await connection.describeGlobal();
  expect(sobjects.map((object) => object.name)).toEqual(
    expect.arrayContaining(['Account', 'AccountShare', 'UserRole']),
  );
  expect(await connection.sobject('Account').retrieve(sfId('001', 7))).toMatchObject({ Name: 'A 6' });
  expect(await connection.limits()).toMatchObject({ DailyApiRequests: { Max: 100_000 } });
});

test('expands * with describe, for a parent and its children', async () => {
  const connection = await connected(await served(SMALL_ORG));
  const accounts = await connection
    .sobject('Account')
    .find({ Name: 'Harbor' }, '*')
    .include('Contacts')
    .select('*')
    .end();
  expect(accounts).toMatchObject([
    { Name: 'Harbor', BillingAddress: null, Contacts: { totalSize: 1, records: [{ Name: 'Ann' }] } },
  ]);
});

test('a child that the org lacks is not described', async () => {
  const connection = await connected(await served(SMALL_ORG, { absent: ['Contact'] }));
  const { childRelationships } = await connection.describe('Account');
  expect(childRelationships.map((child) => child.relationshipName)).toContain('Cases');
  expect(childRelationships.map((child) => child.relationshipName)).not.toContain('Contacts');
});

const status = (code: number, errorCode: string) => ({ status: code, body: [{ errorCode, message: 'made up' }] });

/** Sends a POST, because jsforce sends it once. It retries a failed GET for seconds. */
const composite = (connection: Connection) => connection.requestPost('/composite', { compositeRequest: [] });

test.each([
  ['400', () => null, (c: Connection) => c.query('SELECT Nope FROM Account'), 'INVALID_FIELD'],
  ['403', () => status(403, 'REQUEST_LIMIT_EXCEEDED'), composite, 'REQUEST_LIMIT_EXCEEDED'],
  ['404', () => null, (c: Connection) => c.describe('Nope'), 'NOT_FOUND'],
  ['500', () => status(500, 'UNKNOWN_EXCEPTION'), composite, 'UNKNOWN_EXCEPTION'],
  ['503', () => status(503, 'SERVER_UNAVAILABLE'), composite, 'SERVER_UNAVAILABLE'],
])('understands an error with status %s', async (_status, reply, request, errorCode) => {
  const org = await served(MANY);
  const connection = await connected(org);
  const fault = reply();
  if (fault !== null) await org.control('POST', 'faults', [{ match: { path: '/services/data' }, reply: fault }]);
  await expect(request(connection)).rejects.toMatchObject({ errorCode });
});

test('understands an expired session (401)', async () => {
  const org = await served(MANY);
  const accessToken = (await connected(org)).accessToken ?? '';
  const connection = new Connection({ version: '67.0', instanceUrl: org.url, accessToken });
  expect((await connection.query('SELECT COUNT() FROM Account')).totalSize).toBe(950);
  await org.control('POST', 'sessions/expire');
  await expect(connection.query('SELECT Id FROM Account')).rejects.toMatchObject({ errorCode: 'INVALID_SESSION_ID' });
});
