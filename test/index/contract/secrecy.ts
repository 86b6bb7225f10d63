import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ObjectAccess } from '../../../src/access/types.ts';
import type { RecordWrite } from '../../../src/index/port/documents.ts';
import type { IndexReader, SearchOptions, SearchResult } from '../../../src/index/port/reader.ts';
import {
  decidedFields,
  OBJECT_NAMES,
  type ObjectName,
  objectNamed,
  STANDARD_FIELDS,
} from '../../../src/objects/index.ts';
import {
  groupId,
  iso,
  member,
  type NewIndex,
  opening,
  record,
  recordId,
  START,
  Started,
  shares,
  userId,
} from './setup.ts';

const seed = process.env.FC_SEED === undefined ? undefined : Number(process.env.FC_SEED);

/**
 * The user who searches. They are in group 1, read no opportunities, and two fields of each other object are hidden.
 * OwnerId of accounts and cases is hidden too, and AccountId of cases.
 */
const SEEKER = 1;
const TITLE: Readonly<Record<ObjectName, string>> = {
  Account: 'Name',
  Contact: 'Name',
  Case: 'Subject',
  Opportunity: 'Name',
  Lead: 'Name',
};
const HIDDEN: Readonly<Record<ObjectName, readonly string[]>> = {
  Account: ['Description', 'Phone'],
  Contact: ['Department', 'Email'],
  Case: ['CaseNumber', 'SuppliedName'],
  Opportunity: [],
  Lead: ['Company', 'Description'],
};
const SHOWN: Readonly<Record<ObjectName, string>> = {
  Account: 'BillingCity',
  Contact: 'Description',
  Case: 'Description',
  Opportunity: 'Description',
  Lead: 'City',
};

const HIDES_OWNER: readonly ObjectName[] = ['Account', 'Case', 'Opportunity'];
const HIDES_ACCOUNT: readonly ObjectName[] = ['Case', 'Opportunity'];
/** Two accounts. The seeker reads the first. */
const KNOWN = 900;
const UNKNOWN = 901;
const OWNERS = [8, 9] as const;

const QUESTIONS = ['', 'sun', 'sun wind', 'su', 's', 'sun-wind', '+1 415 555 1234', '東京', 'แรม'];
/** Also the questions that are asked with filters. */
const FEW = ['', 'sun wind', 'su'];
const LIMITS = [2, 200];

const word = fc.constantFrom(
  'sun',
  'wind',
  'sunny',
  'sun wind',
  'wind sun',
  '東京電力',
  'โรงแรม',
  '(415) 555-1234',
  'roof',
  'x',
);
const text = fc.array(word, { maxLength: 4 }).map((words) => words.join(' '));
/** A hidden text may also be very long. */
const hiddenText = fc.oneof(
  text,
  word.map((one) => `${one} ${'filler '.repeat(40)}`),
);

/** The parts of a record. The seeker may not read anything in `hidden`. */
interface Made {
  readonly object: ObjectName;
  readonly n: number;
  readonly isReadable: boolean;
  readonly title: string;
  readonly shown: string;
  readonly second: number;
  /** By number. */
  readonly owner: number;
  readonly account: number;
  readonly hidden: Hidden;
}

interface Hidden {
  readonly texts: readonly string[];
  /** The other groups that its share rows name. */
  readonly groups: readonly number[];
  /** Used as its owner and its account if the fields are hidden. */
  readonly owner: number;
  readonly account: number;
}

const owner = fc.constantFrom(...OWNERS);
const account = fc.constantFrom(KNOWN, UNKNOWN);

const hidden: fc.Arbitrary<Hidden> = fc.record({
  owner,
  account,
  texts: fc.tuple(hiddenText, hiddenText),
  groups: fc.uniqueArray(fc.integer({ min: 2, max: 14 }), { maxLength: 12 }),
});

const made = (n: number): fc.Arbitrary<Made> =>
  fc.record({
    object: fc.constantFrom(...OBJECT_NAMES),
    n: fc.constant(n),
    isReadable: fc.boolean(),
    title: text,
    shown: text,
    second: fc.integer({ min: 1, max: 3 }),
    owner,
    account,
    hidden,
  });

