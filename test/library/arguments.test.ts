import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { indexAt } from '../../src/index/location.ts';
import { openIndexReader, openInspector, openRunStore } from '../../src/index/open.ts';
import { type IndexReader, openIndex } from '../../src/library.ts';
import { member, record, recordId, Started, userId } from '../index/contract/setup.ts';

/** What a caller in JavaScript can pass, and the documented error that it gets (docs/search.md). */

const baseUrl = 'https://acme.my.salesforce.com';
const folder = mkdtempSync(join(tmpdir(), 'arguments-'));
let index: IndexReader;

beforeAll(async () => {
  const path = join(folder, 'index.db');
  const world = await Started.begin(
    async () => ({
      store: () => openRunStore({ index: indexAt(path), create: true }),
      reader: () => openIndexReader({ index: indexAt(path) }),
      inspector: () => openInspector({ index: indexAt(path) }),
      destroy: async () => rmSync(path),
    }),
    member(1),
  );
  await world.write({ records: [record('Lead', 1, { Name: 'Solar' })] });
  await world.store.close();
  index = await openIndex({ baseUrl, index: { path } });
});
afterAll(async () => {
  await index?.close();
  rmSync(folder, { recursive: true, force: true });
});

type Search = IndexReader['search'];
const search = (words: unknown, options: unknown) =>
  index.search(words as Parameters<Search>[0], options as Parameters<Search>[1]);
const ids = (words: unknown, options: unknown) =>
  index.ids(words as Parameters<Search>[0], options as Parameters<Search>[1]);
const as = userId(1);

const ofBoth: [string, words: unknown, options: unknown, kind: typeof Error][] = [
  ['invalid words', 7, { as }, TypeError],
  ['no options', '', undefined, TypeError],
  ['nobody', '', {}, TypeError],
  ['blanks as the user', '', { as: '  ' }, TypeError],
  ['a user that is a list', '', { as: [as] }, TypeError],
  ['a user by an unknown kind of name', '', { as: { kind: 'phone', name: '7' } }, TypeError],
  ['a user of an organization of null', '', { as: { kind: 'id', name: as, organizationId: null } }, TypeError],
  ['a user by an empty name', '', { as: { kind: 'email', name: '' } }, TypeError],
  ['types that are a text', '', { as, types: 'Account' }, TypeError],
  ['a type that is a number', '', { as, types: [1] }, TypeError],
  ['a type that is not indexed', '', { as, types: ['User'] }, RangeError],
  ['a type in another case', '', { as, types: ['account'] }, RangeError],
  ['a type that every object has', '', { as, types: ['__proto__'] }, RangeError],
  ['a time that is a Date', '', { as, modifiedFrom: new Date(0) }, TypeError],
  ['a time that is a number', '', { as, modifiedBefore: 1_700_000_000_000 }, TypeError],
  ['a time of null', '', { as, modifiedFrom: null }, TypeError],
  ['a time in words', '', { as, modifiedFrom: 'yesterday' }, RangeError],
  ['a time without a time zone', '', { as, modifiedBefore: '2026-03-01T10:00' }, RangeError],
  ['an invalid day', '', { as, modifiedFrom: '2026-02-29' }, RangeError],
  ['an owner that is a list', '', { as, owner: [as] }, TypeError],
  ['an owner by username', '', { as, owner: 'user1@acme.example' }, RangeError],
  ['an owner that is SQL', '', { as, owner: "005' or 1=1 --" }, RangeError],
  ['an account that is an object', '', { as, account: {} }, TypeError],
  ['an account that is another record', '', { as, account: recordId('Lead', 1) }, RangeError],
  ['one good and one bad type', '', { as, types: ['Account', "Account') or 1=1"] }, RangeError],
];

const ofSearch: [string, options: object, kind: typeof Error][] = [
  ['a limit in words', { limit: '5' }, TypeError],
  ['a limit of null', { limit: null }, TypeError],
  ['a limit of 0', { limit: 0 }, RangeError],
  ['a limit above 200', { limit: 201 }, RangeError],
  ['a fraction as the limit', { limit: 1.5 }, RangeError],
  ['a limit that is not a number', { limit: Number.NaN }, RangeError],
  ['a cursor that is a number', { cursor: 1 }, TypeError],
  ['an order that is a number', { sort: 1 }, TypeError],
  ['an unknown order', { sort: 'newest' }, RangeError],
  ['an order in another case', { sort: 'Modified' }, RangeError],
  ['`verify` in words', { verify: 'false' }, TypeError],
];

