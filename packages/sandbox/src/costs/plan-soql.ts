import { countRows } from '../soql/aggregates.ts';
import type { Condition, Query } from '../soql/ast.ts';
import { parse } from '../soql/parse.ts';
import { type QueryContext, Scope } from '../soql/scope.ts';
import { planQuery } from './plan.ts';
import type { CostSettings } from './settings.ts';
import type { QueryPlan } from './types.ts';

/** Plans a query without running it. `context` must see deleted rows. Throws `SoqlError`. */
export function planSoql(soql: string, context: Omit<QueryContext, 'soql'>, settings: CostSettings): QueryPlan {
  const query = parse(soql);
  // The rows to scan don't depend on who asks.
  const unlimited = { ...context, soql, visibility: { ...context.visibility, everyRow: () => true } };
  const scope = new Scope(unlimited, query.from);
  const count = (where: Condition | null): number => {
    const counted: Query = { ...query, where, groupBy: [], having: null, orderBy: [], limit: null, offset: null };
    return countRows(counted, new Scope(unlimited, query.from), unlimited);
  };
  return planQuery(query, scope, settings, count);
}
