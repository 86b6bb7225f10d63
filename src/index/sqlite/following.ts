import { SearchRefusedError } from '../errors.ts';
import type { IndexReader, SearchOptions, SearchResult } from '../port.ts';
import { statOf } from './stat.ts';

/**
 * Reads the file that stands at the path at each call: an open file goes on answering after it was deleted or replaced,
 * with the rights of then.
 */
export class FollowingReader implements IndexReader {
  readonly #path: string;
  readonly #open: () => Promise<IndexReader>;
  #held: { readonly reader: IndexReader; readonly file: string } | null = null;
  #isClosed = false;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(path: string, open: () => Promise<IndexReader>) {
    this.#path = path;
    this.#open = open;
  }

  search(words: string, options: SearchOptions): Promise<SearchResult> {
    return this.#inTurn(async () => (await this.current()).search(words, options));
  }

  ids(words: string, options: Omit<SearchOptions, 'sort' | 'limit' | 'cursor' | 'verify'>): Promise<string[]> {
    return this.#inTurn(async () => (await this.current()).ids(words, options));
  }

  close(): Promise<void> {
    return this.#inTurn(async () => {
      this.#isClosed = true;
      await this.#release();
    });
  }

  /** The reader of the file that is there now. Throws as `openIndexReader`. */
  async current(): Promise<IndexReader> {
    if (this.#isClosed) throw new SearchRefusedError('The index was closed. Open it again.');
    const file = identityOf(this.#path);
    if (this.#held !== null && this.#held.file === file) return this.#held.reader;
    await this.#release();
    this.#held = { reader: await this.#open(), file };
    return this.#held.reader;
  }

  async #release(): Promise<void> {
    const held = this.#held;
    this.#held = null;
    await held?.reader.close();
  }

  /** One after the other: none may meet a reader that another has just closed. */
  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => {});
    return result;
  }
}

/** Of the file at the path; empty where there is none. */
function identityOf(path: string): string {
  const file = statOf(path);
  return file === undefined ? '' : `${file.dev}:${file.ino}`;
}
