import { RejectedQueryError } from '../salesforce/errors.ts';

/** The first size of a query that had no limit. */
const FIRST_SIZE = 4_000;

/** Each time-out costs two minutes: a few of them must find a size that works. */
const SMALLER_BY = 4;

/** Where so few rows take too long, their number is not the cause. */
const SMALLEST_SIZE = 10;

/** Queries between two checkpoints, at up to two minutes each, where the org is slow: an activity has two hours. */
const QUERIES_IN_ONE_GO = 10;

/**
 * How many rows a query may ask for at once, by what it reads: less each time the org took too long over it. Kept for a
 * run, so that later queries do not meet the same time-out.
 */
export class QuerySizes {
  readonly #sizes = new Map<string, number>();

  /** null: as many as wanted. */
  of(what: string): number | null {
    return this.#sizes.get(what) ?? null;
  }

  /** How many rows to read between two checkpoints: `most`, or fewer where one of these is read in small queries. */
  inOneGo(most: number, ...what: readonly string[]): number {
    return Math.min(most, ...what.map((one) => QUERIES_IN_ONE_GO * (this.of(one) ?? most)));
  }

  /**
   * A query of `size` rows (null: of all) has timed out.
   *
   * @throws RejectedQueryError where it cannot be much smaller
   */
  narrow(what: string, size: number | null): void {
    const smaller = size === null ? FIRST_SIZE : Math.floor(size / SMALLER_BY);
    if (size === null || smaller >= SMALLEST_SIZE) {
      this.#sizes.set(what, smaller);
      return;
    }
    this.#sizes.delete(what);
    throw new RejectedQueryError({
      message: `QUERY_TIMEOUT: ${what}: the org takes more than two minutes for a query of ${size} rows`,
      hint: 'Fewer rows would not help. If the object has a `where` filter in the configuration, let it stand on indexed fields; otherwise ask Salesforce Support why this object cannot be queried. The next run tries again.',
      errorCode: 'QUERY_TIMEOUT',
    });
  }
}

/** The sizes of the run that this worker is at. */
export function createRunSizes(): (run: number) => QuerySizes {
  let kept = { run: 0, sizes: new QuerySizes() };
  return (run) => {
    if (kept.run !== run) kept = { run, sizes: new QuerySizes() };
    return kept.sizes;
  };
}
