import type { Asked } from './request-limits.ts';

/** A request that was sent, or that waits until the same one can no longer be running in the org. */
export interface Waiting {
  /** By this machine's clock, ISO. */
  readonly since: string;
  /** Ms after which the client gives up. */
  readonly limitMs: number;
  readonly what: Asked['what'];
}

/** The requests for which the client waits. */
export interface Waits {
  /**
   * Adds a request.
   *
   * @returns a function that removes it
   */
  begin(what: Asked['what'], limitMs: number): () => void;
  readonly oldest: Waiting | null;
}

export function createWaits(): Waits {
  const all = new Set<Waiting>();
  return {
    begin(what, limitMs) {
      const one = { since: new Date().toISOString(), limitMs, what };
      all.add(one);
      return () => all.delete(one);
    },
    get oldest() {
      // A set keeps insertion order.
      const [first] = all;
      return first ?? null;
    },
  };
}
