import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serveSandbox } from '@salesforce-connector/sandbox/serve';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import type { Salesforce } from '../../src/salesforce/client.ts';
import { clientOf, rejection, rowsOf } from './scripted-org.ts';

const ACCOUNTS = 2500;

/** An id of 18 characters. A checksum letter encodes which of five characters are capitals. */
function id(prefix: string, number: number): string {
  const short = prefix + String(number).padStart(12, '0');
  const chunks = [short.slice(0, 5), short.slice(5, 10), short.slice(10)];
  const bits = chunks.map((chunk) => [...chunk].reduce((sum, char, at) => sum + (/[A-Z]/.test(char) ? 2 ** at : 0), 0));
  return short + bits.map((sum) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345'.charAt(sum)).join('');
}

const ORGANIZATION = id('00D', 1);
const USER = id('005', 1);
const PROFILE = id('00e', 1);

const ORG: Readonly<Record<string, string>> = {
  'org.json': JSON.stringify({ page_size: 1000, run_as: USER, absent: ['Territory2'] }),
  'Organization.csv': `Id,Name\n${ORGANIZATION},Acme\n`,
  'User.csv': `Id,Username,IsActive,ProfileId\n${USER},admin@acme.example,true,${PROFILE}\n`,
  'Profile.csv': `Id,Name\n${PROFILE},System Administrator\n`,
  'PermissionSet.csv': `Id,Name,IsOwnedByProfile,ProfileId,PermissionsViewAllData\n${id('0PS', 1)},X00e,true,${PROFILE},true\n`,
  'Account.csv': `Id,Name,OwnerId\n${Array.from({ length: ACCOUNTS }, (_, at) => `${id('001', at)},Account ${at},${USER}\n`).join('')}`,
};

interface Logged {
  readonly path: string;
  readonly calls: number;
}

interface Served {
  readonly client: Salesforce;
  post(path: string, body?: unknown): Promise<unknown>;
  log(): Promise<readonly Logged[]>;
  /** How often each fault was injected. */
  struck(): Promise<readonly number[]>;
}

/** The sandbox over HTTP with a folder of its own, and a client for it. */
async function served(): Promise<Served> {
  const folder = await mkdtemp(join(tmpdir(), 'salesforce-client-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [name, text] of Object.entries(ORG)) await writeFile(join(folder, name), text);
  const server = await serveSandbox({ folder, port: 0, log: null });
  onTestFinished(() => server.close());
  return {
    client: clientOf(server, { credentials: async () => ({ clientId: 'sandbox', clientSecret: 'sandbox' }) }),
    async post(path, body = {}) {
      const reply = await fetch(`${server.url}/sandbox/${path}`, { method: 'POST', body: JSON.stringify(body) });
      return await reply.json();
    },
    async log() {
      const reply = await fetch(`${server.url}/sandbox/requests`);
      return z.array(z.object({ path: z.string(), calls: z.number() })).parse(await reply.json());
    },
    async struck() {
      const reply = await fetch(`${server.url}/sandbox/faults`);
      const { faults } = z.object({ faults: z.array(z.object({ fired: z.number() })) }).parse(await reply.json());
      return faults.map(({ fired }) => fired);
    },
  };
}

test('reads every row of an org once, and counts its calls as the org does', async () => {
  const { client, log } = await served();
  expect(await client.authenticate()).toMatchObject({ organizationId: ORGANIZATION, userId: USER });
  const rows = await rowsOf(client.query('SELECT Id, Name, Owner.Username FROM Account ORDER BY Id'));
  expect(rows).toHaveLength(ACCOUNTS);
  expect(new Set(rows.map((row) => JSON.stringify(row))).size).toBe(ACCOUNTS);
  expect(rows[0]).toEqual({ Id: id('001', 0), Name: 'Account 0', Owner: { Username: 'admin@acme.example' } });
  const counted = (await log()).reduce((sum, { calls }) => sum + calls, 0);
  expect(client.calls).toBe(3);
  expect(counted).toBe(client.calls);
  expect(client.usage).toEqual({ used: 3, limit: 100_000 });
});

test('lists the API versions that the org offers, which the org does not count', async () => {
  const { client } = await served();
  expect(await client.versions()).toEqual(expect.arrayContaining(['31.0', '67.0']));
  expect(client.calls).toBe(0);
});

test('shows how the org would run a query, and how many records it has, for an API call each', async () => {
  const { client, post } = await served();
  const scan = { leadingOperationType: 'TableScan', cardinality: ACCOUNTS, sobjectCardinality: ACCOUNTS };
  expect(await client.explain("SELECT Id FROM Account WHERE Name = 'Account 1'")).toEqual([scan]);
  const [byId] = await client.explain(`SELECT Id FROM Account WHERE Id = '${id('001', 1)}'`);
  expect(byId).toEqual({ ...scan, leadingOperationType: 'Index', cardinality: 1 });
  expect([...(await client.recordCount(['Account', 'AccountShare', 'User']))]).toEqual(
    expect.arrayContaining([
      ['Account', ACCOUNTS],
      ['User', 1],
    ]),
  );
  expect((await client.recordCount(['AccountShare'])).size).toBe(0);
  expect(client.calls).toBe(4);
  const refused = { status: 403, body: [{ errorCode: 'FORBIDDEN', message: 'no' }] };
  await post('faults', [
    { match: { path: '/limits/recordCount' }, reply: refused },
    { match: { path: '/query' }, reply: { status: 200, body: { plans: [] } }, times: 'always' },
  ]);
  expect(await rejection(client.recordCount(['Account']))).toMatchObject({ name: 'LostAccessError' });
  expect(await rejection(client.explain('SELECT Id FROM Account'))).toMatchObject({
    name: 'TransientError',
    message: 'a query plan does not have the documented shape (at plans)',
  });
});

test('answers queries and describes in one call, with a missing object as a value', async () => {
  const { client } = await served();
  const { queries, describes } = await client.compositeBatch({
    queries: ['SELECT COUNT(Id) FROM Account', 'SELECT Id FROM Territory2', 'SELECT Id FROM Account'],
    describes: ['Account', 'Territory2'],
  });
  expect(queries[0]).toMatchObject({ ok: true, records: [{ expr0: ACCOUNTS }] });
  expect(queries[1]).toMatchObject({ ok: false, error: { name: 'LostAccessError', subject: 'Territory2' } });
  expect(queries[2]).toMatchObject({ ok: true, totalSize: ACCOUNTS, records: { length: ACCOUNTS } });
  expect(describes.get('Territory2')).toBeNull();
  expect(describes.get('Account')?.fields.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['Id', 'Name', 'OwnerId', 'SystemModstamp']),
  );
  expect(client.calls).toBe(3);
});

test('continues with a new token when its session ends between two pages', async () => {
  const { client, post } = await served();
  const rows: unknown[] = [];
  for await (const { records } of client.query('SELECT Id FROM Account ORDER BY Id')) {
    if (rows.length === 0) await post('sessions/expire');
    rows.push(...records);
  }
  expect(rows).toHaveLength(ACCOUNTS);
  expect(client.tokenRequests).toBe(2);
});

test('sends a list of ids that is too long for a URL', async () => {
  const { client, log } = await served();
  const ids = Array.from({ length: 1500 }, (_, at) => `'${id('001', at)}'`);
  const rows = await rowsOf(client.query(`SELECT Id FROM Account WHERE Id IN (${ids.join(',')})`));
  expect(rows).toHaveLength(ids.length);
  expect((await log()).some(({ path }) => path.endsWith('/composite'))).toBe(true);
});

test("survives a cut connection and an outage, and follows the org's clock", async () => {
  const { client, post, struck } = await served();
  await post('faults', [
    { match: { path: '/query' }, reply: 'reset' },
    { match: { path: '/query', skip: 2 }, reply: 'unavailable-html' },
  ]);
  expect(await rowsOf(client.query('SELECT Id FROM Account'))).toHaveLength(ACCOUNTS);
  expect(await struck()).toEqual([1, 1]);
  const before = client.clock.now();
  await post('clock', { advance_seconds: 86_400 });
  await rowsOf(client.query('SELECT COUNT() FROM Account'));
  expect(client.clock.now() - before).toBeGreaterThanOrEqual(86_400_000 - 1000);
});

test.each([
  ['a field', 'SELECT Id, Nope__c FROM Account', { name: 'LostAccessError', subject: 'Account.Nope__c' }],
  ['an object', 'SELECT Id FROM Nope__c', { name: 'LostAccessError', subject: 'Nope__c' }],
  ['a query', 'SELECT Id FROM Account WHERE', { name: 'RejectedQueryError', errorCode: 'MALFORMED_QUERY' }],
])('names the cause if the org refuses %s', async (_what, soql, expected) => {
  const { client } = await served();
  expect(await rejection(rowsOf(client.query(soql)))).toMatchObject(expected);
});
