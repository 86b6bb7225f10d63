import { describe, expect, test } from 'vitest';
import { LostAccessError } from '../../src/salesforce/errors.ts';
import { type Answer, clientOf, page, refusal, rejection, type Script, scriptedOrg } from './scripted-org.ts';

interface Sub {
  readonly url: string;
  readonly referenceId: string;
}

type SubAnswer = { readonly status?: number; readonly body: unknown };

function subrequests(body: string): Sub[] {
  return JSON.parse(body).compositeRequest;
}

/** An org that answers /composite one subrequest at a time, and single GETs with `get`. */
function composite(sub: (url: string) => SubAnswer, get?: (path: string) => Answer): NonNullable<Script['api']> {
  return ({ path, body }) => {
    if (!path.endsWith('/composite')) return get?.(path) ?? refusal(404, 'NOT_FOUND');
    const compositeResponse = subrequests(body)
      .map(({ url, referenceId }) => {
        const answer = sub(decodeURIComponent(url));
        return { body: answer.body, httpHeaders: {}, httpStatusCode: answer.status ?? 200, referenceId };
      })
      // Collated subrequests may come back in another order.
      .reverse();
    return { json: { compositeResponse } };
  };
}

const count = (url: string): SubAnswer => ({ body: page([{ expr0: url.length }], 1) });
const described = (url: string): SubAnswer => ({
  body: {
    name: /sobjects\/(\w+)\/describe/.exec(url)?.[1],
    label: 'more than is asked for',
    fields: [
      { name: 'Id', type: 'id', permissionable: false, compoundFieldName: null, length: 18 },
      { name: 'BillingCity', type: 'string', permissionable: true, compoundFieldName: 'BillingAddress' },
    ],
  },
});
const either = (url: string): SubAnswer => (url.endsWith('/describe') ? described(url) : count(url));
const names = (prefix: string, number: number): string[] => Array.from({ length: number }, (_, at) => `${prefix}${at}`);

describe('queryMany', () => {
  test.each([
    [0, 0],
    [1, 1],
    [5, 1],
    [6, 2],
    [12, 3],
  ])('sends %i queries in %i calls', async (queries, calls) => {
    const org = await scriptedOrg({ api: composite(count) });
    const client = clientOf(org);
    const soqls = names('SELECT COUNT(Id) FROM T', queries);
    expect(await client.queryMany(soqls)).toHaveLength(queries);
    expect(client.calls).toBe(calls);
    expect(org.seen.flatMap(({ body }) => subrequests(body).map(({ url }) => decodeURIComponent(url)))).toEqual(
      soqls.map((soql) => `/services/data/v67.0/query?q=${soql}`),
    );
  });

  test("returns answers in the order of the queries, regardless of the org's order", async () => {
    const org = await scriptedOrg({
      api: composite((url) => ({ body: page([{ Name: /FROM (\w+)/.exec(url)?.[1] }], 1) })),
    });
    const outcomes = await clientOf(org).queryMany(names('SELECT Name FROM T', 7));
    expect(outcomes.map((outcome) => outcome.ok && outcome.records[0]?.Name)).toEqual(names('T', 7));
  });

  test('reads the following pages of a result', async () => {
    const next = '/services/data/v67.0/query/0r8xx3d3FsAvwqKAIR-2';
    const org = await scriptedOrg({
      api: composite(
        () => ({ body: page([{ Id: '1' }, { Id: '2' }], 3, next) }),
        () => ({ json: page([{ Id: '3' }], 3) }),
      ),
    });
    const client = clientOf(org);
    expect(await client.queryMany(['SELECT Id FROM Group'])).toEqual([
      { ok: true, records: [{ Id: '1' }, { Id: '2' }, { Id: '3' }], totalSize: 3 },
    ]);
    expect(client.calls).toBe(2);
  });

  test('reports what an org does not have next to what it has', async () => {
    const org = await scriptedOrg({
      api: composite((url) => {
        if (url.includes('Territory2')) {
          return {
            status: 400,
            body: [{ errorCode: 'INVALID_TYPE', message: "sObject type 'Territory2' is not supported." }],
          };
        }
        if (url.includes('CaseShare')) {
          return {
            status: 400,
            body: [{ errorCode: 'QUERY_TIMEOUT', message: 'Your query request was running for too long.' }],
          };
        }
        if (url.includes('FROM Opportunity'))
          return { status: 400, body: [{ errorCode: 'QUERY_TOO_COMPLICATED', message: 'too many fields' }] };
        if (url.includes('COUNT_DISTINCT'))
          return { status: 400, body: [{ errorCode: 'MALFORMED_QUERY', message: 'no' }] };
        return count(url);
      }),
    });
    const [missing, slow, wrong, fine, wide] = await clientOf(org).queryMany([
      'SELECT Id FROM Territory2',
      'SELECT COUNT(Id) FROM CaseShare',
      'SELECT COUNT_DISTINCT(Id) FROM Group',
      'SELECT COUNT(Id) FROM Group',
      'SELECT Id FROM Opportunity',
    ]);
    expect(wide).toMatchObject({ ok: false, error: { name: 'TransientError', remedy: 'fewer-fields' } });
    expect(missing).toMatchObject({ ok: false, error: expect.any(LostAccessError) });
    expect(missing).toMatchObject({ error: { subject: 'Territory2', retry: 'give-up' } });
    expect(slow).toMatchObject({ ok: false, error: { name: 'TransientError', remedy: 'smaller-range' } });
    expect(wrong).toMatchObject({ ok: false, error: { name: 'RejectedQueryError' } });
    expect(fine).toMatchObject({ ok: true, totalSize: 1 });
  });

  test.each([
    [
      'a used-up limit',
      403,
      'REQUEST_LIMIT_EXCEEDED',
      'TotalRequests Limit exceeded.',
      { name: 'LimitError', limit: 'daily' },
    ],
    ['an outage', 503, 'SERVER_UNAVAILABLE', 'later', { name: 'TransientError', remedy: 'same-request' }],
  ])('never takes %s in one subrequest for a missing object', async (_name, status, errorCode, message, expected) => {
    const org = await scriptedOrg({ api: composite(() => ({ status, body: [{ errorCode, message }] })) });
    expect(await rejection(clientOf(org).queryMany(['SELECT Id FROM Group']))).toMatchObject(expected);
  });

  test('hides a passing outage of one subrequest', async () => {
    let failures = 1;
    const org = await scriptedOrg({
      api: composite((url) => {
        if (failures === 0) return count(url);
        failures -= 1;
        return { status: 503, body: [{ errorCode: 'SERVER_UNAVAILABLE', message: 'later' }] };
      }),
    });
    expect(await clientOf(org).queryMany(['SELECT COUNT(Id) FROM Group'])).toMatchObject([{ ok: true }]);
    expect(org.seen).toHaveLength(2);
  });

  test('renews the token if the session ends within a subrequest', async () => {
    const org = await scriptedOrg({
      api: (seen, index) =>
        composite((url) =>
          seen.headers.authorization === 'Bearer SECRET-TOKEN-1'
            ? { status: 401, body: [{ errorCode: 'INVALID_SESSION_ID', message: 'Session expired or invalid' }] }
            : count(url),
        )(seen, index),
    });
    expect(await clientOf(org).queryMany(['SELECT COUNT(Id) FROM Group'])).toMatchObject([{ ok: true }]);
    expect(org.tokenRequests).toHaveLength(2);
  });

  test('fails for missing rows, except if the query allows them', async () => {
    const org = await scriptedOrg({ api: composite(() => ({ body: page([{ Id: '1' }], 2) })) });
    const client = clientOf(org);
    const soql = 'SELECT Id FROM FieldPermissions';
    expect(await rejection(client.queryMany([soql]))).toMatchObject({
      name: 'IncompleteReadError',
      expected: 2,
      received: 1,
    });
    expect(await client.queryMany([{ soql, allowFewer: true }])).toEqual([
      { ok: true, records: [{ Id: '1' }], totalSize: 2 },
    ]);
  });

  test('rejects a reply that lacks a subrequest', async () => {
    const org = await scriptedOrg({ api: () => ({ json: { compositeResponse: [] } }) });
    expect(await rejection(clientOf(org).queryMany(['SELECT Id FROM Group']))).toMatchObject({
      name: 'TransientError',
    });
    expect(org.seen).toHaveLength(3);
  });
});

