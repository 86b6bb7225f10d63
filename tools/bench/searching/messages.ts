import type { LoopDelay } from '../deployment/watch-loop-delay.ts';

/** What is searched, and the user who searches. */
export interface Search {
  readonly as: string;
  readonly words: string;
}

/** Searches that a searching process is to make. */
export interface Asked {
  readonly searches: readonly Search[];
  /** How many of them are under way at the same time. */
  readonly parallel: number;
}

/** What they took. */
export interface Timed {
  /** Milliseconds of each search that was answered, in the order of the searches. */
  readonly times: readonly number[];
  /** The hits on all pages together. */
  readonly hits: number;
  /** Searches of users who cannot search. They are not in `times`. */
  readonly refused: number;
  /** From the first search to the end of the last. */
  readonly seconds: number;
  readonly cpuSeconds: number;
}

/** What they took in a process that also watched its event loop. */
export interface Answered extends Timed {
  readonly loopDelay: LoopDelay;
}
