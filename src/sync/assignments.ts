import { createHash } from 'node:crypto';
import { type Assigned, decidingSets } from '../access/deciding-sets.ts';
import { probeQuery } from '../access/queries.ts';
import type { OrgTables } from '../access/tables.ts';
import type { QueryOutcome } from '../salesforce/batch.ts';
import type { Salesforce } from '../salesforce/client.ts';
import { isRecordId, NULL, quotedIds } from '../soql/literals.ts';
import { type Condition, compared, isIn, narrowed, type SoqlQuery, toSoql } from '../soql/query.ts';
import { inHalves, inParts } from './halves.ts';
import { type Probe, probeIn, sumOf } from './readings.ts';

/**
 * PermissionSetAssignment is the one table that is not read whole: a large org has twenty million rows, and few of them
 * decide anything. Which do is known once the permissions are read; the worker remembers it for the next run's probes.
 */

/** Encoded some 9 KB of a URI, which holds 16. */
const IDS_PER_QUERY = 300;

/** What the rows that are read are assignments of, by query. Queries that took the org too long hold fewer. */
export interface AssignmentPlan {
  /** The same for the same sets and groups, whatever the queries. */
  readonly key: string;
  readonly queries: readonly (readonly Assigned[])[];
}

/** What the org says of the assignments of a plan. */
export interface AssignmentsProbe {
  readonly plan: AssignmentPlan;
  /** null: the org does not count them. */
  readonly probe: Probe | null;
  /** How the org answered each query of the plan. */
  readonly answers: readonly QueryOutcome[];
}

/** @param known a plan whose queries are taken where it is for the same sets */
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

/** The queries for the rows of a plan, with the columns of `soql`. */
export function assignmentQueries(soql: SoqlQuery, { queries }: AssignmentPlan): SoqlQuery[] {
  return queries.map((assigned) => narrowed(soql, assignedTo(assigned)));
}

/** What a reading of a plan's rows is known by: no query, but a text that stays the same for the same sets. */
export function nameOfReading(soql: SoqlQuery, { key }: AssignmentPlan): string {
  return `${toSoql(soql)} AND what is assigned IN ${key}`;
}

export function assignmentProbes({ queries }: AssignmentPlan): SoqlQuery[] {
  return queries.map(probeOf);
}

/**
 * Asks how many assignments there are. Where the org takes too long over a query, it is asked in smaller ones, which
 * the plan then has.
 *
 * @param asked the answers to `assignmentProbes`, where they were asked for already
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

/** An assignment of a group may name the group alone. No row is in two queries. */
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
