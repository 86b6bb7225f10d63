import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { RequestProblem } from './problem.ts';

/** How much a server does at once, and for each caller. */
export interface Limits {
  /** For one caller; more get 429. */
  readonly requestsPerMinute: number;
  /** All callers' together; more get 429. */
  readonly searchesAtOnce: number;
}

const SECONDS = 60;

/** Counts the requests of each caller. */
export class RequestRate {
  readonly #limiter: RateLimiterMemory;

  constructor({ requestsPerMinute }: Limits) {
    this.#limiter = new RateLimiterMemory({ points: requestsPerMinute, duration: SECONDS });
  }

  /** Counts a request. Throws a `RequestProblem` if the caller has sent too many. */
  async count(caller: string): Promise<void> {
    try {
      await this.#limiter.consume(caller);
    } catch (refused) {
      if (!(refused instanceof RateLimiterRes)) throw refused;
      const retryAfterSeconds = Math.max(1, Math.ceil(refused.msBeforeNext / 1000));
      throw new RequestProblem(
        'too_many_requests',
        `This caller may send ${this.#limiter.points} requests a minute. Wait ${retryAfterSeconds} s.`,
        { retryAfterSeconds },
      );
    }
  }
}

/** Counts the searches that are under way. */
export class SearchesAtOnce {
  readonly #most: number;
  #open = 0;

  constructor({ searchesAtOnce }: Limits) {
    this.#most = searchesAtOnce;
  }

  /** The number of searches under way. */
  get open(): number {
    return this.#open;
  }

  /** Runs a search. Throws a `RequestProblem` if too many are under way. */
  async run<Result>(search: () => Promise<Result>): Promise<Result> {
    if (this.#open >= this.#most)
      throw new RequestProblem(
        'too_many_searches',
        `${this.#most} searches are under way, and no more run at once. Wait a second.`,
        { retryAfterSeconds: 1 },
      );
    this.#open += 1;
    try {
      return await search();
    } finally {
      this.#open -= 1;
    }
  }
}
