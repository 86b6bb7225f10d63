/** So many go without asking the guard: a small object may well lose a fifth of its records. */
const UNGUARDED = 50;

/**
 * Whether so many that are no longer met, of so many, look like access that the integration user has lost rather than like
 * what people do in the org. Pure.
 */
export function looksLikeLostAccess(missing: number, of: number, guardPercent: number): boolean {
  return missing > UNGUARDED && missing * 100 > of * guardPercent;
}
