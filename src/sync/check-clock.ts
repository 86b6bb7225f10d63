import { ClockSetBackError } from '../index/port/errors.ts';
import type { RunStore } from '../index/port/run-store.ts';
import type { Salesforce } from '../salesforce/client.ts';
import { orgTimeAsked } from './org-time.ts';

/**
 * Stops a run whose records the index would treat as outdated, because it has versions ahead of the org's clock.
 * Without this check, the run would read everything, add nothing, and succeed. The index was not ahead when the run was
 * admitted, so the org's clock has been set back since.
 *
 * Two attempts of one activity can also outdate each other's records, but only by seconds, and never with a version
 * ahead of the clock.
 *
 * @throws ClockSetBackError
 */
export async function checkClock(salesforce: Salesforce, store: RunStore, signal: AbortSignal): Promise<void> {
  if ((await store.aheadOf(iso(salesforce.clock.now()))) === null) return;
  const now = iso(await orgTimeAsked(salesforce, signal));
  const latest = await store.aheadOf(now);
  if (latest !== null) throw new ClockSetBackError(latest, now);
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
