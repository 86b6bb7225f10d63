import { type MembershipQuery, membershipQueries } from '../access/queries.ts';
import type { DescribedField, OrgTables, TableRows } from '../access/tables.ts';
import type { TableName } from '../facts/coverage-gaps.ts';
import type { StoredTables, TableReading, TableReadings } from '../index/port/membership.ts';
import { isRecordId } from '../lib/record-ids.ts';
import { OBJECT_NAMES } from '../objects/index.ts';
import type { Salesforce } from '../salesforce/client.ts';
import { type SoqlQuery, toSoql } from '../soql/query.ts';
import type { AssignmentPlan } from './assignments.ts';
import type { Probes } from './probes.ts';
import {
  ASSIGNMENTS,
  areAssignmentsRead,
  type OtherTables,
  readAllAssignments,
  readChangedAssignments,
} from './read-assignments.ts';
import { isHourOld, readingOf } from './readings.ts';
import type { ResolvedSchema } from './resolved-schema.ts';
import { answerOf, stands, type TablesInput } from './table-answer.ts';
import { readWholeTables, TableSizes } from './whole-tables.ts';

type AnyTable = OrgTables[TableName];
type Asked = MembershipQuery & { readonly soql: SoqlQuery };

/**
 * Salesforce derives rows of rights from their permission sets, without a stamp of their own. So if one of these tables
 * has changed, all are read. Some changes affect neither count nor stamp, so all are also read once an hour.
 */
const RIGHTS: readonly TableName[] = ['PermissionSet', 'PermissionSetGroup', 'ObjectPermissions', 'FieldPermissions'];

/** The membership tables, and how they were read. */
export interface ReadTables extends Pick<StoredTables, 'tables' | 'readings'> {
  /** The assignments among them; null if they cannot be read. */
  readonly assignments: AssignmentPlan | null;
}

/** Returns the query for each table, with the fields that describe lists. */
export function tableQueries(schema: ResolvedSchema): MembershipQuery[] {
  return membershipQueries((table) => {
    const described = schema.describes.get(table);
    return described ? new Set(described.fields.map((field) => field.name)) : null;
  });
}

export function describedFields(schema: ResolvedSchema): OrgTables['described'] {
  return Object.fromEntries(
    OBJECT_NAMES.map((name) => [name, schema.describes.get(name)?.fields.map(describedField) ?? null]),
  ) as OrgTables['described'];
}

/** Keeps only what decides access, because the result is stored, and compared with what is stored. */
function describedField({ name, permissionable, compoundFieldName }: DescribedField): DescribedField {
  return { name, permissionable, compoundFieldName };
}

/**
 * Returns the tables that must be read: those without a reading that is still valid. Without the assignments.
 *
 * @param since readings before this version of the org's time do not count
 */
export function tablesToRead(
  queries: readonly MembershipQuery[],
  probes: Pick<Probes, 'at' | 'tables' | 'rows'>,
  readings: TableReadings,
  since: number,
): Asked[] {
  const asked = queries.filter(isAsked).filter(({ table }) => table !== ASSIGNMENTS);
  const changed = asked.filter((query) => {
    const { table } = query;
    const soql = toSoql(query.soql);
    if (probes.rows.get(table)?.soql === soql) return false;
    const reading = readings[table];
    if (reading !== undefined && RIGHTS.includes(table) && isHourOld(reading.at, probes.at)) return true;
    return reading?.soql !== soql || !stands(reading, probes.tables.get(table), since);
  });
  const changedRights = changed.some(({ table }) => RIGHTS.includes(table));
  return asked.filter((query) => changed.includes(query) || (changedRights && RIGHTS.includes(query.table)));
}

/** Returns whether there is nothing to read. */
export function isAllRead(
  schema: ResolvedSchema,
  plan: AssignmentPlan | null,
  probes: Probes,
  readings: TableReadings,
  since: number,
): boolean {
  const queries = tableQueries(schema);
  if (tablesToRead(queries, probes, readings, since).length > 0) return false;
  return areAssignmentsRead(queryOf(queries, ASSIGNMENTS), plan, probes, readings, since);
}

/**
 * Reads the tables that have changed since the held ones were read, and takes the others from the held ones. Five
 * tables per API call, plus one call for each further page. Then reads the assignments, after counting them if it is
 * not known which were read last.
 *
 * @param held tables from earlier readings; null if there are none
 * @throws OutdatedDescribes
 */
