import { expect, test } from 'vitest';
import { sfId } from '../../src/testing/folder.ts';
import { RECORDS, SMALL_ORG } from '../../src/testing/small-org.ts';
import { pick, served } from './served.ts';

const BASE = '/services/data/v67.0';
const query = (n: number) => ({
  method: 'GET',
  url: `${BASE}/query?q=SELECT+Id+FROM+Account`,
  referenceId: `q${n}`,
});
const describe = (n: number) => ({ method: 'GET', url: `${BASE}/sobjects/Account/describe`, referenceId: `d${n}` });

test('a composite answers each subrequest separately and is one API call', async () => {
  const org = await served(SMALL_ORG);
  const compositeRequest = [query(1), { ...query(2), url: `${BASE}/query?q=SELECT+Nope+FROM+Account` }, describe(3)];
  const { status, headers, body } = await org.request('POST', `${BASE}/composite`, {
    body: { compositeRequest },
    headers: await org.login(),
  });
  expect(status).toBe(200);
  expect(headers.get('sforce-limit-info')).toBe('api-usage=1/100000');
  expect(pick(body, 'compositeResponse')).toMatchObject([
    { referenceId: 'q1', httpStatusCode: 200, body: { totalSize: 2 } },
    { referenceId: 'q2', httpStatusCode: 400, body: [{ errorCode: 'INVALID_FIELD' }] },
    { referenceId: 'd3', httpStatusCode: 200, body: { name: 'Account' } },
  ]);
  expect((await org.control('GET', 'requests')).body).toMatchObject([
    { path: '/services/oauth2/token', calls: 0 },
    {
      method: 'POST',
      path: `${BASE}/composite`,
      rows: 2,
      status: 200,
      calls: 1,
      parts: [{ rows: 2 }, { status: 400 }, {}],
    },
  ]);
});

test('allOrNone halts successful subrequests if another one failed', async () => {
  const org = await served(SMALL_ORG);
  const compositeRequest = [query(1), { ...query(2), url: `${BASE}/nope` }];
  const reply = await org.request('POST', `${BASE}/composite`, {
    body: { allOrNone: true, compositeRequest },
    headers: await org.login(),
  });
  expect(pick(reply.body, 'compositeResponse', 0)).toMatchObject({
    httpStatusCode: 400,
    body: [{ errorCode: 'PROCESSING_HALTED' }],
  });
});

test.each([
  ['25 subrequests', [...Array(5).keys()].map(query).concat([...Array(20).keys()].map(describe)), 25],
  ['26 subrequests', [...Array(26).keys()].map(describe), 'more than 25 operations'],
  ['six queries', [...Array(6).keys()].map(query), 'more than 5 Query'],
  [
    'five queries and a retrieve',
    [
      ...[...Array(5).keys()].map(query),
      { method: 'POST', url: `${BASE}/composite/sobjects/Account`, referenceId: 'r' },
    ],
    'more than 5 Query',
  ],
])('a composite of %s', async (_what, compositeRequest, expected) => {
  const org = await served(SMALL_ORG);
  const reply = await org.request('POST', `${BASE}/composite`, {
    body: { compositeRequest },
    headers: await org.login(),
  });
  const responses = pick(reply.body, 'compositeResponse');
  if (typeof expected === 'number') expect(responses).toHaveLength(expected);
  else
    expect(responses).toEqual([
      {
        body: [{ errorCode: 'LIMIT_EXCEEDED', message: expect.stringContaining(expected) }],
        httpHeaders: {},
        httpStatusCode: 400,
        referenceId: null,
      },
    ]);
});

test('every subrequest of a batch is an API call', async () => {
  const org = await served(SMALL_ORG);
  const url = 'v67.0/query?q=SELECT+Id+FROM+Account';
  const reply = await org.request('POST', `${BASE}/composite/batch`, {
    body: {
      batchRequests: [
        { method: 'GET', url },
        { method: 'GET', url: 'v67.0/nope' },
        { method: 'GET', url },
      ],
    },
    headers: await org.login(),
  });
  expect(reply.headers.get('sforce-limit-info')).toBe('api-usage=3/100000');
  expect(reply.body).toMatchObject({
    hasErrors: true,
    results: [{ statusCode: 200 }, { statusCode: 404, result: [{ errorCode: 'NOT_FOUND' }] }, { statusCode: 200 }],
  });
});

test('a retrieve returns a record or null for each id, in the order of the ids', async () => {
  const org = await served(SMALL_ORG);
  const reply = await org.request('POST', `${BASE}/composite/sobjects/Account`, {
    body: { ids: [RECORDS.otherAccount, sfId('001', 99), RECORDS.account], fields: ['Name'] },
    headers: await org.login(),
  });
  expect(reply.body).toMatchObject([{ Id: RECORDS.otherAccount, Name: 'Other' }, null, { Id: RECORDS.account }]);
});

test('a retrieve takes at most 2000 ids', async () => {
  const org = await served(SMALL_ORG);
  const ask = async (n: number) =>
    org.request('POST', `${BASE}/composite/sobjects/Account`, {
      body: { ids: Array.from({ length: n }, (_, i) => sfId('001', i + 1)), fields: ['Id'] },
      headers: await org.login(),
    });
  expect((await ask(2000)).body).toHaveLength(2000);
  expect(await ask(2001)).toMatchObject({ status: 400, body: [{ errorCode: 'EXCEEDED_ID_LIMIT' }] });
});

test('an invalid JSON body is a 400', async () => {
  const org = await served(SMALL_ORG);
  const reply = await org.request('POST', `${BASE}/composite`, { body: '{', headers: await org.login() });
  expect(reply).toMatchObject({ status: 400, body: [{ errorCode: 'JSON_PARSER_ERROR' }] });
});
