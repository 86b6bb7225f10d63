import { fold } from './fold.ts';
import { lettersOf, pairsOf, piecesOf } from './letters.ts';
import { phoneNumbers } from './phones.ts';

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
 * run of letters of a script without spaces is the phrase of its pairs; a phone number is its digits, or, where it is not in
 * international form, its parts. No terms: the query has no
 * letter and no digit. Throws `RangeError` for a query that is too long.
 */
export function parseWords(typed: string): Term[] {
  if (typed.length > MOST_CHARACTERS) throw tooLong(`${typed.length} characters`, `${MOST_CHARACTERS} characters`);
  const folded = fold(typed);
  const terms: Phrase[][][] = [];
  let end = 0;
  for (const phone of phoneNumbers(folded)) {
    terms.push(...plainTerms(folded.slice(end, phone.at)));
    const parts = piecesOf(phone.text).map(({ text }) => text);
    const whole = phone.asked.map((digits) => [phrase([digits])]);
    terms.push(phone.isInternational || parts.length === 1 ? whole : [wordsOf(phone.text, parts), ...whole]);
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

/** The parts of what may be a phone number or not. Two years with a space between them may stand apart; a date does not. */
function wordsOf(text: string, parts: readonly string[]): Phrase[] {
  return /\s/.test(text) ? parts.map((part) => phrase([part])) : [phrase(parts)];
}

function tooLong(found: string, most: string): RangeError {
  return new RangeError(`The search has ${found}; it can have ${most}. Leave some out.`);
}

function plainTerms(folded: string): Phrase[][][] {
  const terms: Phrase[][][] = [];
  for (const typed of folded.split(/\s+/)) {
    let words: string[] = [];
    const close = (): void => {
      if (words.length > 0) terms.push([[phrase(words)]]);
      words = [];
    };
    for (const { text, isRun } of piecesOf(typed)) {
      if (!isRun) words.push(text);
      else {
        close();
        terms.push([[phrase(pairsOf(text), lettersOf(text).length === 1)]]);
      }
    }
    close();
  }
  return terms;
}

function phrase(tokens: readonly string[], prefix = false): Phrase {
  return { tokens, prefix };
}
