import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { firstByteMs, lingersMs, ONE_QUERY_MS, orgMs } from '../../src/salesforce/request-limits.ts';
import { type Answer, clientOf, page, refusal, rejection, rowsOf, type Seen, scriptedOrg } from './scripted-org.ts';

const SOQL = 'SELECT Id FROM Account';
const ROW = { Id: '001' };
const one: Answer = { json: page([ROW], 1) };
const SECOND = 1_000;

/** A clock that only the test moves. Sleeping moves it too. */
function fakeTime() {
  let ms = 0;
  return {
    pass: (more: number) => {
      ms += more;
    },
    now: () => ms,
    sleep: async (more: number) => {
      ms += more;
    },
  };
}

/** The FROM tables in a request to the org. */
function tablesOf({ path, query, body }: Seen): string[] {
  if (!path.endsWith('/composite')) return [/FROM (\w+)/.exec(query.get('q') ?? '')?.[1] ?? ''];
  return subrequestsOf(body).map(({ url }) => /FROM (\w+)/.exec(decodeURIComponent(url))?.[1] ?? '');
}

function subrequestsOf(body: string): { readonly url: string; readonly referenceId: string }[] {
  return JSON.parse(body).compositeRequest;
}

const counted = { status: 200, body: page([ROW], 1) };
const unavailable = { status: 503, body: [{ errorCode: 'SERVER_UNAVAILABLE', message: 'later' }] };

function compositeAnswer(
  { body }: Seen,
  of: (url: string) => { readonly status: number; readonly body: unknown } = () => counted,
): Answer {
  const compositeResponse = subrequestsOf(body).map(({ url, referenceId }) => {
    const answer = of(decodeURIComponent(url));
    return { body: answer.body, httpHeaders: {}, httpStatusCode: answer.status, referenceId };
  });
  return { json: { compositeResponse } };
}

const tables = (...names: string[]): string[] => names.map((name) => `SELECT Id FROM ${name}`);
const cut: Answer = { by: (response) => void response.destroy() };

describe('the time of a request', () => {
  const asked = (queries: number) => ({ what: 'composite' as const, queries: Array(queries).fill('q') });

  test.each([
    [0, 130, 120],
    [1, 130, 120],
    [3, 390, 360],
    [4, 520, 480],
    [5, 610, 600],
  ])('is limited for %i queries to %i s, and the org ends it after %i s', (queries, given, org) => {
    expect(firstByteMs(asked(queries), ONE_QUERY_MS)).toBe(given * SECOND);
    expect(orgMs(asked(queries))).toBe(org * SECOND);
  });

  test.each([
    ['a query that is cut at once', 1, 4.9, 0],
    ['a query that is cut after five seconds', 1, 5, 115],
    ['a query that is cut later', 1, 30, 90],
    ['five queries that are cut later', 5, 30, 570],
    ['a query that the client gave up after its own limit', 1, 130, 0],
    ['five that the client gave up after theirs', 5, 610, 0],
    ['a request for a token', 0, 60, 0],
  ])('includes how long %s may continue in the org', (_name, queries, tookSeconds, seconds) => {
    expect(lingersMs(asked(queries), tookSeconds * SECOND)).toBe(seconds * SECOND);
  });

  test('is the sum of all queries for a /composite', async () => {
    const slow = (seen: Seen): Answer => ({
      by: async (response) => {
        await delay(600);
        response.writeHead(200, { 'Content-Type': 'application/json' });
        response.end(JSON.stringify(compositeAnswer(seen).json));
      },
    });
    const org = await scriptedOrg({ api: slow });
    const client = clientOf(org, { firstByteMs: 400, retryDelaysMs: [] });
    expect(await client.queryMany(tables('A', 'B', 'C', 'D', 'E'))).toMatchObject(Array(5).fill({ ok: true }));
    expect(await rejection(client.queryMany(tables('Account')))).toMatchObject({
      message: expect.stringContaining('sent no reply within 0.4 s'),
    });
  });
});

