import { fold } from './fold.ts';
import { lettersOf, pairsOf, piecesOf } from './letters.ts';
import { phoneNumbers } from './phones.ts';

/** Consecutive tokens. */
export interface Phrase {
  readonly tokens: readonly string[];
  /** The last token may be the beginning of a longer one, even if the phrase is not at the end of the query. */
  readonly prefix: boolean;
}

/** One thing to find. A record matches if it has all phrases of any one alternative. */
export interface Term {
  readonly alternatives: readonly (readonly Phrase[])[];
  /** The last term of a query: the last token of each alternative also finds longer words that begin with it. */
  readonly isOpen: boolean;
}

/** The limits of one query. Repeated words count once; a phone number counts with all its spellings. */
const MOST_TOKENS = 100;
const MOST_CHARACTERS = 10_000;

/**
 * Parses a query into terms, all of which must be found. A word with punctuation inside (`jose.muller@acme.com`,
 * `AT&T`) is a phrase. A run of letters of a script without spaces is the phrase of its pairs. A phone number is its
 * digits; in national form, its parts also match. Empty: the query has no letter and no digit. Throws `RangeError` for
 * a query that is too long.
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
  // The last word typed may be only a beginning, even if it was also typed before.
  const different = unique.map(([key, alternatives]) => ({ alternatives, isOpen: key === last }));
  const tokens = different.flatMap(({ alternatives }) => alternatives.flat()).flatMap((each) => each.tokens).length;
  if (tokens > MOST_TOKENS) throw tooLong(`${tokens} different words`, `${MOST_TOKENS} words`);
  return different;
}

/**
 * Returns the parts of a text that may be a phone number. Two years with a space between them may be apart; a date may
 * not.
 */
function wordsOf(text: string, parts: readonly string[]): Phrase[] {
  return /\s/.test(text) ? parts.map((part) => phrase([part])) : [phrase(parts)];
}

function tooLong(found: string, most: string): RangeError {
  return new RangeError(`The search has ${found}; at most ${most} are allowed. Leave some out.`);
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
