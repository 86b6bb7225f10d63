import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startServer } from '../../src/http/server.ts';
import { openOrg } from '../../src/org/open.ts';
import { sfId, writeFolder } from '../../src/testing/folder.ts';
import { RECORDS, SMALL_ORG, USERS } from '../../src/testing/small-org.ts';
import { CLIENT, pick, served } from './served.ts';

test('access lists every live record that a user may read', async () => {
  const org = await served({
    ...SMALL_ORG,
    Lead: [
      { Id: sfId('00Q', 1), OwnerId: USERS.rep, IsConverted: false, IsDeleted: false },
      { Id: sfId('00Q', 2), OwnerId: USERS.rep, IsConverted: true, IsDeleted: false },
      { Id: sfId('00Q', 3), OwnerId: USERS.rep, IsConverted: false, IsDeleted: true },
      { Id: sfId('00Q', 4), OwnerId: USERS.eastLead, IsConverted: false, IsDeleted: false },
    ],
  });
  const ids = async (user: string) => (await org.control('GET', `access?user=${user}&object=Lead`)).body;
  expect(await ids(USERS.rep)).toEqual({ ids: [sfId('00Q', 1)] });
  expect(await ids(USERS.chief)).toEqual({ ids: [sfId('00Q', 1), sfId('00Q', 4)] });
});

test('access and fields need a user of the org and one of the five objects', async () => {
  const org = await served(SMALL_ORG);
  expect((await org.control('GET', `access?user=${sfId('005', 77)}&object=Lead`)).status).toBe(400);
  expect((await org.control('GET', `fields?user=${USERS.rep}&object=User`)).status).toBe(400);
});

test('fields lists the fields of an object that a user may read', async () => {
  const org = await served({
    ...SMALL_ORG,
    FieldPermissions: [
      {
        Id: sfId('01k', 1),
        ParentId: sfId('0PS', 3),
        SobjectType: 'Account',
        Field: 'Account.Phone',
        PermissionsRead: true,
      },
    ],
  });
  const fields = async (user: string) =>
    pick((await org.control('GET', `fields?user=${user}&object=Account`)).body, 'fields') as string[];
  expect(await fields(USERS.viewer)).toEqual(expect.arrayContaining(['Id', 'Name', 'Phone']));
  expect(await fields(USERS.rep)).toEqual(expect.arrayContaining(['Id', 'Name']));
  expect(await fields(USERS.rep)).not.toContain('Phone');
});

test('the request log has the query and its number of rows, but no token or secret', async () => {
  const files = writeFolder(SMALL_ORG, { client_secret: 'a-secret-of-tests' });
  const logFolder = mkdtempSync(join(tmpdir(), 'sandbox-log-'));
  const log = join(logFolder, 'requests.jsonl');
  const org = await openOrg(files.folder);
  onTestFinished(() => {
    org.close();
    files.remove();
    rmSync(logFolder, { recursive: true });
  });
  const server = await startServer({ org, port: 0, log });
  const form = new URLSearchParams({ ...CLIENT, client_secret: 'a-secret-of-tests' });
  const token = await (await fetch(`${server.url}/services/oauth2/token`, { method: 'POST', body: form })).json();
  const accessToken = String(pick(token, 'access_token'));
  await fetch(`${server.url}/services/data/v67.0/query?q=SELECT+Id+FROM+Account`, {
    headers: { Authorization: `Bearer ${accessToken}` },
  });
  const shown = await (await fetch(`${server.url}/sandbox/requests`)).json();
  await server.close();
  const entries = [
    { n: 1, method: 'POST', path: '/services/oauth2/token', query: null, rows: 0, status: 200, calls: 0 },
    {
      n: 2,
      method: 'GET',
      path: '/services/data/v67.0/query',
      query: 'SELECT Id FROM Account',
      rows: 2,
      status: 200,
      calls: 1,
    },
  ];
  const written = readFileSync(log, 'utf8');
  expect(shown).toEqual(entries);
  expect(
    written
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual(entries);
  expect(written).not.toContain('a-secret-of-tests');
  expect(written).not.toContain(accessToken);
});

test('the request log can be cleared', async () => {
  const org = await served(SMALL_ORG);
  await org.query('SELECT Id FROM Account');
  await org.control('DELETE', 'requests');
  expect((await org.control('GET', 'requests')).body).toEqual([]);
});

test('rows includes deleted rows, and filters by values', async () => {
  const org = await served(SMALL_ORG);
  await org.control('POST', 'change', { changes: [{ delete: 'Lead', id: RECORDS.lead }] });
  expect((await org.control('GET', 'rows/Lead?IsDeleted=true')).body).toMatchObject({ rows: [{ Id: RECORDS.lead }] });
  expect((await org.control('GET', 'rows/Lead?IsDeleted=false')).body).toEqual({ rows: [] });
});

test.each([
  ['GET', 'nope'],
  ['GET', 'rows/Nope'],
  ['POST', 'clock'],
])('an invalid %s /sandbox/%s gets one message', async (method, path) => {
  const org = await served(SMALL_ORG);
  expect(await org.control(method, path, method === 'POST' ? {} : undefined)).toMatchObject({
    status: 400,
    body: { error: expect.stringMatching(/./) },
  });
});
