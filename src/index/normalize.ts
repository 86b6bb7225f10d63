import { fold } from './fold.ts';
import { isPlain } from './fold-rules.ts';
import { lettersOf, pairsOf, piecesOf } from './letters.ts';
import { phoneNumbers } from './phones.ts';

/**
 * How text becomes what is matched, the same for every engine and on both sides (indexing and asking). An index says with
 * which version it was made; another version is another index.
 */
export const NORMALIZE_VERSION = 2;

const PLAIN_WORD = /[a-z0-9]+/g;

/**
 * The words that a text is found by, in their order: the runs of scripts without spaces as pairs of letters and their last letter
 * (so that a single letter is found as a prefix), the digits of phone numbers once more as single words at the end.
 *
 * No engine splits them further, or folds them again: it would have tables of another Unicode version.
 */
export function indexWords(text: string): string[] {
  const folded = fold(text);
  const words = wordsOf(folded);
  const phones = phoneNumbers(folded).flatMap(({ indexed }) => indexed);
  return phones.length === 0 ? words : [...words, ...phones];
}

/** `indexWords`, parted by spaces. */
export function indexText(text: string): string {
  return indexWords(text).join(' ');
}

/** The words of a folded text. */
function wordsOf(folded: string): string[] {
  if (isPlain(folded)) return folded.match(PLAIN_WORD) ?? [];
  return piecesOf(folded).flatMap(({ text, isRun }) => (isRun ? spell(text) : [text]));
}

function spell(run: string): string[] {
  const pairs = pairsOf(run);
  const last = lettersOf(pairs.at(-1) ?? '')[1];
  return last === undefined ? pairs : [...pairs, last];
}
