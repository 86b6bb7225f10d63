import type { ParentRange } from '../index/port.ts';
import { dateTime, quotedId, quotedIds } from '../salesforce/soql-literals.ts';
import type { ObjectSelection } from './selection.ts';

/** The queries of a sync. Pure: text only. Every one is ordered, so that a keyset goes on where it stopped. */

function recordColumns({ fields, accessFields }: ObjectSelection): string[] {
  return [...new Set(['Id', 'SystemModstamp', ...fields, ...accessFields])];
}

/** What a record must fulfil to be indexed. */
export function conditionsOf({ object, where }: ObjectSelection): string[] {
  return [
    ...(object.excludedWhen === null ? [] : [`${object.excludedWhen} = false`]),
    ...(where === null ? [] : [`(${where})`]),
  ];
}

/** Whether the org takes the object's filter. */
export function probeFilter({ object, where }: ObjectSelection & { where: string }): string {
  return `SELECT Id FROM ${object.name} WHERE (${where}) LIMIT 1`;
}

/** What a query asks of records, whichever they are. */
export function recordsQuery(selection: ObjectSelection): string {
  return `SELECT ${recordColumns(selection).join(', ')} FROM ${selection.object.name}`;
}

/** A slice of a complete backfill, by Id, with no upper bound: a record that changes meanwhile keeps its place. */
export function backfillRecords(selection: ObjectSelection, after: string | null, limit: number): string {
  return `${recordsQuery(selection)}${sliceById(selection, after, limit)}`;
}

/** The ids of the same. */
export function backfillIds(selection: ObjectSelection, after: string | null, limit: number): string {
  return `SELECT Id FROM ${selection.object.name}${sliceById(selection, after, limit)}`;
}

