import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Snippets } from '../../src/index/text/snippet.ts';
import { parseWords } from '../../src/index/text/words.ts';

const seed = process.env.FC_SEED === undefined ? {} : { seed: Number(process.env.FC_SEED) };
const snippetOf = (fields: readonly (readonly [string, string])[], typed: string) =>
  new Snippets(parseWords(typed)).of(fields);
const of = (text: string, typed: string) => snippetOf([['Description', text]], typed).text;

describe('a snippet', () => {
  it.each([
    ['marks words regardless of case and accents', 'Herr MÜLLER kam', 'muller x', 'Herr ⟦MÜLLER⟧ kam'],
    ['marks a letter that matches as two', 'Die Straße dort', 'strasse x', 'Die ⟦Straße⟧ dort'],
    ['marks separate accents', 'Jose\u0301 kam', 'jose x', '⟦Jose\u0301⟧ kam'],
    ['marks a whole word that matches by its beginning', 'solar power', 'sol', '⟦solar⟧ power'],
    ['marks no part of a longer word', 'solarium, solar', 'solar x', 'solarium, ⟦solar⟧'],
    ['marks a phrase as one match', 'to jose.muller@acme.com.', 'jose.muller@acme.com x', 'to ⟦jose.muller@acme.com⟧.'],
    ['marks a phone number by its digits', 'call (415) 555-1234 now', '4155551234 x', 'call (⟦415) 555-1234⟧ now'],
    ['marks every match', 'a b a', 'a b', '⟦a⟧ ⟦b⟧ ⟦a⟧'],
    ['marks CJK letters inside a run', '株式会社東京電力', '東京 x', '株式会社⟦東京⟧電力'],
    ['marks Thai letters inside a run', 'เขากำลังกินข้าวที่โรงแรมกรุงเทพ', 'โรงแรม x', 'เขากำลังกินข้าวที่⟦โรงแรม⟧กรุงเทพ'],
    ['marks a letter with its marks for a query of its beginning', 'กรุงเทพ', 'ก', '⟦ก⟧รุงเทพ'],
    ['marks a letter with its marks for a query without them', 'กินข้าว', 'ก', '⟦กิ⟧นข้าว'],
    ['does not mark a letter with other marks', 'กิน กน', 'กน x', 'กิน ⟦กน⟧'],
    ['marks what zero-width spaces separate', 'ភាសា\u200bខ្មែរ', 'ភាសាខ្មែរ x', '⟦ភាសា\u200bខ្មែរ⟧'],
    ['marks half-width letters unchanged', '株式 ｶﾞｽ 会社', 'ガス x', '株式 ⟦ｶﾞｽ⟧ 会社'],
    ['marks only the word with the same vowel signs', 'कताब किताब', 'किताब x', 'कताब ⟦किताब⟧'],
    ['marks digits of another script', 'नं ४५६', '456', 'नं ⟦४५६⟧'],
    ['marks a phone number in another form', 'call +44 20 7946 0958', '02079460958', 'call +⟦44 20 7946 0958⟧'],
    ['breaks no line', 'a\n\tb  c', 'b', 'a ⟦b⟧ c'],
    ['does not show bracket marks that are in the text itself', 'a ⟦b⟧ c', 'c', 'a [b] ⟦c⟧'],
  ])('%s', (_, text, typed, snippet) => {
    expect(of(text, typed)).toBe(snippet);
  });

  it('comes from the first of the fields with the most matching words', () => {
    const fields = [
      ['Name', 'solar'],
      ['Description', 'solar power plant'],
      ['City', 'power solar'],
    ] as const;
    expect(snippetOf(fields, 'solar power')).toEqual({
      field: 'Description',
      text: '⟦solar⟧ ⟦power⟧ plant',
    });
    expect(snippetOf(fields, 'lunar')).toEqual({ field: null, text: '' });
    expect(snippetOf(fields, '')).toEqual({ field: null, text: '' });
  });

  it('is short, and shows the match at any place in the text', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: fc.constantFrom('x', 'é', '🙂', ' ', '東', 'ß') }), { maxLength: 60 }),
        fc.nat({ max: 60 }),
        (pieces, at) => {
          const text = [...pieces.slice(0, at), 'needle', ...pieces.slice(at)].join(' ');
          const snippet = of(text, 'needle');
          expect(snippet).toContain('⟦needle⟧');
          expect(snippet.length).toBeLessThan(260);
          expect(snippet).not.toMatch(/\p{Cs}/u);
        },
      ),
      seed,
    );
  });
});
