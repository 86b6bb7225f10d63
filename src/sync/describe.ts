import { MEMBERSHIP_TABLES } from '../access/queries.ts';
import { OBJECTS } from '../objects/index.ts';
import type { Salesforce } from '../salesforce/client.ts';
import { type Selection, selectFields } from './selection.ts';

/** Every sObject that a run asks for: with 25 of them, one /composite describes all. */
export const DESCRIBED: readonly string[] = [
  ...OBJECTS.flatMap((object) => [object.name, object.share.object]),
  ...MEMBERSHIP_TABLES,
];

/** Describes what a run asks for, and chooses the fields. One API call. */
export async function describeSelection(salesforce: Salesforce, signal: AbortSignal): Promise<Selection> {
  return selectFields(await salesforce.describe(DESCRIBED, { signal }));
}
