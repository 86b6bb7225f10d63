import type { KnownQuerySizes, QuerySize } from '../index/port/progress.ts';
import { RejectedQueryError, type SalesforceError } from '../salesforce/errors.ts';

/** The first limit for a query that had none. */
const FIRST_SIZE = 4_000;

/** Each time-out costs two minutes, so a few of them must suffice to find a size that works. */
const SMALLER_BY = 4;

/** If even this few rows take too long, their number is not the cause. */
const SMALLEST_SIZE = 10;

/** The same while the range can be halved, because the range is the more likely cause. */
const SMALLEST_SIZE_IN_A_RANGE = 250;

/** Salesforce's smallest page, apart from the last one. */
const SMALLEST_PAGE = 200;

/** Larger sizes need not be remembered, because no query asks for more. */
const LARGEST_SIZE = 32_000;
const LARGEST_SPAN = 2 ** 25;

/** After an answer within this time, twice as much is still far from the two minutes that a query may take. */
const QUICK_MS = 10_000;

/** Number of consecutive quick answers before asking for more. It doubles each time that more was too much. */
const LEAST_PATIENCE = 8;
const MOST_PATIENCE = 64;

/**
 * Queries between two checkpoints if the org is slow: at up to two minutes each, they must fit into an activity's two
 * hours.
 */
const QUERIES_IN_ONE_GO = 10;

/** If a query with this few fields is too complicated, their number is not the cause. */
const FEWEST_FIELDS = 3;

/**
 * Limits of a query's size, by what it reads. They shrink when the org takes too long, and grow after quick answers.
 * The index stores them, so that later activities and runs do not run into the same refusal.
 */
export class QuerySizes {
  readonly #sizes: Map<string, QuerySize>;
  readonly #parts: Map<string, number>;

  constructor({ sizes, parts }: KnownQuerySizes = { sizes: {}, parts: {} }) {
    this.#sizes = new Map(Object.entries(sizes));
    this.#parts = new Map(Object.entries(parts));
  }

  toJSON(): KnownQuerySizes {
    return { sizes: Object.fromEntries(this.#sizes), parts: Object.fromEntries(this.#parts) };
  }

  /** Returns the number of rows to ask for; null for no limit. */
  of(what: string): number | null {
    return this.#sizes.get(what)?.rows ?? null;
  }

  /** Returns the width of the range to ask for; null for no limit. */
  span(what: string): number | null {
    return this.#sizes.get(what)?.span ?? null;
  }

  /**
   * Returns how many rows to read between two checkpoints: `most`, or fewer if one of these streams is read in small
   * queries.
   */
  inOneGo(most: number, ...what: readonly string[]): number {
    return Math.min(most, ...what.map((one) => QUERIES_IN_ONE_GO * (this.of(one) ?? most)));
  }

  /**
   * Reduces the size after a query of `size` rows (null: all) timed out, or its reply was too large.
   *
   * @param error how the query failed, if not by QUERY_TIMEOUT
   * @param span the width of its range; null if it cannot be cut
   * @throws RejectedQueryError if the query cannot be much smaller
   */
  narrow(what: string, size: number | null, error?: SalesforceError, span: number | null = null): void {
    const held = this.#sizes.get(what);
    const canHalve = span !== null && span > 1;
    const smallest = canHalve ? SMALLEST_SIZE_IN_A_RANGE : SMALLEST_SIZE;
    const smaller = size === null ? FIRST_SIZE : Math.floor(size / SMALLER_BY);
    const isSmaller = size === null || smaller >= smallest;
    if (isSmaller || canHalve) {
      const rows = isSmaller ? smaller : this.of(what);
      const width = canHalve ? Math.ceil(span / 2) : this.span(what);
      this.#sizes.set(what, {
        ...(rows === null ? {} : { rows }),
        ...(width === null ? {} : { span: width }),
        quick: 0,
        patience: Math.min(MOST_PATIENCE, (held?.patience ?? LEAST_PATIENCE) * (held?.grown ? 2 : 1)),
      });
      return;
    }
    if (error !== undefined && error.errorCode !== 'QUERY_TIMEOUT') {
      throw new RejectedQueryError({
        message: `${what}: even a query of ${size} rows fails: ${error.message}`,
        hint: 'Fewer rows would not help. Check that base_url is the org itself, and check the network and the proxies between this machine and Salesforce. The next run tries again.',
      });
    }
    throw new RejectedQueryError({
      message: `QUERY_TIMEOUT: ${what}: the org takes more than two minutes for a query of ${size} rows`,
      hint: 'Fewer rows would not help. If the object has a `where` filter in the configuration, base it on indexed fields; otherwise ask Salesforce Support why this object cannot be queried. The next run tries again.',
      errorCode: 'QUERY_TIMEOUT',
    });
  }

  /** Reports an answer to a query at the current limit. After enough quick answers, the limit grows. */
  answered(what: string, ms: number): void {
    const held = this.#sizes.get(what);
    if (held === undefined) return;
    const quick = ms > QUICK_MS ? 0 : held.quick + 1;
    if (quick < held.patience) this.#sizes.set(what, { ...held, quick });
    else this.#sizes.set(what, { ...twice(held), quick: 0, patience: held.patience, grown: true });
  }

  /** Limits queries to the size of one page, because rows were lost between pages. */
  limitTo(what: string, page: number): void {
    const rows = Math.max(SMALLEST_PAGE, page);
    const { patience = LEAST_PATIENCE, ...held } = this.#sizes.get(what) ?? {};
    this.#sizes.set(what, { ...held, rows: Math.min(rows, this.of(what) ?? rows), quick: 0, patience });
  }

  /** Returns the number of queries in which the fields of an object's records are read. */
  parts(object: string): number {
    return this.#parts.get(object) ?? 1;
  }

  /**
   * Doubles the number of queries for the object's fields, because a query had too many fields for the org.
   *
   * @param fields the number of indexed fields in that query
   * @param query its text, without ids
   * @throws RejectedQueryError if it cannot have far fewer
   */
  splitFields(object: string, fields: number, query: string, error: SalesforceError): void {
    if (fields > FEWEST_FIELDS) {
      this.#parts.set(object, 2 * this.parts(object));
      return;
    }
    throw new RejectedQueryError({
      message: `${object}: even a query of few fields is too much for the org: ${query} (${error.message})`,
      hint: 'If the object has a `where` filter in the configuration, base it on fields that are not formulas; otherwise leave formula and currency fields of this object out there. The next run tries again.',
      errorCode: error.errorCode,
    });
  }
}

function twice({ rows, span }: QuerySize): Pick<QuerySize, 'rows' | 'span'> {
  return {
    ...(rows === undefined || 2 * rows > LARGEST_SIZE ? {} : { rows: 2 * rows }),
    ...(span === undefined || 2 * span > LARGEST_SPAN ? {} : { span: 2 * span }),
  };
}
