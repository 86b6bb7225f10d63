/**
 * The ways in which a document can match words, best first (docs/search.md). A document's level is the best way in
 * which it matches. It depends only on the fields of the document that the searcher may read.
 */
export const WAYS = [
  /** A title has the words and no others. */
  'wholeTitle',
  /** A title begins with the words, in sequence. */
  'titleStart',
  /** A title has the words in sequence. */
  'titlePhrase',
  /** The titles have all words. */
  'titleWords',
  /** A title begins with the words; the last one may be the beginning of a longer word. */
  'titleStartBeginning',
  /** The titles have all words; the last one may be the beginning of a longer word. */
  'titleBeginning',
  /** The titles have one of the words, and the fields have all. */
  'titleSome',
  /** A field has the words in sequence. */
  'phrase',
  /** The fields have all words. */
  'words',
  /** The fields have all words; the last one may be the beginning of a longer word. */
  'beginning',
] as const;

export type Way = (typeof WAYS)[number];

/** Returns the score of a document that matches in this way, and in no better one. Higher is better; the lowest is 1. */
export function scoreOf(way: Way): number {
  return WAYS.length - WAYS.indexOf(way);
}

/** The score of a record whose id was typed: better than every level. */
export const RECORD_SCORE = WAYS.length + 1;
