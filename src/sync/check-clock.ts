import { ClockSetBackError } from '../index/errors.ts';
import type { IndexWriter } from '../index/port.ts';
import type { Salesforce } from '../salesforce/client.ts';
import { orgTimeAsked } from './org-time.ts';

/**
 * Fails a run whose records the index would take for outdated, because it holds versions that lie after the org's clock.
 * Otherwise the run would read everything, add nothing, and end well. At its admission the index was not ahead: the org's
 * clock was set back since.
 *
 * Two attempts of one activity may outdate each other's records too, but only by seconds, and never with a version that
 * lies after the clock.
 *
 * @throws ClockSetBackError
 */
export async function checkClock(salesforce: Salesforce, index: IndexWriter, signal: AbortSignal): Promise<void> {
  if ((await index.aheadOf(iso(salesforce.clock.now()))) === null) return;
  const now = iso(await orgTimeAsked(salesforce, signal));
  const latest = await index.aheadOf(now);
  if (latest !== null) throw new ClockSetBackError(latest, now);
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
