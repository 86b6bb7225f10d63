import type { FieldType } from '../org/types.ts';
import type { AggregateCall } from './ast.ts';
import type { Scope } from './scope.ts';

/** Returns an aggregate as SQL, and the type of its value. Throws `SoqlError` for an unknown field. */
export function aggregateColumn(call: AggregateCall, scope: Scope): { readonly sql: string; readonly type: FieldType } {
  const times = scope.countFactor === 1 ? '' : ` * ${scope.countFactor}`;
  if (call.path === null) return { sql: `count(*)${times}`, type: 'int' };
  const { sql, field } = scope.column(call.path);
  switch (call.name) {
    case 'COUNT':
      return { sql: `count(${sql})${times}`, type: 'int' };
    case 'COUNT_DISTINCT':
      return { sql: `count(DISTINCT ${sql})`, type: 'int' };
    case 'SUM':
    case 'AVG':
      return { sql: `${call.name.toLowerCase()}(${sql})`, type: 'double' };
    case 'MAX':
    case 'MIN':
      return { sql: `${call.name.toLowerCase()}(${sql})`, type: field.type };
  }
}
