/** Counts the requests for one piece of work, see `Salesforce.metered`. */
export class Meter {
  #calls = 0;
  #tokenRequests = 0;

  /** API requests that reached the org. A /composite counts as one, and each retry as another. */
  get calls(): number {
    return this.#calls;
  }

  /** Token requests, which are not API calls. If several callers wait for one token, the first one is charged. */
  get tokenRequests(): number {
    return this.#tokenRequests;
  }

  called(): void {
    this.#calls += 1;
  }

  tokenRequested(): void {
    this.#tokenRequests += 1;
  }
}
