/** A request that runs longer counts as long-running. */
const LONG_MS = 20_000;

/** Counts the requests that have run for more than 20 seconds on the org's clock, even if the client has left. */
export class LongRequests {
  readonly #most: number;
  readonly #now: () => Date;
  #running: readonly { readonly longFrom: number; readonly until: number }[] = [];

  constructor(most: number, now: () => Date) {
    this.#most = most;
    this.#now = now;
  }

  /** Adds a request that takes `ms` from its arrival. */
  add(arrivedAt: number, ms: number): void {
    if (ms > LONG_MS) this.#running = [...this.#running, { longFrom: arrivedAt + LONG_MS, until: arrivedAt + ms }];
  }

  /** Whether the next request must be refused. */
  isFull(): boolean {
    const now = this.#now().getTime();
    this.#running = this.#running.filter(({ until }) => until > now);
    return this.#running.filter(({ longFrom }) => longFrom <= now).length >= this.#most;
  }
}
