import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { indexAt } from '../../src/index/location.ts';
import { type IndexReader, openIndexReader } from '../../src/index/open.ts';
import { DEFAULT_SETTINGS } from '../../src/objects/settings.ts';
import { account, orgFolder, PEOPLE } from './org-folder.ts';
import { type SandboxOrg, sandboxOrg } from './sandbox-org.ts';
import { createSyncRunner, type SyncRunner } from './sync-runner.ts';

// What people write into records, from the org to a search.

const OFFER =
  '<p>The <b>un</b>believ<span style="color: red">able</span> offer&nbsp;ends in M&uuml;nchen.</p><p>caf&eacute; R&amp;D</p>' +
  '<img src="data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAUA" alt="Dragonfly"></img>' +
  '<a href="https://example.com/track?utm_source=newsletter">click</a><style>.x{color:crimson}</style>';

const folder = orgFolder({ accounts: 12 });
let org: SandboxOrg;
let sync: SyncRunner;
let index: IndexReader;

beforeAll(async () => {
  org = await sandboxOrg(folder);
  await org.change(
    { add_field: 'Account', name: 'Offer__c', type: 'textarea', htmlFormatted: true },
    {
      add_field: 'Account',
      name: 'Tier__c',
      type: 'picklist',
      picklistValues: [{ value: 'CUST_01', label: 'Strategic customer' }, { value: 'Partner' }],
    },
    {
      add_field: 'Account',
      name: 'Regions__c',
      type: 'multipicklist',
      picklistValues: [
        { value: 'N', label: 'Northern Europe' },
        { value: 'S', label: 'Southern Europe' },
      ],
    },
  );
  const put = (n: number, fields: Readonly<Record<string, string>>) => ({
    put: 'Account',
    row: { Id: account(n), ...fields },
  });
  await org.change(
    put(0, { Offer__c: OFFER, Tier__c: 'CUST_01', Regions__c: 'N;S;X', Description: 'a <b>plain</b> text & more' }),
    put(1, { Description: 'เขากำลังกินข้าวที่โรงแรมกรุงเทพ' }),
    put(2, { Description: 'zero\u200bwidth' }),
    put(3, { Description: 'किताब की दुकान' }),
    put(4, { Description: 'कतब' }),
    put(5, { Phone: '+49 (0) 30 1234567' }),
    put(6, { Phone: '+44 20 7946 0958' }),
    put(7, { Phone: '0044 20 7946 0959' }),
  );
  sync = createSyncRunner(org.url, { objects: { Account: { ...DEFAULT_SETTINGS, add: ['*__c'] } } });
  await sync.run();
  index = await openIndexReader({ index: indexAt(sync.path) });
});

afterAll(async () => {
  await index.close();
  sync.close();
  await org.close();
  rmSync(folder, { recursive: true });
});

const found = async (words: string) => (await index.ids(words, { as: PEOPLE.admin, types: ['Account'] })).toSorted();

describe('rich text', () => {
  it.each(['unbelievable', 'münchen', 'munchen', 'café', 'R&D', 'unbelievable offer', 'click', 'dragonfly'])(
    'is found by %s, as people see it',
    async (words) => expect(await found(words)).toEqual([account(0)]),
  );

  it.each(['nbsp', 'uuml', 'crimson', 'utm_source', 'iVBORw0KGgoAAAANSUhEUgAAAAUA', 'href'])(
    'is not found by its markup: %s',
    async (words) => expect(await found(words)).toEqual([]),
  );

  it('is shown without markup', async () => {
    const { hits } = await index.search('münchen', { as: PEOPLE.admin });
    expect(hits[0]).toMatchObject({
      snippetField: 'Offer__c',
      fields: { Offer__c: expect.not.stringMatching(/[<>]|&\w+;/) },
    });
    expect(hits[0]?.snippet).toContain('The unbelievable offer ends in ⟦München⟧. café R&D');
  });

  it('keeps its characters in another field', async () => {
    const { hits } = await index.search('plain', { as: PEOPLE.admin, types: ['Account'] });
    expect(hits[0]?.fields.Description).toBe('a <b>plain</b> text & more');
  });
});

it.each([
  ['a word of Thai inside a sentence', 'โรงแรม', [1]],
  ['a word after U+200B', 'width', [2]],
  ['a word with vowel signs', 'किताब', [3]],
  ['the same letters without them', 'कतब', [4]],
  ['a German number without its (0)', '+49301234567', [5]],
  ['a British number in its national form', '020 7946 0958', [6]],
  ['a number with + for 00', '+442079460959', [7]],
])('%s: %s', async (_, words, accounts) => {
  expect(await found(words)).toEqual(accounts.map(account));
});

describe('a picklist', () => {
  it.each(['strategic customer', 'CUST_01', 'northern europe', 'southern', 'N;S'])('is found by %s', async (words) =>
    expect(await found(words)).toContain(account(0)),
  );

  it('shows label and value, for each of several values', async () => {
    const { hits } = await index.search('strategic', { as: PEOPLE.admin });
    expect(hits.map(({ fields }) => [fields.Tier__c, fields.Regions__c])).toEqual([
      ['Strategic customer (CUST_01)', 'Northern Europe (N); Southern Europe (S); X'],
    ]);
  });
});
