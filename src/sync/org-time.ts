import type { Salesforce } from '../salesforce/client.ts';

/** The first mostly settles it. */
const MOST_QUESTIONS = 3;

/**
 * The org's time in ms, on which two replies agree. Where only one has come, or the last one contradicts those before it,
 * the org is asked something that its API limit does not count.
 */
export async function orgTime(salesforce: Salesforce, signal: AbortSignal): Promise<number> {
  // A worker that has just started has had no reply yet.
  if (salesforce.clock.lastDate === null) await salesforce.authenticate({ signal });
  for (let asked = 0; salesforce.clock.inDoubt && asked < MOST_QUESTIONS; asked += 1)
    await salesforce.versions({ signal });
  return salesforce.clock.now();
}

/**
 * The same, by an answer of this moment: for code that is about to refuse something because of it. The monotonic clock that
 * runs between two replies stands still while a machine sleeps.
 */
export async function orgTimeAsked(salesforce: Salesforce, signal: AbortSignal): Promise<number> {
  await salesforce.versions({ signal });
  return orgTime(salesforce, signal);
}
