import type { ObjectName } from '../../../objects/index.ts';
import type { Database, Value } from '../file/database.ts';
import { codeOf } from '../file/layout.ts';
import { rowNumbersIn } from '../file/stored.ts';
import type { ScopeSql } from './scope-sql.ts';

/** Above every row number. */
export const ABOVE = Number.MAX_SAFE_INTEGER;

/** Returns the `from` clause for the visible documents that match an expression, which is ?1. */
export function matched({ condition }: ScopeSql): string {
  return `from fts f cross join doc d on d.rid = f.rowid
    where fts match ?1 and f.rowid < ?3 and f.rowid >= ?5 and ${condition}`;
}

/** Returns the values of ?1 to ?9. Each statement uses some of them. */
export function valuesOf(
  { map, rows, filters }: ScopeSql,
  first: Value,
  { below = ABOVE, atMost = -1 }: { readonly below?: number; readonly atMost?: number } = {},
): Value[] {
  return [first, map, BigInt(Math.min(below, rows.below)), BigInt(atMost), BigInt(rows.from), ...filters];
}

/** Returns the condition for documents `doc d` of these objects. */
export function isOneOf(objects: readonly ObjectName[]): string {
  return `d.obj in (${objects.map(codeOf).join(', ')})`;
}

/** @param select the rest of a `select` with a column `rid` */
export function rowNumbersOf(db: Database, select: string, values: readonly Value[]): number[] {
  return db.value(rowNumbersIn('rid'), `from (select ${select})`, ...values) ?? [];
}
