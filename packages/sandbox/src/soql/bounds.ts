import type { Condition, Literal, Operand } from './ast.ts';
import type { Column } from './scope.ts';

/** A bound that every row of a condition meets: `column >= value`. */
export interface Floor {
  readonly column: Column;
  readonly value: string | number;
}

/** Reads one side of a comparison; null unless it compares a column of the queried object with a plain value. */
export type ReadFloor = (operand: Operand, literal: Literal) => Floor | null;

/** Types that SQL orders by plain comparison. Text is ordered by its collation. */
const PLAINLY_ORDERED = new Set(['id', 'reference', 'date', 'datetime']);

/** Returns the first column that has a lower bound in every branch of a condition; null if there is none. */
export function impliedFloor(condition: Condition, read: ReadFloor): Floor | null {
  const all = floors(condition, read);
  const [first] = all.values();
  return first ?? null;
}

function floors(condition: Condition, read: ReadFloor): Map<string, Floor> {
  if (condition.kind === 'compare' && ['=', '>', '>='].includes(condition.comparison)) {
    const floor = read(condition.operand, condition.value);
    if (floor !== null && PLAINLY_ORDERED.has(floor.column.field.type)) return new Map([[floor.column.sql, floor]]);
  }
  if (condition.kind === 'and') return condition.terms.map((term) => floors(term, read)).reduce(highest, new Map());
  if (condition.kind === 'or') {
    const [first, ...rest] = condition.terms.map((term) => floors(term, read));
    return rest.reduce(lowestOfShared, first ?? new Map());
  }
  return new Map();
}

function highest(a: Map<string, Floor>, b: Map<string, Floor>): Map<string, Floor> {
  const both = new Map(a);
  for (const [key, floor] of b) {
    const other = both.get(key);
    if (other === undefined || floor.value > other.value) both.set(key, floor);
  }
  return both;
}

function lowestOfShared(a: Map<string, Floor>, b: Map<string, Floor>): Map<string, Floor> {
  const shared = new Map<string, Floor>();
  for (const [key, floor] of a) {
    const other = b.get(key);
    if (other !== undefined) shared.set(key, other.value < floor.value ? other : floor);
  }
  return shared;
}
