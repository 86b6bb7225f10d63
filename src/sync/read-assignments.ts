import type { MembershipQuery } from '../access/queries.ts';
import type { OrgTables, PermissionSetAssignmentRow } from '../access/tables.ts';
import type { StoredTables, TableReading, TableReadings } from '../index/port/membership.ts';
import type { SoqlQuery } from '../soql/query.ts';
import {
  type AssignmentPlan,
  assignmentQueries,
  nameOfReading,
  planAssignments,
  probeAssignments,
} from './assignments.ts';
import type { Probes } from './probes.ts';
import { isHourOld, readingOf } from './readings.ts';
import { answerOf, stands, type TablesInput } from './table-answer.ts';
import { readWholeTables } from './whole-tables.ts';

export const ASSIGNMENTS = 'PermissionSetAssignment';

/** The tables that show which assignments decide. They are read first. */
export type OtherTables = Omit<OrgTables, typeof ASSIGNMENTS | 'described'>;

/** The assignments that decide, and how they were read. */
export interface ReadAssignments {
  readonly table: OrgTables[typeof ASSIGNMENTS];
  /** Null if the next run cannot rely on the reading. */
  readonly reading: TableReading | null;
  /** Null if the assignments cannot be read. */
  readonly plan: AssignmentPlan | null;
}

/** Returns whether the plan's assignments are still as they were read. */
export function areAssignmentsRead(
  query: MembershipQuery,
  plan: AssignmentPlan | null,
  { at, assignments: probed }: Probes,
  readings: TableReadings,
  since: number,
): boolean {
  if (query.soql === null || plan === null) return query.soql === null && plan === null;
  const reading = readings[ASSIGNMENTS];
  if (reading?.soql !== nameOfReading(query.soql, plan) || probed?.plan.key !== plan.key) return false;
  return !isHourOld(reading.at, at) && stands(reading, probed.probe, since);
}

/**
 * Reads the assignments that decide according to the other tables, if they have changed since the held ones were read.
 * Five queries per call, plus a call for each further page. Counts them first if the probe counted others.
 */
export async function readChangedAssignments(
  input: TablesInput,
  query: MembershipQuery,
  tables: OtherTables,
  { probes, held, since }: { probes: Probes; held: Pick<StoredTables, 'tables' | 'readings'> | null; since: number },
): Promise<ReadAssignments> {
  const { salesforce, signal } = input;
  const { soql } = query;
  if (soql === null) return { table: { rows: null, reason: query.reason }, reading: null, plan: null };
  const planned = planAssignments(tables, probes.assignments?.plan ?? null);
  const probed =
    probes.assignments?.plan.key === planned.key
      ? probes.assignments
      : await probeAssignments(salesforce, planned, signal);
  const { plan, probe } = probed;
  const now = { ...probes, assignments: probed };
  if (held !== null && areAssignmentsRead(query, plan, now, held.readings, since)) {
    // Only assignments of active users are read. When other users become active, count and stamp can stay the same.
    if (!isAnyoneNewlyActive(held.tables.User, tables.User))
      return { table: held.tables[ASSIGNMENTS], reading: held.readings[ASSIGNMENTS] ?? null, plan };
  }
  const at = salesforce.clock.now();
  const { table, totalSize } = await readAssignments(input, soql, plan);
  const isKnown = probe !== null && table.rows !== null;
  return { table, reading: isKnown ? readingOf(nameOfReading(soql, plan), at, probe, totalSize) : null, plan };
}

/** Reads all assignments that decide according to the other tables. */
export async function readAllAssignments(
  input: TablesInput,
  query: MembershipQuery,
  tables: OtherTables,
): Promise<OrgTables[typeof ASSIGNMENTS]> {
  if (query.soql === null) return { rows: null, reason: query.reason };
  return (await readAssignments(input, query.soql, planAssignments(tables, null))).table;
}

async function readAssignments(
  input: TablesInput,
  soql: SoqlQuery,
  plan: AssignmentPlan,
): Promise<{ readonly table: OrgTables[typeof ASSIGNMENTS]; readonly totalSize: number }> {
  const { salesforce, sizes, signal } = input;
  const queries = assignmentQueries(soql, plan).map((each) => ({ soql: each }));
  const rows: PermissionSetAssignmentRow[] = [];
  const texts = new Map<unknown, unknown>();
  let totalSize = 0;
  for (const outcome of await readWholeTables(salesforce, queries, { sizes, parents: [], signal })) {
    const answer = answerOf(outcome, input);
    if (answer.records === null) return { table: { rows: null, reason: answer.reason }, totalSize: 0 };
    totalSize += answer.totalSize;
    for (const record of answer.records) rows.push(withSharedTexts(record, texts));
  }
  return { table: { rows }, totalSize };
}

/** Millions of rows name the same users and sets, so each text is stored only once. */
function withSharedTexts(row: object, texts: Map<unknown, unknown>): PermissionSetAssignmentRow {
  const shared = Object.entries(row).map(([column, value]) => {
    if (!texts.has(value)) texts.set(value, value);
    return [column, texts.get(value)];
  });
  return Object.fromEntries(shared);
}

function isAnyoneNewlyActive(before: OrgTables['User'], now: OrgTables['User']): boolean {
  if (before === now) return false;
  const active = new Set((before.rows ?? []).filter(({ IsActive }) => IsActive === true).map(({ Id }) => Id));
  return (now.rows ?? []).some(({ Id, IsActive }) => IsActive !== false && !active.has(Id));
}
