import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold } from '../../src/index/text/fold.ts';
import { indexWords } from '../../src/index/text/normalize.ts';
import { phoneNumbers } from '../../src/index/text/phones.ts';
import { parseWords } from '../../src/index/text/words.ts';

const seed = process.env.FC_SEED === undefined ? {} : { seed: Number(process.env.FC_SEED) };

/** Whether a text with these words is found, as an engine does it. The last word counts as a whole word. */
function finds(text: string, typed: string): boolean {
  const words = indexWords(text);
  const has = (tokens: readonly string[]) =>
    words.some((_, at) => tokens.every((token, nth) => words[at + nth] === token));
  return parseWords(typed).every(({ alternatives }) =>
    alternatives.some((phrases) => phrases.every(({ tokens }) => has(tokens))),
  );
}

const LONDON = ['+44 20 7946 0958', '+442079460958', '0044 20 7946 0958', '+44 (0)20 7946-0958', '(+44) 20/79460958'];
const BERLIN = [
  '+49 30 1234567',
  '+49 (0) 30 1234567',
  '0049-30-1234567',
  '+4930 123 45 67',
  '＋４９（０）３０　１２３４５６７',
];
const BOSTON = [
  '(617) 555-1234',
  '617.555.1234',
  '+1 617 555 1234',
  '1-617-555-1234',
  '001 617 555 1234',
  '6175551234',
];
const MOSCOW = ['+7 495 123-45-67', '8 (495) 123-45-67', '84951234567', '007 495 1234567'];
const BUDAPEST = ['+36 1 234 5678', '06 1 234 5678', '0036 1 2345678'];
const ROME = ['+39 06 1234 5678', '06 1234 5678', '0039 0612345678'];
const MADRID = ['+34 912 345 678', '912345678', '0034 912 345 678'];
const CAIRO = ['+20 2 1234 5678', '+٢٠ ٢ ١٢٣٤ ٥٦٧٨', '٠٢ ١٢٣٤ ٥٦٧٨', '02 12345678'];

describe('a phone number is found', () => {
  const national = ['020 7946 0958', '02079460958', '(020) 7946 0958'];
  const places = Object.entries({ BERLIN, BOSTON, MOSCOW, BUDAPEST, ROME, MADRID, CAIRO });
  const pairs = [
    ['LONDON', [...LONDON, ...national]] as const,
    ...places,
    ['BERLIN, at home', ['030/1234567', ...BERLIN]] as const,
  ].flatMap(([place, forms]) => forms.flatMap((text) => forms.map((typed) => [place, text, typed] as const)));

  it.each(pairs)('%s: %s by %s', (_, text, typed) => {
    expect(finds(text, typed)).toBe(true);
    expect(finds(`Call ${text}, or write`, typed)).toBe(true);
  });

  it.each([
    ['with an extension', '+44 20 7946 0958 x123', '02079460958'],
    ['with an extension after it', '(617) 555-1234x123', '+1 617 555 1234'],
    ['with an extension, unchanged', '(617) 555-1234x123', '(617) 555-1234x123'],
    ['with an extension in words', 'Tel. +49 30 1234567 ext. 5', '030 1234567'],
    ['with an extension in an address', 'tel:+49-30-1234567;ext=5', '+49301234567'],
    ['one of two numbers', '030 1234567 / 0171 2345678', '+49 171 2345678'],
    ['the other of two numbers', '030 1234567 / 0171 2345678', '0301234567'],
    ['without its plus', '+44 20 7946 0958', '442079460958'],
    ['with a plus that the record does not have', '44 20 7946 0958', '+44 20 7946 0958'],
    ['among other digits', '442079460958 2026 11 30 4711', '+44 20 7946 0958'],
    ['as dialled in Belarus', '+375 17 123 45 67', '8 017 123 45 67'],
    ['by a part of it, as words', '+44 20 7946 0958', '7946 0958'],
    ['with the zero that its country keeps', '+225 07 12 34 56 78', '0712345678'],
  ])('%s: %s by %s', (_, text, typed) => {
    expect(finds(text, typed)).toBe(true);
  });

  it.each([
    ['another last digit', '+44 20 7946 0958', '020 7946 0959'],
    ['another last digit', '0044 20 7946 0959', '+442079460958'],
    ['another country', '+44 20 7946 0958', '+49 20 7946 0958'],
    ['another country', '+49 617 555 1234', '+1 617 555 1234'],
    ['another country, without plus', '+49 617 555 1234', '16175551234'],
    ['another country, whose code is an area of this one', '+1 501 222 1234', '+501 222 1234'],
    ['a longer number that contains this one', '+43 49 30 1234567', '+49 30 1234567'],
    ['a date of the same parts', '29 2026 11', '2026-11-29'],
    ['another country, whose number contains all digits of this one', '+49 4420 79460958', '+44 20 7946 0958'],
    ['another area', '+44 20 7946 0958', '021 7946 0958'],
    ['an American number with the leading zero of other countries', '+1 617 555 1234', '0617 555 1234'],
    ['the digits in another order', '030 1234567', '030 7654321'],
    ['fewer than seven digits', '+298 12345', '012345'],
  ])('is not found by %s: %s, %s', (_, text, typed) => {
    expect(finds(text, typed)).toBe(false);
  });

  it('finds the words of a number that is not a phone number, as written', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9+][0-9 ()./+-]{0,30}$/), (text) => {
        expect(finds(`before ${text} after`, text)).toBe(true);
      }),
      { numRuns: 2_000, ...seed },
    );
    for (const text of [
      '2026-11-29',
      '00001026',
      '4111 1111 1111 1111',
      '1,234.50',
      '0015e00000x1abc',
      '10x20 12345678x12',
    ])
      expect(finds(text, text), text).toBe(true);
  });
});

it.each([
  ['a card number', '4111 1111 1111 1111'],
  ['a short number', '555-12'],
  ['digits inside a word', '00Q000000000001EAA'],
])('does not take %s for a phone number', (_, text) => {
  expect(phoneNumbers(fold(text))).toEqual([]);
});
