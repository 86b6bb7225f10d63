import { performance } from 'node:perf_hooks';

/** Watches how long the event loop is blocked. The returned function gives the longest pause, in ms. */
export function watchPauses(): () => number {
  // monitorEventLoopDelay() misses a block that begins before its first tick.
  const EVERY_MS = 5;
  let last = performance.now();
  let longest = 0;
  const note = (): void => {
    const now = performance.now();
    longest = Math.max(longest, now - last - EVERY_MS);
    last = now;
  };
  const timer = setInterval(note, EVERY_MS);
  return () => {
    note();
    clearInterval(timer);
    return longest;
  };
}
