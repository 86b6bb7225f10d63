import { bigrams, cjkRuns, fold, phoneNumbers, wordsOf } from './normalize.ts';

/** Tokens that stand one after another. */
export interface Phrase {
  readonly tokens: readonly string[];
  /** The last token may be the beginning of a longer one, wherever the phrase stands in the query. */
  readonly prefix: boolean;
}

/** One thing to find: it is found where all phrases of any one alternative are found. */
export interface Term {
  readonly alternatives: readonly (readonly Phrase[])[];
  /** The last term of a query: the last token of each alternative also finds longer words that begin with it. */
  readonly isOpen: boolean;
}

/** The most that one query may hold. Repeated words count once, a phone number with all its spellings. */
const MOST_TOKENS = 100;
const MOST_CHARACTERS = 10_000;

/**
 * The terms of a query, which must all be found. A word with marks inside (`jose.muller@acme.com`, `AT&T`) is a phrase; a
 * run of CJK letters is the phrase of its bigrams; a phone number is its parts or its digits. No terms: the query has no
 * letter and no digit. Throws `RangeError` for a query that is too long.
 */
export function parseWords(typed: string): Term[] {
  if (typed.length > MOST_CHARACTERS) throw tooLong(`${typed.length} characters`, `${MOST_CHARACTERS} characters`);
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
  const last = JSON.stringify(terms.at(-1));
  const unique = [...new Map(terms.map((alternatives) => [JSON.stringify(alternatives), alternatives]))];
  // The last word typed may be a beginning only, also where it was typed before.
  const different = unique.map(([key, alternatives]) => ({ alternatives, isOpen: key === last }));
  const tokens = different.flatMap(({ alternatives }) => alternatives.flat()).flatMap((each) => each.tokens).length;
  if (tokens > MOST_TOKENS) throw tooLong(`${tokens} different words`, `${MOST_TOKENS} words`);
  return different;
}

function tooLong(found: string, most: string): RangeError {
  return new RangeError(`The search has ${found}; it can have ${most}. Leave some out.`);
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
