import { describe, expect, test } from 'vitest';
import { IncompleteReadError, TransientError } from '../../src/salesforce/errors.ts';
import { sleep } from '../../src/salesforce/retry.ts';
import {
  type Answer,
  clientOf,
  page,
  pagesOf,
  refusal,
  rejection,
  rowsOf,
  type Seen,
  scriptedOrg,
} from './scripted-org.ts';

const SOQL = "SELECT Id, Owner.Name FROM Account WHERE Name LIKE 'a+b%'";
const NEXT = '/services/data/v67.0/query/0r8xx3d3FsAvwqKAIR-';

/** Serves rows 1 to `total`, two per page, by the cursor's offset. */
function pagesOfTwo(total: number): (seen: Seen) => Answer {
  return ({ path }) => {
    const offset = Number(/-(\d+)$/.exec(path)?.[1] ?? 0);
    const rows = [1, 2].map((step) => ({ Id: String(offset + step) })).filter(({ Id }) => Number(Id) <= total);
    const next = offset + 2 < total ? `${NEXT}${offset + 2}` : undefined;
    return { json: page(rows, total, next) };
  };
}

describe('query', () => {
  test('follows nextRecordsUrl to the end and says which page is the last', async () => {
    const org = await scriptedOrg({ api: pagesOfTwo(5) });
    const client = clientOf(org, { pageSize: 200 });
    const pages = await pagesOf(client.query(SOQL));
    expect(pages.map(({ records }) => records.map(({ Id }) => Id))).toEqual([['1', '2'], ['3', '4'], ['5']]);
    expect(pages.map(({ done, totalSize }) => [done, totalSize])).toEqual([
      [false, 5],
      [false, 5],
      [true, 5],
    ]);
    expect(org.seen[0]?.path).toBe('/services/data/v67.0/query');
    expect(org.seen[0]?.query.get('q')).toBe(SOQL);
    expect(org.seen.map(({ headers }) => headers['sforce-query-options'])).toEqual(Array(3).fill('batchSize=200'));
    expect(client.calls).toBe(3);
  });

  test('uses queryAll for deleted rows, in the configured API version', async () => {
    const org = await scriptedOrg({ api: () => ({ json: page([], 0) }) });
    await rowsOf(clientOf(org, { apiVersion: '68.0' }).query(SOQL, { all: true }));
    expect(org.seen[0]?.path).toBe('/services/data/v68.0/queryAll');
    expect(org.seen[0]?.headers).not.toHaveProperty('sforce-query-options');
  });

  test('removes `attributes` from records and from their parents', async () => {
    const owner = { attributes: { type: 'User', url: '/u' }, Name: 'Ann', Manager: { attributes: {}, Name: 'Bob' } };
    const org = await scriptedOrg({ api: () => ({ json: page([{ Id: '1', Owner: owner, Parent: null }], 1) }) });
    expect(await rowsOf(clientOf(org).query(SOQL))).toEqual([
      { Id: '1', Owner: { Name: 'Ann', Manager: { Name: 'Bob' } }, Parent: null },
    ]);
  });

  test('fetches the next page while the consumer works on the current one, but not the page after it', async () => {
    let arrived = (): void => {};
    const secondAsked = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const org = await scriptedOrg({
      api: (seen, index) => {
        if (index === 1) arrived();
        return pagesOfTwo(8)(seen);
      },
    });
    const pages = clientOf(org).query(SOQL);
    await pages.next();
    await secondAsked;
    expect(org.seen).toHaveLength(2);
    await pages.next();
    await pages.return();
    expect(org.seen.length).toBeLessThanOrEqual(3);
  });

  test('reports its progress page by page', async () => {
    const org = await scriptedOrg({ api: pagesOfTwo(5) });
    const progress: unknown[] = [];
    await rowsOf(clientOf(org).query(SOQL, { onProgress: (step) => progress.push(step) }));
    expect(progress).toEqual([2, 4, 5].map((received) => ({ received, totalSize: 5 })));
  });

  test.each([
    ['fewer rows than announced', page([{ Id: '1' }], 2)],
    ['more rows than announced', page([{ Id: '1' }, { Id: '2' }], 1)],
  ])('fails with an error for %s, before it returns the last page', async (_name, json) => {
    const org = await scriptedOrg({ api: () => ({ json }) });
    const seen: unknown[] = [];
    const error = await rejection(
      (async () => {
        for await (const one of clientOf(org).query(SOQL)) seen.push(one);
      })(),
    );
    expect(error).toBeInstanceOf(IncompleteReadError);
    expect(error).toMatchObject({ retry: 'again', remedy: 'same-range' });
    expect(seen).toEqual([]);
  });

  test('accepts fewer rows than announced if the caller allows it, but never more', async () => {
    const org = await scriptedOrg({
      api: ({ query }) => ({ json: page([{ Id: '1' }, { Id: '2' }], query.get('q') === 'fewer' ? 3 : 1) }),
    });
    const client = clientOf(org);
    expect(await rowsOf(client.query('fewer', { allowFewer: true }))).toHaveLength(2);
    expect(await rejection(rowsOf(client.query('more', { allowFewer: true })))).toBeInstanceOf(IncompleteReadError);
  });

  test('returns the number of COUNT() from totalSize, and no rows', async () => {
    const org = await scriptedOrg({ api: () => ({ json: page([], 3222) }) });
    const pages = await pagesOf(clientOf(org).query('SELECT COUNT() FROM Contact'));
    expect(pages).toEqual([{ records: [], totalSize: 3222, done: true }]);
  });

  test('fails for a cursor that leads to itself, instead of looping', async () => {
    const org = await scriptedOrg({ api: () => ({ json: page([], 9, `${NEXT}2000`) }) });
    expect(await rejection(rowsOf(clientOf(org).query(SOQL)))).toBeInstanceOf(IncompleteReadError);
  });

  test('never follows a cursor outside the API', async () => {
    const other = await scriptedOrg({ api: () => ({ json: page([{ Id: '2' }], 2) }) });
    const org = await scriptedOrg({ api: () => ({ json: page([{ Id: '1' }], 2, `${other.url}/services/data/x`) }) });
    expect(await rejection(rowsOf(clientOf(org).query(SOQL)))).toBeInstanceOf(TransientError);
    expect(other.seen).toEqual([]);
  });

  test('fails for a lost cursor with an error of the range, without repeating the request', async () => {
    const org = await scriptedOrg({
      api: (seen, index) =>
        index === 1 ? refusal(400, 'INVALID_QUERY_LOCATOR', 'invalid query locator') : pagesOfTwo(5)(seen),
    });
    const error = await rejection(rowsOf(clientOf(org).query(SOQL)));
    expect(error).toMatchObject({ name: 'TransientError', retry: 'again', remedy: 'same-range' });
    expect(org.seen).toHaveLength(2);
  });

  test('requests a failed page again without starting over', async () => {
    const org = await scriptedOrg({
      api: (seen, index) => (index === 1 || index === 2 ? refusal(503, 'SERVER_UNAVAILABLE') : pagesOfTwo(5)(seen)),
    });
    expect(await rowsOf(clientOf(org).query(SOQL))).toHaveLength(5);
    expect(org.seen.filter(({ path }) => path.endsWith('/query'))).toHaveLength(1);
    expect(org.seen).toHaveLength(5);
  });

  test('sends a query that is too long for a URL through /composite, as one call', async () => {
    const long = `SELECT Id FROM Account WHERE Id IN (${Array(700).fill("'001000000000001AAA'").join(',')})`;
    const org = await scriptedOrg({
      api: (seen) => {
        if (seen.method !== 'POST') return pagesOfTwo(3)(seen);
        const body = page([{ Id: '1' }, { Id: '2' }], 3, `${NEXT}2`);
        return { json: { compositeResponse: [{ body, httpHeaders: {}, httpStatusCode: 200, referenceId: 'r0' }] } };
      },
    });
    const client = clientOf(org, { pageSize: 500 });
    expect(await rowsOf(client.query(long, { all: true }))).toEqual([{ Id: '1' }, { Id: '2' }, { Id: '3' }]);
    const sent = JSON.parse(org.seen[0]?.body ?? '{}');
    expect(org.seen[0]?.path).toBe('/services/data/v67.0/composite');
    expect(sent.compositeRequest).toEqual([
      {
        method: 'GET',
        url: `/services/data/v67.0/queryAll?q=${encodeURIComponent(long)}`,
        referenceId: 'r0',
        httpHeaders: { 'Sforce-Query-Options': 'batchSize=500' },
      },
    ]);
    expect(client.calls).toBe(2);
  });

  test('takes a refusal of that one subrequest as the error of the query', async () => {
    const body = [{ errorCode: 'INVALID_TYPE', message: "sObject type 'X__c' is not supported." }];
    const org = await scriptedOrg({
      api: () => ({ json: { compositeResponse: [{ body, httpHeaders: {}, httpStatusCode: 400, referenceId: 'r0' }] } }),
    });
    const error = await rejection(rowsOf(clientOf(org).query(`SELECT ${'a,'.repeat(9000)}Id FROM X__c`)));
    expect(error).toMatchObject({ name: 'LostAccessError', subject: 'X__c' });
  });

  test("ends with the signal's own reason, at once and without another request", async () => {
    const cancel = new AbortController();
    const reason = new Error('the caller has gone');
    const org = await scriptedOrg({
      api: (seen, index) => {
        if (index === 0) return pagesOfTwo(5)(seen);
        return { by: () => cancel.abort(reason) };
      },
    });
    const error = await rejection(rowsOf(clientOf(org).query(SOQL, { signal: cancel.signal })));
    expect(error).toBe(reason);
    expect(org.seen).toHaveLength(2);
  });

  test("ends with the signal's reason while it waits for its next try", async () => {
    const cancel = new AbortController();
    const reason = new Error('the caller has gone');
    const org = await scriptedOrg({ api: () => refusal(503, 'SERVER_UNAVAILABLE') });
    const client = clientOf(org, {
      retryDelaysMs: [600_000],
      sleep(ms, signal) {
        setImmediate(() => cancel.abort(reason));
        return sleep(ms, signal);
      },
    });
    expect(await rejection(rowsOf(client.query(SOQL, { signal: cancel.signal })))).toBe(reason);
    expect(org.seen).toHaveLength(1);
  });

  test('cancels the page that is under way when the consumer leaves the loop', async () => {
    let closed = (): void => {};
    const cut = new Promise<void>((resolve) => {
      closed = resolve;
    });
    let asked = (): void => {};
    const secondAsked = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const org = await scriptedOrg({
      api: (seen, index) => {
        if (index === 0) return pagesOfTwo(5)(seen);
        return {
          by: (response) => {
            response.on('close', () => closed());
            asked();
          },
        };
      },
    });
    for await (const _ of clientOf(org).query(SOQL)) {
      await secondAsked;
      break;
    }
    await cut;
  });
});
