import type { ApiUsage, LimitFacts } from '../src/facts/limits.ts';
import { LimitError } from '../src/salesforce/errors.ts';
import { limitText } from '../src/sentences/limits.ts';
import type { LimitReached } from '../workflows/contract.ts';

/** The org's 24-hour usage recovers by the hour, and each check costs one API call. */
const ASK_AGAIN_MS = 15 * 60_000;

/**
 * What a run must wait for before it asks the org for more; null: nothing. Pure.
 *
 * @param usage from the org's last reply; null: it had none
 * @param budgetPercent runs wait from this percentage of the org's limit on
 */
export function budgetReached(usage: ApiUsage | null, budgetPercent: number): LimitReached | null {
  if (usage === null || usage.used * 100 < usage.limit * budgetPercent) return null;
  return reached({ code: 'api_budget', usage, budgetPercent }, ASK_AGAIN_MS);
}

/** Returns what a refused run waits for. Null: retrying soon is enough. Pure. */
export function limitReached(error: unknown, usage: ApiUsage | null): LimitReached | null {
  if (!(error instanceof LimitError) || error.limit === 'concurrent') return null;
  const message = error.message.replace(/\.$/, '');
  const facts: LimitFacts =
    error.limit === 'login' ? { code: 'login_limit', message } : { code: 'api_limit', message, usage };
  return reached(facts, error.waitMs);
}

function reached(why: LimitFacts, waitMs: number): LimitReached {
  return { waitsFor: limitText(why), why, waitMs };
}
