import type { KnownQuerySizes, QuerySize } from '../index/port.ts';
import { RejectedQueryError, type SalesforceError } from '../salesforce/errors.ts';

/** The first size of a query that had no limit. */
const FIRST_SIZE = 4_000;

/** Each time-out costs two minutes: a few of them must find a size that works. */
const SMALLER_BY = 4;

/** Where so few rows take too long, their number is not the cause. */
const SMALLEST_SIZE = 10;

/** The same while the range can be halved: it is more likely the cause. */
const SMALLEST_SIZE_IN_A_RANGE = 250;

/** Salesforce sends no smaller pages, but for the last. */
const SMALLEST_PAGE = 200;

/** Larger sizes need not be remembered: no query asks for so much. */
const LARGEST_SIZE = 32_000;
const LARGEST_SPAN = 2 ** 25;

/** After an answer within this time, twice as much stays far from the two minutes that a query may take. */
const QUICK_MS = 10_000;

/** Quick answers in a row after which more is asked for: twice as many each time that more was too much. */
const LEAST_PATIENCE = 8;
const MOST_PATIENCE = 64;

/** Queries between two checkpoints, at up to two minutes each, where the org is slow: an activity has two hours. */
const QUERIES_IN_ONE_GO = 10;

/** Where a query of so few fields is too complicated, their number is not the cause. */
const FEWEST_FIELDS = 3;

/**
 * How much a query may ask for at once, by what it reads: less each time the org took too long over it, more again after
 * quick answers. The index remembers it, so that later activities and runs do not meet the same refusal.
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

  /** Rows; null: as many as wanted. */
  of(what: string): number | null {
    return this.#sizes.get(what)?.rows ?? null;
  }

  /** The width of a range; null: as wide as wanted. */
  span(what: string): number | null {
    return this.#sizes.get(what)?.span ?? null;
  }

  /** How many rows to read between two checkpoints: `most`, or fewer where one of these is read in small queries. */
  inOneGo(most: number, ...what: readonly string[]): number {
    return Math.min(most, ...what.map((one) => QUERIES_IN_ONE_GO * (this.of(one) ?? most)));
  }

  /**
   * A query of `size` rows (null: of all) has timed out, or its reply was too much.
   *
   * @param error how the query failed, where it was another way than by QUERY_TIMEOUT
   * @param span how wide its range was; null: it cannot be cut
   * @throws RejectedQueryError where it cannot be much smaller
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
        hint: 'Fewer rows would not help. See that base_url is the org itself, and look at the network and the proxies between this machine and Salesforce. The next run tries again.',
      });
    }
    throw new RejectedQueryError({
      message: `QUERY_TIMEOUT: ${what}: the org takes more than two minutes for a query of ${size} rows`,
      hint: 'Fewer rows would not help. If the object has a `where` filter in the configuration, let it stand on indexed fields; otherwise ask Salesforce Support why this object cannot be queried. The next run tries again.',
      errorCode: 'QUERY_TIMEOUT',
    });
  }

  /** The org has answered a query that asked for as much as it may. After some quick answers the next may ask for more. */
  answered(what: string, ms: number): void {
    const held = this.#sizes.get(what);
    if (held === undefined) return;
    const quick = ms > QUICK_MS ? 0 : held.quick + 1;
    if (quick < held.patience) this.#sizes.set(what, { ...held, quick });
    else this.#sizes.set(what, { ...twice(held), quick: 0, patience: held.patience, grown: true });
  }

  /** Rows were lost between the pages of a query: from now on a query asks for no more than one page holds. */
  limitTo(what: string, page: number): void {
    const rows = Math.max(SMALLEST_PAGE, page);
    const { patience = LEAST_PATIENCE, ...held } = this.#sizes.get(what) ?? {};
    this.#sizes.set(what, { ...held, rows: Math.min(rows, this.of(what) ?? rows), quick: 0, patience });
  }

  /** In how many queries the fields of an object's records are read. */
  parts(object: string): number {
    return this.#parts.get(object) ?? 1;
  }

  /**
   * The org finds that a query has too many fields: from now on the object's fields are read in twice as many queries.
   *
   * @param fields how many indexed fields it had
   * @param query its text, without ids
   * @throws RejectedQueryError where it cannot have much fewer
   */
  splitFields(object: string, fields: number, query: string, error: SalesforceError): void {
    if (fields > FEWEST_FIELDS) {
      this.#parts.set(object, 2 * this.parts(object));
      return;
    }
    throw new RejectedQueryError({
      message: `${object}: even a query of so few fields is too much for the org: ${query} (${error.message})`,
      hint: 'If the object has a `where` filter in the configuration, let it stand on fields that are no formulas; otherwise leave formula and currency fields of this object out there. The next run tries again.',
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
