import fc from 'fast-check';
import type { ContactSharing, Member, ObjectAccess, UserName } from '../../../src/access/types.ts';
import type { RecordWrite, ShareWrite } from '../../../src/index/port/documents.ts';
import {
  decidedFields,
  OBJECT_NAMES,
  type ObjectName,
  objectNamed,
  STANDARD_FIELDS,
} from '../../../src/objects/index.ts';
import { clashingUsers } from '../clashing-names.ts';
import { groupId, iso, member, record, recordId, START, shares, userId, userName } from '../contract/setup.ts';
import { type Question, questionsOf, textOf, WORDS } from './questions.ts';

/** The users who search. */
export const USERS = [1, 2, 3, 4] as const;

/** Objects have the numbers 1 to this. No two of these records have the same place in the order of equal hits. */
const MOST = 8;

/** The fields that the documents have: all titles, and others. */
const FIELDS: Readonly<Record<ObjectName, readonly string[]>> = {
  Account: ['Name', 'Description', 'Phone'],
  Contact: ['Name', 'Email', 'Description'],
  Case: ['Subject', 'CaseNumber', 'Description'],
  Opportunity: ['Name', 'Description', 'StageName'],
  Lead: ['Name', 'Company', 'Description', 'City'],
};

const place = fc.tuple(fc.constantFrom(...OBJECT_NAMES), fc.integer({ min: 1, max: MOST }));
const group = fc.integer({ min: 1, max: 14 });

const recordsOf = (word: fc.Arbitrary<string>): fc.Arbitrary<RecordWrite> =>
  fc
    .record({
      place,
      texts: fc.array(fc.option(textOf(word), { freq: 4 }), { minLength: 4, maxLength: 4 }),
      owner: fc.option(fc.constantFrom(...USERS, 9), { freq: 8 }),
      account: fc.option(fc.constantFrom(1, 2, 99), { freq: 3 }),
      isPrivate: fc.boolean(),
      isPersonAccount: fc.constantFrom(false, false, true, 'unknown' as const),
      time: fc.constantFrom(0, 500, 1_000, 1_999, 2_000),
    })
    .map(({ place: [object, n], texts, owner, account, isPrivate, isPersonAccount, time }) => {
      const fields = FIELDS[object].flatMap((field, at) => {
        const text = texts[at] ?? null;
        return text === null ? [] : [[field, text] as const];
      });
      return record(object, n, Object.fromEntries(fields), {
        ownerId: owner === null ? null : userId(owner),
        accountId: objectNamed(object).accountField === null || account === null ? null : recordId('Account', account),
        isPrivate: object === 'Opportunity' && isPrivate,
        isPersonAccount: object === 'Contact' && isPersonAccount,
        modified: iso(START + time),
      });
    });

/** More grantees than a row of the embedded engine holds. Rows of Compliant Data Sharing reach a user. */
const shareWrites: fc.Arbitrary<ShareWrite> = fc
  .tuple(place, fc.array(fc.tuple(group, fc.constantFrom('Rule', 'Rule', 'CompliantDataSharing')), { maxLength: 12 }))
  .map(([[object, n], rows]) =>
    shares(
      object,
      n,
      rows.map(([number, cause]) => ({
        grantee: cause === 'Rule' ? groupId(number) : userId(1 + (number % USERS.length)),
        cause,
        opens: object === 'Account' ? (['Account', 'Contact', 'Case'] as const).slice(0, 1 + (number % 3)) : [object],
      })),
    ),
  );

/** Some users may not read one or two of the fields that documents have. */
const access = (object: ObjectName): fc.Arbitrary<ObjectAccess> =>
  fc.record({
    reach: fc.constantFrom('all', 'all', 'principals', 'principals', 'principals', 'bare', 'none'),
    fields: fc.oneof(
      fc.constant('all' as const),
      fc
        .subarray([...FIELDS[object], 'OwnerId', 'AccountId'], { maxLength: 2 })
        .map((hidden) => decidedFields(STANDARD_FIELDS)[object].filter((field) => !hidden.includes(field))),
    ),
  });

const objects = fc.record({
  Account: access('Account'),
  Contact: access('Contact'),
  Case: access('Case'),
  Opportunity: access('Opportunity'),
  Lead: access('Lead'),
});

/** One to three rows, of which at most one has ended. */
const membersOf = (n: number): fc.Arbitrary<Member[]> =>
  fc
    .array(fc.record({ groups: fc.uniqueArray(group, { maxLength: 12 }), objects }), { minLength: 1, maxLength: 3 })
    .map((rows) =>
      rows.map((row, at) => {
        const markers = row.groups.length > 6 ? ['@open:Lead', '@account'] : [];
        const ends = ['2100-01-01T00:00:00.000Z', null, '2020-01-01T00:00:00.000Z'];
        return member(n, [...row.groups.map(groupId), ...markers], row.objects, ends[at]);
      }),
    );

const members = fc.tuple(...USERS.map(membersOf)).map((each) => each.flat());

/** The searching users' own names, and other users with names that clash. */
const names = clashingUsers.map((others) => [
  ...USERS.map((n) => userName(n)),
  ...others.map((other, at) => ({ ...other, userId: userId(11 + at) })),
]);

export type Step =
  | {
      readonly kind: 'write';
      readonly records: readonly RecordWrite[];
      readonly shares: readonly ShareWrite[];
      readonly removed: readonly RecordWrite[];
    }
  | { readonly kind: 'members'; readonly members: readonly Member[]; readonly names: readonly UserName[] }
  /** Standard fields that are not indexed from now on. */
  | { readonly kind: 'fields'; readonly left: readonly string[] };

const writesOf = (word: fc.Arbitrary<string>): fc.Arbitrary<Step> =>
  fc.record({
    kind: fc.constant('write' as const),
    records: fc.uniqueArray(recordsOf(word), { minLength: 5, maxLength: 25, selector: ({ id }) => id }),
    shares: fc.uniqueArray(shareWrites, { maxLength: 12, selector: ({ parentId }) => parentId }),
    removed: fc.uniqueArray(
      place.map(([object, n]) => record(object, n, {})),
      { maxLength: 2, selector: ({ id }) => id },
    ),
  });

const stepsOf = (word: fc.Arbitrary<string>): fc.Arbitrary<Step> =>
  fc.oneof(
    { weight: 3, arbitrary: writesOf(word) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('members' as const), members, names }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('fields' as const),
        left: fc.subarray(['Description', 'Company', 'CaseNumber', 'Phone']),
      }),
    },
  );

export interface World {
  readonly contacts: ContactSharing;
  readonly members: readonly Member[];
  readonly names: readonly UserName[];
  readonly steps: readonly Step[];
  readonly questions: readonly Question[];
}

/** Texts and questions of one world have the same few words. */
export const worlds: fc.Arbitrary<World> = fc.subarray([...WORDS], { minLength: 2, maxLength: 6 }).chain((words) => {
  const word = fc.constantFrom(...words);
  return fc.record({
    contacts: fc.constantFrom('controlled', 'own'),
    members,
    names,
    steps: fc
      .tuple(writesOf(word), fc.array(stepsOf(word), { maxLength: 2 }))
      .map(([first, others]) => [first, ...others]),
    questions: fc.array(
      questionsOf(
        word,
        place.map(([object, n]) => recordId(object, n)),
      ),
      {
        minLength: 8,
        maxLength: 8,
      },
    ),
  });
});
