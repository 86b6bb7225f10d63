import { availableParallelism } from 'node:os';
import { CalledThread, ThreadEndedError } from '../../threads/called-thread.ts';
import { compiledFile } from '../../threads/compiled-file.ts';
import { ThreadPool } from '../../threads/thread-pool.ts';
import { engineOf } from '../engine-of.ts';
import type { IndexLocation } from '../location.ts';
import { type OpenIndexReader, openIndexReader } from '../open.ts';
import { IndexUnavailableError, SearchRefusedError } from '../port/errors.ts';
import type { IndexReader, SearchOptions } from '../port/reader.ts';
import { verifying } from '../search/verify.ts';
import { INDEX_ERRORS } from './index-errors.ts';
import type { SearchFunctions } from './search-functions.ts';

/** One core is left for the caller. At least two threads: a slow search must not hold up a fast one. */
const MOST_THREADS = Math.min(Math.max(availableParallelism() - 1, 2), 8);

/**
 * Opens an index for searching like `openIndexReader`, but searches in threads: a slow search holds up neither the
 * caller nor other searches. Each search is one message. The threads end with `close`, and do not keep the process
 * alive. Throws the same errors.
 */
export const openIndexReaderInThreads: OpenIndexReader = async (options) => {
  const { index, baseUrl, verifier = null, onUnconfirmed } = options;
  // Another engine searches elsewhere.
  if (engineOf(index) !== null) return openIndexReader(options);
  const searches = new Searches(index, baseUrl);
  await searches.begin();
  return verifying(searches, { verifier, onUnconfirmed });
};

class Searches implements IndexReader {
  readonly #pool: ThreadPool<SearchFunctions>;
  #closed: Promise<void> | null = null;

  constructor(index: IndexLocation, baseUrl: string | undefined) {
    this.#pool = new ThreadPool<SearchFunctions>({
      start: () => new CalledThread(compiledFile('search-thread', import.meta.url), INDEX_ERRORS),
      prepare: (thread) => thread.call('open', index, baseUrl),
      most: MOST_THREADS,
    });
  }

  /** Starts the first thread. Throws if nothing can be searched. */
  async begin(): Promise<void> {
    await this.#answer(() => this.#pool.call('look'));
  }

  search: IndexReader['search'] = (words, options) =>
    this.#answer(() => this.#pool.call('search', words, plain(options)));

  ids: IndexReader['ids'] = (words, options) => this.#answer(() => this.#pool.call('ids', words, plain(options)));

  record: IndexReader['record'] = (id, { as }) => this.#answer(() => this.#pool.call('record', id, { as }));

  close(): Promise<void> {
    this.#closed ??= this.#pool.close((thread) => thread.call('close'));
    return this.#closed;
  }

  async #answer<Result>(ask: () => Promise<Result>): Promise<Result> {
    if (this.#closed !== null) throw new SearchRefusedError('The index was closed. Open it again.');
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof ThreadEndedError)) throw error;
      const message = `The search was lost: ${error.message} Search again.`;
      throw new IndexUnavailableError(message, { mayPass: true });
    }
  }
}

/** Returns the options that the index knows. Others may be values that cannot be sent to a thread. */
function plain(options: SearchOptions): SearchOptions {
  const { as, types, modifiedFrom, modifiedBefore, owner, account, sort, limit, cursor } = options;
  const known = { as, types, modifiedFrom, modifiedBefore, owner, account, sort, limit, cursor };
  return Object.fromEntries(
    Object.entries(known).filter(([, value]) => value !== undefined),
  ) as unknown as SearchOptions;
}
