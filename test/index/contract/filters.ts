import fc from 'fast-check';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RecordWrite } from '../../../src/index/port/documents.ts';
import type { IndexReader, SearchOptions } from '../../../src/index/port/reader.ts';
import { decidedFields, OBJECT_NAMES, type ObjectName, STANDARD_FIELDS } from '../../../src/objects/index.ts';
import {
  generation,
  groupId,
  iso,
  member,
  type NewIndex,
  opened,
  opening,
  record,
  recordId,
  START,
  Started,
  shares,
  userId,
  userName,
} from './setup.ts';

const seed = process.env.FC_SEED === undefined ? undefined : Number(process.env.FC_SEED);

type Narrowing = Pick<SearchOptions, 'types' | 'modifiedFrom' | 'modifiedBefore' | 'owner' | 'account' | 'sort'>;

const DECIDED = decidedFields(STANDARD_FIELDS);
const everything = { reach: 'all', fields: 'all' } as const;
const EVERYTHING = Object.fromEntries(OBJECT_NAMES.map((name) => [name, everything]));
const without = (object: ObjectName, ...hidden: string[]) => ({
  reach: 'principals' as const,
  fields: DECIDED[object].filter((field) => !hidden.includes(field)),
});

/**
 * The owners of all records are users 8 and 9 and queue 7. User 3 reads all. User 2 is in group 1, and two fields are
 * hidden from them.
 */
const OWNERS = [userId(8), userId(9), groupId(7)] as const;
const HIDES = { Case: 'OwnerId', Opportunity: 'AccountId' } as const;
const SEEKER = member(2, [groupId(1)], {
  Case: without('Case', HIDES.Case),
  Opportunity: without('Opportunity', HIDES.Opportunity),
});
const MEMBERS = [SEEKER, member(3, [], EVERYTHING)];

interface Made {
  readonly object: ObjectName;
  readonly n: number;
  readonly words: string;
  /** Milliseconds after START. */
  readonly time: number;
  readonly owner: number;
  /** The number of its account. 0: none. */
  readonly account: number;
  readonly isShared: boolean;
}

const TIMES = [0, 500, 999, 1_000, 1_001, 61_000, 86_400_000];

const made = (n: number): fc.Arbitrary<Made> =>
  fc.record({
    object: fc.constantFrom(...OBJECT_NAMES),
    n: fc.constant(n),
    words: fc.constantFrom('sun', 'sun wind', 'wind', 'sunny'),
    time: fc.constantFrom(...TIMES),
    owner: fc.constantFrom(0, 1, 2),
    account: fc.constantFrom(0, 900, 901),
    isShared: fc.boolean(),
  });

const time = fc.option(
  fc.constantFrom(...TIMES).map((ms) => iso(START + ms)),
  { nil: undefined, freq: 1 },
);

/** Any combination of filters and an order. */
const narrowing: fc.Arbitrary<Narrowing> = fc
  .record({
    types: fc.constantFrom(undefined, ['Case', 'Contact'] as const, ['Opportunity'] as const),
    modifiedFrom: time,
    modifiedBefore: time,
    owner: fc.constantFrom(undefined, ...OWNERS, OWNERS[0].slice(0, 15)),
    account: fc.constantFrom(undefined, undefined, recordId('Account', 900), recordId('Account', 901).slice(0, 15)),
    sort: fc.constantFrom(undefined, 'relevance' as const, 'modified' as const),
  })
  .map((options) => Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)));

const accountIdOf = ({ object, account }: Made) =>
  account === 0 || object === 'Account' || object === 'Lead' ? null : recordId('Account', account);

const writeOf = (each: Made, version = START + 1_000): RecordWrite =>
  record(
    each.object,
    each.n,
    { [each.object === 'Case' ? 'Subject' : 'Name']: each.words },
    {
      ownerId: OWNERS[each.owner] ?? null,
      accountId: accountIdOf(each),
      modified: iso(START + each.time),
      version,
    },
  );

const sharesOf = ({ object, n, isShared }: Made) => shares(object, n, isShared ? [groupId(1)] : []);

/** Two accounts. The seeker reads the first. */
const ACCOUNTS: readonly Made[] = [900, 901].map((n) => ({
  object: 'Account',
  n,
  words: 'sun',
  time: 0,
  owner: 0,
  account: 0,
  isShared: n === 900,
}));

