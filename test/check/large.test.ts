import { expect, it } from 'vitest';
import { Trial } from '../../src/check/trial.ts';
import type { Salesforce } from '../../src/salesforce/client.ts';
import { LimitError } from '../../src/salesforce/errors.ts';
import { shapeError } from '../../src/salesforce/json.ts';
import { PEOPLE, recordId } from '../sync/org-folder.ts';
import { bad, checkOf, finding, folderOf, goodOrg, OWN_SET, own } from './checked.ts';

/** The org's clock runs this much faster than this machine's while a query is running. */
const FASTER = 10;
/** Twenty seconds of the org's time. */
const LIMITS = { patienceMs: 20_000 / FASTER };
const REAL = { real: true, real_factor: 1 / FASTER };

async function orgTime(org: { readonly url: string }): Promise<number> {
  const { now } = (await (await fetch(`${org.url}/sandbox/clock`)).json()) as { readonly now: string };
  return Date.parse(now);
}

it('checks ten million accounts and fifty million share rows within a minute, and names the slow query', async () => {
  const virtual = { accounts: 10_000_000, owners: [PEOPLE.seller, PEOPLE.chief] };
  const org = await goodOrg(folderOf({}, { virtual, costs: REAL }));
  const begun = await orgTime(org);
  const report = await checkOf(org, { complete_backfill_frequency: 1000 }, LIMITS);
  expect((await orgTime(org)) - begun).toBeLessThan(60_000);
  expect(bad(report)).toEqual(['warning Account.changed-shares']);
  expect(finding(report, 'Account.changed-shares')).toMatchObject({
    found: expect.stringMatching(
      /^changed share rows of Account \(by LastModifiedDate\): table scan of about 50,000,007 rows, no answer within 2 seconds$/,
    ),
    remedy: expect.stringMatching(
      /QUERY_TIMEOUT.*who can read accounts, contacts, cases and opportunities .*an index on AccountShare\.LastModifiedDate/,
    ),
  });
  expect(report.sizes?.slice(0, 2)).toEqual([
    {
      object: 'Account',
      records: 10_000_006,
      shareObject: 'AccountShare',
      shareRows: 50_000_007,
      estimated: ['records', 'shareRows'],
    },
    { object: 'Contact', records: 6, shareObject: 'ContactShare', shareRows: null, estimated: [] },
  ]);
  // Five thousand pages of records, and at least as many of share rows.
  expect(report.forecast?.firstBackfill.calls).toBeGreaterThan(30_000);
  const counts = (await org.requests())
    .flatMap(({ query, parts = [] }) => [query, ...parts.map((part) => part.query)])
    .filter((query) => query?.includes('COUNT('));
  // Counted in ranges as runs do, never as a whole table.
  expect(counts.filter((query) => / FROM Account(Share)?\b/.test(query ?? ''))).toEqual([
    expect.stringMatching(/ FROM AccountShare WHERE AccountId <= '001\w{15}'$/),
  ]);
});

