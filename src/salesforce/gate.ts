import type { Lingering } from './lingering.ts';

/**
 * Limits how much work runs at once to what the org can take; the rest waits, first in, first out. If the org reports
 * too many requests, the limit is halved, and it grows by one after enough good answers. Requests that may still be
 * running in the org without a connection count as running.
 */
export interface Gate {
  /**
   * Runs the work when there is room.
   *
   * @param isShort true if it runs no query, so that it may run beside requests that linger in the org
   */
  run<T>(work: () => Promise<T>, isShort?: boolean): Promise<T>;
  /** How much may run at once now. */
  readonly width: number;
  /** Reports that the org has answered. */
  answered(): void;
  /**
   * Reports that the org had too many concurrent requests.
   *
   * @param widthThen the gate's width when the request was made: all requests made at one width narrow the gate only
   *   once
   */
  tooMany(widthThen: number): void;
}

/** Good answers needed before one more may run at once. */
const ANSWERS_A_STEP = 20;

/**
 * Creates a gate.
 *
 * @param widest how much may run at once if the org never objects
 */
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
