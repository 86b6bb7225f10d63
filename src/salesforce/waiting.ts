import type { Asked } from './request-limits.ts';

/** A request that has been sent, or that waits until the same one cannot be running in the org any more. */
export interface Waiting {
  /** By this machine's clock, ISO. */
  readonly since: string;
  /** So long it may take before it is given up. */
  readonly limitMs: number;
  readonly what: Asked['what'];
}

/** What the client waits for. */
export interface Waits {
  /** @returns what ends the waiting */
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
      // A set keeps the order in which its members came.
      const [first] = all;
      return first ?? null;
    },
  };
}
