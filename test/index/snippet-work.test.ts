import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Work } from '../../src/index/text/matches.ts';
import { snippetOf } from '../../src/index/text/snippet.ts';
import { parseWords, type Term } from '../../src/index/text/words.ts';

// `FC_SEED=<n> npx --no vitest run test/index/snippet-work.test.ts` repeats a failure.
const seed = process.env.FC_SEED === undefined ? {} : { seed: Number(process.env.FC_SEED) };

/** What makes matching slow: repeats, separators, letters that fold to none or to many, runs without spaces. */
const unit = fc.constantFrom(
  '1',
  '1 ',
  'a',
  'a ',
  'a-',
  ' ',
  'é',
  '\u0301',
  'ß',
  'ﷺ',
  '東',
  '東京',
  'ー',
  '👨\u200D',
  '(',
  '.',
  '12',
  'b',
  '\n',
);
const repeated = fc.tuple(fc.array(unit, { minLength: 1, maxLength: 4 }), fc.nat({ max: 3_000 }));
const textOf = (parts: readonly (readonly [string[], number])[]) =>
  parts.map(([units, times]) => units.join('').repeat(times)).join('');
const text = fc.array(repeated, { minLength: 1, maxLength: 3 }).map(textOf);
const query = fc.array(fc.tuple(fc.array(unit, { minLength: 1, maxLength: 3 }), fc.nat({ max: 120 })), {
  minLength: 1,
  maxLength: 4,
});

const termsOf = (typed: string): Term[] => {
  try {
    return parseWords(typed.slice(0, 10_000));
  } catch (error) {
    if (error instanceof RangeError) return [];
    throw error;
  }
};

it('a snippet stays within its bound of work for any query and any record', () => {
  fc.assert(
    fc.property(
      fc.array(text, { minLength: 1, maxLength: 3 }),
      query,
      fc.integer({ min: 0, max: 20_000 }),
      fc.integer({ min: 0, max: 2_000 }),
      (texts, parts, characters, steps) => {
        const terms = termsOf(textOf(parts));
        const work: Work = { characters, steps };
        const fields = texts.map((each, at) => [`Field${at}`, each] as const);
        const snippet = snippetOf(fields, terms, work);
        // The last step before the bound may be one piece of letters that become eighteen each, and one pass over all
        // folded text.
        const most = characters + 18 * 1_024;
        expect(work.characters).toBeGreaterThanOrEqual(characters - most);
        expect(work.steps).toBeGreaterThan(-2 - most / 7);
        expect(snippet.text.length).toBeLessThan(1_000);
      },
    ),
    { numRuns: 400, ...seed },
  );
});

it('unlimited work finds what limited work may miss', () => {
  const fields = [['Description', `${'filler '.repeat(1_000)}needle`]] as const;
  const terms = parseWords('needle');
  expect(snippetOf(fields, terms, { characters: 100, steps: 1_000 })).toEqual({ field: null, text: '' });
  expect(snippetOf(fields, terms, { characters: 10_000, steps: 1_000 }).text).toContain('⟦needle⟧');
});

it('a query of five thousand digits takes no more than two passes over a record of digits', () => {
  const digits = `${'1'.repeat(4_999)}2`;
  const work: Work = { characters: 50_000, steps: 100_000 };
  snippetOf([['Description', `${digits} ${'1 '.repeat(13_000)}`]], parseWords(digits), work);
  expect(100_000 - work.steps).toBeLessThan((2 * (26_000 + 5_000)) / 16);
});
