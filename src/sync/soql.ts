import type { ParentRange } from '../index/port.ts';
import { dateTime, FALSE, type Literal, quotedId, quotedIds } from '../soql/literals.ts';
import { type Condition, compared, count, isIn, newest, type SoqlQuery } from '../soql/query.ts';
import type { ObjectSelection } from './selection.ts';

/** The queries of a sync. Pure. Every one of rows is ordered, so that a keyset goes on where it stopped. */

/** The org's cheapest question. */
export const ANYTHING: SoqlQuery = { select: ['Id'], from: 'Organization', limit: 1 };

function recordColumns({ fields, accessFields }: ObjectSelection): string[] {
  return [...new Set(['Id', 'SystemModstamp', ...fields, ...accessFields])];
}

/** What a record must fulfil to be indexed. */
function conditionsOf(selection: ObjectSelection): Condition[] {
  const { excludedWhen } = selection.object;
  return [...(excludedWhen === null ? [] : [compared(excludedWhen, '=', FALSE)]), ...filterOf(selection)];
}

function filterOf({ where }: Pick<ObjectSelection, 'where'>): Condition[] {
  return where === null ? [] : [{ userFilter: where }];
}

/** Whether the org takes the object's filter. */
export function probeFilter(selection: ObjectSelection & { where: string }): SoqlQuery {
  return { select: ['Id'], from: selection.object.name, where: filterOf(selection), limit: 1 };
}

/** What a query asks of records, whichever they are. */
export function recordsQuery(selection: ObjectSelection): SoqlQuery {
  return { select: recordColumns(selection), from: selection.object.name };
}

/** A slice of a complete backfill, by Id, with no upper bound: a record that changes meanwhile keeps its place. */
export function backfillRecords(selection: ObjectSelection, after: string | null, limit: number): SoqlQuery {
  return { ...recordsQuery(selection), ...sliceById(selection, after, limit) };
}

/** The ids of the same. */
export function backfillIds(selection: ObjectSelection, after: string | null, limit: number): SoqlQuery {
  return { select: ['Id'], from: selection.object.name, ...sliceById(selection, after, limit) };
}

function sliceById(selection: ObjectSelection, after: string | null, limit: number) {
  return { where: [...inRange('Id', { after, upTo: null }), ...conditionsOf(selection)], orderBy: ['Id'], limit };
}

/** How many records are to be indexed, named as asked. */
export function countIndexed(selection: ObjectSelection, as?: string): SoqlQuery {
  return { select: [count(as)], from: selection.object.name, where: conditionsOf(selection) };
}

/** An object whose share rows are read. */
export type Shared = ObjectSelection & { readonly shareColumns: readonly string[] };

/** Which share rows of a slice's parents are read. */
export interface ShareRange {
  /** The parents after this one; null: from the beginning. */
  readonly after: string | null;
  /** Inclusive; null: to the end. */
  readonly upTo: string | null;
  /** The row at which an earlier query stopped, instead of `after`. */
  readonly afterRow: { readonly parentId: string; readonly id: string } | null;
  /** null: all of them. */
  readonly limit: number | null;
}

/** The share rows of a slice's parents, also of those that are not indexed. */
export function backfillShares(selection: Shared, { after, upTo, afterRow, limit }: ShareRange): SoqlQuery {
  const { parentField } = selection.object.share;
  const where =
    afterRow === null
      ? inRange(parentField, { after, upTo })
      : [
          ...behind(parentField, quotedId(afterRow.parentId), afterRow.id),
          ...inRange(parentField, { after: null, upTo }),
        ];
  return { ...sharesQuery(selection, where), limit };
}

/** What a keyset over (stamp, Id) reads. */
export interface StampRange {
  /** Inclusive; ISO. */
  readonly from: string;
  /** Exclusive; ISO. */
  readonly before: string;
  /** Where the last round stopped. */
  readonly after: { readonly stamp: string; readonly id: string } | null;
  readonly limit: number;
}

