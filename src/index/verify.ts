import { SearchRefusedError } from './errors.ts';
import type { IndexReader, SearchOptions, SearchResult, Verifier } from './port.ts';

/** The index with its hits confirmed by Salesforce, where a search asks for it: what it does not confirm is left out. */
export function verifying(index: IndexReader, verifier: Verifier | null): IndexReader {
  async function search(words: string, { verify = false, ...options }: SearchOptions): Promise<SearchResult> {
    if (!verify) return index.search(words, options);
    if (verifier === null)
      throw new SearchRefusedError('`verify` asks Salesforce: open the index with a `verifier` (salesforceVerifier).');
    const result = await index.search(words, options);
    const ids = result.hits.map(({ id }) => id);
    const answers = ids.length === 0 ? new Map<string, boolean>() : await verifier(result.userId, ids);
    return {
      ...result,
      hits: result.hits.filter(({ id }) => answers.get(id) === true),
      denied: ids.filter((id) => answers.get(id) === false).length,
      unverified: ids.filter((id) => !answers.has(id)).length,
    };
  }
  return { search, ids: (words, options) => index.ids(words, options), close: () => index.close() };
}
