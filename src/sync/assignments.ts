import { createHash } from 'node:crypto';
import { probeQuery } from '../access/queries.ts';
import type { OrgTables } from '../access/tables.ts';
import { isRecordId } from '../lib/record-ids.ts';
import type { QueryOutcome } from '../salesforce/batch.ts';
import type { Salesforce } from '../salesforce/client.ts';
import { NULL, quotedIds } from '../soql/literals.ts';
import { type Condition, compared, isIn, narrowed, type SoqlQuery, toSoql } from '../soql/query.ts';
import { type Assigned, decidingSets } from './deciding-sets.ts';
import { inHalves, inParts } from './halves.ts';
import { type Probe, probeIn, sumOf } from './readings.ts';

/**
 * PermissionSetAssignment is the only table that is not read whole: a large org has twenty million rows, few of which
 * decide anything. Reading the permissions shows which do. The worker remembers it for the next run's probes.
 */

/** About 9 KB of a URI after encoding, out of 16. */
const IDS_PER_QUERY = 300;

/** The sets and groups whose assignments are read, by query. Queries that took the org too long are split. */
export interface AssignmentPlan {
  /** Equal for equal sets and groups, regardless of the queries. */
  readonly key: string;
  readonly queries: readonly (readonly Assigned[])[];
}

/** The org's answer to the probes of a plan's assignments. */
export interface AssignmentsProbe {
  readonly plan: AssignmentPlan;
  /** Null if the org does not count them. */
  readonly probe: Probe | null;
  /** The org's answer to each query of the plan. */
  readonly answers: readonly QueryOutcome[];
}

/**
 * Plans the queries for the assignments that decide.
 *
 * @param known an earlier plan, reused if it is for the same sets
 */
export function planAssignments(
  tables: Pick<OrgTables, 'PermissionSet' | 'ObjectPermissions' | 'FieldPermissions'>,
  known: AssignmentPlan | null,
): AssignmentPlan {
  const deciding = decidingSets(tables).filter(({ id }) => isRecordId(id));
  const key = createHash('sha256')
    .update(deciding.map(({ id }) => id).join())
    .digest('base64');
  return known?.key === key ? known : { key, queries: inParts(deciding, IDS_PER_QUERY) };
}

/** Returns the queries for a plan's rows, with the columns of `soql`. */
export function assignmentQueries(soql: SoqlQuery, { queries }: AssignmentPlan): SoqlQuery[] {
  return queries.map((assigned) => narrowed(soql, assignedTo(assigned)));
}

/** Returns the name of a reading of a plan's rows. It is not a query, but the same text for the same sets. */
export function nameOfReading(soql: SoqlQuery, { key }: AssignmentPlan): string {
  return `${toSoql(soql)} AND what is assigned IN ${key}`;
}

export function assignmentProbes({ queries }: AssignmentPlan): SoqlQuery[] {
  return queries.map(probeOf);
}

/**
 * Counts the assignments. Splits queries that take the org too long; the returned plan has the smaller ones.
 *
 * @param asked the answers to `assignmentProbes`, if they are already known
 */
export async function probeAssignments(
  salesforce: Salesforce,
  plan: AssignmentPlan,
  signal: AbortSignal,
  asked: readonly QueryOutcome[] | null = null,
): Promise<AssignmentsProbe> {
  const query = (assigned: readonly Assigned[]) => ({ soql: probeOf(assigned) });
  const parts = await inHalves(salesforce, plan.queries, query, signal, asked);
  const answers = parts.map(({ outcome }) => outcome);
  return {
    plan: { key: plan.key, queries: parts.map(({ items }) => items) },
    probe: sumOf(answers.map(probeIn)),
    answers,
  };
}

function probeOf(assigned: readonly Assigned[]): SoqlQuery {
  return narrowed(probeQuery('PermissionSetAssignment'), assignedTo(assigned));
}

/** An assignment of a group may name only the group. No row matches two queries. */
function assignedTo(assigned: readonly Assigned[]): Condition {
  const idsOf = (by: Assigned['by']) => quotedIds(assigned.flatMap((one) => (one.by === by ? one.id : [])));
  const toSets = isIn('PermissionSetId', idsOf('PermissionSetId'));
  const toGroups = {
    all: [compared('PermissionSetId', '=', NULL), isIn('PermissionSetGroupId', idsOf('PermissionSetGroupId'))],
  };
  if (assigned.every(({ by }) => by === 'PermissionSetId')) return toSets;
  if (assigned.every(({ by }) => by === 'PermissionSetGroupId')) return toGroups;
  return { any: [toSets, toGroups] };
}