/** Ids of records that changed, whether or not the filter takes them, deleted ones too: for queryAll. */
export function changedIds({ object }: ObjectSelection, range: StampRange): SoqlQuery {
  return { select: ['Id', 'SystemModstamp', 'IsDeleted'], from: object.name, ...keyset('SystemModstamp', range) };
}

/** Ids in the IN list of `recordsById`, where the record's columns and a filter stand beside it: a URI holds 16 KB. */
export const RECORDS_PER_QUERY = 250;

/** Those of the records that are there, and that the filter takes. */
export function recordsById(selection: ObjectSelection, ids: readonly string[]): SoqlQuery {
  const where = [isIn('Id', quotedIds(ids)), ...filterOf(selection)];
  return { ...recordsQuery(selection), where, orderBy: ['Id'] };
}

/** Records that changed, deleted ones too: for queryAll. */
export function changedRecords(selection: ObjectSelection, range: StampRange): SoqlQuery {
  const select = [...recordColumns(selection), 'IsDeleted'];
  return { select, from: selection.object.name, ...keyset('SystemModstamp', range) };
}

/** Parents whose share rows were added or changed. */
export function changedShares({ object }: ObjectSelection, range: StampRange): SoqlQuery {
  const { object: from, parentField } = object.share;
  return { select: ['Id', parentField, 'LastModifiedDate'], from, ...keyset('LastModifiedDate', range) };
}

/** All share rows of some parents. */
export function sharesOf(selection: Shared, parentIds: readonly string[]): SoqlQuery {
  return sharesQuery(selection, [isIn(selection.object.share.parentField, quotedIds(parentIds))]);
}

/** How many share rows a range of parents has (`n`) that were stamped before a time. */
export function countShares({ object }: ObjectSelection, range: ParentRange, before: string): SoqlQuery {
  const { object: from, parentField } = object.share;
  const where = [compared('LastModifiedDate', '<', dateTime(before)), ...inRange(parentField, range)];
  return { select: [count()], from, where };
}

/** How many share rows an object has (`n`). */
export function countAllShares({ object }: ObjectSelection): SoqlQuery {
  return { select: [count()], from: object.share.object };
}

/** How many share rows a range of parents has (`n`), and the newest date among them (`newest`): no date stands in its way. */
export function compareShares({ object }: ObjectSelection, range: ParentRange): SoqlQuery {
  const { object: from, parentField } = object.share;
  return { select: [count(), newest('LastModifiedDate')], from, where: inRange(parentField, range) };
}

/** How many records of a range of ids the org shows (`n`), whether or not they are to be indexed. */
export function countRecords({ object }: ObjectSelection, range: ParentRange): SoqlQuery {
  return { select: [count()], from: object.name, where: inRange('Id', range) };
}

/** The first share rows of a range of parents. */
export function firstShares(selection: Shared, range: ParentRange, limit: number): SoqlQuery {
  return { ...sharesQuery(selection, inRange(selection.object.share.parentField, range)), limit };
}

/** The parents of a range with share rows that were stamped at a time or later. The range comes first: its index serves. */
export function datedShares({ object }: ObjectSelection, range: ParentRange, since: string, limit: number): SoqlQuery {
  const { object: from, parentField } = object.share;
  const where = [...inRange(parentField, range), compared('LastModifiedDate', '>=', dateTime(since))];
  return { select: ['Id', parentField], from, where, orderBy: [parentField, 'Id'], limit };
}

function sharesQuery({ object, shareColumns }: Shared, where: readonly Condition[]): SoqlQuery {
  const { object: from, parentField } = object.share;
  return { select: shareColumns, from, where, orderBy: [parentField, 'Id'] };
}

/** Ids after one and up to another; null: from the first, to the last. */
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

/** What follows a row in the order of (key, Id). An index on the key serves it: with an OR alone Salesforce uses none. */
function behind(key: string, value: Literal, id: string): Condition[] {
  return [compared(key, '>=', value), { any: [compared(key, '>', value), compared('Id', '>', quotedId(id))] }];
}
