import { Turns } from '../../../lib/turns.ts';
import type { EngineView, SearchReads } from '../../port/search-engine.ts';
import type { Database } from '../file/database.ts';
import { TUNING, type Tuning } from './tuning.ts';
import { EmbeddedView } from './view.ts';

/** The reading half of the embedded engine, on one open file. Reads run one after the other. */
export class EmbeddedReads implements SearchReads {
  readonly #db: Database;
  readonly #tuning: Tuning;
  readonly #turns = new Turns();

  constructor(db: Database, tuning: Partial<Tuning> = {}) {
    this.#db = db;
    this.#tuning = { ...TUNING, ...tuning };
  }

  reading<Result>(now: number, work: (view: EngineView) => Promise<Result>): Promise<Result> {
    return this.#turns.take(() => this.#db.readingAsync(() => work(new EmbeddedView(this.#db, now, this.#tuning))));
  }

  close(): Promise<void> {
    return this.#turns.take(async () => this.#db.close());
  }
}
