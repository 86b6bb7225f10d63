/** Transactions last up to ten minutes, and what they commit carries older stamps: windows overlap by more. */
export const OVERLAP_MS = 11 * 60_000;

/** REST writes `+0000` where ISO 8601 has `Z`. */
export function iso(stamp: string | null): string {
  return stamp === null ? '1970-01-01T00:00:00.000Z' : new Date(stamp).toISOString();
}
