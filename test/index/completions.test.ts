import { describe, expect, it } from 'vitest';
import type { IndexReader } from '../../src/index/port/reader.ts';
import { completionsIn, LISTED_CHARACTERS } from '../../src/index/sqlite/engine/completions.ts';
import { openForReading } from '../../src/index/sqlite/open.ts';
import { closeAfterEach, member, opened, record, userId } from './contract/setup.ts';
import { startedIn, temporaryPaths } from './in-file.ts';

const nextPath = temporaryPaths();
closeAfterEach();

/** More words than are looked up one by one, words of one letter, and more second letters than are listed. */
const LETTERS = [...'abcdefghijklmnopqrstuvwxyzабвгдежзиклмнопрстуфхцчшщыэюяαβγδεζηθικλμνξοπρστυφχψω'];
const WORDS = [
  ...Array.from({ length: 120 }, (_, n) => `word${n}`),
  ...LETTERS.map((letter) => `q${letter}x`),
  'z',
  'zoo',
  'zone',
  'zo',
  'a𝔟c',
  'solar',
];

const BEGINNINGS = [
  'w',
  'wo',
  'wor',
  'word',
  'word1',
  'word11',
  'word119',
  'q',
  'qa',
  'qaf',
  'z',
  'zo',
  'zoo',
  'zu',
  's',
];

async function indexWith(path: string, field: 'Name' | 'Description'): Promise<IndexReader> {
  const world = await startedIn(path);
  await world.members(member(1));
  // Each lead has one word, so that a total counts words. Descriptions are no titles.
  await world.write({ records: WORDS.map((word, n) => record('Lead', n, { [field]: word })) });
  return opened(world.index.reader());
}

describe.each(['Name', 'Description'] as const)('a word that is being typed, in %s', (field) => {
  it.each(BEGINNINGS)('finds every word that begins with it: %s', async (beginning) => {
    const reader = await indexWith(nextPath(), field);
    const expected = WORDS.filter((word) => word.startsWith(beginning));
    const { hits, total } = await reader.search(beginning, { as: userId(1), limit: 200 });
    expect(hits.map(({ fields }) => fields[field]).sort()).toEqual(expected.toSorted());
    expect(total).toBe(expected.length);
  });
});

it('is looked up as few words, or as listed beginnings; as it is if there are too many', async () => {
  const path = nextPath();
  await indexWith(path, 'Description');
  const db = await openForReading(path);
  const completions = completionsIn(db);
  const textsOf = (beginning: string) =>
    completions(beginning).map(({ text, isBeginning }) => (isBeginning ? `${text}*` : text));
  expect(LISTED_CHARACTERS).toBe(2);
  expect(textsOf('word11')).toEqual(['word11', ...Array.from({ length: 10 }, (_, n) => `word11${n}`)]);
  expect(textsOf('word')).toEqual(['word*']);
  expect(textsOf('zo')).toEqual(['zo*']);
  expect(textsOf('z')).toEqual(['z', 'zo*']);
  expect(textsOf('q')).toEqual(['q*']);
  expect(textsOf('nothing')).toEqual(['nothing']);
  db.close();
});
