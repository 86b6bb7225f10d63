import { describe, expect, it } from 'vitest';
import { parseWords } from '../../src/index/words.ts';

/** `a b` a phrase, `a*` its beginning, `|` between alternatives, `+` between phrases of one. */
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

describe('what was typed', () => {
  it.each([
    ['nothing', '', []],
    ['nothing but marks', ' ?! … 🙂 ', []],
    ['the last word is also a beginning', 'Acme sol', ['acme', 'sol*']],
    ['a word with marks inside is a phrase', 'jose.muller@acme.com x', ['jose muller acme com', 'x*']],
    ['operators are words', 'a OR NOT b', ['a', 'or', 'not', 'b*']],
    ['a phone number: its parts, or its digits', '(415) 555-1234 x', ['415 + 555 + 1234 | 4155551234', 'x*']],
    ['digits alone', '4155551234', ['4155551234*']],
    ['digits with the country code of North America', '14155551234', ['14155551234* | \u{e003}4155551234*']],
    [
      'a number in international form: also as it is written at home',
      '+442079460958 x',
      ['\u{e004}442079460958 | \u{e003}442079460958 | \u{e003}02079460958 | \u{e003}2079460958', 'x*'],
    ],
    ['letters of a word with their marks', 'किताब x', ['किताब', 'x*']],
    ['Thai letters as their pairs', 'โรงแรม x', ['โร รง งแ แร รม', 'x*']],
    ['two years beside each other can be apart', '2024 2025', ['2024 + 2025* | 20242025*']],
    ['CJK letters as their pairs', '東京電力 x', ['東京 京電 電力', 'x*']],
    ['one CJK letter as a beginning', '力 x', ['力*', 'x*']],
    ['what repeats is asked for once', 'acme a acme a x', ['acme', 'a', 'x*']],
    ['a last word that was typed before is still a beginning', 'ren sun ren', ['ren*', 'sun']],
    ['CJK and other letters apart', '会社ABC x', ['会社', 'abc', 'x*']],
  ])('%s', (_, typed, terms) => {
    expect(shown(typed)).toEqual(terms);
  });

  it.each([
    ['different words', Array.from({ length: 101 }, (_, n) => `w${n}`).join(' '), '101 different words', '100 words'],
    ['one phrase', Array.from({ length: 101 }, (_, n) => `w${n}`).join('.'), '101 different words', '100 words'],
    ['characters', 'a '.repeat(100_000), '200000 characters', '10000 characters'],
  ])('too many %s at once are refused', (_, typed, found, most) => {
    expect(() => parseWords(typed)).toThrow(
      new RangeError(`The search has ${found}; it can have ${most}. Leave some out.`),
    );
  });
});