describe('a search refuses', () => {
  it.each(ofBoth)('%s', async (_, words, options, kind) => {
    for (const asked of [search, ids]) {
      const error = await asked(words, options).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(kind);
    }
  });

  it.each(ofSearch)('%s', async (_, options, kind) => {
    await expect(search('', { as, ...options })).rejects.toBeInstanceOf(kind);
  });
});

it.each([['modified'], ['relevance'], ['bad']])('ids refuses an order: %s', async (sort) => {
  const error = await ids('', { as, sort }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(TypeError);
  expect((error as TypeError).message).toBe('`ids` gives all ids, in no order: leave out the option `sort`.');
});

it('a search accepts missing options, null as the cursor, and duplicate types', async () => {
  const found = { hits: [{ id: recordId('Lead', 1) }] };
  expect(await search('', { as })).toMatchObject(found);
  expect(await search('solar', { as, cursor: null, types: ['Lead', 'Lead'], verify: false })).toMatchObject(found);
});

it('a search takes filters and an order', async () => {
  const owner = userId(1).slice(0, 15);
  const all = { owner, modifiedFrom: '2020-01-01', modifiedBefore: '2030-01-01T00:00:00Z' };
  expect(await search('solar', { as, ...all, sort: 'modified' })).toMatchObject({
    hits: [{ id: recordId('Lead', 1) }],
  });
  expect(await ids('', { as, ...all })).toEqual([recordId('Lead', 1)]);
  expect(await ids('', { as, account: recordId('Account', 1) })).toEqual([]);
});

it('shows a valid time if a time is wrong', async () => {
  await expect(search('', { as, modifiedFrom: 'today' })).rejects.toThrow(
    'The option `modifiedFrom` must be an ISO date (2026-03-01, which is midnight UTC) or an ISO date-time with its time zone (2026-03-01T09:30:00Z).',
  );
});

it('lists the valid types if a type is wrong', async () => {
  await expect(search('', { as, types: ['User'] })).rejects.toThrow(
    'The option `types` contains an object that is not indexed. Indexed objects: Account, Contact, Case, Opportunity, Lead.',
  );
});

it.each([
  ['nothing', undefined],
  ['null', null],
  ['an empty object', {}],
  ['an empty path', ''],
  ['a number', 7],
  ['an index without its path', { baseUrl, index: {} }],
  ['no base URL', { index: { path: 'index.db' } }],
  ['a cluster without its address', { baseUrl, index: { engine: 'opensearch', prefix: 'a' } }],
  ['a cluster without a protocol', { baseUrl, index: { engine: 'opensearch', url: 'search:9200', prefix: 'a' } }],
  ['a cluster without its prefix', { baseUrl, index: { engine: 'opensearch', url: 'http://search:9200' } }],
])('openIndex with %s says what it takes', async (_, config) => {
  const error = await openIndex(config as Parameters<typeof openIndex>[0]).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(TypeError);
  expect((error as TypeError).message).toBe(
    "openIndex expects the path of the connection's config file, or { baseUrl, index }: the org's My Domain URL, and { path } of the index file or { engine: 'opensearch', url, prefix } of the cluster.",
  );
});

it.each([
  ['a password in its address', { url: 'https://ada:hush@search.example.com' }, 'contains a user or a password'],
  [
    'a login without encryption',
    { url: 'http://search.example.com', auth: { kind: 'basic', username: 'ada', password: { file: 'password' } } },
    'would be sent unencrypted',
  ],
])('openIndex refuses a cluster with %s', async (_, cluster, why) => {
  const index = { engine: 'opensearch', prefix: 'crm', ...cluster } as const;
  const error = await openIndex({ baseUrl, index } as Parameters<typeof openIndex>[0]).catch((thrown: Error) => thrown);
  expect(error).toBeInstanceOf(TypeError);
  expect((error as Error).message).toContain(why);
  expect((error as Error).message).not.toContain('hush');
});
