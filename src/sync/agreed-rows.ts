import { IncompleteReadError } from '../salesforce/errors.ts';
import type { SalesforceRecord } from '../salesforce/page.ts';

/** Readings of one range, the first among them. */
const MOST_READINGS = 5;

/** What a query returned, beside what it announced. */
export interface Reading {
  /** In the order in which they came. */
  readonly ids: ReadonlySet<string>;
  readonly received: number;
  readonly announced: number;
}

/**
 * Reads again what returned fewer rows than it announced, until a reading can be believed: one that is complete, or that
 * has the same ids as the one before it.
 *
 * Salesforce gathers the ids of a query first, and fetches rows when their page is asked for: what is deleted in between
 * is missing from the later pages. To leave such a row out is right, and so is to keep one that an earlier reading had:
 * it was deleted after the run began, so that its deletion is stamped later, and the incremental pass that follows (its
 * window begins before the run) finds it in the recycle bin; of a share row the counts tell that it is gone, and of a
 * record that left the recycle bin too, the sweep of a complete backfill.
 *
 * @throws IncompleteReadError where no reading can be believed
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
    `returned ${last.received}, and other rows each of the ${MOST_READINGS} times that it was asked`,
  );
}

export function isComplete({ received, announced }: Reading): boolean {
  return received >= announced;
}

export function readingOf(records: readonly SalesforceRecord[], announced: number): Reading {
  return { ids: new Set(records.map(identityOf)), received: records.length, announced };
}

/** A row's Id; of one without, all that it holds. */
export function identityOf(row: SalesforceRecord): string {
  return typeof row.Id === 'string' ? row.Id : JSON.stringify(row);
}

function haveSameIds(one: Reading, other: Reading): boolean {
  return one.ids.size === other.ids.size && [...one.ids].every((id) => other.ids.has(id));
}
