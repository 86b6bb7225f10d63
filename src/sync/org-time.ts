import type { Salesforce } from '../salesforce/client.ts';

/** Usually the first request settles it. */
const MOST_QUESTIONS = 3;

/**
 * Returns the org's time in ms, confirmed by two replies. If there was only one reply, or the last one contradicts
 * those before it, sends requests that the org does not count towards its API limit.
 */
export async function orgTime(salesforce: Salesforce, signal: AbortSignal): Promise<number> {
  // A worker that has just started has had no reply yet.
  if (salesforce.clock.lastDate === null) await salesforce.authenticate({ signal });
  for (let asked = 0; salesforce.clock.inDoubt && asked < MOST_QUESTIONS; asked += 1)
    await salesforce.versions({ signal });
  return salesforce.clock.now();
}

/**
 * Returns the same after a new reply, for code about to refuse something because of the time. The monotonic clock
 * between two replies stops while a machine sleeps.
 */
export async function orgTimeAsked(salesforce: Salesforce, signal: AbortSignal): Promise<number> {
  await salesforce.versions({ signal });
  return orgTime(salesforce, signal);
}

/** A transaction can take ten minutes, and its rows have older stamps. Time windows overlap by more than that. */
export const OVERLAP_MS = 11 * 60_000;

/** REST writes `+0000` instead of the `Z` of ISO 8601. */
export function iso(stamp: string | null): string {
  return stamp === null ? '1970-01-01T00:00:00.000Z' : new Date(stamp).toISOString();
}

/**
 * The org's time in ms, as the version of what the next query reads. In a backfill it is never before the start, or the
 * sweep would remove what was just read.
 */
export function versionNow({ clock }: Salesforce, backfillStart: string | null): number {
  return Math.max(clock.now(), backfillStart === null ? 0 : Date.parse(backfillStart));
}
