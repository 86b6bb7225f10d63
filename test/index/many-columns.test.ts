import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { limitsOf } from '../../src/index/limits.ts';
import { indexAt } from '../../src/index/location.ts';
import { type IndexReader, openIndexReader, openRunStore } from '../../src/index/open.ts';
import { decidedFields, fieldLists, STANDARD_FIELDS } from '../../src/objects/index.ts';
import { generation, member, record, recordId } from './contract/setup.ts';

/** The default fields of every object, and more fields of accounts, up to the limit of an index. */
const USUAL = Object.values(STANDARD_FIELDS.fields).flat().length;
const MOST = limitsOf(indexAt('index.db')).fields;
const CUSTOM = Array.from({ length: MOST - USUAL }, (_, at) => `A_Field_With_A_Name_Of_Usual_Length_${at}__c`);
const FIELDS = fieldLists(({ name, fields }) => (name === 'Account' ? [...fields, ...CUSTOM] : fields));

const START = '2026-01-01T00:00:00.000Z';
const word = (at: number): string => `word${at}x`;

/** What each of the users may read of accounts: every field, all but one, every second one, and one. */
const READABLE = [
  'all',
  FIELDS.Account.filter((field) => field !== CUSTOM[7]),
  FIELDS.Account.filter((field) => CUSTOM.indexOf(field) % 2 === 0),
  [CUSTOM[8] ?? ''],
] as const;

let index: IndexReader;

beforeAll(async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'many-columns-')), 'index.db');
  const store = await openRunStore({ index: indexAt(path), create: true });
  const fence = { run: 1, indexId: (await store.state()).indexId, organizationId: '00D000000000001AAA' };
  const indexed = { fields: FIELDS, titleFields: STANDARD_FIELDS.titleFields };
  const fields = decidedFields(indexed);
  await store.admit(fence, { backfillStart: START, now: START });
  await store.begin(fence, {
    start: START,
    schema: '',
    contacts: 'own',
    indexed,
    everHeld: fields,
    unguarded: [],
  });
  const members = READABLE.map((readable, at) => {
    const one = member(at + 1);
    return { ...one, objects: { ...one.objects, Account: { reach: 'all' as const, fields: readable } } };
  });
  const names = members.map(({ userId }) => {
    const name = { userId, name: userId, username: userId };
    return { ...name, federationId: null, email: null, refused: null };
  });
  await store.replaceMembership(fence, { ...generation(Date.parse(START)), fields }, members, names);
  const texts = Object.fromEntries(CUSTOM.map((field, at) => [field, word(at)]));
  await store.write(fence, {
    records: [
      record('Account', 1, { Name: 'Harbour', ...texts }, { version: Date.parse(START) + 1 }),
      record('Lead', 1, { Name: 'Harbour' }),
    ],
  });
  // Another version of the same record: its words leave as they came.
  await store.write(fence, {
    records: [record('Account', 1, { ...texts, Name: 'Harbour', Phone: 'ring' }, { version: Date.parse(START) + 2 })],
  });
  await store.close();
  index = await openIndexReader({ index: indexAt(path) });
});

afterAll(() => index.close());

const found = (user: number, words: string) => index.ids(words, { as: member(user).userId, types: ['Account'] });

it('finds by the first and by the last field in an index with as many fields as it can hold', async () => {
  for (const words of ['harbour', 'ring', word(0), word(CUSTOM.length - 1)])
    expect([words, await found(1, words)]).toEqual([words, [recordId('Account', 1)]]);
});

it.each([
  ['all but one', 2, 8, 7],
  ['every second one', 3, 8, 7],
  ['only one', 4, 8, 9],
])('a user who reads %s finds by that, and by no other field', async (_, user, open, hidden) => {
  expect(await found(user, word(open))).toEqual([recordId('Account', 1)]);
  expect(await found(user, word(hidden))).toEqual([]);
  const { hits } = await index.search(word(open), { as: member(user).userId });
  expect(hits.map(({ fields }) => Object.keys(fields).includes(CUSTOM[hidden] ?? ''))).toEqual([false]);
});
