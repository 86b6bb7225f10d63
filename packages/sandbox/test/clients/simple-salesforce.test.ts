import { expect, type TestContext, test } from 'vitest';
import { sfId } from '../../src/testing/folder.ts';
import { SMALL_ORG, USERS } from '../../src/testing/small-org.ts';
import { pick, type Served, served } from '../http/served.ts';
import { FETCH_MS, fetchSimpleSalesforce, runWithSimpleSalesforce } from './simple-salesforce.ts';

const ACCOUNTS = Array.from({ length: 950 }, (_, i) => ({
  Id: sfId('001', i + 1),
  Name: `A ${i}`,
  OwnerId: i < 50 ? USERS.chief : USERS.rep,
}));
const ORG = {
  ...SMALL_ORG,
  Organization: SMALL_ORG.Organization?.map((row) => ({ ...row, IsSandbox: true })) ?? [],
  Account: ACCOUNTS,
  Lead: [
    { Id: sfId('00Q', 1), OwnerId: USERS.rep, IsDeleted: false },
    { Id: sfId('00Q', 2), OwnerId: USERS.rep, IsDeleted: true },
  ],
};

/** Runs a task with simple-salesforce; skips the test if Python is missing. */
async function done(task: 'read' | 'fail', org: Served, context: TestContext): Promise<Record<string, unknown>> {
  const fetched = await fetchSimpleSalesforce();
  if ('missing' in fetched) {
    const why = `simple-salesforce is left out: ${fetched.missing}`;
    process.stderr.write(`${why}\n`);
    return context.skip(why);
  }
  return runWithSimpleSalesforce(fetched.folder, 'use_simple_salesforce.py', [org.url, task, sfId('001', 7)]);
}

const TIMEOUT = FETCH_MS + 180_000;

test('simple-salesforce logs in, reads every page, describes and gets', { timeout: TIMEOUT }, async (context) => {
  const org = await served(ORG, { page_size: 250 });
  const { login, pages, queries, descriptions } = await done('read', org, context);
  expect(login).toEqual({
    auth_type: 'client-credentials',
    instance: org.url.replace('http://', ''),
    hosts: ['small.my.salesforce.com'],
    by_session_id: 950,
  });
  expect(pages).toEqual({
    totalSize: 950,
    ids: ACCOUNTS.map((account) => account.Id),
    owner: USERS.chief,
    iterated: 950,
    more_by_url: sfId('001', 251),
    more_by_locator: sfId('001', 251),
    more_with_deleted: sfId('001', 251),
  });
  expect(queries).toMatchObject({
    formatted: 1,
    grouped: expect.arrayContaining([
      expect.objectContaining({ OwnerId: USERS.chief, n: 50 }),
      expect.objectContaining({ OwnerId: USERS.rep, n: 900, expr0: 'A 99' }),
    ]),
    leads: [1, 2],
  });
  expect(descriptions).toMatchObject({
    objects: expect.arrayContaining(['Account', 'AccountShare', 'UserRole']),
    fields: expect.arrayContaining(['Id', 'Name', 'BillingCity']),
    metadata: 'Account',
    record: { Id: sfId('001', 7), Name: 'A 6' },
    is_sandbox: true,
    limit: 100_000,
    usage: 100_000,
  });
  const asked = (await org.control('GET', 'requests')).body as unknown[];
  const ofAll = asked.filter((entry) => String(pick(entry, 'query')).startsWith('SELECT Id, Name, Owner.Id'));
  expect(ofAll.map((entry) => pick(entry, 'rows')).slice(0, 4)).toEqual([250, 250, 250, 200]);
});

test('simple-salesforce raises its error for each cause', { timeout: TIMEOUT }, async (context) => {
  const org = await served(ORG, { page_size: 250 });
  const limited = (message: string) => ({
    class: 'SalesforceRefusedRequest',
    status: 403,
    errorCode: 'REQUEST_LIMIT_EXCEEDED',
    message,
  });
  expect(await done('fail', org, context)).toEqual({
    malformed: {
      class: 'SalesforceMalformedRequest',
      status: 400,
      errorCode: 'INVALID_FIELD',
      message: expect.stringContaining("No such column 'Nope' on entity 'Account'"),
    },
    unknown_object: expect.objectContaining({
      class: 'SalesforceResourceNotFound',
      status: 404,
      errorCode: 'NOT_FOUND',
    }),
    unknown_record: expect.objectContaining({
      class: 'SalesforceResourceNotFound',
      status: 404,
      errorCode: 'NOT_FOUND',
    }),
    wrong_locator: expect.objectContaining({
      class: 'SalesforceMalformedRequest',
      errorCode: 'INVALID_QUERY_LOCATOR',
    }),
    total_requests: limited('TotalRequests Limit exceeded.'),
    concurrent_requests: limited('ConcurrentRequests (Concurrent API Requests) Limit exceeded.'),
    long_transactions: limited('ConcurrentPerOrgLongTxn Limit exceeded.'),
    unexpected: expect.objectContaining({
      class: 'SalesforceGeneralError',
      status: 500,
      errorCode: 'UNKNOWN_EXCEPTION',
    }),
    maintenance: expect.objectContaining({
      class: 'SalesforceGeneralError',
      status: 503,
      message: expect.stringContaining('<html>'),
    }),
    wrong_secret: expect.objectContaining({ class: 'SalesforceAuthenticationFailed', errorCode: 'invalid_client' }),
    expired: {
      class: 'SalesforceExpiredSession',
      status: 401,
      errorCode: 'INVALID_SESSION_ID',
      message: 'Session expired or invalid',
    },
    renewed: null,
  });
});
