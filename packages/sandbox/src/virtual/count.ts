import type { Query } from '../soql/ast.ts';
import type { QueryContext, Scope } from '../soql/scope.ts';
import { NONE, type Numbers, sizeOf } from './intervals.ts';
import { selectNumbers } from './select.ts';

/**
 * Returns the numbers of the generated rows that a query finds; none if the user doesn't see every row of the object.
 * Throws `SoqlError`.
 */
export function findNumbers(query: Query, scope: Scope, context: QueryContext): Numbers {
  const { virtual } = context.tables;
  const table = virtual?.table(scope.schema.name);
  if (virtual === null || table === undefined || !context.visibility.everyRow(scope.schema.name)) return NONE;
  return virtual.generated(scope.schema.name, selectNumbers(query.where, { table, scope, context }));
}

export function countGenerated(query: Query, scope: Scope, context: QueryContext): number {
  return sizeOf(findNumbers(query, scope, context));
}
