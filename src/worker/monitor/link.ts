/** Tracks whether something that the worker needs answers. */
export interface Link {
  answered(): void;
  silent(): void;
  /** Returns the milliseconds since it last answered. 0: it answers. */
  silentMs(): number;
}

/** Called when something stops answering, and when it answers again. */
export interface LinkChanges {
  readonly away: () => void;
  readonly back: (seconds: number) => void;
}

/** Creates a link, which is assumed to answer at first. Each change is reported once. */
export function createLink({ away, back }: LinkChanges, now: () => number = Date.now): Link {
  let silentSince: number | null = null;
  return {
    answered() {
      if (silentSince === null) return;
      back((now() - silentSince) / 1000);
      silentSince = null;
    },
    silent() {
      if (silentSince !== null) return;
      silentSince = now();
      away();
    },
    silentMs: () => (silentSince === null ? 0 : now() - silentSince),
  };
}
