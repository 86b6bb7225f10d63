/** A request whose connection is gone, and which may still run in the org. */
interface Linger {
  readonly queries: readonly string[];
  /** The client's monotonic time at which the org has ended it, at the latest. */
  readonly endsAt: number;
}

/**
 * The requests that this client has no connection to any more, and that Salesforce goes on with: it notices neither a cut
 * connection nor a client that has given up. They count as long requests at work there, and the same query sent again
 * would run beside itself, which makes a slow org slower with every try. So nothing is sent again that is in here,
 * whoever sends it: the client's own retry, a smaller /composite, or Temporal's next attempt of an activity.
 */
export interface Lingering {
  /** @param queries what must not be sent again meanwhile */
  add(queries: readonly string[], forMs: number): void;
  readonly count: number;
  /** Waits until none of these queries can be running any more. */
  ended(queries: readonly string[], signal?: AbortSignal): Promise<void>;
  /** Waits until the first of all has ended. */
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
