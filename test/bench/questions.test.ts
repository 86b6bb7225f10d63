import { describe, expect, it } from 'vitest';
import { countWords, drawSearches, questionsFor } from '../../tools/bench/searching/questions.ts';

describe('the questions of the search bench', () => {
  it('count each text once for a word', () => {
    expect(countWords(['The pump, the PUMP', 'a pump 17'])).toEqual(
      new Map([
        ['the', 1],
        ['pump', 2],
        ['a', 1],
        ['17', 1],
      ]),
    );
  });

  const counts = new Map([
    ...Array.from({ length: 50 }, (_, nth): [string, number] => [`rareword${nth}`, 3]),
    ...Array.from({ length: 20 }, (_, nth): [string, number] => [`${'qwertzuiopasdfghjkly'[nth]}often`, 100 + nth]),
    ['the', 900],
    ['an', 800],
    ['2024', 700],
  ]);
  const words = (seed: number) =>
    Object.fromEntries(questionsFor(counts, seed).map((question) => [question.name, question.words]));

  it('are rare words, frequent words of letters, and beginnings of words', () => {
    const asked = words(1);
    expect(asked['rare word']?.every((word) => word.startsWith('rareword'))).toBe(true);
    expect(asked['frequent word']?.[0]).toBe('the');
    expect(asked['frequent word']).not.toContain('2024');
    expect(asked['frequent word']).not.toContain('an');
    expect(asked['four letters']?.every((word) => word.length === 4)).toBe(true);
    expect(asked['two letters']?.every((word) => word.length === 2)).toBe(true);
    expect(asked['one letter']).toContain('1');
    expect(asked['no words']).toEqual(['']);
  });

  it('are the same for the same seed, and others for another', () => {
    expect(words(1)).toEqual(words(1));
    expect(words(2)).not.toEqual(words(1));
  });

  it('are drawn for users, each kind as often', () => {
    const questions = questionsFor(counts, 1);
    const users = ['a', 'b', 'c'];
    const draw = (seed: number) => drawSearches(questions, users, { count: 600, seed });
    const drawn = draw(1);
    expect(drawn).toHaveLength(600);
    expect(new Set(drawn.map(({ as }) => as))).toEqual(new Set(users));
    expect(drawn.filter(({ words }) => words === '')).toHaveLength(100);
    const asked = new Set(questions.flatMap(({ words }) => words));
    expect(drawn.filter(({ words }) => !asked.has(words))).toEqual([]);
    expect(draw(1)).toEqual(drawn);
    expect(draw(2)).not.toEqual(drawn);
  });
});
