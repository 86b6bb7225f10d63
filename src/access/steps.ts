/** Work in steps of some milliseconds: what is done between two of them, if anything, is the caller's. */
export type Steps<Result> = Generator<void, Result, void>;

export function inOneGo<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}
