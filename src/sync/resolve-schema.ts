import { MEMBERSHIP_TABLES } from '../access/queries.ts';
import { UserError } from '../errors.ts';
import type { TableName } from '../facts/coverage-gaps.ts';
import { OBJECTS } from '../objects/index.ts';
import type { Salesforce } from '../salesforce/client.ts';
import type { SalesforceError } from '../salesforce/errors.ts';
import { toSoql } from '../soql/query.ts';
import type { AssignmentPlan } from './assignments.ts';
import { orgTime } from './org-time.ts';
import { type Probes, probeTables } from './probes.ts';
import { isHourOld } from './readings.ts';
import {
  type Describes,
  type ObjectSchema,
  type ResolvedSchema,
  resolveFields,
  type Wishes,
} from './resolved-schema.ts';
import { probeFilter } from './soql.ts';

/** The org refuses a `where` of the config file. */
export class FilterRefusedError extends UserError {
  override name = 'FilterRefusedError';

  constructor(message: string) {
    super(message, 'filter_refused');
  }
}

/** sObjects that decide what is read of records. Every run describes them. */
const RECORD_OBJECTS: readonly string[] = OBJECTS.flatMap((object) => [object.name, object.share.object]);

/** Every sObject that a run needs: 25, so that one /composite describes them all. */
export const DESCRIBED: readonly string[] = [...RECORD_OBJECTS, ...MEMBERSHIP_TABLES];

/** The describes of the membership tables. Valid for an hour, unless the org shows other tables. */
export interface DescribedTables {
  /** The org's time before the describe, as a version. */
  readonly at: number;
  readonly describes: Describes;
  /** See `Probes.hidden`. */
  readonly hidden: readonly TableName[];
}

/** What a worker remembers of the membership tables from the previous run; null if nothing. */
export interface KnownTables {
  readonly described: DescribedTables | null;
  readonly assignments: AssignmentPlan | null;
}

/**
 * Describes what a run needs, and chooses the fields. One API call, plus one if records are filtered.
 *
 * @throws FilterRefusedError if the org refuses a filter
 */
export async function resolveSchema(
  salesforce: Salesforce,
  wishes: Wishes,
  signal: AbortSignal,
): Promise<ResolvedSchema> {
  return select(salesforce, await salesforce.describe(DESCRIBED, { signal }), wishes, signal);
}

/** The results of a run's requests before it is admitted. */
export interface Described {
  readonly schema: ResolvedSchema;
  readonly probes: Probes;
  readonly tables: DescribedTables;
}

/**
 * Does the same, and asks in the same calls whether the membership tables have changed. Three API calls, plus one if
 * records are filtered, plus one if the visible tables have changed in the last hour.
 *
 * @throws FilterRefusedError if the org refuses a filter
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
  return { schema: await select(salesforce, all, wishes, signal), probes, tables };
}

/** Describes the membership tables. One API call. */
export async function describeTables(
  salesforce: Salesforce,
  hidden: readonly TableName[],
  signal: AbortSignal,
): Promise<DescribedTables> {
  const at = await orgTime(salesforce, signal);
  return { at, describes: await salesforce.describe(MEMBERSHIP_TABLES, { signal }), hidden };
}

/** Returns the same resolved schema with the current columns of the tables. */
export function withTables(schema: ResolvedSchema, { describes }: DescribedTables): ResolvedSchema {
  return { ...schema, describes: new Map([...schema.describes, ...describes]) };
}

function ofTables(describes: Describes): Describes {
  return new Map(MEMBERSHIP_TABLES.map((table) => [table, describes.get(table) ?? null]));
}

async function select(
  salesforce: Salesforce,
  describes: Describes,
  wishes: Wishes,
  signal: AbortSignal,
): Promise<ResolvedSchema> {
  const schema = resolveFields(describes, wishes);
  await checkFilters(salesforce, Object.values(schema.objects).filter(isFiltered), signal);
  return schema;
}

/** Returns whether only some records of the object are indexed. */
export function isFiltered(chosen: ObjectSchema): chosen is ObjectSchema & { where: string } {
  return chosen.readable && chosen.where !== null;
}

async function checkFilters(
  salesforce: Salesforce,
  filtered: readonly (ObjectSchema & { where: string })[],
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
    // A slow filter is not wrong. It blocks only the streams that use it.
    if (answer.error.retry === 'give-up') throw filterRefused(object.name, answer.error);
  });
}

export function filterRefused(object: string, { message }: SalesforceError): FilterRefusedError {
  return new FilterRefusedError(
    `objects.${object}.where in the config file: the org refuses the condition (${message}): correct it, and restart the worker. Every field in it must be visible to the integration user.`,
  );
}
