import type { Salesforce } from '../salesforce/client.ts';

/**
 * The org's time as the version of what the next query reads, in ms. Inside a backfill never below its start, or the sweep
 * would take what was just read.
 */
export function versionNow({ clock }: Salesforce, backfillStart: string | null): number {
  return Math.max(clock.now(), backfillStart === null ? 0 : Date.parse(backfillStart));
}
