import { type MembershipQuery, membershipQueries } from '../access/queries.ts';
import type { OrgTables, TableName, TableRows } from '../access/tables.ts';
import type { StoredTables, TableReading, TableReadings } from '../index/port.ts';
import { OBJECT_NAMES } from '../objects/index.ts';
import type { Salesforce } from '../salesforce/client.ts';
import { isUnchanged, type Probes, readingOf } from './probes.ts';
import type { Selection } from './selection.ts';
import { readWholeTables } from './whole-tables.ts';

type AnyTable = OrgTables[TableName];
type Asked = MembershipQuery & { readonly soql: string };

/**
 * Salesforce makes rows of rights up from the sets that they belong to, without a stamp of their own: where one of
 * these tables has changed, all are read.
 */
const RIGHTS: readonly TableName[] = ['PermissionSet', 'PermissionSetGroup', 'ObjectPermissions', 'FieldPermissions'];

/** The tables that say who is who, and how they were read. */
export type ReadTables = Pick<StoredTables, 'tables' | 'readings'>;

/** How each table is asked for, with the fields that describe lists. */
export function tableQueries(selection: Selection): MembershipQuery[] {
  return membershipQueries((table) => {
    const described = selection.describes.get(table);
    return described ? new Set(described.fields.map((field) => field.name)) : null;
  });
}

export function describedFields(selection: Selection): OrgTables['described'] {
  return Object.fromEntries(
    OBJECT_NAMES.map((name) => [name, selection.describes.get(name)?.fields ?? null]),
  ) as OrgTables['described'];
}

/**
 * The tables that must be read: those of which no reading stands for what the org has now.
 *
 * @param since readings before this version of the org's time count for nothing
 */
export function tablesToRead(
  queries: readonly MembershipQuery[],
  probes: Probes,
  readings: TableReadings,
  since: number,
): Asked[] {
  const asked = queries.filter(isAsked);
  const changed = asked.filter(({ table, soql }) => {
    if (probes.rows.get(table)?.soql === soql) return false;
    const reading = readings[table];
    const probe = probes.tables.get(table);
    return reading?.soql !== soql || probe === undefined || !isUnchanged(reading, probe, since);
  });
  const changedRights = changed.some(({ table }) => RIGHTS.includes(table));
  return asked.filter((query) => changed.includes(query) || (changedRights && RIGHTS.includes(query.table)));
}

/**
 * Reads the tables that have changed since the held ones were read, and takes the others from them. Five tables an API
 * call, and one for each further page.
 *
 * @param held null: there are none
 */
export async function readChangedTables(
  salesforce: Salesforce,
  selection: Selection,
  probes: Probes,
  held: ReadTables | null,
  since: number,
  signal: AbortSignal,
): Promise<ReadTables> {
  const queries = tableQueries(selection);
  const described = describedFields(selection);
  // Rows that the integration user does not see are counted all the same: what it sees may have changed with this.
  const isSeenAlike = held !== null && JSON.stringify(held.tables.described) === JSON.stringify(described);
  const usable = isSeenAlike ? held : null;
  const toRead = tablesToRead(queries, probes, usable?.readings ?? {}, since);
  const at = salesforce.clock.now();
  const read = await readRows(salesforce, toRead, signal);

  const tables = new Map<TableName, AnyTable>();
  const readings: Partial<Record<TableName, TableReading>> = {};
  for (const query of queries) {
    const { table } = query;
    const fresh = read.get(table);
    tables.set(table, fresh?.rows ?? tableWithoutReading(query, probes) ?? heldTable(usable, table));
    const reading = fresh === undefined ? usable?.readings[table] : newReading(query, at, probes, fresh.totalSize);
    if (reading) readings[table] = reading;
  }
  return { tables: { ...Object.fromEntries(tables), described } as OrgTables, readings };
}

/** Every table, whatever was read before. Three API calls, and one for each further page. */
export async function readTables(
  salesforce: Salesforce,
  selection: Selection,
  signal: AbortSignal,
): Promise<OrgTables> {
  const queries = tableQueries(selection);
  const read = await readRows(salesforce, queries.filter(isAsked), signal);
  const tables = queries.map((query) => [query.table, read.get(query.table)?.rows ?? notAsked(query)]);
  return { ...Object.fromEntries(tables), described: describedFields(selection) } as OrgTables;
}

async function readRows(
  salesforce: Salesforce,
  asked: readonly Asked[],
  signal: AbortSignal,
): Promise<Map<TableName, { readonly rows: AnyTable; readonly totalSize: number | null }>> {
  // Rows of permissions on objects that the integration user does not see are left out of the answer, by rule.
  const answers = await readWholeTables(
    salesforce,
    asked.map(({ table, soql }) => ({ soql, allowFewer: /^(Field|Object)Permissions$/.test(table) })),
    signal,
  );
  return new Map(
    asked.map(({ table }, position) => {
      const answer = answers[position];
      if (answer === undefined) throw new Error(`the query of ${table} was not answered`);
      // What passes must not look like a lost right: it would close the search for everybody.
      if (!answer.ok && answer.error.retry !== 'give-up') throw answer.error;
      return [
        table,
        answer.ok
          ? { rows: rowsOf(answer.records), totalSize: answer.totalSize }
          : { rows: { rows: null, reason: answer.error.message }, totalSize: null },
      ];
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
  return soql === null || probe === undefined || totalSize === null ? null : readingOf(soql, at, probe, totalSize);
}

function isAsked(query: MembershipQuery): query is Asked {
  return query.soql !== null;
}

function notAsked(query: MembershipQuery): AnyTable | null {
  return query.soql === null ? { rows: null, reason: query.reason } : null;
}

function tableWithoutReading(query: MembershipQuery, probes: Probes): AnyTable | null {
  const simply = probes.rows.get(query.table);
  if (query.soql !== null && simply?.soql === query.soql) return rowsOf(simply.records);
  return notAsked(query);
}

function heldTable(held: ReadTables | null, table: TableName): AnyTable {
  if (held === null) throw new Error(`${table} is neither read nor held`);
  return held.tables[table];
}

function rowsOf(records: readonly unknown[]): AnyTable {
  return { rows: records as readonly TableRows[TableName][] } as AnyTable;
}
