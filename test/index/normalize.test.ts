import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clustersOf, fold, foldInPlace } from '../../src/index/fold.ts';
import { foldClusters, LETTER, LETTERS, settle } from '../../src/index/fold-rules.ts';
import { indexText } from '../../src/index/normalize.ts';

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
    ['a zero-width space parts words', 'zero\u200bwidth', 'zero width'],
    ['but not letters without spaces', 'โรงแรม\u200bกรุงเทพ', 'โรงแรมกรุงเทพ'],
    ['a word joiner and a byte order mark join', 'a\u2060b\ufeffc', 'abc'],
    ['Persian joiners vanish', 'می\u200cخواهم', 'میخواهم'],
    ['Arabic and Hebrew points vanish, and what lengthens', 'مُحَمَّد مـحـمـد שָׁלוֹם', 'محمد محمد שלום'],
    ['vowel signs and viramas stay', 'किताब हिन्दी தமிழ்', 'किताब हिन्दी தமிழ்'],
    ['Thai vowels and tones stay', 'ที่ น้ำ', 'ที่ น้ำ'],
    ['a Thai tone typed at the other place', 'น\u0e4d\u0e49\u0e32', 'น้ำ'],
    ['voice marks stay, also half-width and apart', 'が ｶﾞ か\u3099', 'が ガ が'],
    ['jamo become syllables', '\u1112\u1161\u11ab', '한'],
    ['digits of every script', '٠١٢ ४५६ ７８９ 𑁦𑁧', '012 456 789 01'],
    ['variants and fillers vanish', '葛\u{e0100} \u115f\u1160a ក\u17b4', '葛 a ក'],
    ['private-use letters become spaces', 'a\u{e000}p1\u{f0000}b', 'a p1 b'],
    ['control characters become spaces', 'a\u0000b\u001bc', 'a b c'],
  ])('%s', (_, text, folded) => {
    expect(fold(text)).toBe(folded);
  });

  it.each([
    ['a run of CJK letters as its pairs and the last letter', '東京電力', '東京 京電 電力 力'],
    ['a single CJK letter', '力', '力'],
    ['a run inside other text', 'ABC株式会社x', 'abc 株式 式会 会社 社 x'],
    ['CJK punctuation parts runs', '東京、大阪', '東京 京 大阪 阪'],
    ['an ideographic zero in its run', '二〇二', '二〇 〇二 二'],
    ['a run of Thai as pairs of letters with their marks', 'กินข้าว', 'กิน นข้ ข้า าว ว'],
    ['a phone number by its digits too', 'Tel (415) 555-1234', 'tel 415 555 1234 4155551234 \u{e003}4155551234'],
    [
      'an international one also in national form',
      '+44 20 79460958',
      '44 20 79460958 442079460958 02079460958 2079460958 \u{e004}442079460958',
    ],
    ['a short number once', '555-12', '555 12'],
    ['digits inside a word once', '00Q000000000001EAA', '00q000000000001eaa'],
  ])('%s', (_, text, indexed) => {
    expect(indexText(text)).toBe(indexed);
  });

  it('no text keeps a private-use letter, and folding twice is folding once', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const folded = fold(text);
        // But for the letters before the digits of a phone number, which nothing else has.
        expect(indexText(text)).not.toMatch(/\p{Co}(?<![\u{e003}\u{e004}](?=\d{7}))/u);
        expect(fold(folded)).toBe(folded);
      }),
      seed,
    );
  });
});

describe('a text folded piece by piece', () => {
  /** What melts together, vanishes, changes its place or its length. */
  const unit = fc.oneof(
    fc.constantFrom(...'aÉßﬁﷺŚ ı１ｶﾞか\u3099\u309aが\u0301\u0308\u200b\u200d\u00ad\ufe0f한\u1100\u1161\u11a8ㄱㅏㄳﾡￂ'),
    fc.constantFrom(...'กาิุ้่ำํນຳໍາ\u0e3a漢。　！ーকোো\u09d7क़\u093c\u094d\u1025\u102eמּשׁعَـأ\u0655🙂👩\u{11131}\u{11127}'),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  );
  const text = fc.array(unit, { maxLength: 40 }).map((units) => units.join(''));

  it('is the text folded whole, wherever it is cut before a letter', () => {
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

  it('in place is the same, character by character', () => {
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

  it('of two characters, whichever they are, too', () => {
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
    ['marks whose order is not theirs', '\u0301\u0323'],
    ['the same with joiners between them', '\u0301\u200d\u0323\u200d'],
    ['half-width marks among them', '\u0301ﾞ'],
    ['vowel signs', '\u0e38\u0e48\u0e38'],
    ['zero-width spaces', 'ก\u200b\u200b'],
    ['the vowel am', '\u0e4d\u0e32'],
    ['jamo', '\u1161'],
  ])('with a hundred thousand %s does not take the square of their number', (_, unit) => {
    const words = indexText(`before ${unit.repeat(50_000)} after`).split(' ');
    expect([words.at(0), words.at(-1)]).toEqual(['before', 'after']);
  });

  it('in place is how nearly all texts fold', () => {
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

it('every letter that is written apart is looked for', () => {
  expect(Object.keys(LETTERS).join('').replace(LETTER, '')).toBe('');
});
