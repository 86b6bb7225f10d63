import type { FieldSchema, ObjectSchema } from '../org/types.ts';
import type { Comparison, Condition, Operand, Path } from '../soql/ast.ts';
import type { Scope } from '../soql/scope.ts';

/** A part of a filter that an index serves. */
export interface Served {
  /** The fields whose indexes are used: one, or one for each side of an OR. */
  readonly fields: readonly string[];
  /** The condition that the index evaluates. */
  readonly range: Condition;
}

export interface IndexRules {
  readonly scope: Scope;
  /** Fields that have an index in this org, in addition to the standard ones. */
  readonly indexed: readonly string[];
  readonly orUsesIndex: boolean;
}

const ALWAYS_INDEXED = new Set(['Id', 'CreatedDate', 'SystemModstamp', 'OwnerId']);
const LOWER_BOUNDS: readonly Comparison[] = ['=', '>', '>='];
const RANGES: readonly Comparison[] = [...LOWER_BOUNDS, '<', '<='];

export function isIndexed(field: FieldSchema, indexed: readonly string[]): boolean {
  return ALWAYS_INDEXED.has(field.name) || field.type === 'reference' || indexed.includes(field.name);
}

/** Returns every index that serves a filter, with the part of the filter that it serves. */
export function servedParts(filter: Condition, rules: IndexRules): Served[] {
  if (filter.kind === 'or') return servedOr(filter.terms, rules);
  if (filter.kind === 'and') return together(filter.terms.flatMap((term) => servedParts(term, rules)));
  const own = ownField(filter, rules.scope);
  if (own === null) return [];
  if (isIndexed(own.field, rules.indexed)) return [{ fields: [own.field.name], range: filter }];
  const borrowed = borrow(filter, own.path, own.field, rules.scope.schema);
  return borrowed === null ? [] : [borrowed];
}

/** An OR is served if each of its sides is. By default it never is. */
function servedOr(sides: readonly Condition[], rules: IndexRules): Served[] {
  if (!rules.orUsesIndex) return [];
  const served = sides.map((side) => servedParts(side, rules)[0]);
  if (!served.every((side) => side !== undefined)) return [];
  const fields = [...new Set(served.flatMap((side) => side.fields))];
  return [{ fields, range: { kind: 'or', terms: served.map((side) => side.range) } }];
}

/** Merges the bounds of one field into one range. */
function together(parts: readonly Served[]): Served[] {
  const byFields = new Map<string, Served>();
  for (const part of parts) {
    const key = part.fields.join();
    const other = byFields.get(key);
    byFields.set(
      key,
      other === undefined ? part : { ...part, range: { kind: 'and', terms: [other.range, part.range] } },
    );
  }
  return [...byFields.values()];
}

/** Returns the queried object's own field that a condition limits to values or a range, or null. */
function ownField(condition: Condition, scope: Scope): { readonly path: Path; readonly field: FieldSchema } | null {
  if (condition.kind !== 'compare' && condition.kind !== 'in') return null;
  const isRange =
    condition.kind === 'in'
      ? !condition.negated && !('select' in condition.values)
      : RANGES.includes(condition.comparison) && condition.value.kind !== 'null';
  return isRange ? fieldOf(condition.operand, scope) : null;
}

/** Returns the queried object's own field; null for a parent's field or an aggregate. */
export function fieldOf(operand: Operand, scope: Scope): { readonly path: Path; readonly field: FieldSchema } | null {
  if (operand.kind !== 'path') return null;
  const { parent, field } = scope.column(operand.path);
  return parent === null ? { path: operand.path, field } : null;
}

/**
 * Turns a lower bound on LastModifiedDate into one on SystemModstamp: a record's SystemModstamp is never before its
 * LastModifiedDate.
 */
function borrow(condition: Condition, path: Path, field: FieldSchema, schema: ObjectSchema): Served | null {
  if (condition.kind !== 'compare' || !LOWER_BOUNDS.includes(condition.comparison)) return null;
  if (field.name !== 'LastModifiedDate') return null;
  if (!schema.fields.some(({ name }) => name === 'SystemModstamp')) return null;
  const operand = { kind: 'path', path: { at: path.at, names: ['SystemModstamp'] } } as const;
  const comparison = condition.comparison === '=' ? '>=' : condition.comparison;
  return { fields: ['SystemModstamp'], range: { ...condition, operand, comparison } };
}
