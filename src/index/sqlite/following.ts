import { Turns } from '../../lib/turns.ts';
import { SearchRefusedError } from '../port/errors.ts';
import type { EngineView, SearchReads } from '../port/search-engine.ts';
import { statOf } from './open.ts';

/**
 * Reads of the file that is at the path at each call. An open file would continue to answer after it was deleted or
 * replaced, with outdated rights.
 */
export class FollowingReads implements SearchReads {
  readonly #path: string;
  readonly #open: () => Promise<SearchReads>;
  #held: { readonly reads: SearchReads; readonly file: string } | null = null;
  #isClosed = false;
  /** No call closes another's file. */
  readonly #turns = new Turns();

  constructor(path: string, open: () => Promise<SearchReads>) {
    this.#path = path;
    this.#open = open;
  }

  reading<Result>(now: number, work: (view: EngineView) => Promise<Result>): Promise<Result> {
    return this.#turns.take(async () => (await this.#current()).reading(now, work));
  }

  close(): Promise<void> {
    return this.#turns.take(async () => {
      this.#isClosed = true;
      await this.#release();
    });
  }

  async #current(): Promise<SearchReads> {
    if (this.#isClosed) throw new SearchRefusedError('The index was closed. Open it again.');
    const file = identityOf(this.#path);
    if (this.#held !== null && this.#held.file === file) return this.#held.reads;
    await this.#release();
    this.#held = { reads: await this.#open(), file };
    return this.#held.reads;
  }

  async #release(): Promise<void> {
    const held = this.#held;
    this.#held = null;
    await held?.reads.close();
  }
}

/** Returns the identity of the file at the path. Empty: there is none. */
function identityOf(path: string): string {
  const file = statOf(path);
  return file === undefined ? '' : `${file.dev}:${file.ino}`;
}
