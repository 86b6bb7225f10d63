import type { Query } from '../soql/ast.ts';
import type { QueryContext, Scope } from '../soql/scope.ts';
import { NONE, type Numbers, sizeOf } from './intervals.ts';
import { selectNumbers } from './select.ts';

/**
 * The generated rows that a query finds, by number: none where the asker does not see every row of the object. Throws
 * `SoqlError`.
 */
export function findNumbers(query: Query, scope: Scope, context: QueryContext): Numbers {
  const { virtual } = context.tables;
  const table = virtual?.table(scope.schema.name);
  if (virtual === null || table === undefined || !context.sight.everyRow(scope.schema.name)) return NONE;
  return virtual.generated(scope.schema.name, selectNumbers(query.where, { table, scope, context }));
}

export function countGenerated(query: Query, scope: Scope, context: QueryContext): number {
  return sizeOf(findNumbers(query, scope, context));
}
