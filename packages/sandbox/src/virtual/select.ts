import type { Stored } from '../org/values.ts';
import type { Comparison, Condition, Literal, Operand } from '../soql/ast.ts';
import { errorAt } from '../soql/errors.ts';
import { filterValue } from '../soql/filter.ts';
import type { QueryContext, Scope } from '../soql/scope.ts';
import type { Formula, VirtualTable } from './formula.ts';
import { both, either, firstWhere, NONE, type Numbers, others, range } from './intervals.ts';

interface Place {
  readonly table: VirtualTable;
  readonly scope: Scope;
  readonly context: QueryContext;
}

/**
 * Returns the rows of a generated table that match a condition. Throws `SoqlError` for a filter on a column whose
 * values are in no order.
 */
export function selectNumbers(condition: Condition | null, place: Place): Numbers {
  const { size } = place.table;
  if (condition === null) return range(0, size);
  switch (condition.kind) {
    case 'and':
      return condition.terms.map((term) => selectNumbers(term, place)).reduce(both, range(0, size));
    case 'or':
      return either(condition.terms.map((term) => selectNumbers(term, place)));
    case 'not':
      return others(selectNumbers(condition.term, place), size);
    case 'compare':
      return compare(condition.operand, condition.comparison, condition.value, place);
    case 'in': {
      if ('select' in condition.values) throw refused(condition.operand, place);
      const found = either(condition.values.map((value) => compare(condition.operand, '=', value, place)));
      return condition.negated ? others(found, size) : found;
    }
    case 'includes':
      throw refused(condition.operand, place);
  }
}

function compare(operand: Operand, comparison: Comparison, literal: Literal, place: Place): Numbers {
  const { table, scope, context } = place;
  if (operand.kind !== 'path' || comparison === 'LIKE') throw refused(operand, place);
  const { parent, field } = scope.column(operand.path);
  if (parent !== null) throw refused(operand, place);
  const formula = table.columns.get(field.name) ?? NOTHING;
  const value = filterValue({ type: field.type, label: field.name, at: operand.path.at }, literal, context);
  const all = range(0, table.size);
  if (value.kind === 'stretch') throw refused(operand, place);
  if (value.kind === 'null') {
    const isNull = formula.kind === 'constant' && formula.value === null;
    return isNull === (comparison === '=') ? all : NONE;
  }
  if (formula.kind === 'any') throw refused(operand, place);
  if (formula.kind === 'constant') return holds(formula.value, comparison, value.value) ? all : NONE;
  return risingNumbers(formula.at, comparison, value.value, table.size);
}

const NOTHING: Formula = { kind: 'constant', value: null };

function holds(held: Stored, comparison: Comparison, value: string | number): boolean {
  if (comparison === '!=') return held !== value;
  if (held === null) return false;
  if (comparison === '=') return held === value;
  if (comparison === '<') return held < value;
  if (comparison === '<=') return held <= value;
  return comparison === '>' ? held > value : held >= value;
}

function risingNumbers(
  at: (n: number) => string | number,
  comparison: Comparison,
  value: string | number,
  size: number,
): Numbers {
  const first = firstWhere(size, (n) => at(n) >= value);
  const after = firstWhere(size, (n) => at(n) > value);
  switch (comparison) {
    case '=':
      return range(first, after);
    case '!=':
      return others(range(first, after), size);
    case '<':
      return range(0, first);
    case '<=':
      return range(0, after);
    case '>':
      return range(after, size);
    default:
      return range(first, size);
  }
}

function refused(operand: Operand, { scope, context }: Place): Error {
  const [at, name] =
    operand.kind === 'path' ? [operand.path.at, operand.path.names.join('.')] : [operand.at, operand.name];
  const text = `the sandbox cannot filter the generated rows of ${scope.schema.name} by ${name} in this way`;
  return errorAt(context.soql, at, 'MALFORMED_QUERY', text);
}