function sliceById(selection: ObjectSelection, after: string | null, limit: number): string {
  const where = [...(after === null ? [] : [`Id > ${quotedId(after)}`]), ...conditionsOf(selection)];
  return `${where.length === 0 ? '' : ` WHERE ${where.join(' AND ')}`} ORDER BY Id LIMIT ${limit}`;
}

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
export function backfillShares(
  { object, shareColumns }: ObjectSelection & { shareColumns: readonly string[] },
  { after, upTo, afterRow, limit }: ShareRange,
): string {
  const { parentField } = object.share;
  const where =
    afterRow === null
      ? parentsIn(parentField, { after, upTo })
      : [
          ...behind(parentField, quotedId(afterRow.parentId), afterRow.id),
          ...parentsIn(parentField, { after: null, upTo }),
        ];
  const clause = where.length === 0 ? '' : ` WHERE ${where.join(' AND ')}`;
  const order = `ORDER BY ${parentField}, Id${limit === null ? '' : ` LIMIT ${limit}`}`;
  return `SELECT ${shareColumns.join(', ')} FROM ${object.share.object}${clause} ${order}`;
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
export function changedIds({ object }: ObjectSelection, range: StampRange): string {
  return `SELECT Id, SystemModstamp, IsDeleted FROM ${object.name} ${keyset('SystemModstamp', range)}`;
}

/** Ids in the IN list of `recordsById`, where the record's columns and a filter stand beside it: a URI holds 16 KB. */
export const RECORDS_PER_QUERY = 250;

/** Those of the records that are there, and that the filter takes. */
export function recordsById(selection: ObjectSelection, ids: readonly string[]): string {
  const { where } = selection;
  const filter = where === null ? '' : ` AND (${where})`;
  return `${recordsQuery(selection)} WHERE Id IN (${quotedIds(ids)})${filter} ORDER BY Id`;
}

/** Records that changed, deleted ones too: for queryAll. */
export function changedRecords(selection: ObjectSelection, range: StampRange): string {
  const columns = [...recordColumns(selection), 'IsDeleted'].join(', ');
  return `SELECT ${columns} FROM ${selection.object.name} ${keyset('SystemModstamp', range)}`;
}

/** Parents whose share rows were added or changed. */
export function changedShares({ object }: ObjectSelection, range: StampRange): string {
  const { object: share, parentField } = object.share;
  return `SELECT Id, ${parentField}, LastModifiedDate FROM ${share} ${keyset('LastModifiedDate', range)}`;
}

/** All share rows of some parents. */
export function sharesOf(
  { object, shareColumns }: ObjectSelection & { shareColumns: readonly string[] },
  parentIds: readonly string[],
): string {
  const { object: share, parentField } = object.share;
  return `SELECT ${shareColumns.join(', ')} FROM ${share} WHERE ${parentField} IN (${quotedIds(parentIds)}) ORDER BY ${parentField}, Id`;
}

/** How many share rows a range of parents has (`n`) that were stamped before a time. */
export function countShares({ object }: ObjectSelection, range: ParentRange, before: string): string {
  const { object: share, parentField } = object.share;
  const where = [`LastModifiedDate < ${dateTime(before)}`, ...parentsIn(parentField, range)];
  return `SELECT COUNT(Id) n FROM ${share} WHERE ${where.join(' AND ')}`;
}

/** How many share rows a range of parents has (`n`), and the newest date among them (`newest`): no date stands in its way. */
export function compareShares({ object }: ObjectSelection, range: ParentRange): string {
  const { object: share, parentField } = object.share;
  const conditions = parentsIn(parentField, range);
  const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
  return `SELECT COUNT(Id) n, MAX(LastModifiedDate) newest FROM ${share}${where}`;
}

/** How many records of a range of ids the org shows (`n`), whether or not they are to be indexed. */
export function countRecords({ object }: ObjectSelection, range: ParentRange): string {
  const conditions = parentsIn('Id', range);
  const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
  return `SELECT COUNT(Id) n FROM ${object.name}${where}`;
}

/** The first share rows of a range of parents. */
export function firstShares(
  { object, shareColumns }: ObjectSelection & { shareColumns: readonly string[] },
  range: ParentRange,
  limit: number,
): string {
  const { object: share, parentField } = object.share;
  const where = parentsIn(parentField, range);
  const clause = where.length === 0 ? '' : ` WHERE ${where.join(' AND ')}`;
  return `SELECT ${shareColumns.join(', ')} FROM ${share}${clause} ORDER BY ${parentField}, Id LIMIT ${limit}`;
}

/** The parents of a range with share rows that were stamped at a time or later. The range comes first: its index serves. */
export function datedShares({ object }: ObjectSelection, range: ParentRange, since: string, limit: number): string {
  const { object: share, parentField } = object.share;
  const where = [...parentsIn(parentField, range), `LastModifiedDate >= ${dateTime(since)}`].join(' AND ');
  return `SELECT Id, ${parentField} FROM ${share} WHERE ${where} ORDER BY ${parentField}, Id LIMIT ${limit}`;
}

function parentsIn(parentField: string, { after, upTo }: ParentRange): string[] {
  return [
    ...(after === null ? [] : [`${parentField} > ${quotedId(after)}`]),
    ...(upTo === null ? [] : [`${parentField} <= ${quotedId(upTo)}`]),
  ];
}

function keyset(stamp: string, { from, before, after, limit }: StampRange): string {
  const lower = after === null ? [`${stamp} >= ${dateTime(from)}`] : behind(stamp, dateTime(after.stamp), after.id);
  const where = [...lower, `${stamp} < ${dateTime(before)}`].join(' AND ');
  return `WHERE ${where} ORDER BY ${stamp}, Id LIMIT ${limit}`;
}

/** What follows a row in the order of (key, Id). An index on the key serves it: with an OR alone Salesforce uses none. */
function behind(key: string, value: string, id: string): string[] {
  return [`${key} >= ${value}`, `(${key} > ${value} OR Id > ${quotedId(id)})`];
}
