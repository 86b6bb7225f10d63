import type { ApiUsage } from '../salesforce/usage.ts';

/** A limit of the org that a run waits for; `src/sentences/limits.ts` has the words. */
export type LimitFacts =
  /** `api_budget_percent` of the org's API requests in 24 hours are used. */
  | { readonly code: 'api_budget'; readonly usage: ApiUsage; readonly budgetPercent: number }
  /** The org refuses API requests; null: it did not tell its usage. */
  | { readonly code: 'api_limit'; readonly message: string; readonly usage: ApiUsage | null }
  | { readonly code: 'login_limit'; readonly message: string };