describe('a query whose connection is cut', () => {
  test('at once is sent again at once', async () => {
    const time = fakeTime();
    const org = await scriptedOrg({ api: (_seen, index) => (index === 0 ? cut : one) });
    expect(await rowsOf(clientOf(org, time).query(SOQL))).toEqual([ROW]);
    expect(time.now()).toBeLessThan(SECOND);
  });

  test('after a while is sent again when the org has ended it', async () => {
    const time = fakeTime();
    const sentAt: number[] = [];
    const org = await scriptedOrg({
      api: (_seen, index) => {
        sentAt.push(time.now());
        if (index > 0) return one;
        time.pass(30 * SECOND);
        return cut;
      },
    });
    expect(await rowsOf(clientOf(org, time).query(SOQL))).toEqual([ROW]);
    expect(sentAt).toEqual([0, 120 * SECOND]);
  });

  test('is not sent by another caller before that, but other queries are', async () => {
    const time = fakeTime();
    const sent: [string, number][] = [];
    const org = await scriptedOrg({
      api: (seen, index) => {
        sent.push([tablesOf(seen).join(), time.now()]);
        if (index > 0) return seen.path.endsWith('/composite') ? compositeAnswer(seen) : one;
        time.pass(30 * SECOND);
        return cut;
      },
    });
    const client = clientOf(org, { ...time, retryDelaysMs: [] });
    await rejection(rowsOf(client.query(SOQL)));
    await rowsOf(client.query('SELECT Id FROM Case'));
    await client.queryMany(tables('Account', 'Lead'));
    expect(sent).toEqual([
      ['Account', 0],
      ['Case', 30 * SECOND],
      ['Account,Lead', 120 * SECOND],
    ]);
  });

  test.each([502, 504])('by a gateway that answers %i may still run in the org', async (status) => {
    const time = fakeTime();
    const sentAt: number[] = [];
    const org = await scriptedOrg({
      api: (_seen, index) => {
        sentAt.push(time.now());
        if (index > 0) return one;
        time.pass(60 * SECOND);
        return { status, text: '<html>Gateway</html>' };
      },
    });
    expect(await rowsOf(clientOf(org, time).query(SOQL))).toEqual([ROW]);
    expect(sentAt).toEqual([0, 120 * SECOND]);
  });

  test('by its caller counts as running, but may be sent again', async () => {
    const time = fakeTime();
    const stop = new AbortController();
    const sentAt: number[] = [];
    const org = await scriptedOrg({
      api: () => {
        sentAt.push(time.now());
        return sentAt.length > 1 ? one : { by: () => {} };
      },
    });
    const two = clientOf(org, { ...time, maxConcurrent: 2 });
    const left = rejection(rowsOf(two.query(SOQL, { signal: stop.signal })));
    await vi.waitUntil(() => sentAt.length === 1, 30_000);
    time.pass(30 * SECOND);
    stop.abort(new Error('the run was cancelled'));
    await left;
    await vi.waitUntil(() => two.waiting === null, 30_000);
    await rowsOf(two.query(SOQL));
    expect(sentAt).toEqual([0, 30 * SECOND]);
  });

  test('by its only caller leaves no room until the org has ended it', async () => {
    const time = fakeTime();
    const stop = new AbortController();
    const sentAt: number[] = [];
    const org = await scriptedOrg({
      api: () => {
        sentAt.push(time.now());
        return sentAt.length > 1 ? one : { by: () => {} };
      },
    });
    const client = clientOf(org, { ...time, maxConcurrent: 1 });
    const left = rejection(rowsOf(client.query(SOQL, { signal: stop.signal })));
    await vi.waitUntil(() => sentAt.length === 1, 30_000);
    time.pass(30 * SECOND);
    stop.abort(new Error('the run was cancelled'));
    await left;
    await vi.waitUntil(() => client.waiting === null, 30_000);
    await rowsOf(client.query('SELECT Id FROM Case'));
    expect(sentAt).toEqual([0, 120 * SECOND]);
  });

  test('counts as running until the org has ended it, and a token can be requested meanwhile', async () => {
    const time = fakeTime();
    let wake = (): void => {};
    const sleeping = new Promise<void>((resolve) => {
      wake = resolve;
    });
    const org = await scriptedOrg({
      api: (_seen, index) => {
        if (index > 0) return one;
        time.pass(30 * SECOND);
        return cut;
      },
    });
    const client = clientOf(org, {
      now: time.now,
      sleep: () => sleeping,
      retryDelaysMs: [],
      maxConcurrent: 1,
    });
    await rejection(rowsOf(client.query(SOQL)));
    const other = rowsOf(client.query('SELECT Id FROM Case'));
    await vi.waitUntil(() => client.waiting !== null, 30_000);
    expect(client.waiting).toMatchObject({ what: 'query', limitMs: 120_000 });
    await client.authenticate();
    await client.authenticate();
    expect(org.seen).toHaveLength(1);
    wake();
    expect(await other).toEqual([ROW]);
  });
});