async function worldOf(newIndex: NewIndex, records: readonly Made[]): Promise<Started> {
  const world = await Started.begin(newIndex, ...MEMBERS);
  await world.begin(opening({ start: iso(START + 1), schema: 'own', contacts: 'own' }));
  const all = [...ACCOUNTS, ...records];
  await world.write({ records: all.map((each) => writeOf(each)), shares: all.map(sharesOf) });
  return world;
}

/** Whether a record that the user finds passes, by a naive reading of the filters. */
function passes(user: number, each: Made, asked: Narrowing): boolean {
  const at = START + each.time;
  const hides = (field: string) => user === 2 && HIDES[each.object as keyof typeof HIDES] === field;
  const sees = (account: number) => user === 3 || account === 900;
  return (
    (asked.types?.includes(each.object) ?? true) &&
    (asked.modifiedFrom === undefined || at >= Date.parse(asked.modifiedFrom)) &&
    (asked.modifiedBefore === undefined || at < Date.parse(asked.modifiedBefore)) &&
    (asked.owner === undefined || (!hides('OwnerId') && OWNERS[each.owner]?.startsWith(asked.owner) === true)) &&
    (asked.account === undefined ||
      (!hides('AccountId') && sees(each.account) && accountIdOf(each)?.startsWith(asked.account) === true))
  );
}

