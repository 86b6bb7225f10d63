import { aggregateColumn } from './aggregate-columns.ts';
import type { Comparison, Condition, Literal, Operand, Query } from './ast.ts';
import { impliedFloor } from './bounds.ts';
import { errorAt } from './errors.ts';
import { type Compared, type FilterValue, filterValue, type Sql } from './filter.ts';
import { compileIncludes } from './includes.ts';
import type { Column, QueryContext, Scope } from './scope.ts';
import { likePattern } from './strings.ts';

/** Compiles a semi-join's query to SQL that selects its one column as `v`. */
export type Subselect = (query: Query) => Sql;

/** The environment that a condition is compiled in. */
interface Place {
  readonly scope: Scope;
  readonly context: QueryContext;
  readonly subselect: Subselect;
  /** Whether this part must not use an index on its columns, because another part narrows the rows better. */
  readonly unindexed: boolean;
}

/** Compiles a WHERE or HAVING condition. Throws `SoqlError`. */
export function compileCondition(condition: Condition, scope: Scope, context: QueryContext, subselect: Subselect): Sql {
  return compile(condition, { scope, context, subselect, unindexed: false });
}

function compile(condition: Condition, place: Place): Sql {
  switch (condition.kind) {
    case 'and':
      return joined(condition.terms, ' AND ', place);
    case 'or':
      return compileOr(condition, place);
    case 'not': {
      // SOQL has no third truth value: anything that isn't true is false.
      const { text, values } = compile(condition.term, place);
      return { text: `NOT ifnull(${text}, 0)`, values };
    }
    case 'compare':
      return compare(condition.operand, condition.comparison, condition.value, place);
    case 'in':
      return compileIn(condition.operand, condition.negated, condition.values, place);
    case 'includes': {
      const { sql, compared } = operandOf(condition.operand, place);
      return compileIncludes(sql, compared, condition.negated, condition.values, place.context);
    }
  }
}

function joined(terms: readonly Condition[], word: string, place: Place): Sql {
  const parts = terms.map((term) => compile(term, place));
  return { text: `(${parts.map((part) => part.text).join(word)})`, values: parts.flatMap((part) => part.values) };
}

/**
 * Adds a lower bound that an OR implies. A keyset page is `(Stamp = x AND Id > y) OR Stamp > x`. SQLite doesn't infer
 * Stamp >= x from it, and would read the index from its start.
 */
function compileOr(condition: Condition & { kind: 'and' | 'or' }, place: Place): Sql {
  const floor = impliedFloor(condition, (operand, literal) => {
    if (operand.kind !== 'path') return null;
    const column = place.scope.column(operand.path);
    const value = filterValue(comparedOf(column, operand.path.at), literal, place.context);
    return column.parent === null && value.kind === 'value' ? { column, value: value.value } : null;
  });
  if (floor === null || place.unindexed) return joined(condition.terms, ' OR ', place);
  const rest = joined(condition.terms, ' OR ', { ...place, unindexed: true });
  return { text: `(${floor.column.sql} >= ? AND ${rest.text})`, values: [floor.value, ...rest.values] };
}

function comparedOf(column: Column, at: number): Compared {
  return { type: column.field.type, label: column.field.name, at };
}

/** Returns the SQL and type of an operand. Throws for a field that Salesforce doesn't filter by. */
function operandOf(operand: Operand, place: Place): { readonly sql: string; readonly compared: Compared } {
  if (operand.kind === 'aggregate') {
    const { sql, type } = aggregateColumn(operand, place.scope);
    return { sql, compared: { type, label: operand.name, at: operand.at } };
  }
  const column = place.scope.column(operand.path);
  const { field } = column;
  if (field.type === 'address' || (field.type === 'textarea' && field.length > 255))
    throw errorAt(
      place.context.soql,
      operand.path.at,
      'INVALID_FIELD',
      `field '${field.name}' can not be filtered in a query call`,
    );
  const sql = place.unindexed ? `+${column.sql}` : column.sql;
  return {
    sql: field.type === 'boolean' ? booleanSql(sql, field.name) : sql,
    compared: comparedOf(column, operand.path.at),
  };
}