describe('a /composite that fails', () => {
  test('after a while is split once the org has ended it', async () => {
    const time = fakeTime();
    const sent: [string[], number][] = [];
    const org = await scriptedOrg({
      api: (seen, index) => {
        sent.push([tablesOf(seen), time.now()]);
        if (index > 0) return compositeAnswer(seen);
        time.pass(100 * SECOND);
        return cut;
      },
    });
    const client = clientOf(org, time);
    expect(await client.queryMany(tables('A', 'B', 'C'))).toMatchObject(Array(3).fill({ ok: true }));
    expect(sent).toEqual([
      [['A', 'B', 'C'], 0],
      [['A', 'B'], 360 * SECOND],
      [['C'], 360 * SECOND],
    ]);
  });

  test('at once is sent again whole', async () => {
    const org = await scriptedOrg({ api: (seen, index) => (index === 0 ? cut : compositeAnswer(seen)) });
    await clientOf(org, fakeTime()).queryMany(tables('A', 'B', 'C'));
    expect(org.seen.map(tablesOf)).toEqual([
      ['A', 'B', 'C'],
      ['A', 'B', 'C'],
    ]);
  });

  test('in some parts keeps the answers of the others', async () => {
    let failures = 2;
    const org = await scriptedOrg({
      api: (seen) =>
        compositeAnswer(seen, (url) => {
          if (!url.endsWith('FROM B') || failures === 0) return counted;
          failures -= 1;
          return unavailable;
        }),
    });
    expect(await clientOf(org, fakeTime()).queryMany(tables('A', 'B', 'C'))).toMatchObject(Array(3).fill({ ok: true }));
    expect(org.seen.map(tablesOf)).toEqual([['A', 'B', 'C'], ['B'], ['B']]);
  });

  test('keeps the answers of the calls before it', async () => {
    let failures = 4;
    const org = await scriptedOrg({
      api: (seen) => {
        if (!tablesOf(seen).includes('F') || failures === 0) return compositeAnswer(seen);
        failures -= 1;
        return refusal(503, 'SERVER_UNAVAILABLE');
      },
    });
    expect(await clientOf(org, fakeTime()).queryMany(tables('A', 'B', 'C', 'D', 'E', 'F', 'G'))).toHaveLength(7);
    expect(org.seen.map(tablesOf)).toEqual([
      ['A', 'B', 'C', 'D', 'E'],
      ...Array(3).fill(['F', 'G']),
      ['F'],
      ['F'],
      ['G'],
    ]);
  });

  test('throws in the end, or returns the unanswered part on request', async () => {
    const org = await scriptedOrg({
      api: (seen) => compositeAnswer(seen, (url) => (url.endsWith('FROM B') ? unavailable : counted)),
    });
    expect(await rejection(clientOf(org, fakeTime()).queryMany(tables('A', 'B')))).toMatchObject({ status: 503 });
    expect(await clientOf(org, fakeTime()).queryMany(tables('A', 'B', 'C'), { unanswered: 'refused' })).toMatchObject([
      { ok: true },
      { ok: false, error: { status: 503 } },
      { ok: true },
    ]);
  });

  test('sends describes separately if a query of the call stays without an answer', async () => {
    const description = { status: 200, body: { name: 'Account', fields: [] } };
    const isDescribe = (url: string) => url.endsWith('/describe');
    const org = await scriptedOrg({
      api: (seen) => {
        const urls = subrequestsOf(seen.body).map(({ url }) => url);
        if (urls.length > 1) return refusal(503, 'SERVER_UNAVAILABLE');
        return compositeAnswer(seen, (url) => (isDescribe(url) ? description : counted));
      },
    });
    const { queries, describes } = await clientOf(org, fakeTime()).compositeBatch({
      queries: tables('A'),
      describes: ['Account'],
    });
    expect(queries).toMatchObject([{ ok: true }]);
    expect(describes.get('Account')).toMatchObject({ name: 'Account' });
  });
});

describe('the reported wait', () => {
  test('is for the oldest running request, with its limit', async () => {
    const held: (() => void)[] = [];
    const org = await scriptedOrg({
      api: async (seen) => {
        await new Promise<void>((resolve) => held.push(resolve));
        return seen.path.endsWith('/composite') ? compositeAnswer(seen) : one;
      },
    });
    const client = clientOf(org);
    expect(client.waiting).toBeNull();
    const before = Date.now();
    const first = client.queryMany(tables('A', 'B', 'C'));
    await vi.waitUntil(() => held.length === 1, 30_000);
    const second = rowsOf(client.query(SOQL));
    await vi.waitUntil(() => held.length === 2, 30_000);
    expect(client.waiting).toMatchObject({ what: 'composite', limitMs: 390_000 });
    expect(Date.parse(client.waiting?.since ?? '')).toBeGreaterThanOrEqual(before);
    held[0]?.();
    await first;
    expect(client.waiting).toMatchObject({ what: 'query', limitMs: 130_000 });
    held[1]?.();
    await second;
    expect(client.waiting).toBeNull();
  });
});
