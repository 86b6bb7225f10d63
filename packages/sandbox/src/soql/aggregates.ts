import type { FieldType } from '../org/types.ts';
import { type Stored, toRest } from '../org/values.ts';
import { countGenerated } from '../virtual/count.ts';
import { aggregateColumn } from './aggregate-columns.ts';
import type { Query, SelectItem } from './ast.ts';
import { compileCondition } from './conditions.ts';
import { errorAt } from './errors.ts';
import { compileFilter, compileOrder, sightFilter, windowOf } from './rows.ts';
import type { QueryContext, Scope } from './scope.ts';

interface Output {
  readonly name: string;
  readonly sql: string;
  readonly type: FieldType;
}

/** Whether the query asks for `COUNT()`: a size without records. */
export function isPlainCount(query: Query): boolean {
  const [item, ...more] = query.select;
  return more.length === 0 && item?.kind === 'aggregateItem' && item.call.path === null;
}

export function isAggregate(query: Query): boolean {
  return query.groupBy.length > 0 || query.select.some((item) => item.kind === 'aggregateItem');
}

/** Returns the number of rows that the query finds. Throws `SoqlError`. */
export function countRows(query: Query, scope: Scope, context: QueryContext): number {
  const { condition, values } = filterOf(query, scope, context);
  const found: unknown = context.tables.db
    .prepare(`SELECT count(*) FROM (SELECT 1 FROM ${scope.tables} WHERE ${condition}${windowOf(query)})`)
    .raw()
    .get([...values]);
  const stored = Array.isArray(found) ? Number(found[0]) : 0;
  const all = stored + countGenerated(query, scope, context);
  return query.limit === null ? all : Math.min(all, query.limit);
}

/** Returns the rows of an aggregate query in REST's format, and its column names. Throws `SoqlError`. */
export function aggregateRows(
  query: Query,
  scope: Scope,
  context: QueryContext,
): { readonly columns: readonly string[]; readonly records: readonly unknown[] } {
  const outputs = outputsOf(query, scope, context);
  const groups = query.groupBy.map((path) => scope.column(path).sql);
  const { condition, values } = filterOf(query, scope, context);
  const having =
    query.having === null
      ? null
      : compileCondition(query.having, scope, context, () => {
          throw errorAt(context.soql, query.from.at, 'MALFORMED_QUERY', 'HAVING does not take a semi join sub-select');
        });
  const order = compileOrder(query.orderBy, scope, context);
  const sql = [
    `SELECT ${outputs.map((output) => output.sql).join(', ')} FROM ${scope.tables} WHERE ${condition}`,
    groups.length === 0 ? '' : ` GROUP BY ${groups.join(', ')}`,
    having === null ? '' : ` HAVING ${having.text}`,
    order,
    windowOf(query),
  ].join('');
  const found: unknown[] = context.tables.db
    .prepare(sql)
    .raw()
    .all([...values, ...(having?.values ?? [])]);
  const records = found.map((row) => {
    const cells = row as Stored[];
    const named = outputs.map(({ name, type }, at) => [name, toRest(type, cells[at] ?? null)] as const);
    return { attributes: { type: 'AggregateResult' }, ...Object.fromEntries(named) };
  });
  return { columns: outputs.map((output) => output.name), records };
}

/** Returns the filter without ORDER BY: aggregates don't depend on it, so SQLite needn't sort. */
function filterOf(query: Query, scope: Scope, context: QueryContext) {
  const filter = compileFilter(query, scope, context);
  const visibility = sightFilter(query, scope, context);
  if (visibility === null) return { condition: filter.text, values: filter.values };
  return { condition: `${filter.text} AND ${visibility.text}`, values: [...filter.values, ...visibility.values] };
}

/**
 * Returns the output columns. Aggregates without an alias are `expr0`, `expr1` …; grouped fields have their own name.
 */
function outputsOf(query: Query, scope: Scope, context: QueryContext): Output[] {
  const grouped = new Set(query.groupBy.map((path) => scope.column(path).name));
  let expressions = 0;
  return query.select.map((item: SelectItem): Output => {
    if (item.kind === 'children')
      throw errorAt(context.soql, query.from.at, 'MALFORMED_QUERY', 'Grouped query cannot have child sub-selects');
    if (item.kind === 'aggregateItem') {
      const name = item.alias ?? `expr${expressions++}`;
      if (item.call.path === null) throw grouping(item.call.at, 'COUNT()', context);
      return { name, ...aggregateColumn(item.call, scope) };
    }
    if (item.asLabel)
      throw errorAt(
        context.soql,
        item.path.at,
        'MALFORMED_QUERY',
        'the sandbox cannot use toLabel in an aggregate query',
      );
    const column = scope.column(item.path);
    if (!grouped.has(column.name)) throw grouping(item.path.at, column.name, context);
    return { name: item.alias ?? column.field.name, sql: column.sql, type: column.field.type };
  });
}

function grouping(at: number, what: string, context: QueryContext): Error {
  return errorAt(context.soql, at, 'MALFORMED_QUERY', `Field must be grouped or aggregated: ${what}`);
}