export async function readChangedTables(
  input: TablesInput,
  probes: Probes,
  held: Pick<StoredTables, 'tables' | 'readings'> | null,
  since: number,
): Promise<ReadTables> {
  const { salesforce, schema } = input;
  const queries = tableQueries(schema);
  const described = describedFields(schema);
  // Counts include rows that the integration user does not see, so they do not show a change of its visibility.
  const isSeenAlike = held !== null && JSON.stringify(held.tables.described) === JSON.stringify(described);
  const usable = isSeenAlike ? held : null;
  const toRead = tablesToRead(queries, probes, usable?.readings ?? {}, since);
  const at = salesforce.clock.now();
  const read = await readRows(input, toRead, usable?.tables ?? null);

  const tables = new Map<TableName, AnyTable>();
  const readings: Partial<Record<TableName, TableReading>> = {};
  for (const query of queries) {
    const { table } = query;
    if (table === ASSIGNMENTS) continue;
    const fresh = read.get(table);
    tables.set(table, fresh?.rows ?? tableWithoutReading(query, probes) ?? heldTable(usable, table));
    const reading = fresh === undefined ? usable?.readings[table] : newReading(query, at, probes, fresh.totalSize);
    if (reading) readings[table] = reading;
  }
  const others = Object.fromEntries(tables) as OtherTables;
  const query = queryOf(queries, ASSIGNMENTS);
  const assigned = await readChangedAssignments(input, query, others, { probes, held: usable, since });
  if (assigned.reading !== null) readings[ASSIGNMENTS] = assigned.reading;
  return { tables: { ...others, [ASSIGNMENTS]: assigned.table, described }, readings, assignments: assigned.plan };
}

/** Reads every table, regardless of earlier readings. Four API calls, plus one for each further page. */
export async function readTables(
  salesforce: Salesforce,
  schema: ResolvedSchema,
  signal: AbortSignal,
): Promise<OrgTables> {
  const queries = tableQueries(schema);
  const input = { salesforce, schema, sizes: new TableSizes(), mayBeOutdated: false, signal };
  const asked = queries.filter(isAsked).filter(({ table }) => table !== ASSIGNMENTS);
  const read = await readRows(input, asked, null);
  const tables = asked.map(({ table }) => [table, read.get(table)?.rows]);
  const hidden = queries.map((query) => [query.table, notAsked(query)]);
  const others = Object.fromEntries([...hidden, ...tables]) as OtherTables;
  const assignments = await readAllAssignments(input, queryOf(queries, ASSIGNMENTS), others);
  return { ...others, [ASSIGNMENTS]: assignments, described: describedFields(schema) };
}

interface ReadRows {
  readonly rows: AnyTable;
  readonly totalSize: number | null;
}

async function readRows(
  input: TablesInput,
  asked: readonly Asked[],
  held: OrgTables | null,
): Promise<Map<TableName, ReadRows>> {
  const { salesforce, sizes, signal } = input;
  const parents = (held?.PermissionSet.rows ?? []).flatMap(({ Id }) => (Id && isRecordId(Id) ? Id : []));
  // By design, Salesforce leaves out permissions on objects that the integration user does not see.
  const answers = await readWholeTables(
    salesforce,
    asked.map(({ table, soql }) => ({ soql, allowFewer: /^(Field|Object)Permissions$/.test(table) })),
    { sizes, parents, signal },
  );
  return new Map(
    asked.map(({ table }, position): [TableName, ReadRows] => {
      const answer = answerOf(answers[position], input);
      if (answer.records === null) return [table, { rows: { rows: null, reason: answer.reason }, totalSize: null }];
      return [table, { rows: rowsOf(answer.records), totalSize: answer.totalSize }];
    }),
  );
}

function newReading(
  { table, soql }: MembershipQuery,
  at: number,
  probes: Probes,
  totalSize: number | null,
): TableReading | null {
  const probe = probes.tables.get(table);
  return soql === null || probe === undefined || totalSize === null
    ? null
    : readingOf(toSoql(soql), at, probe, totalSize);
}

function queryOf(queries: readonly MembershipQuery[], name: TableName): MembershipQuery {
  const query = queries.find(({ table }) => table === name);
  if (query === undefined) throw new Error(`there is no query of ${name}`);
  return query;
}

function isAsked(query: MembershipQuery): query is Asked {
  return query.soql !== null;
}

function notAsked(query: MembershipQuery): AnyTable | null {
  return query.soql === null ? { rows: null, reason: query.reason } : null;
}

function tableWithoutReading(query: MembershipQuery, probes: Probes): AnyTable | null {
  const simply = probes.rows.get(query.table);
  if (query.soql !== null && simply?.soql === toSoql(query.soql)) return rowsOf(simply.records);
  return notAsked(query);
}

function heldTable(held: Pick<StoredTables, 'tables'> | null, table: TableName): AnyTable {
  if (held === null) throw new Error(`${table} is neither read nor held`);
  return held.tables[table];
}

function rowsOf(records: readonly unknown[]): AnyTable {
  return { rows: records as readonly TableRows[TableName][] } as AnyTable;
}