/**
 * Replaces a flag that is missing from the org's file by its harmless value: true for IsActive, false for the others.
 */
function booleanSql(sql: string, field: string): string {
  if (field === 'IsDeleted') return sql;
  return `ifnull(${sql}, ${field === 'IsActive' ? 1 : 0})`;
}

function compare(operand: Operand, comparison: Comparison, literal: Literal, place: Place): Sql {
  const { sql, compared } = operandOf(operand, place);
  if (comparison === 'LIKE') return like(sql, compared, literal, place.context);
  const value = filterValue(compared, literal, place.context);
  if (value.kind === 'stretch') return compareStretch(sql, comparison, compared, value);
  const isOrder = comparison !== '=' && comparison !== '!=';
  if (value.kind === 'null') {
    if (comparison === '=') return { text: `${sql} IS NULL`, values: [] };
    if (comparison === '!=' || comparison === '>' || comparison === '>=')
      return { text: `${sql} IS NOT NULL`, values: [] };
    return { text: '0', values: [] };
  }
  if (isOrder && compared.type === 'boolean')
    throw errorAt(
      place.context.soql,
      compared.at,
      'INVALID_FIELD',
      `invalid operator on boolean field: ${compared.label}`,
    );
  return { text: `${sql} ${comparison === '!=' ? 'IS NOT' : comparison} ?`, values: [value.value] };
}

function like(sql: string, compared: Compared, literal: Literal, context: QueryContext): Sql {
  const isText = !['id', 'reference', 'boolean', 'int', 'double', 'currency', 'percent', 'date', 'datetime'].includes(
    compared.type,
  );
  if (!isText) throw errorAt(context.soql, compared.at, 'INVALID_FIELD', `invalid operator on ${compared.type} field`);
  if (literal.kind !== 'string') {
    filterValue(compared, literal, context);
    return { text: '0', values: [] };
  }
  return { text: `${sql} LIKE ? ESCAPE '\\'`, values: [likePattern(literal.raw)] };
}

function compareStretch(
  sql: string,
  comparison: Comparison,
  compared: Compared,
  stretch: FilterValue & { kind: 'stretch' },
): Sql {
  const edge = (milliseconds: number): string | number =>
    compared.type === 'date' ? new Date(milliseconds).toISOString().slice(0, 10) : milliseconds;
  const start = edge(stretch.start);
  const end = edge(stretch.end);
  switch (comparison) {
    case '=':
      return { text: `(${sql} >= ? AND ${sql} < ?)`, values: [start, end] };
    case '!=':
      return { text: `(${sql} < ? OR ${sql} >= ? OR ${sql} IS NULL)`, values: [start, end] };
    case '<':
    case '>=':
      return { text: `${sql} ${comparison} ?`, values: [start] };
    default:
      return { text: `${sql} ${comparison === '>' ? '>=' : '<'} ?`, values: [end] };
  }
}

function compileIn(operand: Operand, negated: boolean, list: readonly Literal[] | Query, place: Place): Sql {
  const { sql, compared } = operandOf(operand, place);
  if ('select' in list) {
    const { text, values } = place.subselect(list);
    return negated
      ? { text: `(${sql} IS NULL OR ${sql} NOT IN (SELECT v FROM (${text}) WHERE v IS NOT NULL))`, values }
      : { text: `${sql} IN (${text})`, values };
  }
  const read = list.map((literal) => filterValue(compared, literal, place.context));
  const values = read.flatMap((value) => (value.kind === 'value' ? [value.value] : []));
  const stretches = read
    .filter((value) => value.kind === 'stretch')
    .map((value) => compareStretch(sql, '=', compared, value));
  const hasNull = read.some((value) => value.kind === 'null');
  const parts = [
    ...(hasNull ? [{ text: `${sql} IS NULL`, values: [] }] : []),
    { text: `${sql} IN (SELECT value FROM json_each(?))`, values: [JSON.stringify(values)] },
    ...stretches,
  ];
  const text = `(${parts.map((part) => part.text).join(' OR ')})`;
  return { text: negated ? `NOT ifnull(${text}, 0)` : text, values: parts.flatMap((part) => part.values) };
}
