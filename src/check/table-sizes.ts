import { probeQuery } from '../access/queries.ts';
import type { TableName } from '../access/tables.ts';
import type { QueryOutcome } from '../salesforce/batch.ts';
import type { Salesforce } from '../salesforce/client.ts';
import { answersToCounts, countIn } from '../sync/counted.ts';
import { PROBED_TABLES } from '../sync/probes.ts';
import type { Selection } from '../sync/selection.ts';
import type { Trial } from './trial.ts';

/** Rows of the tables of who is who; null: nobody knows. A table that the org does not show is not among them. */
export type TableSizes = ReadonlyMap<TableName, number | null>;

/** So many rows are read in some twenty seconds. */
const MOST_ROWS = 50_000;

/** Runs read rows of the indexed objects only, of many more: these are counted in any case. */
const COUNTED: readonly TableName[] = ['ObjectPermissions', 'FieldPermissions'];

/** A count of them all would itself take too long. */
const NEVER_COUNTED: TableName = 'PermissionSetAssignment';
const ASSIGNMENTS_A_USER = 10;

/** How large the tables are. One API call or two: what `recordCounts` lacks is counted. */
export async function sizesOfTables(
  salesforce: Salesforce,
  trial: Trial,
  selection: Selection,
  recordCounts: ReadonlyMap<string, number> | null,
): Promise<TableSizes> {
  const shown = PROBED_TABLES.filter((table) => selection.describes.get(table));
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

/** A table that cannot be counted cannot be read either, unless the count took too long. */
function rowsIn(answer: QueryOutcome | undefined): number | null {
  return answer?.ok === false && answer.error.retry === 'give-up' ? 0 : countIn(answer);
}

/** Whether the tables can be read whole within a minute, with all else. */
export function areSmall(sizes: TableSizes): boolean {
  let rows = 0;
  for (const size of sizes.values()) rows += size ?? Number.POSITIVE_INFINITY;
  return rows <= MOST_ROWS;
}
