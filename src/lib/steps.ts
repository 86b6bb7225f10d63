/** Work in steps of some milliseconds. The caller decides what happens between two steps. */
export type Steps<Result> = Generator<void, Result, void>;

export function runSynchronously<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}
