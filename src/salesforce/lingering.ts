/** A request without a connection that may still be running in the org. */
interface Linger {
  readonly queries: readonly string[];
  /** The client's monotonic time by which the org has ended it. */
  readonly endsAt: number;
}

/**
 * Requests to which this client has lost its connection, but on which Salesforce continues to work: it notices neither
 * a cut connection nor a client that has given up. They count as long-running requests. The same query sent again would
 * run next to the first one, and every retry would make a slow org slower. So none of them is sent again: not by the
 * client's own retry, a smaller /composite, or Temporal's next attempt of an activity.
 */
export interface Lingering {
  /**
   * Adds a request.
   *
   * @param queries paths that must not be sent again in the meantime
   * @param forMs how long the request may still run
   */
  add(queries: readonly string[], forMs: number): void;
  readonly count: number;
  /** Waits until none of these queries can still be running. */
  ended(queries: readonly string[], signal?: AbortSignal): Promise<void>;
  /** Waits until the first of all requests has ended. */
  firstEnded(): Promise<void>;
}

export interface Time {
  /** Monotonic ms. */
  readonly now: () => number;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
}

export function createLingering({ now, sleep }: Time): Lingering {
  const all = new Set<Linger>();

  function dropEnded(): void {
    for (const one of all) if (one.endsAt <= now()) all.delete(one);
  }

  async function wait(some: readonly Linger[], signal?: AbortSignal): Promise<void> {
    const left = Math.max(...some.map(({ endsAt }) => endsAt)) - now();
    if (left > 0) await sleep(left, signal);
    for (const one of some) all.delete(one);
  }

  return {
    add(queries, forMs) {
      if (forMs > 0) all.add({ queries, endsAt: now() + forMs });
    },
    get count() {
      dropEnded();
      return all.size;
    },
    async ended(queries, signal) {
      const same = [...all].filter((one) => one.queries.some((query) => queries.includes(query)));
      if (same.length > 0) await wait(same, signal);
    },
    async firstEnded() {
      const [first] = [...all].sort((a, b) => a.endsAt - b.endsAt);
      if (first !== undefined) await wait([first]);
    },
  };
}
