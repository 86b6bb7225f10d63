import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openIndexReader, openIndexWriter, openInspector } from '../../src/index/open.ts';
import { type IndexReader, openIndex } from '../../src/library.ts';
import { member, record, recordId, Started, userId } from '../index/contract/setup.ts';

/** What a caller in JavaScript can hand over, and the documented error that it gets (docs/search.md). */

const folder = mkdtempSync(join(tmpdir(), 'arguments-'));
let index: IndexReader;

beforeAll(async () => {
  const path = join(folder, 'index.db');
  const world = await Started.begin(
    async () => ({
      writer: () => openIndexWriter({ path, create: true }),
      reader: () => openIndexReader({ path }),
      inspector: () => openInspector({ path }),
      destroy: async () => rmSync(path),
    }),
    member(1),
  );
  await world.write({ records: [record('Lead', 1, { Name: 'Solar' })] });
  await world.writer.close();
  index = await openIndex({ baseUrl: 'https://acme.my.salesforce.com', index: { path } });
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
  ['words that are none', 7, { as }, TypeError],
  ['no options', '', undefined, TypeError],
  ['nobody', '', {}, TypeError],
  ['blanks as the user', '', { as: '  ' }, TypeError],
  ['a user that is a list', '', { as: [as] }, TypeError],
  ['types that are a text', '', { as, types: 'Account' }, TypeError],
  ['a type that is a number', '', { as, types: [1] }, TypeError],
  ['a type that is not indexed', '', { as, types: ['User'] }, RangeError],
  ['a type in another case', '', { as, types: ['account'] }, RangeError],
  ['a type that every object has', '', { as, types: ['__proto__'] }, RangeError],
  ['one good and one bad type', '', { as, types: ['Account', "Account') or 1=1"] }, RangeError],
];

const ofSearch: [string, options: object, kind: typeof Error][] = [
  ['a limit in words', { limit: '5' }, TypeError],
  ['a limit of null', { limit: null }, TypeError],
  ['a limit of 0', { limit: 0 }, RangeError],
  ['a limit above 200', { limit: 201 }, RangeError],
  ['half a limit', { limit: 1.5 }, RangeError],
  ['a limit that is no number', { limit: Number.NaN }, RangeError],
  ['a cursor that is a number', { cursor: 1 }, TypeError],
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

it('a search takes what is left out, null as the cursor, and types twice', async () => {
  const found = { hits: [{ id: recordId('Lead', 1) }] };
  expect(await search('', { as })).toMatchObject(found);
  expect(await search('solar', { as, cursor: null, types: ['Lead', 'Lead'], verify: false })).toMatchObject(found);
});

it('says of a wrong type which ones there are', async () => {
  await expect(search('', { as, types: ['User'] })).rejects.toThrow(
    'The option `types` names what is not indexed. Objects are Account, Contact, Case, Opportunity, Lead.',
  );
});

it.each([
  ['nothing', undefined],
  ['null', null],
  ['an empty object', {}],
  ['an empty path', ''],
  ['a number', 7],
  ['an index without its path', { baseUrl: 'https://acme.my.salesforce.com', index: {} }],
  ['no base URL', { index: { path: 'index.db' } }],
])('openIndex that is given %s says what it takes', async (_, config) => {
  const error = await openIndex(config as Parameters<typeof openIndex>[0]).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(TypeError);
  expect((error as TypeError).message).toBe(
    "openIndex takes the path of the connection's config file, or { baseUrl, index: { path } }: the org's My Domain URL and the index file.",
  );
});