/** One change to something that the seeker may not read. */
type Change =
  | { readonly kind: 'addition'; readonly made: Made }
  | { readonly kind: 'text' | 'removal'; readonly at: number; readonly made: Made }
  | { readonly kind: 'hidden'; readonly at: number; readonly hidden: Hidden }
  | { readonly kind: 'members'; readonly groups: readonly number[] };

const change = (n: number): fc.Arbitrary<Change> =>
  fc.oneof(
    fc.record({ kind: fc.constant('addition' as const), made: made(n) }),
    fc.record({ kind: fc.constantFrom('text' as const, 'removal' as const), at: fc.nat(), made: made(n) }),
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('hidden' as const), at: fc.nat(), hidden }) },
    fc.record({ kind: fc.constant('members' as const), groups: hidden.map(({ groups }) => groups) }),
  );

type Asked = Omit<SearchOptions, 'as' | 'limit' | 'cursor'>;

/** Filters and an order. */
const asked: fc.Arbitrary<Asked> = fc
  .record({
    types: fc.constantFrom(undefined, ['Contact', 'Lead'] as const),
    modifiedFrom: fc.constantFrom(undefined, undefined, iso(START + 2_000)),
    modifiedBefore: fc.constantFrom(undefined, undefined, iso(START + 3_000)),
    owner: fc.constantFrom(undefined, ...OWNERS.map(userId)),
    account: fc.constantFrom(undefined, undefined, ...[KNOWN, UNKNOWN].map((n) => recordId('Account', n))),
    sort: fc.constantFrom(undefined, 'modified' as const),
  })
  .map((options) => Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)));

const worlds = fc.integer({ min: 2, max: 14 }).chain((size) =>
  fc.record({
    records: fc.tuple(...Array.from({ length: size }, (_, at) => made(at + 1))),
    changes: fc
      .integer({ min: 1, max: 8 })
      .chain((count) => fc.tuple(...Array.from({ length: count }, (_, at) => change(100 + at)))),
    asks: fc.array(asked, { minLength: 2, maxLength: 2 }),
  }),
);

const ACCOUNTS = [KNOWN, UNKNOWN].map((n) => record('Account', n, { Name: 'sun' }, { ownerId: userId(9) }));

const isReadable = ({ isReadable: shared, object }: Made) => shared && object !== 'Opportunity';

function writeOf(made: Made, version: number): RecordWrite {
  const { object, n, title, shown, second, hidden } = made;
  const { texts } = hidden;
  const accountOf =
    objectNamed(object).accountField === null ? null : (HIDES_ACCOUNT.includes(object) ? hidden : made).account;
  const fields = Object.entries({
    [TITLE[object]]: title,
    [SHOWN[object]]: shown,
    ...Object.fromEntries(HIDDEN[object].map((field, at) => [field, texts[at] ?? ''])),
  }).filter(([, value]) => value !== '');
  const modified = iso(START + second * 1_000);
  const ownerId = userId((HIDES_OWNER.includes(object) ? hidden : made).owner);
  const accountId = accountOf === null ? null : recordId('Account', accountOf);
  return record(object, n, Object.fromEntries(fields), { ownerId, accountId, modified, version });
}

function sharesOf({ object, n, isReadable: shared, hidden: { groups } }: Made, version: number) {
  return shares(object, n, [...(shared ? [1] : []), ...groups].map(groupId), version);
}

const access = (object: ObjectName): ObjectAccess =>
  object === 'Opportunity'
    ? { reach: 'none', fields: [] }
    : {
        reach: 'principals',
        fields: decidedFields(STANDARD_FIELDS)[object].filter(
          (field) =>
            !HIDDEN[object].includes(field) &&
            !(field === 'OwnerId' && HIDES_OWNER.includes(object)) &&
            !(field === 'AccountId' && HIDES_ACCOUNT.includes(object)),
        ),
      };

async function setMembers(world: Started, others: readonly number[]): Promise<void> {
  const objects = Object.fromEntries(OBJECT_NAMES.map((name) => [name, access(name)]));
  await world.members(member(SEEKER, [groupId(1)], objects), member(2, others.map(groupId)));
}

