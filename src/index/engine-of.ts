import type { IndexLocation } from './location.ts';
import type { SearchEngine } from './port/search-engine.ts';

/**
 * Returns the engine that searches the index. Null: the one that is embedded in the store's file. Another engine is
 * made here.
 */
export function engineOf(_index: IndexLocation): SearchEngine | null {
  return null;
}
