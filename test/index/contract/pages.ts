import fc from 'fast-check';
import { beforeEach, expect, it } from 'vitest';
import type { RecordWrite } from '../../../src/index/port/documents.ts';
import { CursorRefusedError } from '../../../src/index/port/errors.ts';
import type { Hit, IndexReader, SearchOptions, SearchResult } from '../../../src/index/port/reader.ts';
import {
  groupId,
  iso,
  member,
  type NewIndex,
  opened,
  record,
  recordId,
  START,
  Started,
  shares,
  userId,
} from './setup.ts';

const seed = process.env.FC_SEED === undefined ? undefined : Number(process.env.FC_SEED);

/** More than any test here requests. */
const MOST_PAGES = 100;

type Asked = Omit<SearchOptions, 'as' | 'cursor'>;
type Narrowed = Omit<Asked, 'limit' | 'verify'>;

/** Asks page by page, each with the next of these limits, until nothing is left. Calls `between` after each page. */
async function allPages(
  reader: IndexReader,
  n: number,
  words: string,
  { limits, between = async () => {}, ...narrowed }: Narrowed & { limits: number[]; between?: () => Promise<void> },
): Promise<Hit[]> {
  const hits: Hit[] = [];
  const asked = { ...narrowed, as: userId(n) };
  let cursor: string | null = null;
  for (let page = 0; page < MOST_PAGES; page++) {
    const limit = limits[page % limits.length] ?? 1;
    const result: SearchResult = await reader.search(words, { ...asked, limit, cursor });
    hits.push(...result.hits);
    if (result.cursor === null) return hits;
    expect(result.hits).toHaveLength(limit);
    cursor = result.cursor;
    await between();
  }
  throw new Error(`There is still a next page after ${MOST_PAGES} pages.`);
}

const idsOf = (hits: readonly { readonly id: string }[]) => hits.map(({ id }) => id);
/** User 1 owns records that nobody else owns, user 2 is in a group, and user 3 reads all. */
const everything = { reach: 'all', fields: 'all' } as const;
const MEMBERS = [
  member(1),
  member(2, [groupId(1)]),
  member(3, [], {
    Account: everything,
    Contact: everything,
    Case: everything,
    Opportunity: everything,
    Lead: everything,
  }),
];

/** Leads and accounts with few words and few times, so that scores and times tie. */
interface Made {
  readonly n: number;
  readonly object: 'Lead' | 'Account';
  readonly words: string;
  readonly time: number;
  readonly owner: number;
  readonly isShared: boolean;
}

const made = (n: number): fc.Arbitrary<Made> =>
  fc.record({
    n: fc.constant(n),
    object: fc.constantFrom('Lead', 'Account'),
    words: fc.constantFrom('sun', 'sun sun', 'sun wind', 'wind', 'sun sun wind'),
    time: fc.integer({ min: 1, max: 4 }),
    owner: fc.constantFrom(1, 1, 4),
    isShared: fc.boolean(),
  });

const writeOf = ({ n, object, words, time, owner }: Made, rest: Partial<RecordWrite> = {}): RecordWrite =>
  record(
    object,
    n,
    { Name: words, Description: 'sun' },
    { ownerId: userId(owner), modified: iso(START + time), ...rest },
  );

const worlds = fc.integer({ min: 1, max: 30 }).chain((size) =>
  fc.record({
    records: fc.tuple(...Array.from({ length: size }, (_, at) => made(at + 1))),
    limits: fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 3 }),
    words: fc.constantFrom('', 'sun', 'wind', 'sun wind', 'su'),
    asked: fc
      .record({
        types: fc.constantFrom(undefined, ['Lead'] as const, ['Lead', 'Account'] as const),
        modifiedFrom: fc.constantFrom(undefined, undefined, iso(START + 2)),
        modifiedBefore: fc.constantFrom(undefined, undefined, iso(START + 4)),
        owner: fc.constantFrom(undefined, undefined, userId(1)),
        sort: fc.constantFrom(undefined, 'modified' as const),
      })
      .map(
        (options): Narrowed => Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)),
      ),
  }),
);

async function worldOf(newIndex: NewIndex, records: readonly Made[]): Promise<Started> {
  const world = await Started.begin(newIndex, ...MEMBERS);
  await world.write({
    records: records.map((each) => writeOf(each)),
    shares: records.filter(({ isShared }) => isShared).map(({ object, n }) => shares(object, n, [groupId(1)])),
  });
  return world;
}

