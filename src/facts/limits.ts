/** A limit of the org that a run waits for. `src/sentences/limits.ts` has the words. */
export type LimitFacts =
  /** The org has used `api_budget_percent` of its API requests in 24 hours. */
  | { readonly code: 'api_budget'; readonly usage: ApiUsage; readonly budgetPercent: number }
  /** The org refuses API requests. Null usage: the org did not report it. */
  | { readonly code: 'api_limit'; readonly message: string; readonly usage: ApiUsage | null }
  | { readonly code: 'login_limit'; readonly message: string };

/** API requests of the org in the last 24 hours, all clients together, and how many it may make. */
export interface ApiUsage {
  readonly used: number;
  readonly limit: number;
}
