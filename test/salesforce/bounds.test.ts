import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { type Answer, clientOf, page, rejection, rowsOf, scriptedOrg } from './scripted-org.ts';

const SOQL = 'SELECT Id FROM Account';
const NEXT = '/services/data/v67.0/query/0r8xx3d3FsAvwqKAIR-';
const MEBIBYTE = 2 ** 20;
const JSON_TYPE = { 'Content-Type': 'application/json' };
const asGzip = { ...JSON_TYPE, 'Content-Encoding': 'gzip' };

/** Text of a valid page of this length. */
function longPage(bytes: number): string {
  return JSON.stringify({ ...page([{ Id: '1' }], 1), padding: 'a'.repeat(bytes) });
}

const tooLarge = {
  name: 'TransientError',
  retry: 'again',
  remedy: 'smaller-range',
  message: expect.stringMatching(/^the reply from 127\.0\.0\.1:\d+ is larger than 1 MiB$/),
  hint: expect.stringContaining('fewer rows'),
};

describe('a reply', () => {
  test.each([
    ['uncompressed', { text: longPage(2 * MEBIBYTE), headers: JSON_TYPE }],
    ['decompressed', { text: gzipSync(longPage(2 * MEBIBYTE)), headers: asGzip }],
    [
      'in several compressed parts',
      { text: Buffer.concat(Array(9).fill(gzipSync('a'.repeat(MEBIBYTE / 8)))), headers: asGzip },
    ],
  ] satisfies [string, Answer][])(
    'that is larger than allowed, %s, is given up, and is requested in smaller ranges',
    async (_, answer) => {
      const org = await scriptedOrg({ api: () => answer });
      expect(await rejection(rowsOf(clientOf(org, { maxReplyBytes: MEBIBYTE }).query(SOQL)))).toMatchObject(tooLarge);
      expect(org.seen).toHaveLength(1);
    },
  );

  test('is not read beyond the allowed size', async () => {
    let closed = (): void => {};
    const cut = new Promise<void>((resolve) => {
      closed = resolve;
    });
    const flood = (response: ServerResponse): void => {
      response.writeHead(200, JSON_TYPE);
      response.on('close', closed);
      const pour = (): void => {
        while (!response.destroyed && response.write(' '.repeat(65_536)));
      };
      response.on('drain', pour);
      pour();
    };
    const org = await scriptedOrg({ api: () => ({ by: flood }) });
    expect(await rejection(rowsOf(clientOf(org, { maxReplyBytes: MEBIBYTE }).query(SOQL)))).toMatchObject(tooLarge);
    await cut;
  });

  test.each([
    ['uncompressed', { text: longPage(MEBIBYTE / 2), headers: JSON_TYPE }],
    ['decompressed', { text: gzipSync(longPage(MEBIBYTE / 2)), headers: asGzip }],
  ] satisfies [string, Answer][])('that is nearly as large as allowed, %s, is read', async (_, answer) => {
    const org = await scriptedOrg({ api: () => answer });
    expect(await rowsOf(clientOf(org, { maxReplyBytes: MEBIBYTE }).query(SOQL))).toEqual([{ Id: '1' }]);
  });

  test('that is compressed a thousandfold is given up by default', async () => {
    const bomb = gzipSync(Buffer.alloc(129 * MEBIBYTE, 0x20), { level: 9 });
    expect(bomb.length).toBeLessThan(MEBIBYTE);
    const org = await scriptedOrg({ api: () => ({ text: bomb, headers: asGzip }) });
    expect(await rejection(rowsOf(clientOf(org).query(SOQL)))).toMatchObject({
      message: expect.stringMatching(/larger than 128 MiB$/),
      remedy: 'smaller-range',
    });
  }, 60_000);

  test.each(['{}', '[]'])('of millions of %s, which would fill the memory, is given up', async (unit) => {
    const text = `{"totalSize":1,"done":true,"records":[${`${unit},`.repeat(2_000_001)}{}]}`;
    const org = await scriptedOrg({ api: () => ({ text, headers: JSON_TYPE }) });
    expect(await rejection(rowsOf(clientOf(org).query(SOQL)))).toMatchObject({
      name: 'TransientError',
      remedy: 'smaller-range',
      message: 'a reply has more than 2000000 objects and lists',
    });
    expect(org.seen).toHaveLength(1);
  });

  test('to a token request is limited like any other', async () => {
    const org = await scriptedOrg({ token: () => ({ text: longPage(2 * MEBIBYTE) }) });
    expect(await rejection(clientOf(org, { maxReplyBytes: MEBIBYTE }).authenticate())).toMatchObject({
      name: 'TransientError',
      retry: 'again',
    });
  });

  test('that never ends, one byte at a time, is given up after the total limit', async () => {
    const trickle = (response: ServerResponse): void => {
      response.writeHead(200, JSON_TYPE);
      const timer = setInterval(() => response.write(' '), 10);
      response.on('close', () => clearInterval(timer));
    };
    const org = await scriptedOrg({ api: () => ({ by: trickle }) });
    expect(await rejection(rowsOf(clientOf(org, { wholeMs: 300 }).query(SOQL)))).toMatchObject({
      name: 'TransientError',
      retry: 'again',
      remedy: 'smaller-range',
      message: expect.stringMatching(/did not finish its reply within 0\.3 s$/),
    });
    expect(org.seen).toHaveLength(1);
  });

  test('that only ever sends headers is given up like one that does not begin', async () => {
    const announce = (response: ServerResponse): void => {
      const timer = setInterval(() => response.writeProcessing(), 10);
      response.on('close', () => clearInterval(timer));
    };
    const org = await scriptedOrg({ api: () => ({ by: announce }) });
    const client = clientOf(org, { firstByteMs: 200, retryDelaysMs: [] });
    expect(await rejection(rowsOf(client.query(SOQL)))).toMatchObject({
      message: expect.stringContaining('sent no reply within 0.2 s'),
    });
  });

  test.each([
    ['endless headers', { 'X-Long': 'a'.repeat(100_000) }],
    ['a redirect to an endless address', { Location: `/${'a'.repeat(100_000)}` }],
  ])('with %s is refused', async (_, headers) => {
    const org = await scriptedOrg({ api: () => ({ status: 302, text: '', headers }) });
    expect(await rejection(rowsOf(clientOf(org).query(SOQL)))).toMatchObject({
      name: 'TransientError',
      message: expect.stringContaining('HPE_HEADER_OVERFLOW'),
    });
  });

  test('with broken letters and an invalid date is read', async () => {
    const [before = '', after = ''] = JSON.stringify(page([{ Id: '1', Name: 'a#b' }], 1)).split('#');
    const text = Buffer.concat([Buffer.from(before), Buffer.from([0xff]), Buffer.from(after)]);
    const headers = {
      ...JSON_TYPE,
      Date: 'the day before yesterday',
      'Sforce-Limit-Info': `api-usage=1/${'9'.repeat(400)}`,
    };
    const org = await scriptedOrg({ api: () => ({ text, headers }) });
    const client = clientOf(org);
    expect(await rowsOf(client.query(SOQL))).toEqual([{ Id: '1', Name: 'a\uFFFDb' }]);
    expect(client.usage).toBeNull();
  });
});

