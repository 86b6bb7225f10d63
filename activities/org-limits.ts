import type { LimitFacts } from '../src/facts/limits.ts';
import { LimitError } from '../src/salesforce/errors.ts';
import type { ApiUsage } from '../src/salesforce/usage.ts';
import { limitText } from '../src/sentences/limits.ts';
import type { LimitReached } from '../workflows/contract.ts';

/** What the last 24 hours hold comes back by the hour; a question costs one API call. */
const ASK_AGAIN_MS = 15 * 60_000;

/**
 * Whether a run is to wait before it asks the org for more; null: it may go on. Pure.
 *
 * @param usage as the org's last reply told it; null: it did not
 * @param budgetPercent from this part of the org's limit on
 */
export function budgetReached(usage: ApiUsage | null, budgetPercent: number): LimitReached | null {
  if (usage === null || usage.used * 100 < usage.limit * budgetPercent) return null;
  return reached({ code: 'api_budget', usage, budgetPercent }, ASK_AGAIN_MS);
}

/** What a run waits for that was refused; null: another try soon is all that it takes. Pure. */
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
