/** Counts what is asked of the org for one piece of work: see `Salesforce.metered`. */
export class Meter {
  #calls = 0;
  #tokenRequests = 0;

  /** API requests that reached the org, a /composite being one, and each repetition another. */
  get calls(): number {
    return this.#calls;
  }

  /** Token requests are no API calls. Where several wait for one token, whoever asked for it first pays. */
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
