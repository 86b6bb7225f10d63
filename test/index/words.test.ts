import { describe, expect, it } from 'vitest';
import { parseWords } from '../../src/index/text/words.ts';

/** `a b` is a phrase, `a*` its beginning. `|` separates alternatives, `+` the phrases of one alternative. */
const shown = (typed: string): string[] =>
  parseWords(typed).map(({ alternatives, isOpen }) =>
    alternatives
      .map((phrases) =>
        phrases
          .map(({ tokens, prefix }, at) => {
            const isBeginning = prefix || (isOpen && at === phrases.length - 1);
            return tokens.join(' ') + (isBeginning ? '*' : '');
          })
          .join(' + '),
      )
      .join(' | '),
  );

describe('a typed query', () => {
  it.each([
    ['nothing', '', []],
    ['has no words if it has nothing but marks', ' ?! … 🙂 ', []],
    ['takes the last word also as a beginning', 'Acme sol', ['acme', 'sol*']],
    ['takes a word with marks inside as a phrase', 'jose.muller@acme.com x', ['jose muller acme com', 'x*']],
    ['takes operators as words', 'a OR NOT b', ['a', 'or', 'not', 'b*']],
    ['takes a phone number by its parts or by its digits', '(415) 555-1234 x', ['415 + 555 + 1234 | 4155551234', 'x*']],
    ['digits alone', '4155551234', ['4155551234*']],
    ['digits with the country code of North America', '14155551234', ['14155551234* | \u{e003}4155551234*']],
    [
      'takes an international number also in national form',
      '+442079460958 x',
      ['\u{e004}442079460958 | \u{e003}442079460958 | \u{e003}02079460958 | \u{e003}2079460958', 'x*'],
    ],
    ['keeps the letters of a word with their marks', 'किताब x', ['किताब', 'x*']],
    ['takes Thai letters as their pairs', 'โรงแรม x', ['โร รง งแ แร รม', 'x*']],
    ['takes two adjacent years also as separate words', '2024 2025', ['2024 + 2025* | 20242025*']],
    ['takes CJK letters as their pairs', '東京電力 x', ['東京 京電 電力', 'x*']],
    ['takes one CJK letter as a beginning', '力 x', ['力*', 'x*']],
    ['takes repeated words once', 'acme a acme a x', ['acme', 'a', 'x*']],
    ['takes a last word that was typed before still as a beginning', 'ren sun ren', ['ren*', 'sun']],
    ['separates CJK from other letters', '会社ABC x', ['会社', 'abc', 'x*']],
  ])('%s', (_, typed, terms) => {
    expect(shown(typed)).toEqual(terms);
  });

  it.each([
    ['different words', Array.from({ length: 101 }, (_, n) => `w${n}`).join(' '), '101 different words', '100 words'],
    ['one phrase', Array.from({ length: 101 }, (_, n) => `w${n}`).join('.'), '101 different words', '100 words'],
    ['characters', 'a '.repeat(100_000), '200000 characters', '10000 characters'],
  ])('refuses too many %s at once', (_, typed, found, most) => {
    expect(() => parseWords(typed)).toThrow(
      new RangeError(`The search has ${found}; at most ${most} are allowed. Leave some out.`),
    );
  });
});
