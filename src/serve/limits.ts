import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { Caller } from './credentials/caller.ts';
import { RequestProblem } from './problem.ts';

/** How many searches may wait for Salesforce at once. They cost API calls, and may take long. */
export const VERIFIED_AT_ONCE = 4;

/** How many explanations run at once: each reads who is who in the whole org. */
export const EXPLAINED_AT_ONCE = 2;

const SECONDS = 60;

/** Counts the requests of each caller. */
export class RequestRate {
  readonly #limiter: RateLimiterMemory;

  constructor(requestsPerMinute: number) {
    this.#limiter = new RateLimiterMemory({ points: requestsPerMinute, duration: SECONDS });
  }

  /** Counts a request. Throws a `RequestProblem` if the caller has sent too many. */
  async count(caller: Caller): Promise<void> {
    try {
      await this.#limiter.consume(keyOf(caller));
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

/** Limits how many searches run at once. */
export class AtOnce {
  readonly #most: number;
  #open = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** The number of searches under way. */
  get open(): number {
    return this.#open;
  }

  /** Runs a search. Throws a `RequestProblem` if too many are under way. */
  async run<Result>(search: () => Promise<Result>): Promise<Result> {
    if (this.#open >= this.#most)
      throw new RequestProblem('too_many_searches', 'Too many searches are running. Try again in a second.', {
        retryAfterSeconds: 1,
      });
    this.#open += 1;
    try {
      return await search();
    } finally {
      this.#open -= 1;
    }
  }
}

/** A service token has one limit for all its users. Every other user has their own. */
function keyOf({ kind, name, user }: Caller): string {
  const isPerson = kind === 'jwt' || kind === 'login';
  return isPerson && user !== null ? `${user.kind} ${user.name}` : name;
}
