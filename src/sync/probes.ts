import { MEMBERSHIP_TABLES, probeQuery, wholeQuery } from '../access/queries.ts';
import type { TableName } from '../facts/coverage-gaps.ts';
import type { QueryOutcome } from '../salesforce/batch.ts';
import type { Salesforce } from '../salesforce/client.ts';
import { LostAccessError } from '../salesforce/errors.ts';
import type { SalesforceRecord } from '../salesforce/page.ts';
import { type SoqlQuery, toSoql } from '../soql/query.ts';
import { type AssignmentPlan, type AssignmentsProbe, assignmentProbes, probeAssignments } from './assignments.ts';
import { orgTime } from './org-time.ts';
import { type Probe, probeIn } from './readings.ts';
import type { Describes } from './resolved-schema.ts';

/** Tables with a few rows at most, which cost no more to read than to probe. EntityDefinition has no aggregates. */
const SIMPLY_READ: readonly TableName[] = ['Organization', 'EntityDefinition'];

/** What the org reports about its tables before any of them is read. */
export interface Probes {
  /** The org's time just before the first probe, as a version. */
  readonly at: number;
  readonly tables: ReadonlyMap<TableName, Probe>;
  /** Tables that were read instead of probed, with the text of the query. */
  readonly rows: ReadonlyMap<TableName, { readonly soql: string; readonly records: readonly SalesforceRecord[] }>;
  /** Tables that the org does not show to the integration user. */
  readonly hidden: readonly TableName[];
  /** Null if the assignments were not probed, because it was not known which ones are read. */
  readonly assignments: AssignmentsProbe | null;
}

export const PROBED_TABLES: readonly TableName[] = MEMBERSHIP_TABLES.filter((table) => !SIMPLY_READ.includes(table));

const WITHOUT_ASSIGNMENTS = MEMBERSHIP_TABLES.filter((table) => table !== 'PermissionSetAssignment');

/** One query per table, five per API call. */
const TABLE_QUERIES: readonly SoqlQuery[] = WITHOUT_ASSIGNMENTS.map((table) =>
  SIMPLY_READ.includes(table) ? wholeQuery(table) : probeQuery(table),
);

/** Number of queries that a run sends before it reads a table, if all assignments fit into one. */
export const PROBES = TABLE_QUERIES.length + 1;

/** What a run knows of the tables from the previous one. */
export interface ProbedWith {
  /** sObjects to describe in the same calls. */
  readonly describes?: readonly string[];
  /** The assignments that were read last; null if none were. */
  readonly assignments: AssignmentPlan | null;
}

/**
 * Asks for every table whether it has changed, and describes sObjects in the same calls: three calls for up to 60
 * sObjects. A table that the org refuses to count must be read.
 */
export async function probeTables(
  salesforce: Salesforce,
  { describes = [], assignments }: ProbedWith,
  signal: AbortSignal,
): Promise<Probes & { readonly describes: Describes }> {
  const at = await orgTime(salesforce, signal);
  const ofAssignments = assignments === null ? [] : assignmentProbes(assignments);
  const queries = [...TABLE_QUERIES, ...ofAssignments].map(toSoql);
  const asked = await salesforce.compositeBatch({ queries, describes }, { signal });
  const answers = asked.queries.slice(0, TABLE_QUERIES.length);
  const probed =
    assignments === null
      ? null
      : await probeAssignments(salesforce, assignments, signal, asked.queries.slice(TABLE_QUERIES.length));
  const hidden: TableName[] = WITHOUT_ASSIGNMENTS.filter((_, position) => isHidden(answers[position]));
  if (probed?.answers.some(isHidden) === true) hidden.push('PermissionSetAssignment');
  return { at, ...answered(answers), hidden, assignments: probed, describes: asked.describes };
}

function isHidden(answer: QueryOutcome | undefined): boolean {
  return answer?.ok === false && answer.error instanceof LostAccessError;
}

function answered(answers: readonly QueryOutcome[]): Pick<Probes, 'tables' | 'rows'> {
  const tables = new Map<TableName, Probe>();
  const rows = new Map<TableName, { soql: string; records: readonly SalesforceRecord[] }>();
  WITHOUT_ASSIGNMENTS.forEach((table, position) => {
    const answer = answers[position];
    if (SIMPLY_READ.includes(table)) {
      if (answer?.ok === true) rows.set(table, { soql: toSoql(wholeQuery(table)), records: answer.records });
      return;
    }
    const probe = probeIn(answer);
    if (probe !== null) tables.set(table, probe);
  });
  return { tables, rows };
}
