import { Turns } from '../../../lib/turns.ts';
import type { EngineView, SearchReads } from '../../port/search-engine.ts';
import type { Database } from '../file/database.ts';
import { EmbeddedView } from './view.ts';

/**
 * The highest number of principals for which looking them up as words is faster than testing documents one by one
 * (measured).
 */
const TOKENS_UP_TO = 128;

/** The reading half of the embedded engine, on one open file. Reads run one after the other. */
export class EmbeddedReads implements SearchReads {
  readonly #db: Database;
  readonly #tokensUpTo: number;
  readonly #turns = new Turns();

  /** @param tokensUpTo the highest number of principals to look up as words */
  constructor(db: Database, { tokensUpTo = TOKENS_UP_TO }: { readonly tokensUpTo?: number } = {}) {
    this.#db = db;
    this.#tokensUpTo = tokensUpTo;
  }

  reading<Result>(now: number, work: (view: EngineView) => Promise<Result>): Promise<Result> {
    return this.#turns.take(() => this.#db.readingAsync(() => work(new EmbeddedView(this.#db, now, this.#tokensUpTo))));
  }

  close(): Promise<void> {
    return this.#turns.take(async () => this.#db.close());
  }
}
