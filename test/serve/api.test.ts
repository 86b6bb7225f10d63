import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IndexReader } from '../../src/index/port/reader.ts';
import { explanationReply, meReply, problemReply, recordReply, searchReply } from '../../src/serve/api/schemas.ts';
import { groupId, member, record, recordId, shares, userId } from '../index/contract/setup.ts';
import { newIndex, startServer, type TestServer } from './setup.ts';

/** What the HTTP API replies. The server trusts this machine here, so the header names the user. */

const seed = process.env.FC_SEED === undefined ? undefined : Number(process.env.FC_SEED);
const LEADS = 25;
const as = (n: number) => ({ 'act-as': `id:${userId(n)}` });

let folder: string;
let library: IndexReader;
let server: TestServer;

beforeAll(async () => {
  const index = await newIndex();
  ({ folder } = index);
  const { world } = index;
  await world.members(member(1), member(2, [groupId(1)]), member(3, [groupId(2)]));
  const leads = Array.from({ length: LEADS }, (_, n) => n + 1);
  await world.write({
    records: [
      ...leads.map((n) =>
        record('Lead', n, { Name: `Solar ${n}`, Company: n % 2 === 0 ? 'Even' : 'Odd' }, { ownerId: userId(9) }),
      ),
      record('Lead', 99, { Name: '<img src=x onerror=alert(1)> "quoted" \u001b[31m' }, { ownerId: userId(9) }),
    ],
    shares: [...leads, 99].map((n) => shares('Lead', n, [groupId(n % 3 === 0 ? 2 : 1)])),
  });
  await world.endBackfill();
  await world.store.close();
  library = await world.index.reader();
  server = await startServer(index.path, { isOpen: true });
});
afterAll(async () => {
  await server?.stop();
  await library?.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('a search', () => {
  it('replies what the library finds, in the documented form', async () => {
    const question = { words: 'solar', limit: 5, fields: true };
    const reply = await server.search(question, as(2));
    expect(reply.status).toBe(200);
    expect(reply.headers.get('cache-control')).toBe('no-store');
    expect(searchReply.strict().safeParse(reply.body).error).toBeUndefined();
    const { cursor, ...found } = await library.search('solar', { as: userId(2), limit: 5 });
    expect(cursor).not.toBeNull();
    expect(reply.body).toEqual({ ...found, cursor: expect.any(String) });
  });

  it('leaves the fields out of hits if nobody asks for them', async () => {
    const { body } = await server.search({ words: 'solar', limit: 1 }, as(2));
    expect(searchReply.strict().safeParse(body).error).toBeUndefined();
    expect(body.hits[0]).toMatchObject({ title: expect.stringMatching(/^Solar/), snippet: expect.any(String) });
    expect(body.hits[0]).not.toHaveProperty('fields');
  });

  it('finds exactly what the library finds, page by page, for any user and any question', async () => {
    const question = fc.record({
      user: fc.constantFrom(1, 2, 3),
      words: fc.constantFrom('', 'solar', 'sol', 'even', 'odd solar', 'img', 'nothing', recordId('Lead', 3)),
      types: fc.constantFrom(undefined, ['Lead'], ['Account', 'Lead'], ['Case']),
      limit: fc.integer({ min: 1, max: 10 }),
      sort: fc.constantFrom('relevance', 'modified'),
    });
    await fc.assert(
      fc.asyncProperty(question, async ({ user, words, types, limit, sort }) => {
        const found: string[] = [];
        let cursor: string | null = null;
        do {
          const { body } = await server.search({ words, types, limit, sort, cursor }, as(user));
          found.push(...body.hits.map((hit: { id: string }) => hit.id));
          ({ cursor } = body);
        } while (cursor !== null);
        const expected = await library.ids(words, { as: userId(user), ...(types && { types: types as never }) });
        expect(found.toSorted()).toEqual(expected.toSorted());
      }),
      { numRuns: 60, ...(seed === undefined ? {} : { seed }) },
    );
  });

  it.each([
    ['a body that is not JSON', '{"words":', 'bad_request', []],
    ['a list', '[]', 'bad_request', ['']],
    ['words that are a number', { words: 7 }, 'bad_request', ['words']],
    ['an unknown value', { word: 'x' }, 'bad_request', ['']],
    ['a user in the body', { as: userId(2) }, 'bad_request', ['']],
    ['an unknown object', { types: ['User'] }, 'bad_request', ['types.0']],
    ['a limit that is too high', { limit: 201 }, 'bad_request', ['limit']],
    ['a time in words', { modifiedFrom: 'yesterday' }, 'bad_request', undefined],
    ['an owner that is SQL', { owner: "' or 1=1 --" }, 'bad_request', undefined],
    ['a cursor of another search', { words: 'x', cursor: 'abc' }, 'cursor_refused', undefined],
    ['very long words', { words: 'x'.repeat(1_001) }, 'bad_request', ['words']],
  ])('refuses %s, and says what is wrong', async (_, question, code, paths) => {
    const { status, headers, body } = await server.search(question, as(2));
    expect(status).toBe(400);
    expect(headers.get('content-type')).toBe('application/problem+json');
    expect(body).toMatchObject({ type: `urn:salesforce-connector:problem:${code}`, status: 400, code });
    expect(problemReply.strict().safeParse(body).error).toBeUndefined();
    if (paths?.length) expect(body.errors.map((each: { path: string }) => each.path)).toEqual(paths);
    expect(JSON.stringify(body)).not.toMatch(/at .*\.(?:js|ts)/);
  });

  it('refuses a body that is too large, or not JSON, or another method', async () => {
    expect(await server.search({ words: 'x'.repeat(70_000) }, as(2))).toMatchObject({
      status: 413,
      body: { code: 'body_too_large' },
    });
    expect(await server.search('words=x', { ...as(2), 'content-type': 'text/plain' })).toMatchObject({ status: 415 });
    expect(await server.get('/v1/search', as(2))).toMatchObject({ status: 404 });
  });

  it('with verify, while Salesforce is away, is a problem that says so', async () => {
    const reply = await server.search({ words: 'solar', verify: true }, as(2));
    expect(reply).toMatchObject({ status: 502, body: { code: 'salesforce_failed' } });
    expect(server.log).toContainEqual(expect.objectContaining({ event: 'request_failed', code: 'salesforce_failed' }));
  }, 120_000);
});

describe('a record', () => {
  it('has the fields that the user may read', async () => {
    const { status, body } = await server.get(`/v1/records/${recordId('Lead', 1)}`, as(2));
    expect(status).toBe(200);
    expect(recordReply.strict().safeParse(body).error).toBeUndefined();
    expect(body).toMatchObject({ title: 'Solar 1', fields: { Name: 'Solar 1', Company: 'Odd' } });
  });

  it.each([
    ['hidden', recordId('Lead', 3)],
    ['missing', recordId('Lead', 1000)],
  ])('that is %s is not found', async (_, id) => {
    const { status, body } = await server.get(`/v1/records/${id}`, as(2));
    expect({ status, code: body.code, detail: body.detail }).toEqual({
      status: 404,
      code: 'record_not_found',
      detail: 'There is no such record in the index, or the user may not read it.',
    });
  });

  it('with text that looks like markup arrives as it is', async () => {
    const { body, headers } = await server.get(`/v1/records/${recordId('Lead', 99)}`, as(3));
    expect(body.title).toContain('<img src=x onerror=alert(1)>');
    expect(headers.get('content-type')).toMatch(/^application\/json/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('needs an id', async () => {
    expect(await server.get('/v1/records/solar', as(2))).toMatchObject({ status: 400, body: { code: 'bad_request' } });
  });

  it('is explained', async () => {
    const { status, body } = await server.get(`/v1/records/${recordId('Lead', 3)}/access`, as(2));
    expect(status).toBe(200);
    expect(explanationReply.strict().safeParse(body).error).toBeUndefined();
    expect(body).toMatchObject({ finds: false, reads: false });
  });
});

it('the status says that Temporal is away, while searches continue', async () => {
  const reply = await server.get('/v1/status');
  expect(reply).toMatchObject({ status: 503, body: { code: 'temporal_unreachable' } });
  expect(await server.search({ words: 'solar' }, as(2))).toMatchObject({ status: 200 });
}, 120_000);

it('the caller is a program on this machine, for the user in the header', async () => {
  const permissions = ['explain', 'status'];
  const reply = await server.get('/v1/me', as(2));
  expect(reply.body).toEqual({ user: { kind: 'id', name: userId(2) }, permissions, caller: 'local' });
  expect(meReply.strict().safeParse(reply.body).error).toBeUndefined();
  expect((await server.get('/v1/me')).body).toEqual({ user: null, permissions, caller: 'local' });
});

it('an address that does not exist is a problem, too', async () => {
  expect(await server.get('/v2/search')).toMatchObject({ status: 404, body: { code: 'not_found' } });
});

it('the OpenAPI document describes every address', async () => {
  const { body } = await server.get('/openapi.json');
  expect(body).toMatchObject({ openapi: '3.1.0', info: { version: '1.2.3' } });
  expect(Object.keys(body.paths)).toEqual([
    '/v1/search',
    '/v1/records/{id}',
    '/v1/records/{id}/access',
    '/v1/status',
    '/v1/me',
  ]);
  expect(body.components.schemas.Hit.required).toContain('snippet');
});

it('an index that is made later is served without a restart', async () => {
  const later = join(folder, 'later.db');
  const early = await startServer(later, { isOpen: true });
  expect(await early.get('/healthz')).toMatchObject({ status: 200 });
  const { status, body } = await early.get('/readyz');
  expect({ status, body }).toEqual({ status: 503, body: expect.not.stringContaining(folder) });
  const refused = await early.search({}, as(2));
  expect(refused).toMatchObject({ status: 503, body: { code: 'search_refused' } });
  expect(JSON.stringify(refused.body)).not.toContain(folder);
  expect(JSON.stringify(early.log)).toContain(later);
  copyFileSync(join(folder, 'index.db'), later);
  await expect.poll(async () => (await early.get('/readyz')).status).toBe(200);
  expect(await early.search({}, as(2))).toMatchObject({ status: 200 });
  rmSync(later);
  await expect.poll(async () => (await early.get('/readyz')).status).toBe(503);
  await early.stop();
});
