/** Whether somebody whom the worker needs answers. */
export interface Link {
  answered(): void;
  silent(): void;
  /** Milliseconds since it last answered; 0: it answers. */
  silentMs(): number;
}

/** Told when somebody stops to answer, and when they answer again. */
export interface LinkChanges {
  readonly away: () => void;
  readonly back: (seconds: number) => void;
}

/** Notes whether somebody answers, who is taken to do so at first. Each change is told once. */
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
