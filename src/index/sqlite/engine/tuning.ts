/** Numbers that decide how fast searches are, and nothing else. All are measured. */
export interface Tuning {
  /** The most principals that are looked up as words. The documents of users with more are tested one by one. */
  readonly tokensUpTo: number;
  /** How many documents are tested at first, and the most that are tested at once: some 30 ms. */
  readonly firstWindow: number;
  readonly largestWindow: number;
  /** How many documents are tested in the time in which one principal is looked up. */
  readonly testsPerPrincipal: number;
  /** The number of principals that are looked up at once if there are more than `tokensUpTo`. */
  readonly principalsPerQuery: number;
}

export const TUNING: Tuning = {
  tokensUpTo: 128,
  firstWindow: 2_000,
  largestWindow: 50_000,
  testsPerPrincipal: 150,
  principalsPerQuery: 64,
};
