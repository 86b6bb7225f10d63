import type { ParentRange } from '../index/port.ts';
import type { ObjectSelection } from './selection.ts';

/** The queries of a sync. Pure: text only. Every one is ordered, so that a keyset goes on where it stopped. */

/** Salesforce's DateTime literal, whole seconds: comparisons ignore milliseconds. */
function literal(iso: string): string {
  return `${iso.slice(0, 19)}Z`;
}

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

/** A slice of a complete backfill, by Id, with no upper bound: a record that changes meanwhile keeps its place. */
export function backfillRecords(selection: ObjectSelection, after: string | null, limit: number): string {
  const { object } = selection;
  const where = [...(after === null ? [] : [`Id > '${after}'`]), ...conditionsOf(selection)];
  const clause = where.length === 0 ? '' : ` WHERE ${where.join(' AND ')}`;
  return `SELECT ${recordColumns(selection).join(', ')} FROM ${object.name}${clause} ORDER BY Id LIMIT ${limit}`;
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
          `((${parentField} = '${afterRow.parentId}' AND Id > '${afterRow.id}') OR ${parentField} > '${afterRow.parentId}')`,
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
  const { object, where } = selection;
  const list = ids.map((id) => `'${id}'`).join(', ');
  const filter = where === null ? '' : ` AND (${where})`;
  return `SELECT ${recordColumns(selection).join(', ')} FROM ${object.name} WHERE Id IN (${list})${filter} ORDER BY Id`;
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
  const ids = parentIds.map((id) => `'${id}'`).join(', ');
  return `SELECT ${shareColumns.join(', ')} FROM ${share} WHERE ${parentField} IN (${ids}) ORDER BY ${parentField}, Id`;
}

/** How many share rows a range of parents has (`n`) that were stamped before a time. */
export function countShares({ object }: ObjectSelection, range: ParentRange, before: string): string {
  const { object: share, parentField } = object.share;
  const where = [`LastModifiedDate < ${literal(before)}`, ...parentsIn(parentField, range)];
  return `SELECT COUNT(Id) n FROM ${share} WHERE ${where.join(' AND ')}`;
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

function parentsIn(parentField: string, { after, upTo }: ParentRange): string[] {
  return [
    ...(after === null ? [] : [`${parentField} > '${after}'`]),
    ...(upTo === null ? [] : [`${parentField} <= '${upTo}'`]),
  ];
}

function keyset(stamp: string, { from, before, after, limit }: StampRange): string {
  const lower =
    after === null
      ? `${stamp} >= ${literal(from)}`
      : `((${stamp} = ${literal(after.stamp)} AND Id > '${after.id}') OR ${stamp} > ${literal(after.stamp)})`;
  return `WHERE ${lower} AND ${stamp} < ${literal(before)} ORDER BY ${stamp}, Id LIMIT ${limit}`;
}
