import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Member } from '../../src/access/types.ts';
import { indexAt } from '../../src/index/location.ts';
import { openIndexReader, openRunStore } from '../../src/index/open.ts';
import type { SearchOptions } from '../../src/index/port/reader.ts';
import { decidedFields, OBJECT_NAMES, STANDARD_FIELDS } from '../../src/objects/index.ts';
import { idOf, largeOrg, namesOf, sizeFor } from './large-org.ts';
import { median } from './median.ts';

const CASES = 1_000_000;
const ROUNDS = 7;
/** The number of cases of each of these owners and accounts. */
const FEW = 20;
const MANY = 50_000;
const FIRST = 1_700_000_000_000;

type Filters = Omit<SearchOptions, 'as'>;

const owner = (nth: number): string => idOf('005', nth);
const account = (nth: number): string => idOf('001', nth);
const minute = (nth: number): string => new Date(FIRST + nth * 60_000).toISOString();

/** Every case has the first word, every fifth the second. */
const WORDS: readonly [string, string][] = [
  ['no words', ''],
  ['a word of all', 'pump'],
  ['a word of every fifth', 'valve'],
  ['the beginning of it', 'val'],
  ['two words', 'pump valve'],
];

/**
 * Searches one index of a million records with filters that let few records through, and many. Argument: the number of
 * records.
 */
export async function benchFilters([given]: readonly string[]): Promise<void> {
  const cases = given === undefined ? CASES : Number(given);
  const folder = mkdtempSync(join(tmpdir(), 'bench-filters-'));
  const path = join(folder, 'index.db');
  try {
    await fill(path, cases);
    const index = await openIndexReader({ index: indexAt(path) });
    const middle = Math.floor(cases / 2);
    const asked: readonly [string, Filters][] = [
      ['no filter', {}],
      [`the owner of ${FEW}`, { owner: owner(3) }],
      ['an owner of many', { owner: owner(1) }],
      [`the account of ${FEW}`, { account: account(3) }],
      ['that owner and that account', { owner: owner(3), account: account(4) }],
      [`${FEW} minutes`, { modifiedFrom: minute(middle), modifiedBefore: minute(middle + FEW) }],
      ['a half of the time, by date', { modifiedBefore: minute(middle), sort: 'modified' }],
      ['all, by date', { sort: 'modified' }],
    ];
    for (const [who, user] of Object.entries(USERS))
      for (const [what, filters] of asked) {
        const parts: string[] = [];
        for (const [, words] of WORDS) {
          const times: number[] = [];
          let hits = 0;
          for (let round = 0; round < ROUNDS; round++) {
            const begun = performance.now();
            hits = (await index.search(words, { as: owner(user), ...filters })).total;
            times.push(performance.now() - begun);
          }
          parts.push(`${median(times).toFixed(1)} ms (${hits})`);
        }
        process.stdout.write(`${who}, ${what}: ${parts.join(' | ')}\n`);
      }
    await index.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * Users who can read everything: by View All, by one group, and by enough groups that documents are tested one by one.
 */
const USERS = { 'View All': 10, 'one group': 11, 'many groups': 12 } as const;

async function fill(path: string, cases: number): Promise<void> {
  const store = await openRunStore({ index: indexAt(path), create: true });
  const fence = { run: 1, indexId: (await store.state()).indexId, organizationId: idOf('00D', 1) };
  await store.admit(fence, { backfillStart: null, now: new Date().toISOString() });
  await store.begin(fence, null);
  const groups = Array.from({ length: 1_000 }, (_, nth) => idOf('00G', nth));
  const members: Member[] = [
    member(USERS['View All'], 'all', []),
    member(USERS['one group'], 'principals', groups.slice(0, 1)),
    member(USERS['many groups'], 'principals', groups),
  ];
  const names = namesOf(members);
  const fields = decidedFields(STANDARD_FIELDS);
  const tables = largeOrg(sizeFor(100));
  const generation = { asOf: 1, gaps: [], fields, groups: [], shared: [], tables, readings: {} };
  await store.replaceMembership(fence, generation, members, names);
  const common = { isPrivate: false, isPersonAccount: false, version: 1 };
  const shared = { rowCount: 1, version: 1 };
  const rowsOf = (object: 'Account' | 'Case') => [{ grantee: idOf('00G', 0), cause: 'Rule', opens: [object] }];
  const accounts = Array.from({ length: 10 }, (_, nth) => ({
    ...common,
    id: account(nth),
    object: 'Account' as const,
    ownerId: owner(0),
    accountId: null,
    fields: { Name: `Account ${nth}` },
    modified: minute(0),
  }));
  await store.write(fence, {
    records: accounts,
    shares: accounts.map(({ id }) => ({
      ...shared,
      parentId: id,
      object: 'Account' as const,
      rows: rowsOf('Account'),
    })),
  });
  for (let from = 0; from < cases; from += 1_000) {
    const records = Array.from({ length: 1_000 }, (_, nth) => {
      const at = from + nth;
      const isOfFew = at % Math.floor(cases / FEW) === 7;
      return {
        ...common,
        id: idOf('500', at),
        object: 'Case' as const,
        ownerId: owner(isOfFew ? 3 : at % Math.floor(cases / MANY) === 0 ? 1 : 2),
        accountId: account(isOfFew ? 4 : at % Math.floor(cases / FEW) === 9 ? 3 : 2),
        fields: {
          CaseNumber: String(at).padStart(8, '0'),
          Subject: `pump ${at % 5 === 0 || isOfFew ? 'valve' : 'motor'} word${(at * 7_919) % 5_003} word${(at * 104_729) % 50_021}`,
        },
        modified: minute(at),
      };
    });
    const shares = records.map(({ id }) => ({
      ...shared,
      parentId: id,
      object: 'Case' as const,
      rows: rowsOf('Case'),
    }));
    await store.write(fence, { records, shares });
  }
  await store.close();
}

function member(nth: number, reach: 'all' | 'principals', groups: readonly string[]): Member {
  const userId = owner(nth);
  const objects = Object.fromEntries(OBJECT_NAMES.map((name) => [name, { reach, fields: 'all' }]));
  return {
    userId,
    validUntil: null,
    principals: [userId, `=${userId}`, ...groups].sort(),
    objects: objects as Member['objects'],
  };
}
