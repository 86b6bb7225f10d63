import { isAggregate } from '../soql/aggregates.ts';
import type { Condition, Query } from '../soql/ast.ts';
import type { Scope } from '../soql/scope.ts';
import { fieldOf, isIndexed, type Served, servedParts } from './served.ts';
import { type CostSettings, costsOf } from './settings.ts';
import type { QueryPlan, Way } from './types.ts';

/** Counts the stored rows of the query's object that match a condition, including deleted ones; null counts all. */
export type CountRows = (condition: Condition | null) => number;

/**
 * Plans a query by what Salesforce publishes about its optimizer, and by the assumptions in README.md. Row counts
 * are the object's stored rows times its scale.
 */
export function planQuery(query: Query, scope: Scope, settings: CostSettings, count: CountRows): QueryPlan {
  const { scale, indexed } = costsOf(settings, scope.schema.name);
  const all = count(null) * scale;
  const most = selectiveRows(all);
  const { where } = query;
  const parts = where === null ? [] : servedParts(where, { scope, indexed, orUsesIndex: settings.or_uses_index });
  const ways: Way[] = parts.map(({ fields, range }) => {
    const cardinality = count(range) * scale;
    const relativeCost = most === 0 ? 0 : cardinality / most;
    return { leading: 'Index', fields, cardinality, relativeCost, scanned: cardinality };
  });
  const scan: Way = {
    leading: 'TableScan',
    fields: [],
    cardinality: all,
    relativeCost: all / Math.max(1, most),
    scanned: all,
  };
  const ordered = orderedWay(query, scope, parts, { scale, indexed, all, count });
  const best = [...ways.filter((way) => way.relativeCost <= 1), ...(ordered === null ? [] : [ordered]), scan];
  const rest = ways.filter((way) => !best.includes(way));
  return {
    object: scope.schema.name,
    sobjectCardinality: all,
    ways: [...best.sort((a, b) => a.scanned - b.scanned || a.relativeCost - b.relativeCost), ...rest],
    unindexed: unindexedFields(where, scope, indexed),
  };
}

/**
 * Returns Salesforce's selectivity threshold for a standard index: 30% of the first million rows plus 15% of the rest,
 * at most a million.
 */
function selectiveRows(rows: number): number {
  const million = 1_000_000;
  return Math.min(million, 0.3 * Math.min(rows, million) + 0.15 * Math.max(0, rows - million));
}

/**
 * Returns the plan that reads an index in the query's order and stops at its LIMIT, or null. Reading begins at the
 * range's first row. A range without a bound there doesn't serve a filter that bounds the field by other means, such as
 * a keyset with OR. Rows that match the rest of the filter are assumed to be spread evenly.
 */
function orderedWay(
  query: Query,
  scope: Scope,
  parts: readonly Served[],
  table: { scale: number; indexed: readonly string[]; all: number; count: CountRows },
): Way | null {
  const { where, limit } = query;
  const [first] = query.orderBy;
  if (limit === null || first === undefined || isAggregate(query)) return null;
  const field = fieldOf(first.operand, scope)?.field;
  if (field === undefined || !isIndexed(field, table.indexed)) return null;
  const part = parts.find(({ fields }) => fields.join() === field.name);
  if (where !== null) {
    if (part === undefined) return null;
    if (!isBegun(part.range, first.descending) && isNamedElsewhere(field.name, where, part.range, scope)) return null;
  }
  const inRange = part === undefined ? table.all : table.count(part.range) * table.scale;
  const found = table.count(where) * table.scale;
  const wanted = limit + (query.offset?.count ?? 0);
  const scanned = found <= wanted ? inRange : (inRange * wanted) / found;
  const relativeCost = scanned / Math.max(1, selectiveRows(table.all));
  return { leading: 'Index', fields: [field.name], cardinality: inRange, relativeCost, scanned };
}

/** Whether the range has a bound where the order begins. */
function isBegun(range: Condition, descending: boolean): boolean {
  const bounds = descending ? ['=', '<', '<='] : ['=', '>', '>='];
  return leaves(range).some(
    (leaf) => leaf.kind === 'in' || (leaf.kind === 'compare' && bounds.includes(leaf.comparison)),
  );
}

/** Whether the filter uses the field outside the range of its index. */
function isNamedElsewhere(field: string, filter: Condition, range: Condition, scope: Scope): boolean {
  const inRange = new Set(leaves(range));
  return leaves(filter).some((leaf) => !inRange.has(leaf) && ownNames([leaf], scope).includes(field));
}

function leaves(condition: Condition): Condition[] {
  if (condition.kind === 'and' || condition.kind === 'or') return condition.terms.flatMap(leaves);
  return condition.kind === 'not' ? leaves(condition.term) : [condition];
}

function ownNames(conditions: readonly Condition[], scope: Scope): string[] {
  return conditions.flatMap((leaf) => ('operand' in leaf ? (fieldOf(leaf.operand, scope)?.field.name ?? []) : []));
}

function unindexedFields(where: Condition | null, scope: Scope, indexed: readonly string[]): string[] {
  if (where === null) return [];
  const names = new Set(ownNames(leaves(where), scope));
  return scope.schema.fields
    .filter((field) => names.has(field.name) && !isIndexed(field, indexed))
    .map(({ name }) => name);
}

/** Returns the milliseconds that the query takes before its first row is sent. */
export function scanMs({ object, ways }: QueryPlan, settings: CostSettings): number {
  const { fixed_ms, rows_scanned_per_second } = costsOf(settings, object);
  return fixed_ms + ((ways[0]?.scanned ?? 0) / rows_scanned_per_second) * 1000;
}

/** Returns the milliseconds that it takes to send rows. */
export function sendMs(object: string, rows: number, settings: CostSettings): number {
  return (rows / costsOf(settings, object).rows_returned_per_second) * 1000;
}