describe('a composite whose reply is larger than allowed', () => {
  const org = () => scriptedOrg({ api: () => ({ text: longPage(2 * MEBIBYTE), headers: JSON_TYPE }) });

  test('says so about its only query, which then can be requested in smaller ranges', async () => {
    const client = clientOf(await org(), { maxReplyBytes: MEBIBYTE });
    expect(await client.queryMany([SOQL])).toMatchObject([{ ok: false, error: tooLarge }]);
  });

  test('is split if it has several queries, until each one fails alone', async () => {
    const served = await org();
    const client = clientOf(served, { maxReplyBytes: MEBIBYTE });
    const refused = { ok: false, error: tooLarge };
    expect(await client.queryMany([SOQL, SOQL, SOQL])).toMatchObject([refused, refused, refused]);
    expect(served.seen).toHaveLength(5);
  });

  test.each([
    ['of a query and a describe', { queries: [SOQL], describes: ['Account'] }, 3],
    ['of a describe', { describes: ['Account'] }, 1],
  ])('fails if it is one %s, and the describe alone fails', async (_, work, calls) => {
    const served = await org();
    const client = clientOf(served, { maxReplyBytes: MEBIBYTE });
    expect(await rejection(client.compositeBatch(work))).toMatchObject(tooLarge);
    expect(served.seen).toHaveLength(calls);
  });
});

