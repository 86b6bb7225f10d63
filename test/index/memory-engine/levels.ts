import { indexWords } from '../../../src/index/text/normalize.ts';
import type { Term } from '../../../src/index/text/words.ts';

/** The normalized words of a text, in order (`indexWords`). */
export type Words = readonly string[];

/** What a search looks for. */
export interface Asked {
  /** The normalized words of the text as typed. */
  readonly typed: Words;
  readonly terms: readonly Term[];
}

export function askedOf({ words, terms }: { readonly words: string; readonly terms: readonly Term[] }): Asked {
  return { typed: indexWords(words), terms };
}

/**
 * Returns the level at which a document matches: 10 is the best, 1 the last (docs/search.md lists them). Null: it does
 * not match. Looks at the document alone, and only at fields that the searcher may read.
 *
 * @param texts the words of each readable field
 * @param titles those of them that are titles
 */
export function levelOf(texts: readonly Words[], titles: readonly Words[], asked: Asked): number | null {
  if (!haveAll(texts, asked.terms, true)) return null;
  return LEVELS.length - LEVELS.findIndex((matches) => matches(texts, titles, asked));
}

type Match = (texts: readonly Words[], titles: readonly Words[], asked: Asked) => boolean;

/** Best first. */
const LEVELS: readonly Match[] = [
  // A title is exactly the words.
  (_, titles, { typed }) => titles.some((title) => title.length === typed.length && isAt(title, 0, typed, false)),
  // A title begins with the words.
  (_, titles, { terms }) => titles.some((title) => sequences(terms).some((tokens) => isAt(title, 0, tokens, false))),
  // A title has the words in sequence.
  (_, titles, { terms }) => sequences(terms).some((tokens) => havePhrase(titles, tokens, false)),
  // The titles have all words.
  (_, titles, { terms }) => haveAll(titles, terms, false),
  // A title begins with the words, and the last of them begins a longer word.
  (_, titles, { terms }) =>
    terms.at(-1)?.isOpen === true &&
    titles.some((title) => sequences(terms).some((tokens) => isAt(title, 0, tokens, true))),
  // The titles have all words, and the last of them begins a longer word.
  (_, titles, { terms }) => haveAll(titles, terms, true),
  // The titles have one of the words.
  (_, titles, { terms }) => terms.some((term) => haveTerm(titles, term, true)),
  // A field has the words in sequence.
  (texts, _, { terms }) => sequences(terms).some((tokens) => havePhrase(texts, tokens, false)),
  // The fields have all words.
  (texts, _, { terms }) => haveAll(texts, terms, false),
  // The fields have all words, and the last of them begins a longer word.
  () => true,
];

/**
 * Returns the terms as one sequence of tokens. A single term has one for each of its spellings; among others, a term has
 * its first spelling.
 */
function sequences(terms: readonly Term[]): Words[] {
  const [only, ...others] = terms;
  const spellings =
    only !== undefined && others.length === 0
      ? only.alternatives
      : [terms.flatMap(({ alternatives: [first = []] }) => first)];
  return spellings.map((phrases) => phrases.flatMap(({ tokens }) => tokens));
}

/** @param mayBegin the last token of an open term may be the beginning of a longer word */
function haveAll(texts: readonly Words[], terms: readonly Term[], mayBegin: boolean): boolean {
  return terms.every((term) => haveTerm(texts, term, mayBegin));
}

/** Each phrase is in one text. Different phrases may be in different texts. */
function haveTerm(texts: readonly Words[], { alternatives, isOpen }: Term, mayBegin: boolean): boolean {
  return alternatives.some((phrases) =>
    phrases.every(({ tokens, prefix }, at) =>
      havePhrase(texts, tokens, prefix || (isOpen && mayBegin && at === phrases.length - 1)),
    ),
  );
}

function havePhrase(texts: readonly Words[], tokens: Words, isBeginning: boolean): boolean {
  return texts.some((text) => text.some((_, at) => isAt(text, at, tokens, isBeginning)));
}

/** @param isBeginning the last token may be the beginning of a longer word */
function isAt(text: Words, at: number, tokens: Words, isBeginning: boolean): boolean {
  return tokens.every((token, n) => {
    const word = text[at + n];
    if (word === token) return true;
    return isBeginning && n === tokens.length - 1 && word?.startsWith(token) === true;
  });
}
