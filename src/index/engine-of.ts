import type { IndexLocation } from './location.ts';
import type { SearchEngine } from './port/search-engine.ts';

/** Returns the engine that searches the index. Null: the engine that is embedded in the store's file. */
export function engineOf(_index: IndexLocation): SearchEngine | null {
  return null;
}
