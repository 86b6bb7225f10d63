import { probeQuery } from '../access/queries.ts';
import type { TableName } from '../facts/coverage-gaps.ts';
import type { QueryOutcome } from '../salesforce/batch.ts';
import type { Salesforce } from '../salesforce/client.ts';
import { answersToCounts, countIn } from '../sync/ask-counts.ts';
import { PROBED_TABLES } from '../sync/probes.ts';
import type { ResolvedSchema } from '../sync/resolved-schema.ts';
import type { Trial } from './trial.ts';

/** The row counts of the membership tables; null: unknown. Tables that the org does not show are left out. */
export type TableSizes = ReadonlyMap<TableName, number | null>;

/** The rows that can be read in about twenty seconds. */
const MOST_ROWS = 50_000;

/** These are always counted: runs read only a small part of them, the rows of indexed objects. */
const COUNTED: readonly TableName[] = ['ObjectPermissions', 'FieldPermissions'];

/** Counting all rows would take too long. */
const NEVER_COUNTED: TableName = 'PermissionSetAssignment';
const ASSIGNMENTS_A_USER = 10;

/** The size of each table. Takes one or two API calls: what `recordCounts` lacks is counted. */
export async function sizesOfTables(
  salesforce: Salesforce,
  trial: Trial,
  schema: ResolvedSchema,
  recordCounts: ReadonlyMap<string, number> | null,
): Promise<TableSizes> {
  const shown = PROBED_TABLES.filter((table) => schema.describes.get(table));
  const sizes = new Map(shown.map((table) => [table, recordCounts?.get(table) ?? null] as const));
  const toCount = shown.filter(
    (table) => table !== NEVER_COUNTED && (sizes.get(table) === null || COUNTED.includes(table)),
  );
  const counted = await trial.within((signal) => answersToCounts(salesforce, toCount.map(probeQuery), { signal }));
  for (const [at, table] of toCount.entries()) sizes.set(table, rowsIn(counted?.[at]));
  const users = sizes.get('User') ?? null;
  if (sizes.get(NEVER_COUNTED) === null && users !== null) sizes.set(NEVER_COUNTED, users * ASSIGNMENTS_A_USER);
  return sizes;
}

/** If a table cannot be counted, it cannot be read either, unless the count only took too long. */
function rowsIn(answer: QueryOutcome | undefined): number | null {
  return answer?.ok === false && answer.error.retry === 'give-up' ? 0 : countIn(answer);
}

/** Whether there is time to read the whole tables: a check takes a minute. */
export function areSmall(sizes: TableSizes): boolean {
  let rows = 0;
  for (const size of sizes.values()) rows += size ?? Number.POSITIVE_INFINITY;
  return rows <= MOST_ROWS;
}
