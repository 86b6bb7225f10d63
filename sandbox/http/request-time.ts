import { setTimeout as delay } from 'node:timers/promises';
import { scanMs, sendMs } from '../costs/plan.ts';
import { costsOf } from '../costs/settings.ts';
import type { Org, Sight } from '../org/types.ts';
import type { LongRequests } from './long-requests.ts';
import { ApiError } from './reply.ts';

/** Salesforce ends a request after ten minutes, a composite as a whole. */
const LONGEST_MS = 600_000;

/** The request as a whole, whatever its subrequests have answered, has run for too long. */
export class RequestTooLongError extends Error {
  override name = 'RequestTooLongError';
}

/** How long the request that is being answered takes, by the org's cost model. */
export class RequestTime {
  readonly #org: Org;
  readonly #sight: Sight;
  readonly #long: LongRequests;
  readonly #timePassed: () => void;
  readonly #closed = new AbortController();
  #arrivedAt = 0;
  #spentMs = 0;
  #waiting = 0;

  /** @param timePassed called when the org's clock was moved in the middle of a request */
  constructor(org: Org, sight: Sight, long: LongRequests, timePassed: () => void) {
    this.#org = org;
    this.#sight = sight;
    this.#long = long;
    this.#timePassed = timePassed;
  }

  /** What the request has taken so far, in milliseconds of the org's time. */
  get spentMs(): number {
    return this.#spentMs;
  }

  /** A request has arrived. It is answered, or its time known, before there is another. */
  begin(): void {
    this.#arrivedAt = this.#org.now().getTime();
    this.#spentMs = 0;
  }

  /** A query was run, and sends so many rows. Throws QUERY_TIMEOUT. */
  query(soql: string, object: string, rows: number): void {
    const { costs } = this.#org;
    if (costs === null) return;
    const isTable = this.#org.objects().some(({ name }) => name === object);
    const scan = isTable ? scanMs(this.#org.plan(soql, this.#sight), costs) : costs.fixed_ms;
    this.#spendOnQuery(scan + sendMs(object, rows, costs), costs.query_timeout_seconds * 1000);
  }

  /** A later page of a query sends so many rows. */
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
   * The request is answered: it counts as long as it takes, and its reply waits where the time is real. The org's clock
   * runs faster meanwhile if less is waited than it takes.
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
      // The server is being closed.
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
