const tails = new Map<string, Promise<unknown>>();

/**
 * Runs `work` when all work on the same path that was asked for before has ended. Two connections of one process would
 * otherwise wait for each other's write transaction inside SQLite, where nothing else of the process can go on.
 */
export function exclusively<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  const before = tails.get(path) ?? Promise.resolve();
  const mine = before.then(work, work);
  const tail = mine.catch(() => undefined);
  tails.set(path, tail);
  void tail.then(() => {
    if (tails.get(path) === tail) tails.delete(path);
  });
  return mine;
}
