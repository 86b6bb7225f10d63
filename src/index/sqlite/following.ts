import { SearchRefusedError } from '../errors.ts';
import type { IndexReader, SearchOptions, SearchResult } from '../port/reader.ts';
import { statOf } from './open.ts';

/**
 * A reader that opens the current file at the path on each call. An open file would continue to answer after it was
 * deleted or replaced, with outdated rights.
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

  /** Returns the reader of the current file. Throws like `openIndexReader`. */
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

  /** Runs calls one after the other, so that no call closes another's reader. */
  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => {});
    return result;
  }
}

/** Returns the identity of the file at the path. Empty: there is none. */
function identityOf(path: string): string {
  const file = statOf(path);
  return file === undefined ? '' : `${file.dev}:${file.ino}`;
}