/** Searches with filters, and sorted by date. */
export function filters(newIndex: NewIndex): void {
  it('filters return exactly the hits that pass, in the same order as without filters', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc
          .integer({ min: 1, max: 25 })
          .chain((size) => fc.tuple(...Array.from({ length: size }, (_, at) => made(at + 1)))),
        fc.array(narrowing, { minLength: 6, maxLength: 6 }),
        async (records, asks) => {
          const world = await worldOf(newIndex, records);
          const reader = await world.index.reader();
          const byId = new Map([...ACCOUNTS, ...records].map((each) => [recordId(each.object, each.n), each]));
          try {
            for (const n of [2, 3])
              for (const words of ['', 'sun', 'su', 'sun wind', recordId('Case', 1)]) {
                const as = userId(n);
                const whole = (await reader.search(words, { as, limit: 200 })).hits;
                const byDate = (await reader.ids('', { as })).length;
                expect(byDate).toBeLessThan(200);
                const dates = (await reader.search('', { as, limit: 200 })).hits.map(({ id }) => id);
                for (const asked of asks) {
                  const expected = whole.filter(({ id }) => {
                    const each = byId.get(id);
                    return each !== undefined && passes(n, each, asked);
                  });
                  const isByDate = asked.sort === 'modified' && words !== recordId('Case', 1);
                  const ordered = isByDate
                    ? expected
                        .toSorted((one, other) => dates.indexOf(one.id) - dates.indexOf(other.id))
                        .map((hit) => ({ ...hit, score: 0 }))
                    : expected;
                  const result = await reader.search(words, { as, ...asked, limit: 200 });
                  expect(result.hits).toEqual(ordered);
                  expect([result.total, result.cursor]).toEqual([expected.length, null]);
                  const { sort: _, ...narrowed } = asked;
                  const ids = await reader.ids(words, { as, ...narrowed });
                  expect(ids.toSorted()).toEqual(expected.map(({ id }) => id).toSorted());
                }
              }
          } finally {
            await reader.close();
            await world.store.close();
          }
        },
      ),
      { numRuns: 25, ...(seed === undefined ? {} : { seed }) },
    );
  }, 120_000);

  describe('filters on a field', () => {
    let world: Started;
    let reader: IndexReader;
    beforeEach(async () => {
      const each = { words: 'sun', time: 0, owner: 0, account: 900, isShared: true };
      world = await worldOf(
        newIndex,
        OBJECT_NAMES.map((object, at) => ({ ...each, object, n: at + 1 })),
      );
      reader = await opened(world.index.reader());
    });
    const found = async (n: number, asked: Narrowing, words = '') =>
      (await reader.search(words, { as: userId(n), ...asked })).hits
        .map(({ object, id }) => `${object} ${id.slice(12, 15)}`)
        .sort();

    it("find an owner's records, only of objects whose OwnerId the user may read", async () => {
      for (const words of ['', 'sun', 'su'])
        for (const owner of [OWNERS[0], OWNERS[0].slice(0, 15)]) {
          const all = ['Account 001', 'Account 900', 'Case 003', 'Contact 002', 'Lead 005', 'Opportunity 004'];
          expect(await found(3, { owner }, words)).toEqual([...all, 'Account 901'].sort());
          expect(await found(2, { owner }, words)).toEqual(all.filter((each) => each !== 'Case 003'));
        }
      expect(await found(3, { owner: OWNERS[1] })).toEqual([]);
    });

    it('find for an account exactly the hits that show it', async () => {
      const account = recordId('Account', 900);
      expect(await found(3, { account })).toEqual(['Case 003', 'Contact 002', 'Opportunity 004']);
      const { hits } = await reader.search('sun', { as: userId(2), limit: 200 });
      const shown = hits
        .filter((hit) => hit.account?.id === account)
        .map(({ object, id }) => `${object} ${id.slice(12, 15)}`);
      expect(await found(2, { account }, 'sun')).toEqual(shown.sort());
      expect(shown).toEqual(['Case 003', 'Contact 002']);
    });

    it.each<[string, () => Promise<unknown>]>([
      ['is no longer shared with the user', () => world.write({ shares: [shares('Account', 900, [], START + 2_000)] })],
      [
        'has left the index',
        () => world.write({ removals: [{ id: recordId('Account', 900), object: 'Account', version: START + 2_000 }] }),
      ],
      [
        'has a name that the user may not read',
        () => world.members(member(2, [groupId(1)], { Account: without('Account', 'Name') })),
      ],
    ])('do not distinguish an account that %s from one that does not exist', async (_, change) => {
      const account = recordId('Account', 900);
      expect(await found(2, { account })).not.toEqual([]);
      await change();
      for (const words of ['', 'sun', recordId('Contact', 2)]) {
        const options = { as: userId(2) };
        const none = await reader.search(words, { ...options, account: recordId('Account', 999) });
        expect(await reader.search(words, { ...options, account })).toEqual(none);
        expect(none).toMatchObject({ hits: [], total: 0, cursor: null });
      }
    });

    it('let nothing through if the membership has not checked OwnerId, even for readers of every field', async () => {
      const unaware = { ...generation(START + 1), fields: STANDARD_FIELDS.fields };
      await world.store.replaceMembership(world.fence, unaware, [member(3, [], EVERYTHING)], [userName(3)]);
      expect(await found(3, { owner: OWNERS[0] })).toEqual([]);
      expect(await found(3, { account: recordId('Account', 900) })).toEqual([]);
    });

    it('find a record only by its new owner or account, even if nothing else about it changed', async () => {
      // Contacts that follow their account keep their principals when their owner changes.
      const own = await Started.begin(newIndex, ...MEMBERS);
      const contact = {
        object: 'Contact',
        n: 1,
        words: 'sun',
        time: 0,
        owner: 0,
        account: 900,
        isShared: false,
      } as const;
      await own.write({ records: [...ACCOUNTS, contact].map((each) => writeOf(each)) });
      const now = await opened(own.index.reader());
      const ids = (owner: number, account: number) =>
        now.ids('sun', { as: userId(3), owner: OWNERS[owner] ?? '', account: recordId('Account', account) });
      expect([await ids(0, 900), await ids(1, 900)]).toEqual([[recordId('Contact', 1)], []]);
      await own.write({ records: [writeOf({ ...contact, owner: 1 }, START + 2_000)] });
      expect([await ids(0, 900), await ids(1, 900)]).toEqual([[], [recordId('Contact', 1)]]);
      await own.write({ records: [writeOf({ ...contact, owner: 1, account: 901 }, START + 3_000)] });
      expect([await ids(1, 900), await ids(1, 901)]).toEqual([[], [recordId('Contact', 1)]]);
      await own.write({ removals: [{ id: recordId('Contact', 1), object: 'Contact', version: START + 4_000 }] });
      expect(await ids(1, 901)).toEqual([]);
    });
  });

  describe('filters on a time', () => {
    let reader: IndexReader;
    beforeAll(async () => {
      const world = await Started.begin(newIndex, member(1));
      const at = (n: number, modified: string) => record('Lead', n, { Name: 'sun' }, { modified });
      await world.write({
        records: [
          at(1, '2026-02-28T23:59:59.999Z'),
          at(2, '2026-03-01T00:00:00.000Z'),
          at(3, '2026-03-01T00:00:00.001Z'),
          at(4, '2026-03-01T22:30:00.000Z'),
          at(5, '1969-12-31T23:59:59.000Z'),
          at(6, '2199-01-01T00:00:00.000Z'),
        ],
      });
      reader = await world.index.reader();
      return async () => {
        await reader.close();
        await world.store.close();
      };
    });
    const DAY = '2026-03-01';

    it.each<[string, Narrowing, readonly number[]]>([
      ['from a date, which is midnight UTC', { modifiedFrom: DAY }, [2, 3, 4, 6]],
      ['before a date', { modifiedBefore: DAY }, [1, 5]],
      ['a day', { modifiedFrom: DAY, modifiedBefore: '2026-03-02' }, [2, 3, 4]],
      ['from a millisecond on', { modifiedFrom: '2026-03-01T00:00:00.001Z' }, [3, 4, 6]],
      ['before a millisecond', { modifiedBefore: '2026-03-01T00:00:00.001Z' }, [1, 2, 5]],
      ['a time in another zone', { modifiedFrom: '2026-03-01T23:30:00+01:00' }, [4, 6]],
      ['a time as Salesforce writes it', { modifiedFrom: '2026-03-01T22:30:00.000+0000' }, [4, 6]],
      ['a time without seconds', { modifiedFrom: '2026-03-01T22:30Z' }, [4, 6]],
      ['a time before 1970', { modifiedBefore: '1970-01-01' }, [5]],
      ['a time after every clock', { modifiedFrom: '9999-12-31' }, []],
      ['a range that ends where it begins', { modifiedFrom: DAY, modifiedBefore: DAY }, []],
      ['a range that ends before it begins', { modifiedFrom: '2026-03-02', modifiedBefore: DAY }, []],
    ])('%s', async (_, asked, expected) => {
      const ids = expected.map((n) => recordId('Lead', n));
      for (const words of ['', 'sun']) {
        const { hits, total } = await reader.search(words, { as: userId(1), ...asked });
        expect([hits.map(({ id }) => id).sort(), total]).toEqual([ids, ids.length]);
        expect((await reader.ids(words, { as: userId(1), ...asked })).sort()).toEqual(ids);
      }
    });
  });

  it('sorting by date puts the last modified first, regardless of the position of the words', async () => {
    const world = await Started.begin(newIndex, member(1));
    await world.write({
      records: [
        record('Lead', 1, { Name: 'sun' }),
        record('Lead', 2, { Description: 'sunny days' }),
        record('Lead', 3, { Name: 'the sun' }),
      ],
    });
    const order = async (sort: 'modified' | 'relevance') =>
      (await world.search(1, 'sun', { sort })).hits.map(({ id, score }) => [Number(id.slice(3, 15)), score > 0]);
    expect(await order('modified')).toEqual([
      [3, false],
      [2, false],
      [1, false],
    ]);
    expect(await order('relevance')).toEqual([
      [1, true],
      [3, true],
      [2, true],
    ]);
  });

  it.each<[string, Narrowing]>([
    ['a date that does not exist', { modifiedFrom: '2026-02-30' }],
    ['a time without a time zone', { modifiedFrom: '2026-03-01T10:00:00' }],
    ['a date in words', { modifiedBefore: 'yesterday' }],
    ['a date in another order', { modifiedBefore: '01.03.2026' }],
    ['an empty date', { modifiedFrom: '' }],
    ['an owner given by name', { owner: 'ada@acme.example' }],
    ["an owner id that is a record's", { owner: recordId('Lead', 1) }],
    ['an account given by name', { account: 'Acme' }],
    ["an account id that is a user's", { account: userId(1) }],
    ['an account id of 16 letters', { account: recordId('Account', 1).slice(0, 16) }],
    ['an unknown order', { sort: 'newest' as 'modified' }],
  ])('rejects %s with a RangeError that names the option', async (_, asked) => {
    const world = await Started.begin(newIndex, member(1));
    await expect(world.search(1, '', asked)).rejects.toThrow(RangeError);
    await expect(world.search(1, '', asked)).rejects.toThrow(`The option \`${Object.keys(asked)[0]}\` must be`);
  });
}