it("finds the integration user's rights among many users, in any way that the user has them", async () => {
  const org = await goodOrg();
  await own(org, { PermissionsViewAllData: false, PermissionsViewRoles: false, PermissionsManageUsers: false });
  const [set, ofGroup, group] = [recordId('0PS', 50), recordId('0PS', 51), recordId('0PG', 1)];
  const rights = (n: number, ParentId: string, SobjectType: string, viewAll = true) => ({
    put: 'ObjectPermissions',
    row: {
      Id: recordId('110', n),
      ParentId,
      SobjectType,
      PermissionsRead: true,
      PermissionsViewAllRecords: viewAll,
      PermissionsModifyAllRecords: false,
    },
  });
  const plain = { IsOwnedByProfile: false, HasActivationRequired: false };
  const assigned = (n: number, row: Record<string, string>) => ({
    put: 'PermissionSetAssignment',
    row: { Id: recordId('0Pa', n), AssigneeId: PEOPLE.integration, IsActive: true, ...row },
  });
  await org.change(
    { put: 'PermissionSetGroup', row: { Id: group, DeveloperName: 'G', HasActivationRequired: false } },
    { put: 'PermissionSet', row: { Id: set, Name: 'A', Label: 'A', ...plain, PermissionsViewRoles: true } },
    { put: 'PermissionSet', row: { Id: ofGroup, Name: 'B', Label: 'B', ...plain, PermissionSetGroupId: group } },
    assigned(1, { PermissionSetId: set }),
    assigned(2, { PermissionSetGroupId: group }),
    rights(200, OWN_SET, 'Account'),
    rights(201, set, 'Case'),
    rights(202, ofGroup, 'Opportunity'),
    rights(203, OWN_SET, 'Contact'),
    rights(204, OWN_SET, 'Opportunity', false),
    rights(205, OWN_SET, 'Lead', false),
  );
  const small = await checkOf(org);
  expect([finding(small, 'manage-users')?.status, finding(small, 'view-roles')?.status]).toEqual(['warning', 'ok']);
  expect([finding(small, 'Opportunity')?.status, finding(small, 'Lead')?.status]).toEqual(['ok', 'warning']);
  await org.setCosts({ tables: { User: { scale: 25_000 } } });
  await org.clearRequests();
  const begun = await orgTime(org);
  const large = await checkOf(org);
  expect((await orgTime(org)) - begun).toBeLessThan(60_000);
  expect(large.steps).toEqual(small.steps);
  const sent = (await org.requests()).flatMap(({ query, parts = [] }) => [query, ...parts.map((part) => part.query)]);
  expect(sent.filter((query) => query !== null && /COUNT.*FROM (User|PermissionSetAssignment)/.test(query))).toEqual(
    [],
  );
  expect(finding(large, 'names')).toMatchObject({
    status: 'unknown',
    found: expect.stringMatching(
      /^users, groups and permissions have about [\d,]+ rows \(200,000 of users\), too many/,
    ),
  });
  expect(finding(small, 'names')?.status).toBe('ok');
});

