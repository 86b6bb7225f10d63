import { filtersOf } from '../index/model/filters.ts';
import type { SearchOptions } from '../index/port/reader.ts';
import { parseWords } from '../index/text/words.ts';
import { RequestProblem } from './problem.ts';

/** A search without its user, whom only a credential names. */
export type Question = { readonly words: string } & Omit<SearchOptions, 'as'>;

/**
 * Returns the question in the form that the index takes. An empty list of objects means all of them: assistants send
 * one for "no filter".
 *
 * @throws RequestProblem for filters and words that the index does not take
 */
export function checkedQuestion({ words, types, ...options }: Question): Question {
  try {
    filtersOf(options);
    parseWords(words);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new RequestProblem('bad_request', error.message);
  }
  return { words, ...options, ...(types === undefined || types.length === 0 ? {} : { types }) };
}
