/** Somebody asked this process to end. */
export class Stopped extends Error {
  override name = 'Stopped';
  /** The exit code that shells use for a program that a signal ended: 128 + its number. */
  readonly exitCode: number;

  constructor(exitCode: number) {
    super('stopped by a signal');
    this.exitCode = exitCode;
  }
}

const SIGNALS = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const;

/** The npm commands that put a shell between themselves and a program. The shell does not forward signals. */
const SHELLED: readonly (string | undefined)[] = ['exec', 'start'];
const PARENT_EVERY_MS = 1_000;

export interface StopOnSignals {
  readonly signal: AbortSignal;
  /** Rejects with `Stopped`. Never resolves. */
  readonly stopped: Promise<never>;
  /** Fires `signal`. */
  now(): void;
  dispose(): void;
}

/**
 * Turns the first SIGINT, SIGTERM or SIGHUP into a clean end; a second one ends the process at once. Under npm start
 * and npx, the parent's end counts as a SIGTERM.
 */
export function stopOnSignals(): StopOnSignals {
  const controller = new AbortController();
  const { signal } = controller;
  const stopped = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  stopped.catch(() => {});
  const listeners = SIGNALS.map(([name, exitCode]) => {
    const listener = () => {
      if (signal.aborted) process.exit(exitCode);
      controller.abort(new Stopped(exitCode));
    };
    process.on(name, listener);
    return [name, listener] as const;
  });
  const parent = process.ppid;
  const look = () => {
    if (process.ppid !== parent) controller.abort(new Stopped(143));
  };
  const watch = SHELLED.includes(process.env.npm_command) ? setInterval(look, PARENT_EVERY_MS).unref() : undefined;
  return {
    signal,
    stopped,
    now: () => controller.abort(new Stopped(0)),
    dispose: () => {
      clearInterval(watch);
      for (const [name, listener] of listeners) process.off(name, listener);
    },
  };
}
