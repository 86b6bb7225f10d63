import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold, indexText, LETTER, LETTERS, phoneNumbers } from '../../src/index/normalize.ts';

const seed = process.env.FC_SEED === undefined ? {} : { seed: Number(process.env.FC_SEED) };

describe('what text is matched by', () => {
  it.each([
    ['capitals and accents', 'JOSÉ Müller', 'jose muller'],
    ['accents apart from their letters', 'Jose\u0301', 'jose'],
    ['ß as people type it', 'Straße GROẞ', 'strasse gross'],
    ['ligatures and widths', 'ﬁnance ＡＢＣ', 'finance abc'],
    ['letters with strokes', 'Łódź Søren Đorđe', 'lodz soren dorde'],
    ['both sigmas', 'ΟΔΟΣ οδός', 'οδοσ οδοσ'],
    ['a dotted I', 'İstanbul', 'istanbul'],
    ['Hangul stays whole', '한국', '한국'],
    ['soft hyphens and joiners vanish', 'Schiff\u00ADfahrt a\u200Db', 'schifffahrt ab'],
    ['private-use letters become spaces', 'a\u{e000}p1\u{f0000}b', 'a p1 b'],
    ['control characters become spaces', 'a\u0000b\u001bc', 'a b c'],
  ])('%s', (_, text, folded) => {
    expect(fold(text)).toBe(folded);
  });

  it.each([
    ['a run of CJK letters as its pairs and the last letter', '東京電力', '東京 京電 電力 力'],
    ['a single CJK letter', '力', '力'],
    ['a run inside other text', 'ABC株式会社x', 'abc 株式 式会 会社 社 x'],
    ['CJK punctuation parts runs', '東京、大阪', '東京 京 、 大阪 阪'],
    ['a phone number twice', 'Tel (415) 555-1234', 'tel (415) 555-1234 4155551234'],
    ['a North American one also without its country', '+1 415 555 1234', '+1 415 555 1234 14155551234 4155551234'],
    ['a short number once', '555-12', '555-12'],
    ['digits inside a word once', '00Q000000000001EAA', '00q000000000001eaa'],
  ])('%s', (_, text, indexed) => {
    expect(indexText(text)).toBe(indexed);
  });

  it('a number of more than fifteen digits is no phone number', () => {
    expect(phoneNumbers('4111 1111 1111 1111')).toEqual([]);
  });

  it('no text keeps a private-use letter, and folding twice is folding once', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const folded = fold(text);
        expect(indexText(text)).not.toMatch(/\p{Co}/u);
        expect(fold(folded)).toBe(folded);
      }),
      seed,
    );
  });
});

it('every letter that is written apart is looked for', () => {
  expect(Object.keys(LETTERS).join('').replace(LETTER, '')).toBe('');
});