/** Everything that the seeker gets: each page of each question with each of the filters, including cursors. */
async function shownTo(reader: IndexReader, asks: readonly Asked[]): Promise<unknown[]> {
  const as = userId(SEEKER);
  const shown: unknown[] = [];
  for (const [at, { sort, ...filters }] of ([{}, ...asks] as readonly Asked[]).entries())
    for (const words of at === 0 ? QUESTIONS : FEW) {
      shown.push(await reader.ids(words, { as, ...filters }));
      for (const limit of LIMITS) {
        let cursor: string | null = null;
        do {
          const options = { as, ...filters, ...(sort === undefined ? {} : { sort }), limit, cursor };
          const page: SearchResult = await reader.search(words, options);
          shown.push(page);
          ({ cursor } = page);
        } while (cursor !== null);
      }
    }
  return shown;
}

/** Applies the change, and returns the records in their new state. */
async function apply(world: Started, records: readonly Made[], each: Change, version: number): Promise<Made[]> {
  if (each.kind === 'members') {
    await setMembers(world, each.groups);
    return [...records];
  }
  if (each.kind === 'addition') {
    const added = { ...each.made, isReadable: false };
    await world.write({ records: [writeOf(added, version)], shares: [sharesOf(added, version)] });
    return [...records, added];
  }
  const at = each.at % records.length;
  const old = records[at];
  if (old === undefined) return [...records];
  if (each.kind === 'hidden') {
    const next = { ...old, hidden: each.hidden };
    await world.write({ records: [writeOf(next, version)], shares: [sharesOf(next, version)] });
    return records.toSpliced(at, 1, next);
  }
  if (isReadable(old)) return [...records];
  if (each.kind === 'removal') {
    await world.write({ removals: [{ id: recordId(old.object, old.n), object: old.object, version }] });
    return records.toSpliced(at, 1);
  }
  const next = { ...each.made, object: old.object, n: old.n, isReadable: old.isReadable };
  await world.write({ records: [writeOf(next, version)], shares: [sharesOf(next, version)] });
  return records.toSpliced(at, 1, next);
}

/**
 * If only documents or fields change that a user may not read, nothing changes that the user sees: hits, order, scores,
 * totals, snippets, cursors. Throws otherwise.
 */
async function expectNothingTold(
  newIndex: NewIndex,
  runs: Pick<fc.Parameters, 'numRuns' | 'endOnFailure'>,
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(worlds, async ({ records, changes, asks }) => {
      const world = await Started.begin(newIndex);
      await world.begin(opening({ start: iso(START + 1), schema: 'own', contacts: 'own' }));
      await setMembers(world, []);
      const version = START + 10_000;
      await world.write({
        records: [...records.map((each) => writeOf(each, version)), ...ACCOUNTS],
        shares: [...records.map((each) => sharesOf(each, version)), shares('Account', KNOWN, [groupId(1)])],
      });
      const reader = await world.index.reader();
      try {
        const before = await shownTo(reader, asks);
        let now: Made[] = [...records];
        for (const [at, each] of changes.entries()) now = await apply(world, now, each, version + 1 + at);
        expect(await shownTo(reader, asks)).toEqual(before);
      } finally {
        await reader.close();
        await world.store.close();
      }
    }),
    { ...runs, ...(seed === undefined ? {} : { seed }) },
  );
}

export function secrecy(newIndex: NewIndex): void {
  it('a change to what a user may not read changes nothing that the user sees', async () => {
    await expectNothingTold(newIndex, { numRuns: 25 });
  });

  it('control: a result that reveals how many documents exist is caught', async () => {
    let documents = 0;
    const leaky: NewIndex = async () => {
      const index = await newIndex();
      return {
        ...index,
        async reader() {
          const reader = await index.reader();
          const store = await index.store();
          return {
            ids: (words, options) => reader.ids(words, options),
            record: (id, options) => reader.record(id, options),
            async search(words, options) {
              documents = Object.values(await store.counts()).reduce((sum, count) => sum + count, 0);
              const result = await reader.search(words, options);
              return { ...result, hits: result.hits.map((hit) => ({ ...hit, score: hit.score / documents })) };
            },
            async close() {
              await store.close();
              await reader.close();
            },
          };
        },
      };
    };
    // The first failure is enough: nobody reads the smallest one.
    await expect(expectNothingTold(leaky, { numRuns: 40, endOnFailure: true })).rejects.toThrow('Property failed');
  });
}
