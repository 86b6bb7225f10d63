import { MEMBERSHIP_TABLES } from '../access/queries.ts';
import type { TableName } from '../access/tables.ts';
import type { HeldFields } from '../index/port.ts';
import type { Choices } from '../objects/choice.ts';
import { OBJECTS } from '../objects/index.ts';
import type { Salesforce } from '../salesforce/client.ts';
import type { SalesforceError } from '../salesforce/errors.ts';
import { toSoql } from '../soql/query.ts';
import { UserError } from '../user-error.ts';
import type { AssignmentPlan } from './assignments.ts';
import { orgTime } from './org-time.ts';
import { type Probes, probeTables } from './probes.ts';
import { isHourOld } from './readings.ts';
import { type Describes, type ObjectSelection, type Selection, selectFields } from './selection.ts';
import { probeFilter } from './soql.ts';

/** The org refuses a `where` of the config file. */
export class FilterRefusedError extends UserError {
  override name = 'FilterRefusedError';

  constructor(message: string) {
    super(message, 'filter_refused');
  }
}

/** What is read of records follows from these: a run describes them each time. */
const RECORD_OBJECTS: readonly string[] = OBJECTS.flatMap((object) => [object.name, object.share.object]);

/** Every sObject that a run asks for: with 25 of them, one /composite describes all. */
export const DESCRIBED: readonly string[] = [...RECORD_OBJECTS, ...MEMBERSHIP_TABLES];

/** What describe said of the tables of who is who. It holds for an hour, unless the org shows other tables. */
export interface DescribedTables {
  /** The org's time before it was asked, as a version. */
  readonly at: number;
  readonly describes: Describes;
  /** See `Probes.hidden`. */
  readonly hidden: readonly TableName[];
}

/** What a worker knows of the tables of who is who from the run before; null: nothing. */
export interface KnownTables {
  readonly described: DescribedTables | null;
  readonly assignments: AssignmentPlan | null;
}

/** By what fields are chosen, beside what the org shows. */
export interface Wishes {
  readonly choices: Choices;
  /** What the index holds; null: nothing. */
  readonly held: HeldFields | null;
}

/**
 * Describes what a run asks for, and chooses the fields. One API call, and one more where records are filtered.
 *
 * @throws FilterRefusedError where the org refuses a filter
 */
export async function describeSelection(
  salesforce: Salesforce,
  wishes: Wishes,
  signal: AbortSignal,
): Promise<Selection> {
  return select(salesforce, await salesforce.describe(DESCRIBED, { signal }), wishes, signal);
}

/** What a run asks before it is admitted. */
export interface Described {
  readonly selection: Selection;
  readonly probes: Probes;
  readonly tables: DescribedTables;
}

/**
 * The same, and asks in the same calls whether who is who has changed. Three API calls, one more where records are
 * filtered, and one where the org shows other tables than an hour ago.
 *
 * @throws FilterRefusedError where the org refuses a filter
 */
export async function describeAndProbe(
  salesforce: Salesforce,
  wishes: Wishes,
  { described, assignments }: KnownTables,
  signal: AbortSignal,
): Promise<Described> {
  const known = described !== null && !isHourOld(described.at, await orgTime(salesforce, signal)) ? described : null;
  const asked = { describes: known === null ? DESCRIBED : RECORD_OBJECTS, assignments };
  const { describes, ...probes } = await probeTables(salesforce, asked, signal);
  const { hidden } = probes;
  const tables =
    known === null
      ? { at: probes.at, describes: ofTables(describes), hidden }
      : known.hidden.join() === hidden.join()
        ? known
        : await describeTables(salesforce, hidden, signal);
  const all = new Map([...describes, ...tables.describes]);
  return { selection: await select(salesforce, all, wishes, signal), probes, tables };
}

/** Describes the tables of who is who. One API call. */
export async function describeTables(
  salesforce: Salesforce,
  hidden: readonly TableName[],
  signal: AbortSignal,
): Promise<DescribedTables> {
  const at = await orgTime(salesforce, signal);
  return { at, describes: await salesforce.describe(MEMBERSHIP_TABLES, { signal }), hidden };
}

/** The same selection, with the columns that the tables have now. */
export function withTables(selection: Selection, { describes }: DescribedTables): Selection {
  return { ...selection, describes: new Map([...selection.describes, ...describes]) };
}

function ofTables(describes: Describes): Describes {
  return new Map(MEMBERSHIP_TABLES.map((table) => [table, describes.get(table) ?? null]));
}

async function select(
  salesforce: Salesforce,
  describes: Describes,
  { choices, held }: Wishes,
  signal: AbortSignal,
): Promise<Selection> {
  const selection = selectFields(describes, choices, held);
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
    filtered.map((chosen) => toSoql(probeFilter(chosen))),
    { signal, unanswered: 'refused' },
  );
  filtered.forEach(({ object }, at) => {
    const answer = answers[at];
    if (answer === undefined || answer.ok) return;
    // A filter that takes the org too long is not wrong: it costs the streams that it stands in, and no other.
    if (answer.error.retry === 'give-up') throw filterRefused(object.name, answer.error);
  });
}

export function filterRefused(object: string, { message }: SalesforceError): FilterRefusedError {
  return new FilterRefusedError(
    `objects.${object}.where in the config file: the org refuses the condition (${message}): correct it, and start the worker again; a field in it must be visible to the integration user.`,
  );
}
