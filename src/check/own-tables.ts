import type { OrgTables } from '../access/tables.ts';
import type { TableName } from '../facts/coverage-gaps.ts';
import { isRecordId } from '../lib/record-ids.ts';
import type { Salesforce } from '../salesforce/client.ts';
import { NULL, quotedId, quotedIds } from '../soql/literals.ts';
import { type Condition, compared, isIn, narrowed, type SoqlQuery, toSoql } from '../soql/query.ts';
import { describedFields, tableQueries } from '../sync/org-tables.ts';
import type { ResolvedSchema } from '../sync/resolved-schema.ts';
import type { TablesInput } from '../sync/table-answer.ts';
import { answerOf } from '../sync/table-answer.ts';
import { TableSizes } from '../sync/whole-tables.ts';

/** Tables of a few rows. */
const WHOLE: readonly TableName[] = ['Organization', 'EntityDefinition'];

/** Tables that are read once the integration user's permission sets are known. */
const OF_SETS: readonly TableName[] = ['PermissionSet', 'ObjectPermissions', 'FieldPermissions', 'PermissionSetGroup'];

type Conditions = Partial<Record<TableName, Condition>>;

/**
 * The membership tables of a large org, with the integration user's rows only. Other tables have one row, which shows
 * that they have any. Takes three API calls.
 */
export async function readOwnTables(
  salesforce: Salesforce,
  schema: ResolvedSchema,
  userId: string,
  signal: AbortSignal,
): Promise<OrgTables> {
  const input = { salesforce, schema, sizes: new TableSizes(), mayBeOutdated: false, signal };
  const names = tableQueries(schema).map(({ table }) => table);
  const id = quotedId(userId);
  const first = await readSome(
    input,
    names.filter((table) => !OF_SETS.includes(table)),
    { User: compared('Id', '=', id), PermissionSetAssignment: compared('AssigneeId', '=', id) },
  );
  const assigned = first.PermissionSetAssignment?.rows ?? [];
  const groups = idsIn(assigned.map((row) => row.PermissionSetGroupId));
  const sets = await readSome(input, ['PermissionSet', 'PermissionSetGroup'], {
    PermissionSet: anyOf([
      inList('Id', idsIn(assigned.map((row) => row.PermissionSetId))),
      inList('PermissionSetGroupId', groups),
      inList('ProfileId', idsIn((first.User?.rows ?? []).map((row) => row.ProfileId))),
    ]),
    PermissionSetGroup: inList('Id', groups) ?? noneBy('Id'),
  });
  const parents =
    inList('ParentId', idsIn((sets.PermissionSet?.rows ?? []).map((row) => row.Id))) ?? noneBy('ParentId');
  const rights = await readSome(input, ['ObjectPermissions', 'FieldPermissions'], {
    ObjectPermissions: parents,
    FieldPermissions: parents,
  });
  return { ...first, ...sets, ...rights, described: describedFields(schema) } as OrgTables;
}

/** @param conditions a table without one is read whole if it is small; otherwise one row is read */
async function readSome(
  input: TablesInput,
  names: readonly TableName[],
  conditions: Conditions,
): Promise<Partial<OrgTables>> {
  const queries = tableQueries(input.schema).filter(({ table }) => names.includes(table));
  const asked = queries.flatMap(({ table, soql }) =>
    soql === null ? [] : [{ table, soql: toSoql(ownRows(table, soql)) }],
  );
  const answers = await input.salesforce.queryMany(
    asked.map(({ soql }) => ({ soql, allowFewer: true })),
    { signal: input.signal },
  );
  const tables = queries.map((query): [TableName, unknown] => {
    if (query.soql === null) return [query.table, { rows: null, reason: query.reason }];
    const answer = answerOf(answers[asked.findIndex(({ table }) => table === query.table)], input);
    return [query.table, answer.records === null ? { rows: null, reason: answer.reason } : { rows: answer.records }];
  });
  return Object.fromEntries(tables) as Partial<OrgTables>;

  function ownRows(table: TableName, soql: SoqlQuery): SoqlQuery {
    if (WHOLE.includes(table)) return soql;
    const condition = conditions[table];
    return condition === undefined ? { ...soql, limit: 1 } : narrowed(soql, condition);
  }
}

function inList(field: string, ids: readonly string[]): Condition | null {
  return ids.length === 0 ? null : isIn(field, quotedIds(ids));
}

function anyOf(conditions: readonly (Condition | null)[]): Condition {
  const some = conditions.filter((condition) => condition !== null);
  return some.length === 0 ? noneBy('Id') : { any: some };
}

function noneBy(field: string): Condition {
  return compared(field, '=', NULL);
}

function idsIn(values: readonly unknown[]): string[] {
  return [...new Set(values.filter((value): value is string => typeof value === 'string' && isRecordId(value)))];
}
