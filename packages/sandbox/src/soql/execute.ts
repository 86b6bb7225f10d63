import { CHILD_RELATIONSHIPS } from '../org/schema/children.ts';
import type { QueryResult } from '../org/types.ts';
import { addGenerated } from '../virtual/aggregate.ts';
import { joinGenerated } from '../virtual/records.ts';
import { aggregateRows, countRows, isAggregate, isPlainCount } from './aggregates.ts';
import type { ChildQuery, Condition, Query } from './ast.ts';
import { errorAt, messages } from './errors.ts';
import { parse } from './parse.ts';
import { type ChildReader, RecordShape } from './records.ts';
import { findRows } from './rows.ts';
import { type QueryContext, Scope } from './scope.ts';

/** Salesforce's limit on OFFSET. */
const MAX_OFFSET = 2000;

/**
 * Runs a query. It determines the result's rows now, and reads the records when they are requested. Throws `SoqlError`
 * with Salesforce's errorCode and message.
 */
export function executeQuery(soql: string, context: Omit<QueryContext, 'soql'>): QueryResult {
  return execute(parse(soql), { ...context, soql });
}

function execute(query: Query, context: QueryContext): QueryResult {
  if (query.offset !== null && query.offset.count > MAX_OFFSET)
    throw errorAt(
      context.soql,
      query.offset.at,
      'NUMBER_OUTSIDE_VALID_RANGE',
      `Maximum SOQL offset allowed is ${MAX_OFFSET}`,
    );
  const scope = new Scope(context, query.from);
  const object = scope.schema.name;
  const table = context.tables.virtual?.table(object);
  if (isPlainCount(query)) {
    const rows = countRows(query, scope, context);
    return { object, totalSize: rows * scope.countFactor, columns: [], page: () => [], rowsRead: () => rows };
  }
  if (isAggregate(query)) {
    const { columns, records: stored } = aggregateRows(query, scope, context);
    const records = table === undefined ? stored : addGenerated(query, stored, table, scope, context);
    return {
      object,
      totalSize: records.length,
      columns,
      page: (offset, count) => records.slice(offset, offset + count),
      rowsRead: () => countRows({ ...query, limit: null, offset: null }, scope, context),
    };
  }
  const shape = new RecordShape(query, scope, context, (child) => childReader(child, scope, context));
  if (table !== undefined) {
    const stored = findRows({ ...query, limit: mostOf(query), offset: null }, scope, context);
    const { totalSize, page } = joinGenerated(query, stored, table, scope, context);
    return {
      object,
      totalSize,
      columns: shape.columns,
      page: (offset, count) => page(offset, count, (rowids) => shape.read(rowids)),
      rowsRead: () => totalSize,
    };
  }
  const rowids = findRows(query, scope, context);
  return {
    object,
    totalSize: rowids.length,
    columns: shape.columns,
    page: (offset, count) => shape.read(rowids.subarray(offset, offset + count)),
    rowsRead: () => rowids.length,
  };
}

/** Returns how many stored rows a query needs at most, before they are joined with generated ones; null for all. */
function mostOf({ limit, offset }: Query): number | null {
  return limit === null ? null : limit + (offset?.count ?? 0);
}

/** Returns a subquery's name in the record, and a function that runs it for a parent. Throws `SoqlError` at once. */
function childReader(item: ChildQuery, scope: Scope, context: QueryContext): readonly [string, ChildReader] {
  const { query } = item;
  const link = CHILD_RELATIONSHIPS.find(
    ({ parent, name }) => parent === scope.schema.name && name.toLowerCase() === query.from.object.toLowerCase(),
  );
  if (link === undefined || context.tables.find(link.child) === undefined || !context.visibility.object(link.child))
    throw errorAt(context.soql, query.from.at, 'INVALID_TYPE', messages.noSuchChildRelationship(query.from.object));
  const read: ChildReader = (parentId) => {
    const { at } = query.from;
    const ofParent: Condition = {
      kind: 'compare',
      operand: { kind: 'path', path: { at, names: [link.field] } },
      comparison: '=',
      value: { kind: 'string', raw: parentId, at },
    };
    const where: Condition = query.where === null ? ofParent : { kind: 'and', terms: [ofParent, query.where] };
    const result = execute({ ...query, from: { ...query.from, object: link.child }, where }, context);
    if (result.totalSize === 0) return null;
    return { totalSize: result.totalSize, done: true, records: result.page(0, result.totalSize) };
  };
  read('000000000000000AAA');
  return [link.name, read];
}
