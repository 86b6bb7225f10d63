/**
 * Lets so many pieces of work run at once as the org bears; the others wait in the order in which they came. When the
 * org finds them too many it is half as many, and one more again after some good answers.
 */
export interface Gate {
  run<T>(work: () => Promise<T>): Promise<T>;
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
export function createGate(widest: number): Gate {
  const waiting: (() => void)[] = [];
  let running = 0;
  let width = widest;
  let answers = 0;

  function admit(): void {
    while (running < width && waiting.length > 0) {
      running += 1;
      waiting.shift()?.();
    }
  }

  return {
    async run(work) {
      const turn = new Promise<void>((resolve) => waiting.push(resolve));
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
