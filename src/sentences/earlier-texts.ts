/**
 * Texts that versions before codes stored without a value, and that this version must still read. Nothing else reads a
 * sentence. The words are those of commit c516d8e, and never change.
 */

/** Reads the next complete run from an incremental run's `reason`. Null: the reason is another run's. */
export function nextCompleteIn(reason: string): number | null {
  const [, told] = /^the next complete backfill is run (\d{1,15})$/.exec(reason) ?? [];
  return told === undefined ? null : Number(told);
}

/**
 * Finds the line of a run's `closed` that says that nobody finds anything. Null: there is none. For memos without
 * `gaps`.
 */
export function nobodyFindsLine(closed: readonly string[]): string | null {
  return closed.find((line) => line.includes('nobody finds anything')) ?? null;
}