it('counts small tables without limits/recordCount and explain, and says what was refused', async () => {
  const org = await goodOrg();
  const reply = { status: 403, body: [{ errorCode: 'FORBIDDEN', message: 'You do not have access.' }] };
  await org.setFaults([
    { match: { path: '/limits/recordCount' }, times: 'always', reply },
    // The first of these is an explain, and then no other explain follows.
    { match: { path: '/query' }, reply },
  ]);
  const report = await checkOf(org);
  expect(await org.fired()).toEqual([1, 1]);
  expect(bad(report)).toEqual([]);
  expect(finding(report, 'sizes')?.found).toMatch(
    /^every object .* counted \(refused: limits\/recordCount: FORBIDDEN.*; explain: FORBIDDEN/,
  );
  expect(finding(report, 'queries')?.found).toMatch(/it does not say how it runs them \(explain: FORBIDDEN/);
  expect(report.sizes?.map(({ records }) => records)).toEqual([6, 6, 6, 6, 6]);
  expect(report.sizes?.map(({ shareRows }) => shareRows)).toEqual([7, null, 6, 6, 6]);
});

it('gives no size for a table that cannot be counted in time', async () => {
  const org = await goodOrg();
  const reply = { status: 403, body: [{ errorCode: 'FORBIDDEN', message: 'You do not have access.' }] };
  await org.setFaults([
    { match: { path: '/limits/recordCount' }, reply: 'hang' },
    { match: { path: '/query' }, reply },
    { match: { query: 'COUNT(Id) n FROM AccountShare' }, times: 'always', reply: 'hang' },
  ]);
  const report = await checkOf(org, {}, { patienceMs: 1000 });
  expect(bad(report)).toEqual(['warning sizes']);
  expect(finding(report, 'sizes')?.found).toMatch(
    /^the size of AccountShare is not known \(refused: limits\/recordCount: no answer within 1 seconds; explain: FORBIDDEN/,
  );
  expect(report.sizes?.map(({ shareRows }) => shareRows)).toEqual([null, null, 6, 6, 6]);
});

it('names a query that the org refuses, and tries the others', async () => {
  const org = await goodOrg();
  const part = { status: 400, errorCode: 'SOMETHING_NEW', message: 'No.' };
  await org.setFaults([{ match: { query: 'FROM Case ORDER BY Id' }, times: 'always', reply: { part } }]);
  const report = await checkOf(org);
  expect(report).toMatchObject({ status: 'failed', stopped: null });
  expect(bad(report)).toEqual(['failed Case.records']);
  expect(finding(report, 'Case.records')?.found).toMatch(
    /^records of Case: refused \(SOMETHING_NEW.*\): changes to Case do not reach the index$/,
  );
});

it('reports QUERY_TOO_COMPLICATED as a warning, once per object, because runs read the fields in parts', async () => {
  const org = await goodOrg();
  const part = { status: 400, errorCode: 'QUERY_TOO_COMPLICATED', message: 'Query is too complicated.' };
  await org.setFaults([{ match: { query: 'MailingStreet' }, times: 'always', reply: { part } }]);
  const report = await checkOf(org);
  expect(report).toMatchObject({ status: 'warning', stopped: null });
  expect(bad(report)).toEqual(['warning Contact.records']);
  expect(finding(report, 'Contact.records')?.found).toMatch(
    /^records of Contact: refused \(QUERY_TOO_COMPLICATED.*\)\. Runs split the fields into several queries/,
  );
});

it('gives up at most two queries, and then reports what was not tried', async () => {
  const org = await goodOrg();
  await org.setFaults([{ match: { query: 'Share WHERE LastModifiedDate' }, times: 'always', reply: 'hang' }]);
  const report = await checkOf(org, {}, { patienceMs: 1000 });
  expect(report).toMatchObject({ status: 'warning', stopped: null });
  expect(await org.fired()).toEqual([2]);
  expect(bad(report)).toEqual(['warning Account.changed-shares', 'warning Case.changed-shares', 'unknown queries']);
  expect(finding(report, 'queries')?.found).toContain('changed share rows of Lead');
  expect(report.sizes?.map(({ shareRows }) => shareRows)).toEqual([7, null, 6, 6, 6]);
  expect(report.forecast).not.toBeNull();
});

it('reports that a filter that is too slow for the org costs its records, but no run', async () => {
  const org = await goodOrg();
  await org.setFaults([{ match: { query: 'Oslo' }, times: 'always', reply: 'query-timeout' }]);
  const report = await checkOf(org, { objects: { Account: { where: "BillingCity = 'Oslo'" } } });
  expect(bad(report)).toEqual(['warning Account.filter']);
  expect(finding(report, 'Account.filter')).toMatchObject({
    found: expect.stringMatching(
      /^objects\.Account\.where: refused \(QUERY_TIMEOUT.*: records of Account are not read until the query answers in time$/,
    ),
    remedy: expect.stringContaining('fields that have an index'),
  });
});

it('ignores an answer of a beta feature in an unknown form', async () => {
  const told = await new Trial({} as Salesforce).ask(() => Promise.reject(shapeError('a query plan', 'plans')));
  expect(told).toMatchObject({ answer: null, refusal: { name: 'TransientError' } });
});

it('still throws errors that concern every request', async () => {
  const limit = new LimitError({ message: 'used up', hint: '', limit: 'daily', waitMs: 1 });
  await expect(new Trial({} as Salesforce).ask(() => Promise.reject(limit))).rejects.toBe(limit);
});

it('accepts ids of 15 characters in the identity of the token', async () => {
  const org = await goodOrg();
  const form = { grant_type: 'client_credentials', client_id: 'sandbox', client_secret: 'sandbox' };
  const reply = await fetch(`${org.url}/services/oauth2/token`, { method: 'POST', body: new URLSearchParams(form) });
  const token = (await reply.json()) as { readonly id: string };
  const id = token.id.replaceAll(/(\/\w{15})\w{3}/g, '$1');
  expect(id).toMatch(/\/\w{15}\/\w{15}$/);
  await org.setFaults([{ match: { path: '/oauth2/token' }, reply: { status: 200, body: { ...token, id } } }]);
  const report = await checkOf(org);
  expect([bad(report), finding(report, 'run-as')?.found]).toEqual([[], 'runs as integration@test.example']);
});

it('names a filter that scans a large table, and does not query its records', async () => {
  const org = await goodOrg(folderOf({}, { costs: { ...REAL, tables: { Lead: { scale: 1_000_000 } } } }));
  const objects = { Lead: { where: "Company = 'nowhere'" } };
  const report = await checkOf(org, { objects, complete_backfill_frequency: 1000 }, { patienceMs: 500 });
  expect(bad(report)).toEqual(['warning Lead.filter']);
  expect(finding(report, 'Lead.filter')).toMatchObject({
    found: expect.stringMatching(
      /^objects\.Lead\.where: table scan of about 6,000,000 rows, no answer within \d seconds?$/,
    ),
    remedy: expect.stringMatching(/records of Lead are not read .*fields that have an index/),
  });
});
