import type { IndexLocation } from './location.ts';
import { OpenSearchEngine } from './opensearch/engine.ts';
import type { SearchEngine } from './port/search-engine.ts';

/** Returns the engine that searches the index. Null: the engine that is embedded in the store's file. */
export function engineOf(index: IndexLocation): SearchEngine | null {
  return index.engine === 'opensearch' ? new OpenSearchEngine(index) : null;
}

/**
 * Removes what an engine outside the store's file has of the index. Returns whether it had anything; null: there is no
 * such engine. Throws an `IndexUnavailableError` if it cannot.
 */
export async function removeFromEngine(index: IndexLocation): Promise<boolean | null> {
  if (index.engine !== 'opensearch') return null;
  const engine = new OpenSearchEngine(index);
  try {
    return await engine.remove();
  } finally {
    await engine.close();
  }
}
