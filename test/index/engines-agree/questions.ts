import fc from 'fast-check';
import type { SearchOptions } from '../../../src/index/port/reader.ts';
import { iso, recordId, START, userId } from '../contract/setup.ts';

/** Words that begin with each other, that are more than one token, or that are found in several spellings. */
export const WORDS = [
  'sun',
  'sunny',
  'Sunrise',
  'wind',
  'x',
  'sun-wind',
  'AT&T',
  "O'Brien",
  'ada.sun@acme.example',
  'Straße',
  'ﬁn',
  '東京電力',
  '東京',
  '京都',
  '力',
  'โรงแรม',
  'กรุงเทพ',
  'किताब',
  '(415) 555-1234',
  '+1 415 555 1234',
  '415 555 1234',
  '030 1234567',
  '+49 (0) 30 1234567',
  '0049301234567',
  '2019 2020 21',
  '00001042',
  '🙂',
] as const;

export interface Question {
  readonly words: string;
  readonly options: Omit<SearchOptions, 'as'>;
}

export const textOf = (word: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .tuple(fc.array(word, { maxLength: 4 }), fc.constantFrom(' ', ' ', ', ', '-'))
    .map(([words, between]) => words.join(between));

const typedOf = (word: fc.Arbitrary<string>, id: fc.Arbitrary<string>): fc.Arbitrary<string> => {
  const typed = fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => words.join(' '));
  return fc.oneof(
    { weight: 6, arbitrary: typed },
    // The last word is only a beginning.
    {
      weight: 4,
      arbitrary: fc.tuple(typed, fc.integer({ min: 1, max: 4 })).map(([whole, cut]) => whole.slice(0, -cut)),
    },
    { weight: 2, arbitrary: fc.constantFrom('', '  ', '?', 'nowhere') },
    { weight: 1, arbitrary: fc.tuple(id, fc.constantFrom(15, 18)).map(([whole, end]) => whole.slice(0, end)) },
  );
};

/** Most questions have no filter. */
const rarely = <Value>(value: Value): fc.Arbitrary<Value | undefined> =>
  fc.constantFrom(undefined, undefined, undefined, undefined, undefined, value);

const options: fc.Arbitrary<Question['options']> = fc
  .record({
    types: fc.constantFrom(undefined, undefined, undefined, ['Lead'] as const, ['Contact', 'Account', 'Case'] as const),
    modifiedFrom: rarely(iso(START + 500)),
    modifiedBefore: rarely(iso(START + 1_999)),
    owner: rarely(userId(1)),
    account: rarely(recordId('Account', 1)),
    sort: rarely('modified' as const),
    limit: fc.constantFrom(1, 3, 7, 200),
  })
  .map((given) => Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)));

/** @param id ids of records, which are typed too */
export const questionsOf = (word: fc.Arbitrary<string>, id: fc.Arbitrary<string>): fc.Arbitrary<Question> =>
  fc.record({ words: typedOf(word, id), options });
