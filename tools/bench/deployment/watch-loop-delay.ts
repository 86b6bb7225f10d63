import { monitorEventLoopDelay } from 'node:perf_hooks';

/** The environment variable that names the file for `loop-delay.ts`. */
export const LOOP_DELAY_FILE = 'BENCH_LOOP_DELAY_FILE';

/** How late an event loop was, in milliseconds. */
export interface LoopDelay {
  readonly p999: number;
  readonly longest: number;
}

/** A timer of this length measures the delays. */
const EVERY_MS = 5;
const NANOSECONDS_A_MS = 1e6;

/** Watches the delay of this thread's event loop. `take` returns what was seen since the last call. */
export function watchLoopDelay(): { take(): LoopDelay } {
  const histogram = monitorEventLoopDelay({ resolution: EVERY_MS });
  histogram.enable();
  // The histogram has the time between two ticks of the timer.
  const late = (nanoseconds: number): number => Math.max(0, nanoseconds / NANOSECONDS_A_MS - EVERY_MS);
  return {
    take() {
      const seen = { p999: late(histogram.percentile(99.9)), longest: late(histogram.max) };
      histogram.reset();
      return seen;
    },
  };
}
