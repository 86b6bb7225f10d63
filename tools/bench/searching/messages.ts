import type { LoopDelay } from '../deployment/watch-loop-delay.ts';

/** Searches that a searching process is to make. */
export interface Asked {
  readonly searches: readonly { readonly as: string; readonly words: string }[];
  /** How many of them are under way at the same time. */
  readonly parallel: number;
}

/** What they took. */
export interface Answered {
  /** Milliseconds of each search that was answered, in the order of the searches. */
  readonly times: readonly number[];
  /** The hits on all pages together. */
  readonly hits: number;
  /** Searches of users who cannot search. They are not in `times`. */
  readonly refused: number;
  /** From the first search to the end of the last. */
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly loopDelay: LoopDelay;
}
