import type { ParentRange } from '../index/port/ledger.ts';
import { dateTime, FALSE, type Literal, quotedId, quotedIds } from '../soql/literals.ts';
import { type Condition, compared, count, isIn, newest, type SoqlQuery } from '../soql/query.ts';
import type { ObjectSchema } from './resolved-schema.ts';

/** The queries of a sync. Pure. Every query for rows is ordered, so that a keyset can continue where it stopped. */

/** The cheapest query that an org can answer. */
export const ANYTHING: SoqlQuery = { select: ['Id'], from: 'Organization', limit: 1 };

function recordColumns({ fields, accessFields }: ObjectSchema): string[] {
  return [...new Set(['Id', 'SystemModstamp', ...fields, ...accessFields])];
}

/** Returns the conditions under which a record is indexed. */
function conditionsOf(schema: ObjectSchema): Condition[] {
  const { excludedWhen } = schema.object;
  return [...(excludedWhen === null ? [] : [compared(excludedWhen, '=', FALSE)]), ...filterConditions(schema)];
}

function filterConditions({ where }: Pick<ObjectSchema, 'where'>): Condition[] {
  return where === null ? [] : [{ userFilter: where }];
}

/** Returns a query that tests whether the org accepts the object's filter. */
export function probeFilter(schema: ObjectSchema & { where: string }): SoqlQuery {
  return { select: ['Id'], from: schema.object.name, where: filterConditions(schema), limit: 1 };
}

/** Returns the common part of the queries for records. */
export function recordsQuery(schema: ObjectSchema): SoqlQuery {
  return { select: recordColumns(schema), from: schema.object.name };
}

/**
 * Returns the query for a slice of a complete backfill, by Id. It has no time limit, so a record that changes meanwhile
 * keeps its place.
 */
export function backfillRecords(schema: ObjectSchema, after: string | null, limit: number): SoqlQuery {
  return { ...recordsQuery(schema), ...sliceById(schema, after, limit) };
}

/** Returns the same query for ids only. */
export function backfillIds(schema: ObjectSchema, after: string | null, limit: number): SoqlQuery {
  return { select: ['Id'], from: schema.object.name, ...sliceById(schema, after, limit) };
}

function sliceById(schema: ObjectSchema, after: string | null, limit: number) {
  return { where: [...inRange('Id', { after, upTo: null }), ...conditionsOf(schema)], orderBy: ['Id'], limit };
}

/** Returns the query that counts the records to index; the count is named `as`. */
export function countIndexed(schema: ObjectSchema, as?: string): SoqlQuery {
  return { select: [count(as)], from: schema.object.name, where: conditionsOf(schema) };
}

/** An object whose share rows are read. */
export type Shared = ObjectSchema & { readonly shareColumns: readonly string[] };

/** Which share rows of a slice's parents are read. */
export interface ShareRange {
  /** The parents after this one; null: from the beginning. */
  readonly after: string | null;
  /** The last parent, inclusive; null: to the end. */
  readonly upTo: string | null;
  /** The row at which an earlier query stopped; used instead of `after`. */
  readonly afterRow: { readonly parentId: string; readonly id: string } | null;
  /** Maximum number of rows; null for all. */
  readonly limit: number | null;
}

/** Returns the query for the share rows of a slice's parents, including parents that are not indexed. */
export function backfillShares(schema: Shared, { after, upTo, afterRow, limit }: ShareRange): SoqlQuery {
  const { parentField } = schema.object.share;
  const where =
    afterRow === null
      ? inRange(parentField, { after, upTo })
      : [
          ...behind(parentField, quotedId(afterRow.parentId), afterRow.id),
          ...inRange(parentField, { after: null, upTo }),
        ];
  return { ...sharesQuery(schema, where), limit };
}

/** The range that a keyset over (stamp, Id) reads. */
export interface StampRange {
  /** Inclusive; ISO. */
  readonly from: string;
  /** Exclusive; ISO. */
  readonly before: string;
  /** Where the last round stopped. */
  readonly after: { readonly stamp: string; readonly id: string } | null;
  readonly limit: number;
}

/**
 * Returns the query for ids of changed records, including deleted ones and those that do not match the filter. For
 * queryAll.
 */
export function changedIds({ object }: ObjectSchema, range: StampRange): SoqlQuery {
  return { select: ['Id', 'SystemModstamp', 'IsDeleted'], from: object.name, ...keyset('SystemModstamp', range) };
}

/**
 * Ids in the IN list of `recordsById`, next to the record's columns and a filter, because a URI is limited to 16 KB.
 */
