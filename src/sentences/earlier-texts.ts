/**
 * What versions before codes stored as text alone, and this version must still know. Nothing else reads a sentence. The
 * words are those of commit c516d8e, and never change.
 */

/** The run that an incremental run's `reason` named as the next complete one; null: it is another run's reason. */
export function nextCompleteIn(reason: string): number | null {
  const [, told] = /^the next complete backfill is run (\d{1,15})$/.exec(reason) ?? [];
  return told === undefined ? null : Number(told);
}

/** The line of a run's `closed` by which nobody finds anything; null: there is none. Of memos without `gaps`. */
export function nobodyFindsLine(closed: readonly string[]): string | null {
  return closed.find((line) => line.includes('nobody finds anything')) ?? null;
}
