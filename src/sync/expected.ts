import { OBJECT_NAMES, type ObjectName } from '../objects/index.ts';
import type { QueryOutcome } from '../salesforce/batch.ts';
import type { Salesforce } from '../salesforce/client.ts';
import { TransientError } from '../salesforce/errors.ts';
import { toSoql } from '../soql/query.ts';
import type { ResolvedSchema } from './resolved-schema.ts';
import { countIndexed } from './soql.ts';

/**
 * Returns the org's record count for each object of a backfill. Used for progress only, so objects that cannot be
 * counted are left out.
 */
export async function expectedRecords(
  salesforce: Salesforce,
  schema: ResolvedSchema,
  { objects = OBJECT_NAMES }: { readonly objects?: readonly ObjectName[] },
  signal: AbortSignal,
): Promise<Partial<Record<ObjectName, number>>> {
  const countable = objects.filter((name) => schema.objects[name].readable);
  const queries = countable.map((name) => toSoql(countIndexed(schema.objects[name], 'records')));
  // Five counts share a call's time limit, and a run does not depend on them.
  const answers = await salesforce.queryMany(queries, { signal }).catch((error: unknown): QueryOutcome[] => {
    if (error instanceof TransientError) return [];
    throw error;
  });
  const expected: Partial<Record<ObjectName, number>> = {};
  countable.forEach((name, at) => {
    const answer = answers[at];
    const records = answer?.ok ? answer.records[0]?.records : null;
    if (typeof records === 'number') expected[name] = records;
  });
  return expected;
}
