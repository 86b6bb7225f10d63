import type { QueryOutcome } from '../salesforce/batch.ts';
import type { Salesforce } from '../salesforce/client.ts';
import { isTooLarge } from './by-ids.ts';
import { queryMany, type ReadQuery } from './query-many.ts';

/** Some items, and the outcome of the one query about them. */
export interface Part<Item> {
  readonly items: readonly Item[];
  readonly outcome: QueryOutcome;
}

/**
 * Sends one query per part. Halves a part that takes the org too long, down to a single item.
 *
 * @param asked the answers to the parts, if they are already known
 * @returns the parts that were finally answered, in order
 */
export async function inHalves<Item>(
  salesforce: Salesforce,
  parts: readonly (readonly Item[])[],
  query: (items: readonly Item[]) => ReadQuery,
  signal: AbortSignal,
  asked: readonly QueryOutcome[] | null = null,
): Promise<Part<Item>[]> {
  const answers = asked ?? (await queryMany(salesforce, parts.map(query), signal));
  const answered: Part<Item>[] = [];
  for (const [at, items] of parts.entries()) {
    const outcome = answers[at];
    if (outcome === undefined) throw new Error('a part was not answered');
    if (isTooLarge(outcome) && items.length > 1)
      answered.push(...(await inHalves(salesforce, inParts(items, Math.ceil(items.length / 2)), query, signal)));
    else answered.push({ items, outcome });
  }
  return answered;
}

/** Splits a list into lists of at most `size` items. */
export function inParts<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, at) => items.slice(at * size, (at + 1) * size));
}