/** Paging returns every hit exactly once, despite writes between pages. */
export function pages(newIndex: NewIndex): void {
  it('pages of any limits add up to the one long page', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, async ({ records, limits, words, asked: narrowed }) => {
        const world = await worldOf(newIndex, records);
        const reader = await world.index.reader();
        try {
          for (const n of [1, 2, 3]) {
            const asked = { as: userId(n), ...narrowed };
            const whole = await reader.search(words, { ...asked, limit: 200 });
            expect(whole.cursor).toBeNull();
            const hits = await allPages(reader, n, words, { ...asked, limits });
            expect(hits).toEqual(whole.hits);
            const { sort: _, ...unsorted } = asked;
            expect(idsOf(hits).toSorted()).toEqual((await reader.ids(words, unsorted)).toSorted());
          }
        } finally {
          await reader.close();
          await world.store.close();
        }
      }),
      { numRuns: 15, ...(seed === undefined ? {} : { seed }) },
    );
  });

  it('an unchanged record comes once and in its order, despite any writes between pages', async () => {
    const kinds = fc.constantFrom('words', 'time', 'rights', 'removal', 'addition', 'nothing');
    await fc.assert(
      fc.asyncProperty(
        worlds,
        fc.array(fc.record({ kind: kinds, at: fc.nat() }), { minLength: 1, maxLength: 12 }),
        fc.constantFrom(1, 2, 3),
        async ({ records, limits, words, asked }, writes, n) => {
          const world = await worldOf(newIndex, records);
          const reader = await world.index.reader();
          try {
            const { hits: before } = await reader.search(words, { as: userId(n), ...asked, limit: 200 });
            const touched = new Set<string>();
            let step = 0;
            const between = async () => {
              const version = START + 10_000 + ++step;
              const { kind, at } = writes[step % writes.length] ?? { kind: 'nothing', at: 0 };
              const one = records[at % records.length];
              if (one === undefined || kind === 'nothing') return;
              if (kind === 'addition') {
                const added = { ...one, n: 1_000 + step, time: at % 6 };
                await world.write({ records: [writeOf(added, { version })] });
                return;
              }
              const id = recordId(one.object, one.n);
              touched.add(id);
              const time = kind === 'time' ? 9 : one.time;
              if (kind === 'removal') await world.write({ removals: [{ id, object: one.object, version }] });
              else if (kind === 'rights')
                await world.write({ shares: [shares(one.object, one.n, [groupId(1 + (at % 2))], version)] });
              else
                await world.write({
                  records: [writeOf({ ...one, words: kind === 'words' ? 'sun breeze' : one.words, time }, { version })],
                });
            };
            const found = idsOf(await allPages(reader, n, words, { ...asked, limits, between }));
            const untouched = idsOf(before).filter((id) => !touched.has(id));
            const seen = found.filter((id) => untouched.includes(id));
            expect(seen).toEqual(untouched);
          } finally {
            await reader.close();
            await world.store.close();
          }
        },
      ),
      { numRuns: 25, ...(seed === undefined ? {} : { seed }) },
    );
  });

  it('returns every hit beyond the counted number, better hits first, regardless of modified date', async () => {
    const world = await Started.begin(newIndex, ...MEMBERS);
    const old = Array.from({ length: 250 }, (_, at) => record('Lead', 1 + at, { Name: 'sun' }));
    await world.write({ records: old });
    await world.write({
      records: Array.from({ length: 1_001 }, (_, at) => record('Lead', 1_000 + at, { Description: 'sun' })),
    });
    const reader = await opened(world.index.reader());
    for (const words of ['sun', '']) {
      const first = await reader.search(words, { as: userId(1) });
      expect([first.total, first.totalIsLowerBound]).toEqual([1_000, true]);
      const hits = await allPages(reader, 1, words, { limits: [200, 199] });
      expect(idsOf(hits).toSorted()).toEqual((await reader.ids(words, { as: userId(1) })).toSorted());
      const olds = words === '' ? hits.slice(1_001) : hits.slice(0, 250);
      expect(idsOf(olds)).toEqual(idsOf(old).reverse());
    }
  });

  it('a record whose id is typed comes first, and once', async () => {
    const world = await Started.begin(newIndex, ...MEMBERS);
    const id = recordId('Lead', 2);
    await world.write({ records: [1, 2, 3, 4].map((n) => record('Lead', n, { Name: `Call about ${id}` })) });
    const reader = await opened(world.index.reader());
    for (const limits of [[1], [2], [3], [4]]) {
      const hits = await allPages(reader, 1, id, { limits });
      expect([hits[0]?.id, hits.length, new Set(idsOf(hits)).size]).toEqual([id, 4, 4]);
    }
  });

  it("looks up rights again for every page, and keeps the first page's total", async () => {
    const world = await Started.begin(newIndex, ...MEMBERS);
    await world.write({
      records: Array.from({ length: 6 }, (_, at) => record('Lead', 1 + at, { Name: 'sun' }, { ownerId: userId(4) })),
    });
    for (const words of ['sun', '']) {
      await world.members(member(1, [userId(4)]));
      const { cursor } = await world.search(1, words, { limit: 2 });
      await world.members(member(1));
      expect(await world.search(1, words, { limit: 2, cursor })).toMatchObject({ hits: [], total: 6, cursor: null });
      await world.members(member(1, [userId(4)], { Lead: { reach: 'principals', fields: [] } }));
      const { hits } = await world.search(1, words, { limit: 2, cursor });
      expect(hits.map(({ fields }) => fields)).toEqual(words === '' ? [{}, {}] : []);
    }
  });

  it('accepts another name of the same user on the next page', async () => {
    const world = await Started.begin(newIndex, ...MEMBERS);
    await world.write({ records: [1, 2, 3].map((n) => record('Lead', n, { Name: 'sun' })) });
    const { cursor } = await world.search(1, 'sun', { limit: 2 });
    const reader = await opened(world.index.reader());
    const { hits } = await reader.search('sun', { as: 'user1@acme.example', cursor });
    expect(hits).toHaveLength(1);
  });

  let world: Started;
  let cursor: string;
  beforeEach(async () => {
    world = await Started.begin(newIndex, ...MEMBERS);
    await world.write({
      records: [1, 2, 3].map((n) => record('Lead', n, { Name: 'sun wind' })),
      shares: [1, 2, 3].map((n) => shares('Lead', n, [groupId(1)])),
    });
    cursor = (await world.search(1, 'sun', { limit: 2, types: ['Lead'] })).cursor ?? '';
  });

  it.each<[what: string, user: number, words: string, options: Asked, mangle?: (cursor: string) => string]>([
    ['other words', 1, 'wind', { types: ['Lead'] }],
    ['no words', 1, '', { types: ['Lead'] }],
    ['another user', 2, 'sun', { types: ['Lead'] }],
    ['other types', 1, 'sun', { types: ['Lead', 'Account'] }],
    ['all types', 1, 'sun', {}],
    ['an owner', 1, 'sun', { types: ['Lead'], owner: userId(1) }],
    ['an account', 1, 'sun', { types: ['Lead'], account: recordId('Account', 1) }],
    ['a first time', 1, 'sun', { types: ['Lead'], modifiedFrom: '2020-01-01' }],
    ['a last time', 1, 'sun', { types: ['Lead'], modifiedBefore: '2030-01-01' }],
    ['another order', 1, 'sun', { types: ['Lead'], sort: 'modified' }],
    ['half of the cursor', 1, 'sun', { types: ['Lead'] }, (whole) => whole.slice(0, whole.length / 2)],
    ['a few letters', 1, 'sun', { types: ['Lead'] }, () => 'abc'],
    ['nothing', 1, 'sun', { types: ['Lead'] }, () => ''],
    ['JSON of another form', 1, 'sun', { types: ['Lead'] }, () => Buffer.from('{"offset":20}').toString('base64url')],
  ])('refuses a cursor with %s', async (_, n, words, options, mangle = (whole) => whole) => {
    const refused = world.search(n, words, { ...options, cursor: mangle(cursor) });
    await expect(refused).rejects.toThrow(CursorRefusedError);
    await expect(refused).rejects.toThrow(/^The cursor .+\. Search without a cursor for the first page\.$/);
  });

  it('accepts another spelling of the same arguments on the next page', async () => {
    const first: Asked = { owner: userId(1), modifiedFrom: '2020-01-01', types: ['Lead', 'Account'] };
    const same: Asked = {
      owner: userId(1).slice(0, 15),
      modifiedFrom: '2020-01-01T01:00:00+01:00',
      types: ['Account', 'Lead'],
      sort: 'relevance',
    };
    const { cursor: next } = await world.search(1, 'sun', { ...first, limit: 2 });
    expect((await world.search(1, 'sun', { ...same, cursor: next })).hits).toHaveLength(1);
    const other = { ...same, owner: userId(2), cursor: next };
    await expect(world.search(1, 'sun', other)).rejects.toThrow(CursorRefusedError);
  });

  it('refuses a cursor of another index, and a cursor with any letter changed', async () => {
    const other = await Started.begin(newIndex, ...MEMBERS);
    await expect(other.search(1, 'sun', { types: ['Lead'], cursor })).rejects.toThrow(CursorRefusedError);
    for (const at of cursor.split('').keys()) {
      const changed = cursor.slice(0, at) + (cursor[at] === 'A' ? 'B' : 'A') + cursor.slice(at + 1);
      // The last letter may have bits that no byte has.
      if (Buffer.from(changed, 'base64url').equals(Buffer.from(cursor, 'base64url'))) continue;
      await expect(world.search(1, 'sun', { types: ['Lead'], cursor: changed })).rejects.toThrow(CursorRefusedError);
    }
    expect((await world.search(1, 'sun', { types: ['Lead'], cursor })).hits).toHaveLength(1);
  });

  it('a cursor reveals nothing about the file: its numbers are unreadable, its length is constant', async () => {
    const bytes = Buffer.from(cursor, 'base64url');
    expect(bytes.toString('latin1')).not.toMatch(/\d{4,}/);
    const { cursor: ofList } = await world.search(1, '', { limit: 1 });
    expect(ofList).toHaveLength(cursor.length);
    await world.write({ records: Array.from({ length: 1_001 }, (_, n) => record('Lead', 10 + n, { Name: 'sun' })) });
    const { cursor: ofMany } = await world.search(1, 'sun', { limit: 200 });
    expect(ofMany).toHaveLength(cursor.length);
    expect(cursor.length).toBeLessThan(120);
  });
}
