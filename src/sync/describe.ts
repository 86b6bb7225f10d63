import { MEMBERSHIP_TABLES } from '../access/queries.ts';
import type { Choices } from '../objects/choice.ts';
import { OBJECTS } from '../objects/index.ts';
import type { Salesforce } from '../salesforce/client.ts';
import { UserError } from '../user-error.ts';
import { type Probes, probeTables } from './probes.ts';
import { type Describes, type ObjectSelection, type Selection, selectFields } from './selection.ts';
import { probeFilter } from './soql.ts';

/** The org refuses a `where` of the config file. */
export class FilterRefusedError extends UserError {
  override name = 'FilterRefusedError';
}

/** Every sObject that a run asks for: with 25 of them, one /composite describes all. */
export const DESCRIBED: readonly string[] = [
  ...OBJECTS.flatMap((object) => [object.name, object.share.object]),
  ...MEMBERSHIP_TABLES,
];

/**
 * Describes what a run asks for, and chooses the fields. One API call, and one more where records are filtered.
 *
 * @throws FilterRefusedError where the org refuses a filter
 */
export async function describeSelection(
  salesforce: Salesforce,
  choices: Choices,
  signal: AbortSignal,
): Promise<Selection> {
  return select(salesforce, await salesforce.describe(DESCRIBED, { signal }), choices, signal);
}

/**
 * The same, and asks in the same calls whether who is who has changed. Three API calls, and one more where records are
 * filtered.
 *
 * @throws FilterRefusedError where the org refuses a filter
 */
export async function describeAndProbe(
  salesforce: Salesforce,
  choices: Choices,
  signal: AbortSignal,
): Promise<{ readonly selection: Selection; readonly probes: Probes }> {
  const { describes, ...probes } = await probeTables(salesforce, signal, DESCRIBED);
  return { selection: await select(salesforce, describes, choices, signal), probes };
}

async function select(
  salesforce: Salesforce,
  describes: Describes,
  choices: Choices,
  signal: AbortSignal,
): Promise<Selection> {
  const selection = selectFields(describes, choices);
  await checkFilters(salesforce, Object.values(selection.objects).filter(isFiltered), signal);
  return selection;
}

/** Whether only some records of the object are indexed. */
export function isFiltered(chosen: ObjectSelection): chosen is ObjectSelection & { where: string } {
  return chosen.readable && chosen.where !== null;
}

async function checkFilters(
  salesforce: Salesforce,
  filtered: readonly (ObjectSelection & { where: string })[],
  signal: AbortSignal,
): Promise<void> {
  if (filtered.length === 0) return;
  const answers = await salesforce.queryMany(
    filtered.map((chosen) => ({ soql: probeFilter(chosen) })),
    { signal },
  );
  filtered.forEach(({ object }, at) => {
    const answer = answers[at];
    if (answer === undefined || answer.ok) return;
    if (answer.error.retry !== 'give-up') throw answer.error;
    throw new FilterRefusedError(
      `objects.${object.name}.where in the config file: the org refuses the condition (${answer.error.message}): correct it, and start the worker again; a field in it must be visible to the integration user.`,
    );
  });
}
