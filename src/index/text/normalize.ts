import { fold } from './fold.ts';
import { isPlain } from './fold-rules.ts';
import { lettersOf, pairsOf, piecesOf } from './letters.ts';
import { phoneNumbers } from './phones.ts';

/**
 * The version of the rules that turn text into what is matched. They are the same for every engine, and for indexing
 * and searching. An index stores the version that it was made with; it is rebuilt if the version differs.
 */
export const NORMALIZE_VERSION = 2;

const PLAIN_WORD = /[a-z0-9]+/g;

/**
 * Returns the words that a text is found by, in order. Runs of scripts without spaces become pairs of letters and their
 * last letter, so that a single letter is found as a prefix. Digits of phone numbers are added at the end as single
 * words.
 *
 * No engine splits or folds them again: its tables would be of another Unicode version.
 */
export function indexWords(text: string): string[] {
  const folded = fold(text);
  const words = wordsOf(folded);
  const phones = phoneNumbers(folded).flatMap(({ indexed }) => indexed);
  return phones.length === 0 ? words : [...words, ...phones];
}

/** Returns `indexWords`, joined by spaces. */
export function indexText(text: string): string {
  return indexWords(text).join(' ');
}

function wordsOf(folded: string): string[] {
  if (isPlain(folded)) return folded.match(PLAIN_WORD) ?? [];
  return piecesOf(folded).flatMap(({ text, isRun }) => (isRun ? spell(text) : [text]));
}

function spell(run: string): string[] {
  const pairs = pairsOf(run);
  const last = lettersOf(pairs.at(-1) ?? '')[1];
  return last === undefined ? pairs : [...pairs, last];
}
