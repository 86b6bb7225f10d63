import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clustersOf, fold, foldInPlace } from '../../src/index/text/fold.ts';
import { foldClusters, LETTER, LETTERS, settle } from '../../src/index/text/fold-rules.ts';
import { indexText } from '../../src/index/text/normalize.ts';

const seed = process.env.FC_SEED === undefined ? {} : { seed: Number(process.env.FC_SEED) };

describe('the text that is matched', () => {
  it.each([
    ['lowers capitals and drops accents', 'JOSÉ Müller', 'jose muller'],
    ['drops accents that are separate from their letters', 'Jose\u0301', 'jose'],
    ['folds ß the way people type it', 'Straße GROẞ', 'strasse gross'],
    ['resolves ligatures and widths', 'ﬁnance ＡＢＣ', 'finance abc'],
    ['folds letters with strokes', 'Łódź Søren Đorđe', 'lodz soren dorde'],
    ['folds both sigmas', 'ΟΔΟΣ οδός', 'οδοσ οδοσ'],
    ['folds a dotted I', 'İstanbul', 'istanbul'],
    ['keeps Hangul whole', '한국', '한국'],
    ['drops soft hyphens and joiners', 'Schiff\u00ADfahrt a\u200Db', 'schifffahrt ab'],
    ['splits words at a zero-width space', 'zero\u200bwidth', 'zero width'],
    ['does not split letters without spaces at a zero-width space', 'โรงแรม\u200bกรุงเทพ', 'โรงแรมกรุงเทพ'],
    ['joins words at a word joiner and a byte order mark', 'a\u2060b\ufeffc', 'abc'],
    ['drops Persian joiners', 'می\u200cخواهم', 'میخواهم'],
    ['drops Arabic and Hebrew points, and lengthening marks', 'مُحَمَّد مـحـمـد שָׁלוֹם', 'محمد محمد שלום'],
    ['keeps vowel signs and viramas', 'किताब हिन्दी தமிழ்', 'किताब हिन्दी தமிழ்'],
    ['keeps Thai vowels and tones', 'ที่ น้ำ', 'ที่ น้ำ'],
    ['keeps a Thai tone that was typed in the other place', 'น\u0e4d\u0e49\u0e32', 'น้ำ'],
    ['keeps voice marks, including half-width and separate ones', 'が ｶﾞ か\u3099', 'が ガ が'],
    ['composes jamo to syllables', '\u1112\u1161\u11ab', '한'],
    ['folds the digits of every script', '٠١٢ ४५६ ７８９ 𑁦𑁧', '012 456 789 01'],
    ['drops variants and fillers', '葛\u{e0100} \u115f\u1160a ក\u17b4', '葛 a ក'],
    ['turns private-use letters into spaces', 'a\u{e000}p1\u{f0000}b', 'a p1 b'],
    ['turns control characters into spaces', 'a\u0000b\u001bc', 'a b c'],
  ])('%s', (_, text, folded) => {
    expect(fold(text)).toBe(folded);
  });

  it.each([
    ['splits a run of CJK letters into its pairs and the last letter', '東京電力', '東京 京電 電力 力'],
    ['keeps a single CJK letter', '力', '力'],
    ['splits a run inside other text', 'ABC株式会社x', 'abc 株式 式会 会社 社 x'],
    ['ends a run at CJK punctuation', '東京、大阪', '東京 京 大阪 阪'],
    ['keeps an ideographic zero in its run', '二〇二', '二〇 〇二 二'],
    ['splits a run of Thai into pairs of letters with their marks', 'กินข้าว', 'กิน นข้ ข้า าว ว'],
    ["adds a phone number's digits", 'Tel (415) 555-1234', 'tel 415 555 1234 4155551234 \u{e003}4155551234'],
    [
      'adds the national form of an international number',
      '+44 20 79460958',
      '44 20 79460958 442079460958 02079460958 2079460958 \u{e004}442079460958',
    ],
    ['adds a short number once', '555-12', '555 12'],
    ['adds digits inside a word once', '00Q000000000001EAA', '00q000000000001eaa'],
  ])('%s', (_, text, indexed) => {
    expect(indexText(text)).toBe(indexed);
  });

  it('keeps no private-use letter, and folding twice is the same as folding once', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const folded = fold(text);
        // Except the letters before the digits of a phone number, which nothing else has.
        expect(indexText(text)).not.toMatch(/\p{Co}(?<![\u{e003}\u{e004}](?=\d{7}))/u);
        expect(fold(folded)).toBe(folded);
      }),
      seed,
    );
  });
});

