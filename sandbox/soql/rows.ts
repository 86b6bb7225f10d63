import type { FieldSchema } from '../org/types.ts';
import { aggregateColumn } from './aggregate-columns.ts';
import type { OrderItem, Query } from './ast.ts';
import { compileCondition, type Sql, type Subselect } from './conditions.ts';
import { errorAt } from './errors.ts';
import { type Column, type QueryContext, Scope } from './scope.ts';

/** How many rows are looked at together where the asking user does not see every one. */
const SIGHT_CHUNK = 500;

/** Which rows a query is about: its WHERE, without the deleted ones unless asked for. Throws `SoqlError`. */
export function compileFilter(query: Query, scope: Scope, context: QueryContext): Sql {
  const parts: Sql[] = [];
  if (query.where !== null) parts.push(compileCondition(query.where, scope, context, subselectIn(context)));
  if (hidesDeleted(query, scope, context)) parts.push({ text: 't."IsDeleted" = 0', values: [] });
  if (parts.length === 0) return { text: '1', values: [] };
  return { text: parts.map((part) => part.text).join(' AND '), values: parts.flatMap((part) => part.values) };
}

/** Does the query leave out deleted rows? */
export function hidesDeleted(query: Query, scope: Scope, context: QueryContext): boolean {
  return !context.all && !query.allRows && scope.schema.fields.some((field) => field.name === 'IsDeleted');
}

/** The places (rowids) of the rows that a query finds, in its order, as SQL. Throws `SoqlError`. */
export function compileRows(query: Query, scope: Scope, context: QueryContext): Sql {
  const filter = compileFilter(query, scope, context);
  const order = compileOrder(query.orderBy, scope, context);
  const text = `SELECT t.rowid AS r FROM ${scope.tables} WHERE ${filter.text}${order}${windowOf(query)}`;
  return { text, values: filter.values };
}

/**
 * The places (rowids) of the rows that the query finds and the asking user sees, in its order, its LIMIT and OFFSET
 * applied: four bytes a row, so that a cursor over a million rows can stay open. Throws `SoqlError`.
 */
export function findRows(query: Query, scope: Scope, context: QueryContext): Int32Array {
  if (context.sight.everyRow(scope.schema.name)) return rowids(compileRows(query, scope, context), context);
  const unlimited = { ...query, limit: null, offset: null };
  const seen = visible(rowids(compileRows(unlimited, scope, context), context), scope, context);
  const start = query.offset?.count ?? 0;
  return seen.slice(start, query.limit === null ? undefined : start + query.limit);
}

/** One long string crosses from SQLite to JavaScript ten times faster than a million rows. */
function rowids({ text, values }: Sql, context: QueryContext): Int32Array {
  const found: unknown = context.tables.db
    .prepare(`SELECT group_concat(r) FROM (${text})`)
    .raw()
    .get([...values]);
  const list = Array.isArray(found) ? found[0] : null;
  return Int32Array.from(typeof list === 'string' ? (JSON.parse(`[${list}]`) as number[]) : []);
}

/** LIMIT and OFFSET as SQL. */
export function windowOf(query: Query): string {
  if (query.limit === null && query.offset === null) return '';
  return ` LIMIT ${query.limit ?? -1} OFFSET ${query.offset?.count ?? 0}`;
}

/** ORDER BY as SQL. Nulls come first in either direction, as Salesforce has it. Throws `SoqlError`. */
export function compileOrder(items: readonly OrderItem[], scope: Scope, context: QueryContext): string {
  if (items.length === 0) return '';
  return ` ORDER BY ${items.map((item) => orderTerm(item, scope, context)).join(', ')}`;
}

function orderTerm(item: OrderItem, scope: Scope, context: QueryContext): string {
  const direction = item.descending ? ' DESC' : '';
  if (item.operand.kind === 'aggregate') return `${aggregateColumn(item.operand, scope).sql}${direction}`;
  const column = scope.column(item.operand.path);
  const { field } = column;
  if (!isSortable(field))
    throw errorAt(
      context.soql,
      item.operand.path.at,
      'MALFORMED_QUERY',
      `field '${field.name}' can not be sorted in a query call`,
    );
  if (item.nulls === 'last') return `${column.sql}${direction} NULLS LAST`;
  return `${column.sql}${direction}${item.descending && !neverNull(column) ? ' NULLS FIRST' : ''}`;
}

function isSortable({ type, length }: FieldSchema): boolean {
  return type !== 'address' && type !== 'multipicklist' && (type !== 'textarea' || length <= 255);
}

/** Spelling out where nulls go would keep SQLite from reading the index backwards. */
function neverNull(column: Column): boolean {
  return (
    column.parent === null && ['Id', 'SystemModstamp', 'LastModifiedDate', 'CreatedDate'].includes(column.field.name)
  );
}

function visible(places: Int32Array, scope: Scope, context: QueryContext): Int32Array {
  const seen: number[] = [];
  for (let at = 0; at < places.length; at += SIGHT_CHUNK) {
    const chunk = context.tables.rowsAt(scope.schema, [...places.subarray(at, at + SIGHT_CHUNK)]);
    for (const { rowid, row } of chunk) if (context.sight.row(scope.schema.name, row)) seen.push(rowid);
  }
  return Int32Array.from(seen);
}

/** The condition that keeps a filter's rows to those that the asking user sees; null where that is every row. */
export function sightFilter(query: Query, scope: Scope, context: QueryContext): Sql | null {
  if (context.sight.everyRow(scope.schema.name)) return null;
  const plain = { ...query, orderBy: [], limit: null, offset: null };
  const places = findRows(plain, scope, context);
  return { text: 't.rowid IN (SELECT value FROM json_each(?))', values: [JSON.stringify([...places])] };
}

function subselectIn(context: QueryContext): Subselect {
  return (query) => {
    const scope = new Scope(context, query.from);
    const [item, ...more] = query.select;
    if (item?.kind !== 'field' || more.length > 0)
      throw errorAt(context.soql, query.from.at, 'MALFORMED_QUERY', 'a semi join sub-select selects exactly one field');
    const column = scope.column(item.path);
    const filter = compileFilter(query, scope, context);
    const sight = sightFilter(query, scope, context);
    return {
      text: `SELECT ${column.sql} AS v FROM ${scope.tables} WHERE ${filter.text}${sight === null ? '' : ` AND ${sight.text}`}`,
      values: [...filter.values, ...(sight?.values ?? [])],
    };
  };
}