describe('describe', () => {
  test('returns the fields that count, and null for objects that are hidden or missing', async () => {
    const org = await scriptedOrg({
      api: composite((url) => {
        if (url.includes('/Lead/')) return { status: 404, body: [{ errorCode: 'NOT_FOUND', message: 'not here' }] };
        return described(url);
      }),
    });
    const described_ = await clientOf(org).describe(['Account', 'Lead']);
    expect([...described_.keys()]).toEqual(['Account', 'Lead']);
    expect(described_.get('Lead')).toBeNull();
    expect(described_.get('Account')).toEqual({
      name: 'Account',
      fields: [
        { name: 'Id', type: 'id', permissionable: false, compoundFieldName: null, picklistValues: [] },
        {
          name: 'BillingCity',
          type: 'string',
          permissionable: true,
          compoundFieldName: 'BillingAddress',
          picklistValues: [],
        },
      ],
    });
  });

  test('fails for a describe without fields and names the place, and returns no object without fields', async () => {
    const org = await scriptedOrg({ api: composite(() => ({ body: { name: 'Account' } })) });
    expect(await rejection(clientOf(org).describe(['Account']))).toMatchObject({
      name: 'TransientError',
      message: expect.stringContaining('fields'),
    });
  });

  test.each([
    [25, 0, 1],
    [26, 0, 2],
    [20, 5, 1],
    [21, 5, 2],
    [45, 10, 3],
    [3, 11, 3],
  ])('sends %i describes and %i queries in %i calls', async (describes, queries, calls) => {
    const org = await scriptedOrg({ api: composite(either) });
    const client = clientOf(org);
    const result = await client.compositeBatch({
      queries: names('SELECT COUNT(Id) FROM T', queries),
      describes: names('Object', describes),
    });
    expect([result.describes.size, result.queries.length, client.calls]).toEqual([describes, queries, calls]);
    for (const { body } of org.seen) {
      const urls = subrequests(body).map(({ url }) => url);
      expect(urls.length).toBeLessThanOrEqual(25);
      expect(urls.filter((url) => url.includes('/query?')).length).toBeLessThanOrEqual(5);
    }
  });
});