export const RECORDS_PER_QUERY = 250;

/** Returns the query for those of the records that exist and match the filter. */
export function recordsById(schema: ObjectSchema, ids: readonly string[]): SoqlQuery {
  const where = [isIn('Id', quotedIds(ids)), ...filterConditions(schema)];
  return { ...recordsQuery(schema), where, orderBy: ['Id'] };
}

/** Returns the query for changed records, including deleted ones. For queryAll. */
export function changedRecords(schema: ObjectSchema, range: StampRange): SoqlQuery {
  const select = [...recordColumns(schema), 'IsDeleted'];
  return { select, from: schema.object.name, ...keyset('SystemModstamp', range) };
}

/** Returns the query for share rows that were added or changed, with their parents. */
export function changedShares({ object }: ObjectSchema, range: StampRange): SoqlQuery {
  const { object: from, parentField } = object.share;
  return { select: ['Id', parentField, 'LastModifiedDate'], from, ...keyset('LastModifiedDate', range) };
}

/** Returns the query for all share rows of some parents. */
export function sharesOf(schema: Shared, parentIds: readonly string[]): SoqlQuery {
  return sharesQuery(schema, [isIn(schema.object.share.parentField, quotedIds(parentIds))]);
}

/** Returns the query that counts the share rows (`n`) of a range of parents that were stamped before a time. */
export function countShares({ object }: ObjectSchema, range: ParentRange, before: string): SoqlQuery {
  const { object: from, parentField } = object.share;
  const where = [compared('LastModifiedDate', '<', dateTime(before)), ...inRange(parentField, range)];
  return { select: [count()], from, where };
}

/** Returns the query that counts an object's share rows (`n`). */
export function countAllShares({ object }: ObjectSchema): SoqlQuery {
  return { select: [count()], from: object.share.object };
}

/**
 * Returns the query for the number of share rows (`n`) of a range of parents and the newest date among them (`newest`).
 * It has no condition on a date, so that the index on the parent id applies.
 */
export function compareShares({ object }: ObjectSchema, range: ParentRange): SoqlQuery {
  const { object: from, parentField } = object.share;
  return { select: [count(), newest('LastModifiedDate')], from, where: inRange(parentField, range) };
}

/**
 * Returns the query that counts the records of a range of ids that the org shows (`n`), whether or not they are
 * indexed.
 */
export function countRecords({ object }: ObjectSchema, range: ParentRange): SoqlQuery {
  return { select: [count()], from: object.name, where: inRange('Id', range) };
}

/** Returns the query for the first share rows of a range of parents. */
export function firstShares(schema: Shared, range: ParentRange, limit: number): SoqlQuery {
  return { ...sharesQuery(schema, inRange(schema.object.share.parentField, range)), limit };
}

/**
 * Returns the query for the parents in a range with share rows stamped at a time or later. The range comes first,
 * because its index applies.
 */
export function datedShares({ object }: ObjectSchema, range: ParentRange, since: string, limit: number): SoqlQuery {
  const { object: from, parentField } = object.share;
  const where = [...inRange(parentField, range), compared('LastModifiedDate', '>=', dateTime(since))];
  return { select: ['Id', parentField], from, where, orderBy: [parentField, 'Id'], limit };
}

function sharesQuery({ object, shareColumns }: Shared, where: readonly Condition[]): SoqlQuery {
  const { object: from, parentField } = object.share;
  return { select: shareColumns, from, where, orderBy: [parentField, 'Id'] };
}

/** Returns the conditions for ids after one and up to another; null: from the first, or to the last. */
export function inRange(field: string, { after, upTo }: ParentRange): Condition[] {
  return [
    ...(after === null ? [] : [compared(field, '>', quotedId(after))]),
    ...(upTo === null ? [] : [compared(field, '<=', quotedId(upTo))]),
  ];
}

function keyset(stamp: string, { from, before, after, limit }: StampRange) {
  const lower =
    after === null ? [compared(stamp, '>=', dateTime(from))] : behind(stamp, dateTime(after.stamp), after.id);
  return { where: [...lower, compared(stamp, '<', dateTime(before))], orderBy: [stamp, 'Id'], limit };
}

/**
 * Returns the conditions for the rows after a row in the order of (key, Id). The first condition makes Salesforce use
 * an index on the key, which it does not for an OR alone.
 */
function behind(key: string, value: Literal, id: string): Condition[] {
  return [compared(key, '>=', value), { any: [compared(key, '>', value), compared('Id', '>', quotedId(id))] }];
}
