import { bigrams, cjkRuns, fold, phoneNumbers, wordsOf } from './normalize.ts';

/** Tokens that must stand one after the other; the last one may be the beginning of a longer word. */
export interface Phrase {
  readonly tokens: readonly string[];
  readonly prefix: boolean;
}

/** One thing asked for: found where all phrases of any one alternative are found. */
export interface Term {
  readonly alternatives: readonly (readonly Phrase[])[];
}

/** What may be asked for at once: what repeats is asked for once, and what is longer would hold up everybody else. */
const MOST_TOKENS = 100;
const MOST_CHARACTERS = 10_000;

/**
 * What a person typed, as terms that must all be found. A word with marks inside (`jose.muller@acme.com`, `AT&T`) is a
 * phrase; a run of CJK letters the phrase of its bigrams; a phone number its parts or its digits. The last word counts as
 * a prefix too. No terms: nothing was typed that has a letter or a digit. Throws `RangeError` for more than can be asked
 * for at once.
 */
export function parseWords(typed: string): Term[] {
  if (typed.length > MOST_CHARACTERS) throw tooLong(`${typed.length} characters`);
  const folded = fold(typed);
  const terms: Phrase[][][] = [];
  let end = 0;
  for (const phone of phoneNumbers(folded)) {
    terms.push(...plainTerms(folded.slice(end, phone.at)));
    const parts = wordsOf(phone.text).map((word) => [word]);
    const whole = phone.tokens.map((digits) => [phrase([digits])]);
    const isOneWord = parts.length === 1;
    terms.push(isOneWord ? whole : [parts.map((tokens) => phrase(tokens)), ...whole]);
    end = phone.at + phone.text.length;
  }
  terms.push(...plainTerms(folded.slice(end)));
  const last = terms.at(-1);
  if (last !== undefined) terms[terms.length - 1] = last.map(openEnded);
  const different = [...new Map(terms.map((alternatives) => [JSON.stringify(alternatives), alternatives])).values()];
  const tokens = different.flat(2).reduce((sum, each) => sum + each.tokens.length, 0);
  if (tokens > MOST_TOKENS) throw tooLong(`${tokens} different words`);
  return different.map((alternatives) => ({ alternatives }));
}

function tooLong(what: string): RangeError {
  return new RangeError(`The search has ${what}; it can have ${MOST_TOKENS} words. Leave some out.`);
}

function plainTerms(folded: string): Phrase[][][] {
  const terms: Phrase[][][] = [];
  for (const word of folded.split(/\s+/)) {
    for (const piece of cjkRuns(word)) {
      const tokens = piece.cjk ? bigrams(piece.text) : wordsOf(piece.text);
      if (tokens.length > 0) terms.push([[phrase(tokens, piece.cjk && Array.from(piece.text).length === 1)]]);
    }
  }
  return terms;
}

function phrase(tokens: readonly string[], prefix = false): Phrase {
  return { tokens, prefix };
}

function openEnded(phrases: readonly Phrase[]): Phrase[] {
  return phrases.map((each, at) => (at === phrases.length - 1 ? { ...each, prefix: true } : each));
}
