import { IncompleteReadError } from '../salesforce/errors.ts';
import type { SalesforceRecord } from '../salesforce/page.ts';

/** Maximum number of readings of one range, including the first. */
const MOST_READINGS = 5;

/** What a query returned and what it announced. */
export interface Reading {
  /** In the order of arrival. */
  readonly ids: ReadonlySet<string>;
  readonly received: number;
  readonly announced: number;
}

/**
 * Repeats a reading that returned fewer rows than it announced, until one can be trusted: it is complete, or has the
 * same ids as the reading before it.
 *
 * Salesforce collects a query's ids first, and fetches the rows when their page is requested, so rows deleted in
 * between are missing from later pages. Leaving such a row out is right, and so is keeping one from an earlier reading.
 * It was deleted after the run began, so its deletion has a later stamp. The next incremental pass, whose window begins
 * before the run, finds it in the recycle bin. For a share row, the counts show that it is gone. A record that has also
 * left the recycle bin is found by the sweep of a complete backfill.
 *
 * @throws IncompleteReadError if no reading can be trusted
 */
export async function agreedReading<One extends Reading>(first: One, again: () => Promise<One>): Promise<One> {
  let last = first;
  for (let readings = 1; readings < MOST_READINGS; readings++) {
    const next = await again();
    if (isComplete(next) || haveSameIds(last, next)) return next;
    last = next;
  }
  throw new IncompleteReadError(
    last.announced,
    last.received,
    `returned ${last.received}, and different rows each of the ${MOST_READINGS} times that it was asked`,
  );
}

export function isComplete({ received, announced }: Reading): boolean {
  return received >= announced;
}

export function readingOf(records: readonly SalesforceRecord[], announced: number): Reading {
  return { ids: new Set(records.map(identityOf)), received: records.length, announced };
}

/** Returns a row's Id; for a row without one, its whole content. */
export function identityOf(row: SalesforceRecord): string {
  return typeof row.Id === 'string' ? row.Id : JSON.stringify(row);
}

function haveSameIds(one: Reading, other: Reading): boolean {
  return one.ids.size === other.ids.size && [...one.ids].every((id) => other.ids.has(id));
}