describe('folding a text piece by piece', () => {
  /** Characters that merge, vanish, or change their place or length. */
  const unit = fc.oneof(
    fc.constantFrom(...'aÉßﬁﷺŚ ı１ｶﾞか\u3099\u309aが\u0301\u0308\u200b\u200d\u00ad\ufe0f한\u1100\u1161\u11a8ㄱㅏㄳﾡￂ'),
    fc.constantFrom(...'กาิุ้่ำํນຳໍາ\u0e3a漢。　！ーকোো\u09d7क़\u093c\u094d\u1025\u102eמּשׁعَـأ\u0655🙂👩\u{11131}\u{11127}'),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  );
  const text = fc.array(unit, { maxLength: 40 }).map((units) => units.join(''));

  it('gives the same as folding the whole text, for any cut before a letter', () => {
    fc.assert(
      fc.property(text, (whole) => {
        const settled = settle(whole);
        expect(clustersOf(settled).join('')).toBe(settled);
        expect(clustersOf(settled).map(fold).join('')).toBe(foldClusters(settled));
        expect(fold(whole)).toBe(foldClusters(settled));
      }),
      { numRuns: 20_000, ...seed },
    );
  });

  it('gives the same character by character when done in place', () => {
    let inPlace = 0;
    fc.assert(
      fc.property(text, (whole) => {
        const folded = foldInPlace(settle(whole));
        if (folded === null) return;
        inPlace++;
        expect(folded).toBe(foldClusters(settle(whole)));
        expect(folded.length).toBe(whole.length);
      }),
      { numRuns: 20_000, ...seed },
    );
    expect(inPlace).toBeGreaterThan(300);
  });

  it('gives the same for any two characters', () => {
    const wrong: string[] = [];
    const beside = ['a', 'か', 'ｶ', 'ก', 'ক', '\u1100', '\u0e49', '\u0e32', '\u09be', '\u0334'];
    for (let code = 0; code < 0x10000; code++)
      for (const other of beside)
        for (const pair of [String.fromCharCode(code) + other, other + String.fromCharCode(code)]) {
          const folded = foldInPlace(pair);
          if (folded !== null && folded !== foldClusters(pair)) wrong.push(pair);
        }
    expect(wrong).toEqual([]);
  });

  it.each([
    ['marks in the wrong order', '\u0301\u0323'],
    ['marks in the wrong order with joiners between them', '\u0301\u200d\u0323\u200d'],
    ['marks in the wrong order with half-width marks among them', '\u0301ﾞ'],
    ['vowel signs', '\u0e38\u0e48\u0e38'],
    ['zero-width spaces', 'ก\u200b\u200b'],
    ['the vowel am', '\u0e4d\u0e32'],
    ['jamo', '\u1161'],
  ])('does not take quadratic time for a hundred thousand %s', (_, unit) => {
    const words = indexText(`before ${unit.repeat(50_000)} after`).split(' ');
    expect([words.at(0), words.at(-1)]).toEqual(['before', 'after']);
  });

  it('is done in place for nearly all texts', () => {
    for (const each of [
      'Übung für Déjà-vu',
      '日本語のテキスト　１２３。',
      'กุ้งน้ำแข็ง',
      'किताब की दुकान',
      'Привет',
      '한국어',
    ])
      expect(foldInPlace(each), each).toBe(foldClusters(each));
  });
});

it('covers every letter that has its own rule', () => {
  expect(Object.keys(LETTERS).join('').replace(LETTER, '')).toBe('');
});
