import type { IndexReader, OnSearched } from '../port/reader.ts';

/** Wraps an index, and measures each search that answers. */
export function measuring(index: IndexReader, onSearched: OnSearched): IndexReader {
  return {
    async search(words, options) {
      const start = performance.now();
      const result = await index.search(words, options);
      const milliseconds = performance.now() - start;
      onSearched({
        userId: result.userId,
        milliseconds,
        hits: result.hits.length,
        isVerified: options.verify === true,
      });
      return result;
    },
    ids: (words, options) => index.ids(words, options),
    record: (id, options) => index.record(id, options),
    close: () => index.close(),
  };
}
