import { Turns } from '../../../lib/turns.ts';
import type { EngineView, SearchReads } from '../../port/search-engine.ts';
import type { Database } from '../file/database.ts';

/** Reads of an engine outside the store's file, each in a read transaction of the store. */
export class StoreReads implements SearchReads {
  readonly #db: Database;
  readonly #engine: SearchReads;
  readonly #turns = new Turns();

  constructor(db: Database, engine: SearchReads) {
    this.#db = db;
    this.#engine = engine;
  }

  reading<Result>(now: number, work: (view: EngineView) => Promise<Result>): Promise<Result> {
    return this.#turns.take(() => this.#db.readingAsync(() => this.#engine.reading(now, work)));
  }

  close(): Promise<void> {
    return this.#turns.take(async () => {
      this.#db.close();
      await this.#engine.close();
    });
  }
}
