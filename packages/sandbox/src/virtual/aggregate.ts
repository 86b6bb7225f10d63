import { type RestValue, toRest } from '../org/values.ts';
import type { AggregateCall, Query } from '../soql/ast.ts';
import { errorAt } from '../soql/errors.ts';
import type { QueryContext, Scope } from '../soql/scope.ts';
import { findNumbers } from './count.ts';
import { type VirtualTable, valueAt } from './formula.ts';
import { type Numbers, sizeOf } from './intervals.ts';

/**
 * Adds generated rows to the result of an aggregate query on stored rows. It supports COUNT of any field that all of
 * them have, and MAX and MIN of an ascending one. Throws `SoqlError` for other aggregates and for groups.
 */
export function addGenerated(
  query: Query,
  stored: readonly unknown[],
  table: VirtualTable,
  scope: Scope,
  context: QueryContext,
): unknown[] {
  const { at } = query.from;
  if (query.groupBy.length > 0 || query.having !== null)
    throw errorAt(context.soql, at, 'MALFORMED_QUERY', 'the sandbox cannot group generated rows');
  const numbers = findNumbers(query, scope, context);
  const values = Object.entries(stored[0] ?? {}).filter(([name]) => name !== 'attributes');
  const together = query.select.map((item, place): [string, RestValue] => {
    const [name, value] = values[place] ?? ['', null];
    if (item.kind !== 'aggregateItem') throw errorAt(context.soql, at, 'MALFORMED_QUERY', 'Field must be grouped');
    return [name, joined(item.call, value as RestValue, numbers, table, scope, context)];
  });
  return [{ attributes: { type: 'AggregateResult' }, ...Object.fromEntries(together) }];
}

function joined(
  call: AggregateCall,
  stored: RestValue,
  numbers: Numbers,
  table: VirtualTable,
  scope: Scope,
  context: QueryContext,
): RestValue {
  if (call.path !== null) {
    const { field, parent } = scope.column(call.path);
    const formula = parent === null ? table.columns.get(field.name) : undefined;
    if (call.name === 'COUNT' && formula !== undefined) return Number(stored) + sizeOf(numbers) * scope.countFactor;
    if ((call.name === 'MAX' || call.name === 'MIN') && formula?.kind === 'rising') {
      const n = call.name === 'MAX' ? (numbers.at(-1)?.[1] ?? 0) - 1 : numbers[0]?.[0];
      if (n === undefined || n < 0) return stored;
      const generated = toRest(field.type, valueAt(table, field.name, n));
      if (stored === null || generated === null) return generated;
      return generated > stored === (call.name === 'MAX') ? generated : stored;
    }
  }
  const text = `the sandbox cannot compute this ${call.name} of generated rows`;
  throw errorAt(context.soql, call.at, 'MALFORMED_QUERY', text);
}
