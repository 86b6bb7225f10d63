import { LimitError } from '../src/salesforce/errors.ts';
import type { ApiUsage } from '../src/salesforce/usage.ts';
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
  return { waitsFor: `the org's API limit: ${inWords(usage)}, budget ${budgetPercent} %`, waitMs: ASK_AGAIN_MS };
}

/** What a run waits for that was refused; null: another try soon is all that it takes. Pure. */
export function limitReached(error: unknown, usage: ApiUsage | null): LimitReached | null {
  if (!(error instanceof LimitError) || error.limit === 'concurrent') return null;
  const { waitMs } = error;
  const message = error.message.replace(/\.$/, '');
  if (error.limit === 'login') return { waitsFor: `the org's limit of logins: ${message}`, waitMs };
  return { waitsFor: `the org's API limit: ${message}${usage === null ? '' : `, ${inWords(usage)}`}`, waitMs };
}

const NUMBERS = new Intl.NumberFormat('en');

function inWords({ used, limit }: ApiUsage): string {
  return `${NUMBERS.format(used)} of ${NUMBERS.format(limit)} used in 24 hours`;
}
