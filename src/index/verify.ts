import { SearchRefusedError } from './errors.ts';
import type { IndexReader, SearchOptions, SearchResult, Verifier } from './port.ts';

/** The index with its hits confirmed by Salesforce, where a search asks for it: what it does not confirm is left out. */
export function verifying(index: IndexReader, verifier: Verifier | null): IndexReader {
  async function search(words: string, { verify = false, ...options }: SearchOptions): Promise<SearchResult> {
    if (!verify) return index.search(words, options);
    if (verifier === null)
      throw new SearchRefusedError(
        '`verify` asks Salesforce: open the index with a config file, or with `credentials`.',
      );
    const result = await index.search(words, options);
    const ids = result.hits.map(({ id }) => id);
    const asked = new Set(result.hits.flatMap(({ id, account }) => (account === null ? [id] : [id, account.id])));
    const answers = asked.size === 0 ? new Map<string, boolean>() : await verifier(result.userId, [...asked]);
    const confirmed = (id: string) => answers.get(id) === true;
    const hits = result.hits.filter(({ id }) => confirmed(id));
    return {
      ...result,
      hits: hits.map((hit) => (hit.account === null || confirmed(hit.account.id) ? hit : { ...hit, account: null })),
      denied: ids.filter((id) => answers.get(id) === false).length,
      unverified: ids.filter((id) => !answers.has(id)).length,
    };
  }
  return { search, ids: (words, options) => index.ids(words, options), close: () => index.close() };
}
