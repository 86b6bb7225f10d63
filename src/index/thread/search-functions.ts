import type { IndexLocation } from '../location.ts';
import { openInspector, searchReaderOf } from '../open.ts';
import type { RecordExplanation } from '../port/inspector.ts';
import type { AsUser, IndexReader, SearchOptions, SearchResult, ShownRecord } from '../port/reader.ts';

/** The functions of a thread that searches one index. */
export function searchFunctions() {
  let reader: IndexReader | null = null;
  const opened = (): IndexReader => {
    if (reader === null) throw new Error('No index is open in this thread.');
    return reader;
  };
  return {
    /** Opens the index for all further calls. Throws if nothing can be searched. */
    async open(index: IndexLocation, baseUrl: string | undefined): Promise<void> {
      reader = await searchReaderOf({ index, baseUrl });
    },

    /** Does nothing: the thread was opened before. */
    look(): void {},

    search(words: string, options: SearchOptions): Promise<SearchResult> {
      return opened().search(words, options);
    },

    ids(words: string, options: SearchOptions): Promise<string[]> {
      return opened().ids(words, options);
    },

    record(id: string, options: AsUser): Promise<ShownRecord | null> {
      return opened().record(id, options);
    },

    /** Opens the index for one explanation. */
    async explain(index: IndexLocation, recordId: string, options: AsUser): Promise<RecordExplanation> {
      const inspector = await openInspector({ index });
      try {
        return await inspector.explain(recordId, options);
      } finally {
        await inspector.close();
      }
    },

    async close(): Promise<void> {
      await reader?.close();
    },
  };
}

export type SearchFunctions = ReturnType<typeof searchFunctions>;
