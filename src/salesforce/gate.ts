import type { Lingering } from './lingering.ts';

/**
 * Lets so many pieces of work run at once as the org bears; the others wait in the order in which they came. When the
 * org finds them too many it is half as many, and one more again after some good answers. Requests that may still run in
 * the org without a connection count as running.
 */
export interface Gate {
  /** @param isShort it runs no query, so it goes on beside requests that linger in the org */
  run<T>(work: () => Promise<T>, isShort?: boolean): Promise<T>;
  /** How many may run at once now. */
  readonly width: number;
  /** The org has answered. */
  answered(): void;
  /**
   * The org found too many requests at work.
   *
   * @param widthThen the gate's width when the request was made: all that were made at that width narrow it once
   */
  tooMany(widthThen: number): void;
}

/** Good answers until one more may run at once. */
const ANSWERS_A_STEP = 20;

/** @param widest how many may run at once where the org never objects */
export function createGate(widest: number, lingering: Lingering): Gate {
  const waiting: { readonly enter: () => void; readonly isShort: boolean }[] = [];
  let running = 0;
  let width = widest;
  let answers = 0;
  let looksAgain = false;

  function admit(): void {
    for (;;) {
      const hasRoom = running + lingering.count < width;
      const next = running < width ? waiting.findIndex(({ isShort }) => isShort || hasRoom) : -1;
      if (next === -1) break;
      running += 1;
      waiting.splice(next, 1)[0]?.enter();
    }
    if (waiting.length === 0 || looksAgain || lingering.count === 0) return;
    looksAgain = true;
    void lingering.firstEnded().finally(() => {
      looksAgain = false;
      admit();
    });
  }

  return {
    async run(work, isShort = false) {
      const turn = new Promise<void>((enter) => waiting.push({ enter, isShort }));
      admit();
      await turn;
      try {
        return await work();
      } finally {
        running -= 1;
        admit();
      }
    },
    get width() {
      return width;
    },
    answered() {
      if (width === widest) return;
      answers += 1;
      if (answers < ANSWERS_A_STEP) return;
      answers = 0;
      width += 1;
      admit();
    },
    tooMany(widthThen) {
      answers = 0;
      width = Math.min(width, Math.max(1, Math.floor(widthThen / 2)));
    },
  };
}
