import { setTimeout as delay } from 'node:timers/promises';
import { scanMs, sendMs } from '../costs/plan.ts';
import { costsOf } from '../costs/settings.ts';
import type { Org, Visibility } from '../org/types.ts';
import type { LongRequests } from './long-requests.ts';
import { ApiError } from './reply.ts';

/** Salesforce's limit for a request, including a whole composite: ten minutes. */
const LONGEST_MS = 600_000;

/** Reports that the whole request ran too long, even if its subrequests were answered. */
export class RequestTooLongError extends Error {
  override name = 'RequestTooLongError';
}

/** The time that the current request takes, by the org's cost model. */
export class RequestTime {
  readonly #org: Org;
  readonly #visibility: Visibility;
  readonly #long: LongRequests;
  readonly #timePassed: () => void;
  readonly #closed = new AbortController();
  #arrivedAt = 0;
  #spentMs = 0;
  #waiting = 0;

  /** @param timePassed called after the org's clock moved during a request */
  constructor(org: Org, visibility: Visibility, long: LongRequests, timePassed: () => void) {
    this.#org = org;
    this.#visibility = visibility;
    this.#long = long;
    this.#timePassed = timePassed;
  }

  /** The milliseconds of the org's time that the request has taken so far. */
  get spentMs(): number {
    return this.#spentMs;
  }

  /** Starts a request. Its time is known before the next one starts. */
  begin(): void {
    this.#arrivedAt = this.#org.now().getTime();
    this.#spentMs = 0;
  }

  /** Adds the time of a query that sends this many rows. Throws QUERY_TIMEOUT. */
  query(soql: string, object: string, rows: number): void {
    const { costs } = this.#org;
    if (costs === null) return;
    const isTable = this.#org.objects().some(({ name }) => name === object);
    const scan = isTable ? scanMs(this.#org.plan(soql, this.#visibility), costs) : costs.fixed_ms;
    this.#spendOnQuery(scan + sendMs(object, rows, costs), costs.query_timeout_seconds * 1000);
  }

  /** Adds the time of a query's later page with this many rows. Throws QUERY_TIMEOUT. */
  continuation(object: string, rows: number): void {
    const { costs } = this.#org;
    if (costs === null) return;
    const ms = costsOf(costs, object).fixed_ms + sendMs(object, rows, costs);
    this.#spendOnQuery(ms, costs.query_timeout_seconds * 1000);
  }

  #spendOnQuery(ms: number, longest: number): void {
    this.#spend(Math.min(ms, longest));
    if (ms > longest) throw new ApiError(400, 'QUERY_TIMEOUT', 'Your query request was running for too long.');
  }

  #spend(wanted: number): void {
    const ms = Math.min(wanted, LONGEST_MS - this.#spentMs);
    this.#spentMs += ms;
    if (this.#org.costs?.real !== true) {
      this.#org.clock.pass(ms);
      this.#timePassed();
    }
    if (ms < wanted) throw new RequestTooLongError();
  }

  /**
   * Ends the request. It counts as running for as long as it takes. If the cost model uses real time, the reply waits;
   * if it waits for less than that, the org's clock runs faster in the meantime.
   */
  async end(): Promise<void> {
    const ms = this.#spentMs;
    const { costs, clock } = this.#org;
    this.#long.add(this.#arrivedAt, ms);
    if (ms === 0 || costs?.real !== true) return;
    this.#waiting += 1;
    if (this.#waiting === 1) clock.run(1 / costs.real_factor);
    try {
      await delay(ms * costs.real_factor, undefined, { signal: this.#closed.signal });
    } catch {
      // The server is closing.
    } finally {
      this.#waiting -= 1;
      if (this.#waiting === 0) clock.run(1);
    }
  }

  /** Ends every wait. */
  close(): void {
    this.#closed.abort();
  }
}
