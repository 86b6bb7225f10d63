/** From so long on a request counts, as long as it runs. */
const LONG_MS = 20_000;

/** The requests that have been at work for more than 20 seconds, on the org's clock, whether anyone waits for them or not. */
export class LongRequests {
  readonly #most: number;
  readonly #now: () => Date;
  #running: readonly { readonly longFrom: number; readonly until: number }[] = [];

  constructor(most: number, now: () => Date) {
    this.#most = most;
    this.#now = now;
  }

  /** A request takes so long from its arrival. */
  add(arrivedAt: number, ms: number): void {
    if (ms > LONG_MS) this.#running = [...this.#running, { longFrom: arrivedAt + LONG_MS, until: arrivedAt + ms }];
  }

  /** Are there so many that the next request is refused? */
  isFull(): boolean {
    const now = this.#now().getTime();
    this.#running = this.#running.filter(({ until }) => until > now);
    return this.#running.filter(({ longFrom }) => longFrom <= now).length >= this.#most;
  }
}