describe('a query result', () => {
  test('that continues without rows is given up', async () => {
    const org = await scriptedOrg({ api: (_seen, index) => ({ json: page([], 1_000_000, `${NEXT}${index}`) }) });
    expect(await rejection(rowsOf(clientOf(org).query(SOQL)))).toMatchObject({
      name: 'IncompleteReadError',
      retry: 'again',
      remedy: 'same-range',
      message: 'a query announced 1000000 rows and then sent 100 pages without rows',
    });
    expect(org.seen).toHaveLength(101);
  });

  test('may have pages without rows in between', async () => {
    const org = await scriptedOrg({
      api: (_seen, index) => ({
        json: page(index % 60 === 0 ? [{ Id: `${index}` }] : [], 4, index === 180 ? undefined : `${NEXT}${index}`),
      }),
    });
    expect(await rowsOf(clientOf(org).query(SOQL))).toHaveLength(4);
    expect(org.seen).toHaveLength(181);
  });

  test('of COUNT() that continues is given up', async () => {
    const org = await scriptedOrg({ api: (_seen, index) => ({ json: page([{ Id: '1' }], 1, `${NEXT}${index}`) }) });
    expect(await rejection(rowsOf(clientOf(org).query('SELECT COUNT() FROM Account')))).toMatchObject({
      name: 'IncompleteReadError',
    });
    expect(org.seen).toHaveLength(1);
  });

  test.each([-5, -1, 0.5, 1e300, 10_000_000_001, '3', null])('that announces %s rows is refused', async (totalSize) => {
    const org = await scriptedOrg({ api: () => ({ json: { ...page([], 0), totalSize } }) });
    expect(await rejection(rowsOf(clientOf(org).query(SOQL)))).toMatchObject({
      name: 'TransientError',
      message: 'a query result does not have the documented shape (at totalSize)',
    });
    expect(org.seen).toHaveLength(3);
  });

  const nested = (opening: string, closing: string, levels: number) =>
    `{"totalSize":1,"done":true,"records":[{"Id":${opening.repeat(levels)}1${closing.repeat(levels)}}]}`;

  test.each([
    ['parents', '{"a":', '}'],
    ['children', '{"records":[', ']}'],
    ['lists', '[', ']'],
  ])('with 50,000 levels of %s is refused', async (_, opening, closing) => {
    const org = await scriptedOrg({ api: () => ({ text: nested(opening, closing, 50_000), headers: JSON_TYPE }) });
    expect(await rejection(rowsOf(clientOf(org).query(SOQL)))).toMatchObject({
      name: 'TransientError',
      message: 'a query result does not have the documented shape (at a record nested deeper than any query asks for)',
    });
  });

  test('with five levels of parents and of children is read', async () => {
    const text = nested('{"records":[', ']}', 5);
    const parents = nested('{"a":', '}', 5);
    const org = await scriptedOrg({
      api: (_seen, index) => ({ text: index === 0 ? text : parents, headers: JSON_TYPE }),
    });
    const client = clientOf(org);
    for (const sent of [text, parents]) expect(await rowsOf(client.query(SOQL))).toEqual(JSON.parse(sent).records);
  });

  test('cannot change a prototype', async () => {
    const text =
      '{"totalSize":1,"done":true,"__proto__":{"polluted":1},"records":[{"Id":"1","__proto__":{"IsPrivate":false},"Owner":{"__proto__":{"Name":"x"},"constructor":{"prototype":{"polluted":1}}}}]}';
    const org = await scriptedOrg({ api: () => ({ text, headers: JSON_TYPE }) });
    const [row] = (await rowsOf(clientOf(org).query(SOQL))) as [Record<string, Record<string, unknown>>];
    expect(Object.keys(row)).toEqual(['Id', 'Owner']);
    for (const object of [row, row.Owner]) expect(Object.getPrototypeOf(object)).toBe(Object.prototype);
    expect([row.IsPrivate, row.Owner?.Name, Reflect.get({}, 'polluted')]).toEqual([undefined, undefined, undefined]);
  });
});
